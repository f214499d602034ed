// What a thread shows, row by row. Features fold a conversation into these; components draw them.
import type { Channel } from './channels'
import type { Standing } from './delivery'
import type { FilePart } from './files'
import type { LineItem } from './line'

export type Author = 'person' | 'agent' | 'member' | 'system'
/** Who looks: to persons nothing technical is said. */
export type Reader = 'person' | 'member'
export type MessageState = 'sending' | 'waiting' | 'sent' | 'failed' | 'received' | 'streaming' | 'stopped' | 'final'

/** One message. `id` never changes from the moment it is sent, so its element never does either. */
export interface MessageRow {
  kind: 'message'
  id: string
  author: Author
  mine: boolean
  name: string
  channel: Channel
  text: string
  /** What is attached; absent where nothing is. */
  parts?: readonly FilePart[]
  /** ISO 8601; null while only this device knows the message. */
  at: string | null
  state: MessageState
  /** Why it failed, in plain words. */
  reason?: string
  /** No channel could take it. */
  broken?: boolean
  /** Where it stands, channel by channel; absent where nothing is known. */
  standings?: readonly Standing[]
}

export interface SwitchRow {
  kind: 'switch'
  id: string
  at: string
  from: Channel | null
  to: Channel
  /** Who moved the talk, or why it moved, as the end of "Continued on Slack: …". */
  why?: string
}

/** A message that did not get through on one channel and went by another: a gap in the line, and the arc over it. */
export interface HopRow {
  kind: 'hop'
  id: string
  /** ISO 8601; null where it was not sent again, because the person had it there already. */
  at: string | null
  message: string
  from: Channel
  to: Channel
  /** A code. */
  reason: string
  /** The first one had taken it, and could not deliver it after all. */
  late?: boolean
  /** When quiet hours end that it waits for, or waited for; ISO 8601. */
  until?: string | null
  /** What became of that waiting. */
  waiting?: 'on' | 'over' | 'spared'
  reader: Reader
}

/** A message that got through nowhere (`dead`), or waits for a member to say (`held`): an open end. */
export interface LostRow {
  kind: 'lost'
  id: string
  message: string
  channel: Channel
  state: 'dead' | 'held'
  /** A code. */
  reason?: string | undefined
  reader: Reader
}

export interface UnreadRow {
  kind: 'unread'
  id: 'unread'
  count: number
  channel: Channel
}

export type Row = MessageRow | SwitchRow | HopRow | LostRow | UnreadRow

/** Whether the connection to the server stands. */
export type Link = 'connecting' | 'live' | 'reconnecting' | 'offline'

export type AgentState =
  | 'idle'
  | 'thinking'
  | 'using_tool'
  | 'streaming'
  | 'waiting_for_person'
  | 'waiting_for_review'
  | 'handed_over'
  | 'failed'

/** What the line needs to know of a row. */
export function lineItem(row: Row): LineItem {
  switch (row.kind) {
    case 'switch':
      return { kind: 'switch', channel: row.to }
    case 'hop':
      return { kind: 'bridge', channel: row.to }
    case 'lost':
      return { kind: 'end', channel: row.channel }
    case 'unread':
      return { kind: 'mark', channel: row.channel }
    case 'message':
      return {
        kind: row.author === 'system' ? 'mark' : 'message',
        channel: row.channel,
        person: row.author === 'person',
        hangs: row.state === 'waiting' || row.state === 'failed',
        broken: row.broken === true,
      }
  }
}

/** Rows whose words, files' names or transcripts hold `query`, in order; without regard to case or accents. */
export function findRows(rows: readonly Row[], query: string): string[] {
  const wanted = fold(query.trim())
  if (!wanted) return []
  return rows.flatMap((row) => (row.kind === 'message' && fold(wordsOf(row)).includes(wanted) ? [row.id] : []))
}

function wordsOf({ text, parts = [] }: MessageRow): string {
  return [text, ...parts.map((part) => `${part.name} ${part.transcript ?? ''}`)].join(' ')
}

function fold(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
}
