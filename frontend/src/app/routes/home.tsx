// `/`: the conversations, and a place to begin the next one.
import { useRef, useState } from 'react'
import { useNavigate } from 'react-router'
import { useAbout, useSession } from '@/api/session'
import { DropZone } from '@/components/drop-zone'
import { Trouble } from '@/components/loading-states'
import { MessageInput } from '@/components/message-input'
import { LinkBanner } from '@/components/session-status'
import { Welcome } from '@/components/welcome'
import { useTalk } from '@/features/chat/context'
import { ConversationList } from '@/features/chat/conversation-list'
import { useNewConversation } from '@/features/chat/useConversations'
import { useTitle } from '@/features/chat/useTitle'
import { useWebSocket } from '@/features/chat/useWebSocket'
import { modelWords } from '../model-words'

export function Home() {
  const { user, limits } = useSession()
  const { about } = useAbout()
  const { link } = useWebSocket()
  const { start, starting, error } = useNewConversation()
  const [draft, setDraft] = useState('')
  const navigate = useNavigate()
  const talk = useTalk()
  // What is written while a conversation begins goes along as well.
  const latest = useRef(draft)
  latest.current = draft
  useTitle()

  const ask = (question: string) => {
    if (starting) return
    start().then(
      (id) => navigate(`/c/${id}`, { state: { ask: question } }),
      () => setDraft(question),
    )
  }
  // Files belong to a conversation: the first one begins it, and the words that are written go along.
  const attach = (files: readonly File[], refused?: readonly string[]) => {
    if (starting) return
    start().then(
      (id) => {
        talk.attachments.add(id, files, refused)
        talk.drafts.set(id, latest.current)
        navigate(`/c/${id}`)
      },
      () => undefined,
    )
  }
  if (user === null) return null
  const member = user.kind === 'member'
  return (
    <div className="flex min-h-0 flex-1 max-lg:flex-col max-lg:overflow-y-auto">
      <div className="order-last shrink-0 bg-sunk max-lg:border-t lg:order-first lg:w-72 lg:overflow-y-auto lg:border-r">
        <ConversationList member={member} />
      </div>
      <main id="main" tabIndex={-1} className="flex min-w-0 flex-1 flex-col outline-none max-lg:flex-none">
        {member ? (
          <MemberWelcome />
        ) : (
          <DropZone className="relative flex min-h-0 flex-1 flex-col max-lg:flex-none" onFiles={attach}>
            <div className="min-h-0 flex-1 lg:overflow-y-auto">
              <Welcome name={user.name} onAsk={ask} />
              {error && (
                <div className="measure mx-auto pl-(--gutter)">
                  <Trouble words="The conversation could not be started. Your words are kept below." />
                </div>
              )}
            </div>
            <LinkBanner link={link} />
            <MessageInput
              draft={draft}
              onDraft={setDraft}
              onSend={ask}
              limit={limits?.message_characters ?? 0}
              perMinute={limits?.messages_per_minute ?? 0}
              running={false}
              onStop={() => undefined}
              wait={null}
              model={modelWords(about)}
              onFiles={attach}
            />
          </DropZone>
        )}
      </main>
    </div>
  )
}

function MemberWelcome() {
  return (
    <div className="measure mx-auto w-full px-4 pt-12 pl-[calc(var(--gutter)+1rem)] lg:pt-20">
      <h1 className="text-xl font-semibold tracking-tight">Conversations of the house</h1>
      <p className="mt-2 text-base text-ink-soft">
        Pick one to follow it live. Each is one line, whatever channels it ran through.
      </p>
    </div>
  )
}
