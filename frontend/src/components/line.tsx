// The line: every row draws its own piece of one rail. Pieces overlap by a pixel above and below, and all are
// strokes at the same place, so that no zoom shows a seam.
import { channelName } from '@/lib/channels'
import { cn } from '@/lib/cn'
import { bend, type Drawn, LANES, layTrace, nodePath, type Piece, RADIUS, type TraceNode } from '@/lib/line'

interface RailProps {
  piece: Piece
  /** Where the node stands, in pixels from the row's top. */
  at: number
  breathes?: boolean
  lands?: boolean
}

/** The piece of rail beside one message. */
export function Rail({ piece, at, breathes, lands }: RailProps) {
  const x = LANES[piece.lane]
  const y = at + 1
  const path = nodePath(piece.node, x, y)
  return (
    <svg className="rail" aria-hidden="true">
      <g data-channel={piece.channel} className="text-(--channel)">
        <Stretch drawn={piece.above} x={x} from={0} to={y} />
        <Stretch drawn={piece.below} x={x} from={y} to="100%" />
      </g>
      <g data-channel={piece.node} className="text-(--channel)">
        {breathes && <path className="rail-halo" data-breathes="" d={path} />}
        {piece.fill === 'broken' ? (
          <path className="rail-node" fill="none" d={brokenEnd(x, y)} stroke="currentColor" />
        ) : piece.fill ? (
          <path
            className="rail-node"
            data-fill={piece.fill}
            data-breathes={breathes ? '' : undefined}
            data-lands={lands ? '' : undefined}
            d={path}
            stroke="currentColor"
          />
        ) : null}
      </g>
    </svg>
  )
}

/** One straight run of the rail. */
export function Stretch({
  drawn,
  x,
  from,
  to,
}: {
  drawn: Drawn
  x: number
  from: number | string
  to: number | string
}) {
  if (drawn === 'none') return null
  if (drawn === 'open')
    return <rect className="rail-open" x={x - 1} y={from} width="2" height="100%" fill="currentColor" />
  return <line className="rail-stretch" data-drawn={drawn} x1={x} x2={x} y1={from} y2={to} stroke="currentColor" />
}

/** The line stops and turns away: nothing could take this message. */
function brokenEnd(x: number, y: number): string {
  return `M${x - RADIUS} ${y - RADIUS}L${x + RADIUS} ${y + RADIUS}M${x + RADIUS} ${y - RADIUS}L${x - RADIUS} ${y + RADIUS}`
}

/** A switch point: the rail goes over to its other lane, and from one channel's colour to the next one's. */
export function RailBend({ piece, height, draws }: { piece: Piece; height: number; draws?: boolean }) {
  const id = `bend-${piece.channel}-${piece.next}`
  return (
    <svg className="rail" aria-hidden="true">
      <defs>
        <linearGradient id={id} gradientUnits="userSpaceOnUse" x1="0" x2="0" y1="0" y2={height + 2}>
          <stop offset="0.3" stopColor={`var(--channel-${piece.channel})`} />
          <stop offset="0.7" stopColor={`var(--channel-${piece.next})`} />
        </linearGradient>
      </defs>
      <path
        className="rail-stretch"
        data-bends={draws ? '' : undefined}
        pathLength="1"
        d={bend(piece.lane, piece.exit, height + 2)}
        stroke={`url(#${id})`}
      />
      {/* Where the words take more room than the bend, the rail goes on straight. */}
      <line
        className="rail-stretch"
        x1={LANES[piece.exit]}
        x2={LANES[piece.exit]}
        y1={height + 1}
        y2="100%"
        stroke={`var(--channel-${piece.next})`}
      />
    </svg>
  )
}

const STEP = 13

/** The same line, small and lying down: where a conversation went, at a glance. */
export function Trace({ nodes, className }: { nodes: readonly TraceNode[]; className?: string }) {
  const laid = layTrace(nodes, STEP)
  if (laid.length === 0) return null
  const y = (lane: 0 | 1) => (lane === 0 ? 6 : 12)
  const width = (laid.at(-1)?.x ?? 0) + RADIUS + 1
  return (
    <svg
      width={width}
      height={18}
      viewBox={`0 0 ${width} 18`}
      className={cn('trace shrink-0', className)}
      role="img"
      aria-label={traceWords(nodes)}
    >
      {laid.slice(1).map((node, at) => {
        const before = laid[at]
        if (!before || node.comes === 'not') return null
        const mid = (before.x + node.x) / 2
        const [from, to] = [y(before.lane), y(node.lane)]
        return (
          <path
            key={node.x}
            fill="none"
            strokeWidth="1.5"
            stroke={`var(--channel-${node.channel})`}
            d={
              node.comes === 'over'
                ? `M${before.x} ${from}Q${mid} ${from - 9} ${node.x} ${to}`
                : `M${before.x} ${from}C${mid} ${from} ${mid} ${to} ${node.x} ${to}`
            }
          />
        )
      })}
      {laid.map((node) =>
        node.broke === 'lost' ? (
          <path
            key={node.x}
            data-broke="lost"
            d={`M${node.x} ${y(node.lane) - 4}v8`}
            strokeWidth="2"
            strokeLinecap="round"
            stroke="var(--failed)"
          />
        ) : (
          <path
            key={node.x}
            data-broke={node.broke}
            d={nodePath(node.channel, node.x, y(node.lane), node.broke ? 2.75 : 3.25)}
            strokeWidth="1.5"
            stroke={`var(--channel-${node.channel})`}
            fill={node.author === 'person' ? `var(--channel-${node.channel})` : 'var(--ground, var(--paper))'}
          />
        ),
      )}
    </svg>
  )
}

function traceWords(nodes: readonly TraceNode[]): string {
  const legs: string[] = []
  for (const { channel, broke } of nodes) {
    const name = `${channelName(channel)}${broke === 'hop' ? ' instead' : broke === 'lost' ? ' failed' : ''}`
    if (legs.at(-1) !== name) legs.push(name)
  }
  return `The line: ${legs.join(', then ')}`
}
