// One message on the line. Its element lives from "sending" to "sent": only `data-state` and words change.
import { Check, CircleAlert, Clock, LoaderCircle } from 'lucide-react'
import { memo, type ReactNode } from 'react'
import { AnswerText } from '@/components/answer-text'
import { ChannelSign } from '@/components/channel-mark'
import { CopyButton } from '@/components/copy-button'
import { Rail } from '@/components/line'
import { Moment } from '@/components/moment'
import { StandingWord } from '@/components/standing'
import { ThinkingIndicator } from '@/components/thinking-indicator'
import { Button } from '@/components/ui/button'
import { channelName } from '@/lib/channels'
import { cn } from '@/lib/cn'
import type { FilePart } from '@/lib/files'
import type { Piece } from '@/lib/line'
import type { MessageRow } from '@/lib/thread'
import { plainWords } from '@/lib/words'

/** Where the node stands, in pixels under the row's top: at the middle of the first line. */
const NODE_AT = { person: 28, others: 22 } as const

interface MessageProps {
  row: MessageRow
  piece: Piece
  /** It came while this thread was open: its node lands. */
  fresh: boolean
  /** The conversation runs on more than the web: each message wears its channel. */
  badges: boolean
  /** What became of a message, step by step. */
  ladder?: ((id: string) => ReactNode) | undefined
  /** What is attached, drawn. */
  attached?: ((parts: readonly FilePart[]) => ReactNode) | undefined
  onRetry: (id: string) => void
  onRemove: (id: string) => void
}

type Inner = Omit<MessageProps, 'piece' | 'fresh'>

export const Message = memo(
  function Message({ row, piece, fresh, ...inner }: MessageProps) {
    if (row.author === 'system') return <SystemLine row={row} piece={piece} />
    return (
      <>
        <Rail
          piece={piece}
          at={row.author === 'person' ? NODE_AT.person : NODE_AT.others}
          breathes={row.state === 'streaming'}
          lands={fresh}
        />
        {row.author === 'person' ? <FromPerson row={row} {...inner} /> : <FromOthers row={row} {...inner} />}
      </>
    )
  },
  (a, b) =>
    a.row === b.row &&
    a.fresh === b.fresh &&
    a.badges === b.badges &&
    a.ladder === b.ladder &&
    a.attached === b.attached &&
    a.onRetry === b.onRetry &&
    a.onRemove === b.onRemove &&
    samePiece(a.piece, b.piece),
)

function samePiece(a: Piece, b: Piece): boolean {
  return (
    a.lane === b.lane &&
    a.exit === b.exit &&
    a.channel === b.channel &&
    a.node === b.node &&
    a.above === b.above &&
    a.below === b.below &&
    a.fill === b.fill
  )
}

function FromPerson({ row, badges, ladder, attached, onRetry, onRemove }: Inner) {
  return (
    <div className="flex flex-col items-end pt-2 pb-1 pl-4 sm:pl-16">
      {row.parts && (
        <div className={cn('flex max-w-full justify-end [&_ul]:justify-end', row.text !== '' && 'mb-1')}>
          {attached?.(row.parts)}
        </div>
      )}
      {(row.text !== '' || !row.parts) && (
        <div className="max-w-full rounded-card bg-tint px-4 py-2 text-base whitespace-pre-wrap [overflow-wrap:anywhere]">
          {row.text}
        </div>
      )}
      <div className="mt-1 flex min-h-4 flex-wrap items-center justify-end gap-x-2 text-xs text-ink-soft">
        <ChannelBadge row={row} always={badges} />
        {!row.mine && <span className="font-medium text-ink">{row.name}</span>}
        <SendState row={row} />
        <StandingWord row={row} ladder={ladder} />
        {row.at && <Moment at={row.at} still />}
      </div>
      <Decide row={row} onRetry={onRetry} onRemove={onRemove} />
    </div>
  )
}

/** What the node's shape and colour say, as a word. Where all is web it comes only when looked for. */
function ChannelBadge({ row, always }: { row: MessageRow; always: boolean }) {
  return (
    <span
      aria-hidden={always ? undefined : 'true'}
      data-slot="channel-badge"
      data-channel={row.channel}
      className={cn(
        'inline-flex items-center gap-1 text-(--channel)',
        !always &&
          'opacity-0 transition-opacity duration-(--quick) group-hover:opacity-100 group-focus-visible:opacity-100',
      )}
    >
      <ChannelSign channel={row.channel} className="size-3" />
      {channelName(row.channel)}
    </span>
  )
}

/** What could not be sent waits for a decision. */
function Decide({ row, onRetry, onRemove }: Pick<MessageProps, 'row' | 'onRetry' | 'onRemove'>) {
  if (row.state !== 'failed') return null
  return (
    <div className="mt-1 flex gap-2">
      <Button size="small" onClick={() => onRetry(row.id)}>
        Retry
      </Button>
      <Button size="small" look="quiet" onClick={() => onRemove(row.id)}>
        Delete
      </Button>
    </div>
  )
}

function SendState({ row }: { row: MessageRow }) {
  const look = 'inline-flex items-center gap-1 [&>svg]:size-3'
  switch (row.state) {
    case 'sending':
      return (
        <span className={look}>
          <LoaderCircle aria-hidden="true" />
          Sending
        </span>
      )
    case 'waiting':
      return (
        <span className={look}>
          <Clock aria-hidden="true" />
          Waiting for the connection
        </span>
      )
    case 'failed':
      return (
        <span className={`${look} text-failed`}>
          <CircleAlert aria-hidden="true" />
          {row.reason ?? 'Not sent'}
        </span>
      )
    case 'sent':
      return (
        <span className={look}>
          <Check aria-hidden="true" />
          Sent
        </span>
      )
    default:
      return null
  }
}

function FromOthers({ row, badges, ladder, attached, onRetry, onRemove }: Inner) {
  const member = row.author === 'member'
  return (
    <div className="pt-3 pb-4">
      <div className="mb-1 flex min-h-5 flex-wrap items-center gap-x-2 text-xs text-ink-soft">
        <span className="font-medium text-ink">{row.name}</span>
        {row.at && <Moment at={row.at} still />}
        {row.mine && <SendState row={row} />}
        {row.state === 'stopped' && <span>Stopped</span>}
        <ChannelBadge row={row} always={badges} />
        <StandingWord row={row} ladder={ladder} />
        {row.state !== 'streaming' && (
          <CopyButton
            text={row.text}
            what="answer"
            className="-my-1 ml-auto opacity-0 transition-opacity duration-(--quick) group-focus-within:opacity-100 group-hover:opacity-100 group-focus:opacity-100 group-data-last:opacity-100"
          />
        )}
      </div>
      <div className={member ? 'border-l-2 border-accent pl-3' : undefined}>
        {row.text === '' && row.state === 'streaming' ? (
          <ThinkingIndicator />
        ) : (
          <AnswerText text={row.text} streaming={row.state === 'streaming'} />
        )}
        {row.parts && <div className={row.text === '' ? undefined : 'mt-2'}>{attached?.(row.parts)}</div>}
      </div>
      <Decide row={row} onRetry={onRetry} onRemove={onRemove} />
    </div>
  )
}

function SystemLine({ row, piece }: { row: MessageRow; piece: Piece }) {
  return (
    <>
      <Rail piece={{ ...piece, fill: null }} at={16} />
      <p className="py-2 text-xs text-ink-soft [overflow-wrap:anywhere]">
        {noticeWords(row.text)} {row.at && <Moment at={row.at} still />}
      </p>
    </>
  )
}

/** A notice is a line on the rail: what it quotes stands in the thread already. */
function noticeWords(text: string): string {
  const own = text
    .split('\n')
    .filter((line) => !line.startsWith('>'))
    .join('\n')
  return plainWords(own || text)
}
