// The geometry of the line: rows in, pieces of one rail out. Pure; components/line.tsx draws what this says.
import { CHANNELS, type Channel } from './channels'

export type Lane = 0 | 1
/** `open`: the end of the line, which thins out and waits for what comes. */
export type Drawn = 'solid' | 'dashed' | 'open' | 'none'
export type Fill = 'full' | 'ring' | 'hung' | 'broken'

/** What the line needs to know of a row. A switch, a bridge and an end have no node; `hangs`: not in the log yet. */
export interface LineItem {
  channel: Channel
  kind: 'message' | 'switch' | 'mark' | 'bridge' | 'end'
  /** By a person, not by us. */
  person?: boolean
  hangs?: boolean
  broken?: boolean
}

/** One row's piece: how the rail comes in, how it leaves, and the node on it. */
export interface Piece {
  lane: Lane
  exit: Lane
  /** The rail's. */
  channel: Channel
  /** The node's: a message may come from elsewhere than the line runs. */
  node: Channel
  next: Channel
  above: Drawn
  below: Drawn
  fill: Fill | null
}

/** Where the two lanes run, in pixels from the row's edge. The rail bends from one to the other. */
export const LANES: Readonly<Record<Lane, number>> = { 0: 11, 1: 21 }
/** Half the width of a node. */
export const RADIUS = 5

const STROKE = { above: { hung: 'dashed', kept: 'solid' } } as const

/** Lay a whole thread on one line. `whole` is false while the link is lost: then the end runs on dashed. */
export function layLine(items: readonly LineItem[], whole: boolean): Piece[] {
  const pieces: Piece[] = []
  let lane: Lane = 0
  let channel: Channel = items[0]?.channel ?? 'web'
  items.forEach((item, at) => {
    const first = at === 0
    const last = at === items.length - 1
    const bends = item.kind === 'switch'
    const exit: Lane = bends ? (lane === 0 ? 1 : 0) : lane
    const next: Channel = bends ? item.channel : channel
    const after = items[at + 1]
    const above: Drawn = first ? 'none' : item.hangs ? STROKE.above.hung : STROKE.above.kept
    const below: Drawn =
      (item.broken || item.kind === 'end') && last
        ? 'none'
        : last
          ? whole
            ? 'open'
            : 'dashed'
          : after?.hangs
            ? 'dashed'
            : 'solid'
    const node = item.kind === 'message' ? item.channel : channel
    pieces.push({ lane, exit, channel, node, next, above, below, fill: fillOf(item) })
    lane = exit
    channel = next
  })
  return pieces
}

function fillOf(item: LineItem): Fill | null {
  if (item.kind !== 'message') return null
  if (item.broken) return 'broken'
  if (item.hangs) return 'hung'
  return item.person ? 'full' : 'ring'
}

/** The rail of a switch row of height `h`: straight, one soft S, straight. */
export function bend(from: Lane, to: Lane, h: number): string {
  const a = LANES[from]
  const b = LANES[to]
  const top = Math.min(8, h / 4)
  const mid = h / 2
  return `M${a} 0V${top}C${a} ${mid} ${b} ${mid} ${b} ${h - top}V${h}`
}

/** Where the line is broken in a row: it ends, and goes on; and how far the arc between them reaches aside, in pixels. */
export const GAP = { from: 8, to: 40, reach: 14 } as const

/** The arc over a gap, towards the other lane, and its crest. */
export function arc(lane: Lane): { path: string; x: number; y: number } {
  const x = LANES[lane]
  const aside = x + (lane === 0 ? GAP.reach : -GAP.reach)
  return {
    path: `M${x} ${GAP.from}C${aside} ${GAP.from} ${aside} ${GAP.to} ${x} ${GAP.to}`,
    x: round((x + 3 * aside) / 4),
    y: (GAP.from + GAP.to) / 2,
  }
}

/** A channel's shape as a path around (x, y): equal visual weight, told apart without colour. */
export function nodePath(channel: Channel, x: number, y: number, r: number = RADIUS): string {
  const p = (dx: number, dy: number) => `${round(x + dx * r)} ${round(y + dy * r)}`
  switch (CHANNELS[channel].shape) {
    case 'circle':
      return `M${p(-1, 0)}A${r} ${r} 0 1 1 ${p(1, 0)}A${r} ${r} 0 1 1 ${p(-1, 0)}Z`
    case 'square':
      return `M${p(-0.9, -0.9)}L${p(0.9, -0.9)}L${p(0.9, 0.9)}L${p(-0.9, 0.9)}Z`
    case 'diamond':
      return `M${p(0, -1.25)}L${p(1.25, 0)}L${p(0, 1.25)}L${p(-1.25, 0)}Z`
    case 'drop':
      return `M${p(-1, 1)}L${p(-1, 0)}A${r} ${r} 0 1 1 ${p(0, 1)}Z`
    case 'triangle':
      return `M${p(-0.85, -1.15)}L${p(1.2, 0)}L${p(-0.85, 1.15)}Z`
    case 'capsule': {
      const e = round(0.65 * r)
      return `M${p(-0.75, -0.65)}L${p(0.75, -0.65)}A${e} ${e} 0 0 1 ${p(0.75, 0.65)}L${p(-0.75, 0.65)}A${e} ${e} 0 0 1 ${p(-0.75, -0.65)}Z`
    }
  }
}

/** A message on the small trace; or a break: the one before went on by `channel` instead, or was lost there. */
export interface TraceNode {
  readonly author: string
  readonly channel: Channel
  readonly broke?: 'hop' | 'lost' | undefined
}

/** How the line comes to a node: straight, bending, by the arc over a gap, or not at all after an open end. */
type Comes = 'from' | 'straight' | 'over' | 'not'

export interface Laid extends TraceNode {
  readonly x: number
  readonly lane: Lane
  readonly comes: Comes
}

/** The last dozen nodes along a horizontal line. It changes lanes where the talk went elsewhere, not at a break. */
export function layTrace(nodes: readonly TraceNode[], step: number, most = 12): Laid[] {
  let lane: Lane = 0
  let talk: Channel | undefined
  return nodes.slice(-most).map((node, at, shown) => {
    if (node.broke === undefined) {
      if (talk !== undefined && talk !== node.channel) lane = lane === 0 ? 1 : 0
      talk = node.channel
    }
    const comes =
      at === 0 ? 'from' : shown[at - 1]?.broke === 'lost' ? 'not' : node.broke === 'hop' ? 'over' : 'straight'
    return { ...node, x: RADIUS + at * step, lane, comes }
  })
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
