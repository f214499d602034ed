/** What HTTP takes and gives, and the words that frames share with it, by the names the server has for them. */

import type { components } from './schema'

type Schemas = components['schemas']

export type AuthorKind = Schemas['Author']['kind']
export type ChannelName = Schemas['Message']['channel']
export type DeliveryState = Schemas['Delivery']['state']
export type Role = Schemas['UserShown']['role']

export type Problem = Schemas['Problem']
export type UserShown = Schemas['UserShown']
export type SignedIn = Schemas['SignedIn']
export type LimitsShown = Schemas['LimitsShown']
export type Me = Schemas['Me']
export type DemoUser = Schemas['DemoUser']
export type About = Schemas['About']
export type Ticket = Schemas['Ticket']
export type NodeShown = Schemas['NodeShown']
export type ConversationShown = Schemas['ConversationShown']
export type ConversationPage = Schemas['ConversationPage']
export type EventPage = Schemas['EventPage']

export type Mode = 'active' | 'mirror' | 'standby' | 'off'
export type Follow = 'follow' | 'pin'
export type AccountStatus =
  | 'unconfigured'
  | 'waiting_first_event'
  | 'up'
  | 'degraded'
  | 'down'
  | 'needs_reauth'
  | 'disabled'

export interface RungShown {
  state: DeliveryState
  at: string
  reason?: string
}

export interface DeliveryShown {
  message: string
  binding: string
  channel: ChannelName
  owed: boolean
  state: DeliveryState
  at: string
  rungs: RungShown[]
  attempts: number
  reason?: string
  retry_at?: string
}

export interface Deliveries {
  items: DeliveryShown[]
}

export interface BindingShown {
  id: string
  channel: ChannelName
  label: string
  mode: Mode
  health: AccountStatus
  simulated: boolean
}

export interface Bindings {
  items: BindingShown[]
  follow: Follow
}

export interface BindingsAsked {
  items?: { id: string; mode: Mode }[]
  follow?: Follow
}

export interface SecretShown {
  name: string
  set: boolean
}

export interface AccountShown {
  id: string
  channel: ChannelName
  provider: string
  name: string
  mode: 'real' | 'simulated'
  enabled: boolean
  status: AccountStatus
  reason: string | null
  options: Record<string, string>
  secrets: SecretShown[]
  webhook_url: string
  last_in: string | null
  last_out: string | null
  created_at: string
}

export interface ChannelShown {
  channel: ChannelName
  label: string
  streams: boolean
  accounts: AccountShown[]
}

export interface Channels {
  items: ChannelShown[]
}

export interface AccountAsked {
  name?: string
  options?: Record<string, string>
  secrets?: Record<string, string>
}

export interface Tested {
  health: 'up' | 'degraded' | 'down' | 'needs_reauth'
  detail: string
  took_ms: number
  account: AccountShown
}
