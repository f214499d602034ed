import type { MessageView } from '@/live/fold'
import type { AuthorKind } from '@/live/protocol'

/** Where the divider goes: before the message from which on `count` messages of others follow. Null: nowhere. */
export function firstUnread(messages: readonly MessageView[], count: number, mine: AuthorKind): string | null {
  let left = count
  for (let i = messages.length - 1; i >= 0 && left > 0; i -= 1) {
    const message = messages[i]
    if (message === undefined || message.author === mine) continue
    left -= 1
    if (left === 0) return message.id
  }
  // More are unread than are here: the first of those that are.
  return count > 0 ? (messages.find((message) => message.author !== mine)?.id ?? null) : null
}
