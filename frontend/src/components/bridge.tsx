// Where the line breaks: an arc over the gap to the channel that took the message instead, or an open end.
// Fetched when the first such row is there.
import { CircleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { Stretch } from '@/components/line'
import { Moment } from '@/components/moment'
import { hopWords, lostWords } from '@/lib/hops'
import { arc, GAP, LANES, nodePath, type Piece } from '@/lib/line'
import type { HopRow, LostRow } from '@/lib/thread'

export interface BridgeProps {
  row: HopRow | LostRow
  piece: Piece
  /** It happened while this thread was open: the arc is drawn. */
  fresh: boolean
  /** What can be done about a lost message. */
  action?: ReactNode
}

export default function Bridge({ row, piece, fresh, action }: BridgeProps) {
  return row.kind === 'hop' ? (
    <>
      <RailArc row={row} piece={piece} draws={fresh} />
      <p data-slot="hop" className="flex min-h-12 flex-wrap items-center gap-x-2 py-2 text-xs text-ink-soft">
        <span>{hopWords(row)}</span>
        {row.at && <Moment at={row.at} still />}
      </p>
    </>
  ) : (
    <>
      <RailEnd piece={piece} />
      <div
        data-slot="lost"
        data-state={row.state}
        className="flex min-h-12 flex-wrap items-center gap-x-3 gap-y-1 py-2 text-xs text-failed data-[state=held]:text-attention"
      >
        <span className="inline-flex items-center gap-1">
          <CircleAlert aria-hidden="true" className="size-3 shrink-0" />
          {lostWords(row)}
        </span>
        {action}
      </div>
    </>
  )
}

/** The rail ends, and goes on below; what could not go straight went over the arc, which bears its new channel. */
function RailArc({ row, piece, draws }: { row: HopRow; piece: Piece; draws: boolean }) {
  const id = `arc-${row.from}-${row.to}`
  const x = LANES[piece.lane]
  const over = arc(piece.lane)
  return (
    <svg className="rail" aria-hidden="true">
      <defs>
        <linearGradient id={id} gradientUnits="userSpaceOnUse" x1="0" x2="0" y1={GAP.from} y2={GAP.to}>
          <stop offset="0.1" stopColor={`var(--channel-${row.from})`} />
          <stop offset="0.5" stopColor={`var(--channel-${row.to})`} />
        </linearGradient>
      </defs>
      <g data-channel={piece.channel} className="text-(--channel)">
        <Stretch drawn={piece.above} x={x} from={0} to={GAP.from} />
        <Stretch drawn={piece.below} x={x} from={GAP.to} to="100%" />
      </g>
      <path
        className="rail-stretch"
        data-bends={draws ? '' : undefined}
        pathLength="1"
        strokeLinecap="round"
        d={over.path}
        stroke={`url(#${id})`}
      />
      <path
        className="rail-node"
        data-lands={draws ? '' : undefined}
        d={nodePath(row.to, over.x, over.y, 4)}
        stroke={`var(--channel-${row.to})`}
      />
    </svg>
  )
}

/** The rail ends in a stop; where the talk went on, it begins anew below. */
function RailEnd({ piece }: { piece: Piece }) {
  const x = LANES[piece.lane]
  const y = GAP.from + 8
  return (
    <svg className="rail" aria-hidden="true">
      <g data-channel={piece.channel} className="text-(--channel)">
        <Stretch drawn={piece.above} x={x} from={0} to={y} />
        <Stretch drawn={piece.below} x={x} from={GAP.to} to="100%" />
      </g>
      <path className="rail-stretch" strokeLinecap="round" d={`M${x - 5} ${y}H${x + 5}`} stroke="var(--failed)" />
    </svg>
  )
}
