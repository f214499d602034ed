/**
 * The frames of `throughline.v1`, as the server writes and reads them. Offsets and lengths count UTF-16 units, times
 * are ISO 8601, ids are strings. Fields that stand at their default are left out on the wire, so most are optional here.
 */

import type { AuthorKind, ChannelName, DeliveryState } from '@/api/shapes'

export const SUBPROTOCOL = 'throughline.v1'

export type { AuthorKind, ChannelName, DeliveryState, Role } from '@/api/shapes'
export type Purpose = 'reply' | 'question' | 'holding' | 'notice' | 'welcome' | 'template' | 'brief'
export type TurnOutcome = 'completed' | 'stopped' | 'held' | 'waiting' | 'failed' | 'superseded'

export interface Author {
  kind: AuthorKind
  name: string
}

export interface Part {
  type: 'image' | 'file' | 'audio'
  name: string
  media_type: string
  size: number
  url: string
}

/** What one event says, by its kind. A kind that is not here is kept in the count and changes nothing. */
export interface Bodies {
  conversation_started: { channel: ChannelName }
  message: {
    id: string
    author: Author
    channel: ChannelName
    text: string
    purpose?: Purpose
    parts?: readonly Part[]
    pos?: number
    reply_to?: string
    turn?: string
    stopped?: boolean
    confidence?: number
    cost_usd?: number
  }
  turn_started: { turn: string; message: string; agent: string; attempt: number }
  turn_ended: { turn: string; outcome: TurnOutcome; message?: string; reason?: string; detail?: string }
  delivery: {
    messages: readonly string[]
    binding: string
    channel: ChannelName
    state: DeliveryState
    reason?: string
  }
  bound: { by: Author; to: ChannelName; origin?: ChannelName; why?: 'started' | 'asked' | 'followed' | 'off' }
  conversation_ended: { why: 'closed' | 'idle' | 'erased' }
  conversation_reopened: Record<string, never>
  hidden: Record<string, never>
}

export type Kind = keyof Bodies

interface EventOf<K extends Kind> {
  t: 'event'
  c: string
  seq: number
  at: string
  kind: K
  body: Bodies[K]
}

/** One entry of a conversation's log. */
export type EventFrame = { [K in Kind]: EventOf<K> }[Kind]

export interface DeltaFrame {
  t: 'delta'
  c: string
  message: string
  attempt: number
  at: number
  text: string
}

export interface SnapshotFrame {
  t: 'snapshot'
  c: string
  message: string
  attempt: number
  at: number
  text: string
}

export interface WatchingFrame {
  t: 'watching'
  c: string
  epoch: string
  head: number
  after: number
  recovered: boolean
}

export interface SocketUser {
  id: string
  kind: 'person' | 'member'
  role: string
  name: string
}

export interface NackFrame {
  t: 'nack'
  code: string
  detail: string
  id?: string
  of?: string
  c?: string
  retry_after?: number
}

export interface AckFrame {
  t: 'ack'
  id: string
  c: string
  seq: number
}

export type ServerFrame =
  | { t: 'welcome'; user: SocketUser; ping: number }
  | WatchingFrame
  | EventFrame
  | DeltaFrame
  | SnapshotFrame
  | AckFrame
  | NackFrame
  | { t: 'delivery'; c: string; message: string; binding: string; state: DeliveryState; at: string }
  | { t: 'typing'; c: string; name: string; kind: string }
  | { t: 'seen'; c: string; seq: number }
  | { t: 'started'; c: string }
  | { t: 'bye'; reason: string; after_ms: number }

/** Where a returning client stands in one conversation. */
export interface Resume {
  c: string
  epoch: string
  seq: number
}

export type ClientFrame =
  | { t: 'hello'; ticket: string; resume?: readonly Resume[] }
  | { t: 'watch'; c: string; after?: number }
  | { t: 'unwatch'; c: string }
  | { t: 'say'; c: string; id: string; text: string; attachments?: readonly string[] }
  | { t: 'stop'; c: string; id: string; turn: string }
  | { t: 'snap'; c: string; message: string }
  | { t: 'typing'; c: string }
  | { t: 'got'; c: string; seq: number }
  | { t: 'seen'; c: string; seq: number }
