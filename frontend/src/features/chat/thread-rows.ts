/** What a thread shows, row by row: the folded view, what waits in the outbox, and where the unread begins. */

import type { Standing } from '@/lib/delivery'
import type { MessageRow, Row } from '@/lib/thread'
import type { ChannelName, DeliveryState, MessageView, OutboxItem, Part, UserShown, View } from './contract'
import type { Moves } from './moves'
import { NOTHING, type Told, type ToldOf } from './told'

/** Rows of settled messages, kept by what they show, so that they are the same object in every render. */
type Kept = WeakMap<MessageView, { told: readonly Told[] | undefined; row: MessageRow }>

const NO_MOVES: Moves = { why: new Map(), openings: new Set() }

/** One maker per thread and reader. */
export function rowMaker(me: Pick<UserShown, 'kind' | 'name'>) {
  const kept: Kept = new WeakMap()
  const settled = (message: MessageView, told: readonly Told[] | undefined): MessageRow => {
    const known = kept.get(message)
    if (known?.told === told && known !== undefined) return known.row
    const row = messageRow(message, me, told)
    kept.set(message, { told, row })
    return row
  }

  return function rows(
    view: View,
    outbox: readonly OutboxItem[],
    firstUnread: string | null,
    told: ToldOf = NOTHING,
    moves: Moves = NO_MOVES,
  ): Row[] {
    const placed: { pos: number; row: Row }[] = view.messages
      .filter((message) => !moves.openings.has(message.id))
      .map((message) => ({ pos: message.pos, row: settled(message, told.get(message.id)) }))
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

function messageRow(
  message: MessageView,
  me: Pick<UserShown, 'kind' | 'name'>,
  told: readonly Told[] | undefined,
): MessageRow {
  const mine = message.author === me.kind && (me.kind === 'person' || message.name === me.name)
  const standings = standingsOf(message, told)
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
  const dead = standings.length > 0 && standings.every(({ state }) => state === 'dead')
  return dead ? { ...row, broken: true } : row
}

/** The log's states, and over them what was told since. */
function standingsOf(message: MessageView, told: readonly Told[] = []): Standing[] {
  const logged = Object.entries(message.delivery) as [ChannelName, DeliveryState][]
  return [
    ...told.map(({ channel, state, reason }) => ({ channel, state, reason })),
    ...logged.flatMap(([channel, state]) =>
      told.some((each) => each.channel === channel) ? [] : [{ channel, state }],
    ),
  ]
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
