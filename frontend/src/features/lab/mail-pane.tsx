// A mail program, cut to what the lab needs: threads, their mails, and writing as the customer.
import { Plus } from 'lucide-react'
import { useState } from 'react'
import { Button } from '@/components/ui/button'
import { Choice } from '@/components/ui/choice'
import { Input } from '@/components/ui/input'
import { MailCard } from './mail-card'
import { PaneArea, PaneHint } from './pane-area'
import { PaneComposer } from './pane-composer'
import { type MailThread, threadsOf } from './post'
import type { usePost } from './usePost'
import { NEW, useThread } from './useThread'

const KIND = { keyOf: ({ id }: MailThread) => id, mine: ({ mails }: MailThread) => mails[0]?.mine === true }

interface MailPaneProps {
  post: ReturnType<typeof usePost>
  /** Our mailbox. */
  mailbox: string
  /** Of who is signed in. */
  name: string
}

export default function MailPane({ post, mailbox, name }: MailPaneProps) {
  const { picture, line, fault, write } = post
  const person = picture.people.find((each) => each.name === name) ?? picture.people[0]
  const threads = person === undefined ? [] : threadsOf(picture, mailbox, person.id)
  const { open, value, choose, write: hold, said } = useThread(threads, KIND)
  const [subject, setSubject] = useState('')

  return (
    <section aria-label="Gmail" data-slot="mail-pane" className="flex min-h-0 min-w-0 flex-1 flex-col">
      <div className="flex min-h-12 shrink-0 items-center gap-2 border-b px-3 py-1.5">
        <Choice
          aria-label="Mail thread"
          value={value}
          onChange={(event) => choose(event.target.value)}
          className="h-8 min-w-0 flex-1 text-sm max-sm:h-11"
        >
          {threads.map((thread) => (
            <option key={thread.id} value={thread.id}>
              {thread.subject || 'No subject'}
            </option>
          ))}
          <option value={NEW}>A new mail</option>
        </Choice>
        <Button
          look="quiet"
          size="icon"
          className="max-sm:size-11"
          aria-label="New mail in Gmail"
          onClick={() => choose(NEW)}
        >
          <Plus aria-hidden="true" />
        </Button>
      </div>
      <PaneArea of={open?.id}>
        {open === undefined && (
          <PaneHint>
            {line === 'connecting'
              ? 'Opening the mail…'
              : `Write below: a new mail goes to ${mailbox || 'our mailbox'}.`}
          </PaneHint>
        )}
        <ol aria-label="Messages in Gmail">
          {open?.mails.map((mail) => (
            <MailCard key={mail.id} mail={mail} />
          ))}
        </ol>
      </PaneArea>
      <PaneComposer
        channel="gmail"
        line={line}
        fault={fault}
        disabled={person === undefined || mailbox === ''}
        placeholder={open === undefined ? `A mail, as ${person?.name ?? 'the customer'}` : 'Answer this mail'}
        onWrite={hold}
        onSay={(text) => {
          if (person === undefined) return undefined
          const about = open === undefined ? { subject: subject.trim() || 'Hello' } : { thread: open.id }
          setSubject('')
          said()
          return write({ mailbox, person: person.id, text, ...about })
        }}
        above={
          open === undefined && (
            <Input
              aria-label="Subject"
              placeholder="Subject"
              value={subject}
              onChange={(event) => {
                hold()
                setSubject(event.target.value)
              }}
              className="mb-2 h-9 text-sm max-sm:h-11"
            />
          )
        }
      />
    </section>
  )
}
