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

export type DeliveryShown = Schemas['DeliveryShown']
export type Deliveries = Schemas['Deliveries']
export type BindingShown = Schemas['BindingShown']
export type Bindings = Schemas['Bindings']
export type BindingsAsked = Schemas['BindingsAsked']
export type Mode = BindingShown['mode']
export type Follow = Bindings['follow']
export type AccountShown = Schemas['AccountShown']
export type AccountAsked = Schemas['AccountAsked']
export type AccountStatus = AccountShown['status']
export type ChannelShown = Schemas['ChannelShown']
export type Channels = Schemas['Channels']
export type Manifest = Schemas['Manifest']
export type Tested = Schemas['Tested']
