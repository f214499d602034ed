/** What HTTP takes and gives, and the words that frames share with it. Times are ISO 8601, durations are seconds. */

export type AuthorKind = 'person' | 'agent' | 'member' | 'system'
export type ChannelName = 'web' | 'slack' | 'gmail' | 'whatsapp' | 'telegram' | 'sms'
export type Role = 'customer' | 'operator' | 'reviewer' | 'admin' | 'owner'
export type ConversationStatus = 'active' | 'escalated' | 'ended'
export type DeliveryState =
  | 'pending'
  | 'sending'
  | 'streaming'
  | 'accepted'
  | 'delivered'
  | 'read'
  | 'not_sent'
  | 'ambiguous'
  | 'held'
  | 'refused'
  | 'passed'
  | 'superseded'
  | 'dead'

/** RFC 9457. `code` is stable; `request_id` is what to quote when asking for help. */
export interface Problem {
  type: string
  title: string
  status: number
  code: string
  detail: string
  hint: string
  request_id: string
  retry_after?: number
}

export interface UserShown {
  id: string
  kind: 'person' | 'member'
  role: Role
  name: string
}

/** An access token for `expires_in` seconds. */
export interface SignedIn {
  access_token: string
  expires_in: number
  user: UserShown
}

/** What this tenant's policy allows; 0 means no limit. */
export interface LimitsShown {
  message_characters: number
  messages_per_minute: number
  messages_per_day: number
}

export interface Me {
  user: UserShown
  tenant_name: string
  limits: LimitsShown
}

export interface DemoUser {
  email: string
  name: string
  role: Role
}

/** `demo_users` is empty outside demo mode; `model` is null where none is configured. */
export interface About {
  version: string
  demo: boolean
  demo_users: readonly DemoUser[]
  model: { label: string; demo: boolean } | null
}

export interface Ticket {
  ticket: string
  expires_in: number
}

/** One message on a list's small trace. */
export interface NodeShown {
  author: AuthorKind
  channel: ChannelName
}

/** A conversation in a list; `unread` counts messages of others after this caller's `seen`. */
export interface ConversationShown {
  id: string
  title: string
  status: ConversationStatus
  agent: string
  person_name: string
  head: number
  created_at: string
  updated_at: string
  trace: readonly NodeShown[]
  preview: string
  unread: number
}

export interface ConversationPage {
  items: readonly ConversationShown[]
  next: string | null
}

/** Events in order, each as its `event` frame. `next`: give it back as `after`; null at the head. */
export interface EventPage<Event> {
  epoch: string
  head: number
  items: readonly Event[]
  next: number | null
}

/** Where one message stands on one binding. */
export interface DeliveryShown {
  message: string
  binding: string
  channel: ChannelName
  owed: boolean
  state: DeliveryState
  at: string
  reason?: string
}

export interface Deliveries {
  items: readonly DeliveryShown[]
}
