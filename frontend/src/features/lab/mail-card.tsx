// One mail: who, to whom, when, and its words, as the sender laid them out or plain.
import { Paperclip } from 'lucide-react'
import { useId, useMemo, useState } from 'react'
import { Button } from '@/components/ui/button'
import { cn } from '@/lib/cn'
import { clock, exactly } from '@/lib/moment'
import { mailPage, pageNonce, withoutQuote } from './mail-page'
import type { Mail } from './post'

export function MailCard({ mail }: { mail: Mail }) {
  const [plain, setPlain] = useState(mail.mine || mail.html === '')
  const heading = useId()
  return (
    <li
      data-slot="mail"
      data-mine={mail.mine ? '' : undefined}
      aria-labelledby={heading}
      className={cn('mx-3 mb-3 rounded-card ring-1 ring-hairline', mail.mine ? 'bg-tint' : 'bg-raised')}
    >
      <div className="px-3 pt-2">
        <div className="flex items-baseline justify-between gap-2">
          <p id={heading} className="min-w-0 truncate text-sm font-semibold" title={mail.from}>
            {nameOf(mail.from)}
          </p>
          <time
            dateTime={new Date(mail.at).toISOString()}
            title={exactly(mail.at)}
            className="shrink-0 text-xs text-ink-soft tabular-nums"
          >
            {clock(mail.at)}
          </time>
        </div>
        <p className="truncate text-xs text-ink-soft" title={mail.to}>
          to {mail.to}
        </p>
        <p className="mt-1 text-sm font-medium [overflow-wrap:anywhere]">{mail.subject || 'No subject'}</p>
      </div>
      {plain ? <PlainPart text={mail.text} /> : <PagePart mail={mail} />}
      {mail.media.length > 0 && (
        <ul className="flex flex-wrap gap-1 px-3 pb-2">
          {mail.media.map(({ type, name }) => (
            <li
              key={`${type}/${name}`}
              className="inline-flex items-center gap-1 rounded-small bg-hover px-2 py-1 text-xs"
            >
              <Paperclip aria-hidden="true" className="size-3" />
              {name || type}
            </li>
          ))}
        </ul>
      )}
      {mail.html !== '' && (
        <p className="px-1 pb-1">
          <Button look="quiet" size="small" className="max-sm:h-11" onClick={() => setPlain(!plain)}>
            {plain ? 'Show it laid out' : 'Show it plain'}
          </Button>
        </p>
      )}
    </li>
  )
}

function PlainPart({ text }: { text: string }) {
  const { said, quoted } = withoutQuote(text)
  return (
    <div className="px-3 py-2 text-sm">
      <p dir="auto" className="whitespace-pre-wrap [overflow-wrap:anywhere]">
        {said}
      </p>
      {quoted !== '' && (
        <details className="mt-2 text-xs text-ink-soft">
          <summary className="cursor-pointer">The mail that this answers</summary>
          <p className="mt-1 border-l-2 border-edge pl-2 whitespace-pre-wrap [overflow-wrap:anywhere]">{quoted}</p>
        </details>
      )}
    </div>
  )
}

/** Pixels of a line of a mail, and of what stands around its words; characters to a line in so narrow a frame. */
const LINE = 23
const AROUND = 56
const WIDTH = 42
const TALLEST = 380

function PagePart({ mail }: { mail: Mail }) {
  const page = useMemo(() => mailPage(mail.html, pageNonce()), [mail.html])
  // A sandboxed frame cannot be measured: the plain words say about how tall it is, and it scrolls.
  const lines = mail.text.split(/\r?\n/).reduce((sum, line) => sum + rowsOf(line), 0)
  return (
    <iframe
      title={`Mail from ${nameOf(mail.from)}`}
      sandbox=""
      srcDoc={page}
      style={{ height: Math.min(TALLEST, AROUND + lines * LINE) }}
      className="mt-1 block w-full bg-white scheme-light"
    />
  )
}

/** An address on a line of its own stands behind a word in the page; an empty line is a gap between paragraphs. */
function rowsOf(line: string): number {
  if (line === '') return 0.5
  return /^https?:\S+$/.test(line) ? 0 : Math.ceil(line.length / WIDTH)
}

function nameOf(from: string): string {
  return from.replace(/\s*<[^<>]*>\s*$/, '').replace(/^"(.*)"$/, '$1') || from
}
