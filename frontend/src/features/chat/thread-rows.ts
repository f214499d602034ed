/** What a thread shows, row by row: the folded view, what waits in the outbox, and where the unread begins. */

import type { MessageRow, Row } from '@/lib/thread'
import type { MessageView, OutboxItem, UserShown, View } from './contract'

/** Rows of settled messages, kept by the message they show, so that they are the same object in every render. */
type Kept = WeakMap<MessageView, MessageRow>

/** One maker per thread and reader. */
export function rowMaker(me: Pick<UserShown, 'kind' | 'name'>) {
  const kept: Kept = new WeakMap()
  const settled = (message: MessageView): MessageRow => {
    const known = kept.get(message)
    if (known) return known
    const row = messageRow(message, me)
    kept.set(message, row)
    return row
  }

  return function rows(view: View, outbox: readonly OutboxItem[], firstUnread: string | null): Row[] {
    const placed: { pos: number; row: Row }[] = view.messages.map((message) => ({
      pos: message.pos,
      row: settled(message),
    }))
    for (const to of view.switches) {
      placed.push({
        pos: to.seq,
        row: { kind: 'switch', id: `switch-${to.seq}`, at: to.at, from: to.origin, to: to.to },
      })
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

function messageRow(message: MessageView, me: Pick<UserShown, 'kind' | 'name'>): MessageRow {
  const mine = message.author === me.kind && (me.kind === 'person' || message.name === me.name)
  const states = Object.values(message.delivery)
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
  }
  return states.length > 0 && states.every((state) => state === 'dead') ? { ...row, broken: true } : row
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
  }
  return item.fault ? { ...row, reason: item.fault.detail } : row
}
