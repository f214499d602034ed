/** What shall go wrong at a stand-in, and how our webhook answered it: the same for all of them. Values in and out. */

import { type Loose, list, number, text } from './loose'

/** What shall go wrong; what is left out does not. */
export interface Switches {
  readonly fail?: string
  readonly http?: number
  readonly hang_s?: number
  readonly delay_ms?: number
  readonly rate_limit?: number
  readonly lose_answer?: boolean
  readonly duplicate?: boolean
  readonly reorder?: number
}

export interface Delivery {
  readonly key: string
  readonly event: string
  /** From 1. */
  readonly attempt: number
  /** `ok`, or what went wrong. */
  readonly status: string
  /** When it is tried again, in milliseconds since 1970; null: it is over. */
  readonly again: number | null
}

const DELIVERIES = 12
/** For every end, or for every method. */
const ANY = '*'

/** The sets for all methods, by the end that they are for; `*` is every end. */
export function setsOf(given: unknown): ReadonlyMap<string, Switches> {
  const sets = list(given).filter(({ method }) => method === ANY)
  return new Map(sets.map((set) => [text(set.end) || text(set.app), switchesOf(set)]))
}

/** What holds at an end: its own set alone, else the general one. */
export function holdsAt(sets: ReadonlyMap<string, Switches>, end: string): Switches {
  return sets.get(end) ?? sets.get(ANY) ?? {}
}

/** A try that was told, before those known so far. The stand-ins name an event each in their own way. */
export function tried(deliveries: readonly Delivery[], given: Loose): readonly Delivery[] {
  const event = text(given.event_id) || text(given.id) || String(number(given.update))
  const attempt = number(given.number)
  const again = number(given.again_at)
  const entry: Delivery = {
    key: `${event}/${attempt}`,
    event,
    attempt,
    // Telegram tells failures only, and not which.
    status: text(given.status) || 'http_error',
    again: again > 0 ? again : null,
  }
  return [entry, ...deliveries.filter(({ key }) => key !== entry.key)].slice(0, DELIVERIES)
}

function switchesOf(set: Loose): Switches {
  return {
    fail: text(set.fail),
    http: number(set.http),
    hang_s: number(set.hang_s),
    delay_ms: number(set.delay_ms),
    rate_limit: number(set.rate_limit),
    lose_answer: set.lose_answer === true,
    duplicate: set.duplicate === true,
    reorder: number(set.reorder),
  }
}
