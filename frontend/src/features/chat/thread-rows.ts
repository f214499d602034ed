/** What a thread shows, row by row: the folded view, what waits in the outbox, and where the unread begins. */

import type { Standing } from '@/lib/delivery'
import type { HopRow, LostRow, MessageRow, Row } from '@/lib/thread'
import type { ChannelName, DeliveryState, Hop, MessageView, OutboxItem, Part, UserShown, View } from './contract'
import type { Moves } from './moves'
import { NOTHING, type Told, type ToldOf } from './told'

/** Rows of settled messages, kept by what they show, so that they are the same object in every render. */
interface Known {
  told: readonly Told[] | undefined
  last: Hop | undefined
  row: MessageRow
  /** What stands below it. */
  after: readonly (HopRow | LostRow)[]
}
type Kept = WeakMap<MessageView, Known>

const NO_MOVES: Moves = { why: new Map(), openings: new Set() }

/** One maker per thread and reader. */
export function rowMaker(me: Pick<UserShown, 'kind' | 'name'>) {
  const kept: Kept = new WeakMap()
  const settled = (message: MessageView, told: readonly Told[] | undefined, last: Hop | undefined): Known => {
    const known = kept.get(message)
    if (known !== undefined && known.told === told && known.last === last) return known
    const made = { told, last, ...messageRows(message, me, told, last) }
    kept.set(message, made)
    return made
  }

  return function rows(
    view: View,
    outbox: readonly OutboxItem[],
    firstUnread: string | null,
    told: ToldOf = NOTHING,
    moves: Moves = NO_MOVES,
  ): Row[] {
    const hops = hopsOf(view.hops)
    const placed: { pos: number; row: Row }[] = []
    for (const message of view.messages) {
      if (moves.openings.has(message.id)) continue
      const { pos, id } = message
      const bridges = hops.get(id) ?? []
      const { row, after } = settled(message, told.get(id), bridges.at(-1))
      placed.push({ pos, row })
      for (const hop of bridges) placed.push({ pos, row: hopRow(hop, me, stateAt(hop.to, told.get(id), message)) })
      for (const below of after) placed.push({ pos, row: below })
    }
    for (const { seq, at, origin, to } of view.switches) {
      const why = moves.why.get(seq)
      const row: Row = { kind: 'switch', id: `switch-${seq}`, at, from: origin, to }
      placed.push({ pos: seq, row: why === undefined ? row : { ...row, why } })
    }
    const channel = view.channel ?? 'web'
    if (view.open) {
      const { id, agent, text, pos } = view.open
      const row: MessageRow = {
        kind: 'message',
        id,
        author: 'agent',
        mine: false,
        name: agent,
        channel,
        text,
        at: null,
        state: 'streaming',
        ...standing(told.get(id) ?? []),
      }
      placed.push({ pos, row })
      for (const hop of hops.get(id) ?? []) placed.push({ pos, row: hopRow(hop, me, stateAt(hop.to, told.get(id))) })
    }
    placed.sort((a, b) => a.pos - b.pos)
    const all = placed.map(({ row }) => row)
    const at = firstUnread === null ? -1 : all.findIndex((row) => row.id === firstUnread)
    if (at >= 0) {
      const count = all.slice(at).filter((row) => row.kind === 'message' && !row.mine).length
      all.splice(at, 0, { kind: 'unread', id: 'unread', count, channel: channelAt(all, at) })
    }
    for (const item of outbox) all.push(waitingRow(item, me))
    return all
  }
}

function channelAt(rows: readonly Row[], at: number) {
  const row = rows[at]
  return row?.kind === 'message' ? row.channel : 'web'
}

function hopsOf(hops: readonly Hop[]): ReadonlyMap<string, readonly Hop[]> {
  const by = new Map<string, Hop[]>()
  for (const hop of hops) by.set(hop.message, [...(by.get(hop.message) ?? []), hop])
  return by
}

function hopRow(
  { seq, at, message, origin, to, reason, late, until }: Hop,
  { kind }: Pick<UserShown, 'kind'>,
  state: DeliveryState | undefined,
): HopRow {
  const row: HopRow = { kind: 'hop', id: `hop-${seq}`, at, message, from: origin, to, reason, late, reader: kind }
  if (until === null) return row
  // That it waits is on its row and not in the log: what the log does not tell has not been sent.
  const waiting = state === undefined || state === 'pending' ? 'on' : state === 'passed' ? 'spared' : 'over'
  return { ...row, until, waiting }
}

function stateAt(channel: ChannelName, told: readonly Told[] = [], message?: MessageView): DeliveryState | undefined {
  return told.find((each) => each.channel === channel)?.state ?? message?.delivery[channel]
}

function messageRows(
  message: MessageView,
  me: Pick<UserShown, 'kind' | 'name'>,
  told: readonly Told[] | undefined,
  last: Hop | undefined,
): Pick<Known, 'row' | 'after'> {
  const mine = message.author === me.kind && (me.kind === 'person' || message.name === me.name)
  const standings = standingsOf(message, told, last?.to)
  const row: MessageRow = {
    kind: 'message',
    id: message.id,
    author: message.author,
    mine,
    name: message.name,
    channel: message.channel,
    text: message.text,
    at: message.at,
    state: mine ? 'sent' : message.stopped ? 'stopped' : message.author === 'agent' ? 'final' : 'received',
    ...enclosed(message.parts),
    ...standing(standings),
  }
  const lost = lostRow(message, standings, me)
  const after = [thereAlready(message.id, standings, me), lost].filter((each) => each !== undefined)
  return { row: lost?.state === 'dead' ? { ...row, broken: true } : row, after }
}

/** It failed where it was owed and was sent nowhere else, because the person had it already. */
function thereAlready(
  message: string,
  standings: readonly Standing[],
  { kind }: Pick<UserShown, 'kind'>,
): HopRow | undefined {
  const left = standings.find(({ state, reason }) => state === 'passed' && reason === 'already_there')
  const there = standings.find(isThere)
  if (left === undefined || there === undefined) return undefined
  const { reason = '', channel: from } = left
  return { kind: 'hop', id: `there-${message}`, at: null, message, from, to: there.channel, reason, reader: kind }
}

/** The open end of a message that nobody has: the log tells only of what was owed, so a mirror's end is none. */
function lostRow(
  { id, delivery }: MessageView,
  standings: readonly Standing[],
  { kind }: Pick<UserShown, 'kind'>,
): LostRow | undefined {
  const ended = standings.find(({ channel, state }) => state === 'dead' && delivery[channel] === 'dead')
  const held = kind === 'member' ? standings.find(({ state }) => state === 'held') : undefined
  const { channel, state, reason } = ended ?? held ?? {}
  if (channel === undefined || standings.some(isThere)) return undefined
  return {
    kind: 'lost',
    id: `lost-${id}`,
    message: id,
    channel,
    state: state === 'held' ? state : 'dead',
    reason,
    reader: kind,
  }
}

function isThere({ channel, state }: Standing): boolean {
  return state === 'delivered' || state === 'read' || (state === 'accepted' && channel !== 'web')
}

/** The log's states, and over them what was told since. Where it went on comes first. */
function standingsOf(message: MessageView, told: readonly Told[] = [], last?: ChannelName): Standing[] {
  const logged = Object.entries(message.delivery) as [ChannelName, DeliveryState][]
  const all = [
    ...told.map(({ channel, state, reason }) => ({ channel, state, reason })),
    ...logged.flatMap(([channel, state]) =>
      told.some((each) => each.channel === channel) ? [] : [{ channel, state }],
    ),
  ]
  return last === undefined ? all : all.sort((a, b) => Number(b.channel === last) - Number(a.channel === last))
}

/** Where a message is only on the web, its place in the thread says it all. */
function standing(all: readonly Standing[]): Pick<MessageRow, 'standings'> {
  return all.some(({ channel }) => channel !== 'web') ? { standings: all } : {}
}

function enclosed(parts: readonly Part[] = []): Pick<MessageRow, 'parts'> {
  return parts.length > 0 ? { parts } : {}
}

function waitingRow(item: OutboxItem, me: Pick<UserShown, 'kind' | 'name'>): MessageRow {
  const row: MessageRow = {
    kind: 'message',
    id: item.id,
    author: me.kind,
    mine: true,
    name: me.name,
    channel: 'web',
    text: item.text,
    at: null,
    state: item.state,
    ...enclosed(item.parts),
  }
  return item.fault ? { ...row, reason: item.fault.detail } : row
}
