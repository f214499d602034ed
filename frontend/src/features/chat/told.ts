/**
 * What was told of deliveries: unsequenced frames as they come, and the log's own entries. The fold holds the log
 * only; this lies over it, so that a word changes the moment something happens. Where the log has said how it ended,
 * the log is right.
 */

import type { ChannelName, DeliveryState } from '@/api/shapes'
import { Store } from '@/lib/store'
import { furthest } from '@/live/fold'
import type { DeliveryBody, DeliveryFrame, EventFrame } from '@/live/protocol'

export interface Told {
  readonly channel: ChannelName
  readonly state: DeliveryState
  readonly reason?: string | undefined
  /** The log says so. */
  readonly logged: boolean
}

/** By message, then one entry per channel. Entries that did not change are the same arrays. */
export type ToldOf = ReadonlyMap<string, readonly Told[]>

export const NOTHING: ToldOf = new Map()

/** Ends that only the log can lift. */
const ENDS: ReadonlySet<DeliveryState> = new Set(['read', 'refused', 'passed', 'superseded', 'dead'])

/** A frame, taken in. What it cannot change gives the same map back. */
export function hear(told: ToldOf, frame: DeliveryFrame): ToldOf {
  const { message, reason } = frame
  const channel = frame.channel as ChannelName
  const before = told.get(message)?.find((each) => each.channel === channel)
  const next = frame.state as DeliveryState
  // What was given up and waits again was sent anew by a member.
  if (before?.logged && ENDS.has(before.state) && !(before.state === 'dead' && next === 'pending')) return told
  const state = furthest(before?.state, next)
  if (state !== next || (before?.state === state && before.reason === reason)) return told
  const others = told.get(message)?.filter((each) => each !== before) ?? []
  return new Map(told).set(message, [...others, { channel, state, reason, logged: false }])
}

/** Entries of the log, taken in. The map is copied once, however many there are. */
export function read(told: ToldOf, ...bodies: readonly DeliveryBody[]): ToldOf {
  let now: Map<string, readonly Told[]> | undefined
  for (const { messages, channel, state: next, reason } of bodies) {
    for (const message of messages) {
      const all = (now ?? told).get(message) ?? []
      const before = all.find((each) => each.channel === channel)
      const state = furthest(before?.logged ? before.state : undefined, next)
      if (before?.logged && before.state === state) continue
      now ??= new Map(told)
      now.set(message, [...all.filter((each) => each !== before), { channel, state, reason, logged: true }])
    }
  }
  return now ?? told
}

/** After a link was lost, what was only told and not logged may be over long since. */
export function forget(told: ToldOf): ToldOf {
  const kept = new Map<string, readonly Told[]>()
  for (const [message, each] of told) {
    const logged = each.filter((one) => one.logged)
    if (logged.length > 0) kept.set(message, logged)
  }
  return kept
}

export function deliveriesIn(events: readonly EventFrame[]): DeliveryBody[] {
  return events.flatMap((event) => (event.kind === 'delivery' ? [event.body] : []))
}

/** The same for every conversation of this tab. */
export class Telling {
  readonly #of = new Map<string, Store<ToldOf>>()

  of(conversation: string): Store<ToldOf> {
    const known = this.#of.get(conversation)
    if (known !== undefined) return known
    const fresh = new Store<ToldOf>(NOTHING)
    this.#of.set(conversation, fresh)
    return fresh
  }

  heard(frame: DeliveryFrame): void {
    const store = this.of(frame.c)
    store.set(hear(store.get(), frame))
  }

  logged(conversation: string, bodies: readonly DeliveryBody[]): void {
    if (bodies.length === 0) return
    const store = this.of(conversation)
    store.set(read(store.get(), ...bodies))
  }

  lost(): void {
    for (const store of this.#of.values()) store.set(forget(store.get()))
  }
}
