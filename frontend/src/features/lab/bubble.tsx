// One message on a phone: its words as that channel shows them, its files, its buttons, its time and its ticks.
import { Check, CheckCheck, CircleAlert, FileText, Mic, Image as Picture } from 'lucide-react'
import { useMemo } from 'react'
import { Button } from '@/components/ui/button'
import type { Channel } from '@/lib/channels'
import { cn } from '@/lib/cn'
import { clock, exactly } from '@/lib/moment'
import { MarkedText } from './marked-text'
import { type Marked, plainMarks, telegramMarks, whatsappMarks } from './marks'
import { statusWords } from './phone-words'
import type { PhoneMessage } from './phones'

interface BubbleProps {
  message: PhoneMessage
  channel: Channel
  onPress: (button: string) => void
}

export function Bubble({ message, channel, onPress }: BubbleProps) {
  const { mine, text, html, media, buttons, at, edited, status } = message
  const marks = useMemo(() => marksOf(channel, mine, text, html), [channel, mine, text, html])
  return (
    <li
      data-slot="phone-message"
      data-mine={mine ? '' : undefined}
      data-state={status ?? undefined}
      className={cn('flex flex-col px-3 py-1', mine ? 'items-end' : 'items-start')}
    >
      <div
        className={cn(
          'max-w-[88%] min-w-0 rounded-card px-3 py-2 text-sm',
          mine ? 'rounded-br-small bg-tint' : 'rounded-bl-small bg-raised ring-1 ring-hairline',
        )}
      >
        <span className="sr-only">{mine ? 'Customer' : 'We'}: </span>
        {media.map(({ type, name }) => (
          <Attached key={`${type}/${name}`} type={type} name={name} />
        ))}
        {text !== '' && (
          <div dir="auto" className="whitespace-pre-wrap [overflow-wrap:anywhere]">
            <MarkedText marks={marks} />
          </div>
        )}
        <p className="mt-1 flex flex-wrap items-center justify-end gap-x-1.5 text-xs text-ink-soft">
          {edited && <span>edited</span>}
          <time dateTime={new Date(at).toISOString()} title={exactly(at)} className="tabular-nums">
            {clock(at)}
          </time>
          {status !== null && <Ticks message={message} />}
        </p>
      </div>
      {buttons.length > 0 && (
        <fieldset className="mt-1 flex w-[88%] flex-col gap-1">
          <legend className="sr-only">Answers to choose from</legend>
          {buttons.map(({ id, title }) => (
            <Button key={id} size="small" className="h-9 w-full text-sm max-sm:h-11" onClick={() => onPress(id)}>
              {title}
            </Button>
          ))}
        </fieldset>
      )}
    </li>
  )
}

function Ticks({ message }: { message: PhoneMessage }) {
  const words = statusWords(message)
  if (message.status === 'failed') {
    return (
      <span className="inline-flex items-center gap-1 text-failed">
        <CircleAlert aria-hidden="true" className="size-3.5 shrink-0" />
        {words}
      </span>
    )
  }
  const Icon = message.status === 'sent' ? Check : CheckCheck
  return (
    <span role="img" aria-label={words} title={words} className={cn(message.status === 'read' && 'text-accent')}>
      <Icon aria-hidden="true" className="size-3.5" />
    </span>
  )
}

function Attached({ type, name }: { type: string; name: string }) {
  const kind = type.startsWith('image/') ? 'Picture' : type.startsWith('audio/') ? 'Voice note' : 'File'
  const Icon = kind === 'Picture' ? Picture : kind === 'Voice note' ? Mic : FileText
  return (
    <p className="mb-1 flex items-center gap-2 rounded-small bg-hover px-2 py-1.5 text-xs">
      <Icon aria-hidden="true" className="size-4 shrink-0 text-ink-soft" />
      <span className="min-w-0 [overflow-wrap:anywhere]">
        {kind}
        {name !== '' && ` · ${name}`}
      </span>
    </p>
  )
}

/** What people type is plain on Telegram and in texts; WhatsApp reads marks in theirs, too. */
function marksOf(channel: Channel, mine: boolean, text: string, html: string): Marked[] {
  if (channel === 'whatsapp') return whatsappMarks(text)
  if (channel === 'telegram' && !mine && html !== '') return telegramMarks(html)
  return plainMarks(text)
}
