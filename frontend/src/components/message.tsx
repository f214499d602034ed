// One message on the line. Its element lives from "sending" to "sent": only `data-state` and words change.
import { Check, CircleAlert, Clock, LoaderCircle } from 'lucide-react'
import { memo } from 'react'
import { AnswerText } from '@/components/answer-text'
import { CopyButton } from '@/components/copy-button'
import { Rail } from '@/components/line'
import { Moment } from '@/components/moment'
import { ThinkingIndicator } from '@/components/thinking-indicator'
import { Button } from '@/components/ui/button'
import { channelName } from '@/lib/channels'
import type { Piece } from '@/lib/line'
import type { MessageRow } from '@/lib/thread'

/** Where the node stands, in pixels under the row's top: at the middle of the first line. */
const NODE_AT = { person: 28, others: 22 } as const

interface MessageProps {
  row: MessageRow
  piece: Piece
  /** It came while this thread was open: its node lands. */
  fresh: boolean
  onRetry: (id: string) => void
  onRemove: (id: string) => void
}

export const Message = memo(
  function Message({ row, piece, fresh, onRetry, onRemove }: MessageProps) {
    if (row.author === 'system') return <SystemLine row={row} piece={piece} />
    return (
      <>
        <Rail
          piece={piece}
          at={row.author === 'person' ? NODE_AT.person : NODE_AT.others}
          breathes={row.state === 'streaming'}
          lands={fresh}
        />
        {row.author === 'person' ? (
          <FromPerson row={row} onRetry={onRetry} onRemove={onRemove} />
        ) : (
          <FromOthers row={row} onRetry={onRetry} onRemove={onRemove} />
        )}
      </>
    )
  },
  (a, b) =>
    a.row === b.row &&
    a.fresh === b.fresh &&
    a.onRetry === b.onRetry &&
    a.onRemove === b.onRemove &&
    samePiece(a.piece, b.piece),
)

function samePiece(a: Piece, b: Piece): boolean {
  return (
    a.lane === b.lane &&
    a.exit === b.exit &&
    a.channel === b.channel &&
    a.above === b.above &&
    a.below === b.below &&
    a.fill === b.fill
  )
}

function FromPerson({ row, onRetry, onRemove }: Pick<MessageProps, 'row' | 'onRetry' | 'onRemove'>) {
  return (
    <div className="flex flex-col items-end pt-2 pb-1 pl-4 sm:pl-16">
      <div className="max-w-full rounded-card bg-tint px-4 py-2 text-base whitespace-pre-wrap [overflow-wrap:anywhere]">
        {row.text}
      </div>
      <div className="mt-1 flex min-h-4 flex-wrap items-center justify-end gap-x-2 text-xs text-ink-soft">
        <ChannelName row={row} />
        {!row.mine && <span className="font-medium text-ink">{row.name}</span>}
        <SendState row={row} />
        {row.at && <Moment at={row.at} still />}
      </div>
      <Decide row={row} onRetry={onRetry} onRemove={onRemove} />
    </div>
  )
}

/** What the node's shape and colour say, as a word; the row's label says it to screen readers. */
function ChannelName({ row }: { row: MessageRow }) {
  return (
    <span
      aria-hidden="true"
      data-slot="channel-name"
      data-channel={row.channel}
      className="text-(--channel) opacity-0 transition-opacity duration-(--quick) group-hover:opacity-100 group-focus-visible:opacity-100"
    >
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

function FromOthers({ row, onRetry, onRemove }: Pick<MessageProps, 'row' | 'onRetry' | 'onRemove'>) {
  const member = row.author === 'member'
  return (
    <div className="pt-3 pb-4">
      <div className="mb-1 flex h-5 items-center gap-2 text-xs text-ink-soft">
        <span className="font-medium text-ink">{row.name}</span>
        {row.at && <Moment at={row.at} still />}
        {row.mine && <SendState row={row} />}
        {row.state === 'stopped' && <span>Stopped</span>}
        <ChannelName row={row} />
        {row.state !== 'streaming' && (
          <CopyButton
            text={row.text}
            what="answer"
            className="ml-auto opacity-0 transition-opacity duration-(--quick) group-focus-within:opacity-100 group-hover:opacity-100 group-focus:opacity-100 group-data-last:opacity-100"
          />
        )}
      </div>
      <div className={member ? 'border-l-2 border-accent pl-3' : undefined}>
        {row.text === '' && row.state === 'streaming' ? (
          <ThinkingIndicator />
        ) : (
          <AnswerText text={row.text} streaming={row.state === 'streaming'} />
        )}
      </div>
      <Decide row={row} onRetry={onRetry} onRemove={onRemove} />
    </div>
  )
}

function SystemLine({ row, piece }: { row: MessageRow; piece: Piece }) {
  return (
    <>
      <Rail piece={{ ...piece, fill: null }} at={16} />
      <p className="flex items-center gap-2 py-2 text-xs text-ink-soft">
        {row.text}
        {row.at && <Moment at={row.at} still />}
      </p>
    </>
  )
}
