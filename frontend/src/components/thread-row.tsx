// A row of the thread, whatever it holds: the element that the keyboard, Find and the measuring know it by.
import { memo, type ReactNode, type Ref, Suspense } from 'react'
import { later } from '@/components/later'
import { Rail, RailBend } from '@/components/line'
import { Message } from '@/components/message'
import { Moment } from '@/components/moment'
import { channelName } from '@/lib/channels'
import { cn } from '@/lib/cn'
import type { FilePart } from '@/lib/files'
import type { Piece } from '@/lib/line'
import type { LostRow, MessageRow, Row, SwitchRow, UnreadRow } from '@/lib/thread'

const Bridge = later(() => import('@/components/bridge'))

const BEND_HEIGHT = 48

interface ThreadRowProps {
  row: Row
  piece: Piece
  at: number
  last: boolean
  fresh: boolean
  hit: boolean
  badges: boolean
  ladder?: ((id: string) => ReactNode) | undefined
  attached?: ((parts: readonly FilePart[]) => ReactNode) | undefined
  lost?: ((row: LostRow) => ReactNode) | undefined
  onRetry: (id: string) => void
  onRemove: (id: string) => void
  ref: Ref<HTMLElement>
}

export function ThreadRow({
  row,
  piece,
  at,
  last,
  fresh,
  hit,
  badges,
  ladder,
  attached,
  lost,
  onRetry,
  onRemove,
  ref,
}: ThreadRowProps) {
  const message = row.kind === 'message' ? row : null
  return (
    <article
      ref={ref}
      data-slot="row"
      data-kind={row.kind}
      data-id={row.id}
      data-index={at}
      data-state={message?.state}
      data-author={message?.author}
      data-last={last ? '' : undefined}
      data-hit={hit ? '' : undefined}
      // One row is the way in for the keyboard; from there the arrow keys move.
      tabIndex={last ? 0 : -1}
      aria-label={message ? messageLabel(message) : undefined}
      className={cn(
        'group relative rounded-small pl-(--gutter)',
        fresh && message && 'arrive',
        hit && 'ring-1 ring-attention',
      )}
    >
      {message && (
        <Message
          row={message}
          piece={piece}
          fresh={fresh}
          badges={badges}
          ladder={ladder}
          attached={attached}
          onRetry={onRetry}
          onRemove={onRemove}
        />
      )}
      {row.kind === 'switch' && <SwitchPoint row={row} piece={piece} fresh={fresh} />}
      {(row.kind === 'hop' || row.kind === 'lost') && (
        <Suspense fallback={<div className="min-h-12" />}>
          <Bridge row={row} piece={piece} fresh={fresh} action={row.kind === 'lost' && lost?.(row)} />
        </Suspense>
      )}
      {row.kind === 'unread' && <UnreadDivider row={row} piece={piece} />}
    </article>
  )
}

function messageLabel(row: MessageRow): string {
  const who = row.mine ? 'You' : row.name
  return `${who}, on ${channelName(row.channel)}${row.broken ? ', not delivered' : ''}`
}

const SwitchPoint = memo(function SwitchPoint({ row, piece, fresh }: { row: SwitchRow; piece: Piece; fresh: boolean }) {
  return (
    <>
      <RailBend piece={piece} height={BEND_HEIGHT} draws={fresh} />
      <p className="flex min-h-12 items-center gap-2 py-2 text-xs text-ink-soft">
        <span>{switchWords(row)}</span>
        <Moment at={row.at} still />
      </p>
    </>
  )
})

function switchWords({ to, why }: SwitchRow): string {
  return `Continued on ${channelName(to)}${why === undefined ? '' : `: ${why}`}`
}

function UnreadDivider({ row, piece }: { row: UnreadRow; piece: Piece }) {
  return (
    <>
      <Rail piece={piece} at={16} />
      <div className="flex h-8 items-center gap-3 text-xs font-medium text-accent">
        {row.count === 1 ? '1 new message' : `${row.count} new messages`}
        <span aria-hidden="true" className="h-px flex-1 bg-accent opacity-40" />
      </div>
    </>
  )
}
