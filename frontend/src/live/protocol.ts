/**
 * The frames of `throughline.v1`, by the types the server writes and reads them with. Offsets and lengths count UTF-16
 * units, times are ISO 8601, ids are strings. Fields that stand at their default are left out on the wire.
 */

import type { components } from '@/api/schema'

type Schemas = components['schemas']

export const SUBPROTOCOL = 'throughline.v1'

export type { AuthorKind, ChannelName, DeliveryState, Role } from '@/api/shapes'
export type Purpose = NonNullable<Schemas['Message']['purpose']>
export type Part = Schemas['Part']
export type MessageBody = Schemas['Message']
export type DeliveryBody = Schemas['Delivery']
export type DeliveryFrame = Schemas['DeliveryFrame']
export type BoundBody = Schemas['Bound']
export type FileSettledBody = Schemas['FileSettled']

/** One entry of a conversation's log. A kind that this client does not know yet counts, and changes nothing. */
export type EventFrame = Schemas['EventFrame']
export type DeltaFrame = Schemas['Delta']
export type SnapshotFrame = Schemas['Snapshot']
export type WatchingFrame = Schemas['Watching']
export type AckFrame = Schemas['Ack']
export type NackFrame = Schemas['Nack']
export type ServerFrame = Schemas['ServerFrame']

/** Where a returning client stands in one conversation. */
export type Resume = Schemas['Resume']
export type ClientFrame = Schemas['ClientFrame']
