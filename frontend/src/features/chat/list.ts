/** The list of conversations, kept live by the same events that the threads are folded from. */

import type { ConversationPage, ConversationShown, UserShown } from '@/api/shapes'
import type { EventFrame } from '@/live/protocol'

const TRACE = 12
const PREVIEW = 140

/** Whether a message was written by the side that is looking. */
export function isMine(event: EventFrame, me: UserShown): boolean {
  return event.kind === 'message' && event.body.author.kind === me.kind
}

/** Take new events of one conversation in: newest first, nothing counted twice. */
export function withEvents(
  page: ConversationPage,
  id: string,
  events: readonly EventFrame[],
  me: UserShown,
): ConversationPage {
  const before = page.items.find((item) => item.id === id)
  if (before === undefined) return page
  const after = events.reduce((item, event) => withEvent(item, event, me), before)
  if (after === before) return page
  const others = page.items.filter((item) => item.id !== id)
  const rises = events.some(({ seq, kind }) => seq > before.head && (kind === 'message' || kind === 'failed_over'))
  const items = rises ? [after, ...others] : page.items.map((item) => (item.id === id ? after : item))
  return { ...page, items }
}

function withEvent(item: ConversationShown, event: EventFrame, me: UserShown): ConversationShown {
  if (event.seq <= item.head) return item
  const head = { ...item, head: event.seq }
  if (event.kind === 'conversation_ended') return { ...head, status: 'ended' }
  if (event.kind === 'conversation_reopened') return { ...head, status: 'active' }
  const broken = breakOf(event)
  if (broken !== undefined) {
    const at = event.kind === 'failed_over' ? { updated_at: event.at } : {}
    return { ...head, ...at, trace: [...item.trace, broken].slice(-TRACE) }
  }
  if (event.kind !== 'message') return head
  const { author, channel, text, parts = [] } = event.body
  return {
    ...head,
    updated_at: event.at,
    preview: (text || parts.map((part) => part.name).join(', ')).slice(0, PREVIEW),
    trace: [...item.trace, { author: author.kind, channel }].slice(-TRACE),
    unread: item.unread + (isMine(event, me) ? 0 : 1),
  }
}

/** Where the line breaks: by which channel a message goes instead, or where it was lost. */
function breakOf(event: EventFrame): ConversationShown['trace'][number] | undefined {
  if (event.kind === 'failed_over') return { author: 'system', channel: event.body.to, broke: 'hop' }
  if (event.kind === 'delivery' && event.body.state === 'dead')
    return { author: 'system', channel: event.body.channel, broke: 'lost' }
  return undefined
}

/** Somebody of us read up to `seq`. Exact at the head; in between the count cannot be known here. */
export function withSeen(page: ConversationPage, id: string, seq: number): ConversationPage {
  const items = page.items.map((item) => (item.id === id && seq >= item.head ? { ...item, unread: 0 } : item))
  return { ...page, items }
}

/** Two pages as one, nothing twice. */
export function withMore(page: ConversationPage, more: ConversationPage): ConversationPage {
  const known = new Set(page.items.map((item) => item.id))
  return { items: [...page.items, ...more.items.filter((item) => !known.has(item.id))], next: more.next }
}
