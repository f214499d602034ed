/** The switches of a stand-in in words, and the set that each choice makes. */

import type { Channel } from '@/lib/channels'
import type { Switches } from './weather'

export type Key = keyof Switches

export interface Knob {
  key: Key
  words: string
  says: string
  /** The first one is the good day. */
  choices: readonly (readonly [value: string | number | boolean, words: string])[]
}

/** Milliseconds: the slowest that the slider goes, and its step. */
export const SLOWEST = 5_000
export const STEP = 250

/** Clear refusals come first: what they stop goes by another channel at once. After a fault of its own we wait. */
const SLACK: Knob['choices'] = [
  ['channel_not_found', 'the place is gone'],
  ['token_revoked', 'the app was taken out'],
  ['msg_too_long', 'too long'],
  ['internal_error', 'a fault of its own'],
]
const META: Knob['choices'] = [
  ['131026', 'the phone cannot be reached'],
  ['131047', 'the 24 hours are over'],
  ['190', 'the token ran out'],
  ['131000', 'a fault of its own'],
]
const TWILIO: Knob['choices'] = [
  ['21614', 'no such number'],
  ['21610', 'the person said stop'],
  ['20003', 'the token is wrong'],
  ['20500', 'a fault of its own'],
]
const TELEGRAM: Knob['choices'] = [
  ['400 Bad Request: chat not found', 'the chat is gone'],
  ['403 Forbidden: bot was blocked by the user', 'the bot was blocked'],
  ['401 Unauthorized', 'the token is wrong'],
  ['500 Internal Server Error', 'a fault of its own'],
]
const GMAIL: Knob['choices'] = [
  ['invalidArgument', 'the mail is not well formed'],
  ['authError', 'the sign-in ran out'],
  ['backendError', 'a fault of its own'],
]
const REFUSALS = { slack: SLACK, meta: META, twilio: TWILIO, telegram: TELEGRAM, gmail: GMAIL }

export type Provider = keyof typeof REFUSALS

/** One stand-in's switches as the panel has them. */
export interface Spot {
  readonly key: string
  readonly channel: Channel
  readonly provider: Provider
  readonly switches: Switches
}

const COMMON: readonly Knob[] = [
  {
    key: 'http',
    words: 'Break down',
    says: 'It answers with a page of HTML and does nothing.',
    choices: [
      [0, 'no'],
      [500, 'status 500'],
      [503, 'status 503'],
    ],
  },
  {
    key: 'rate_limit',
    words: 'Slow us down',
    says: 'It asks us to wait before the next try.',
    choices: [
      [0, 'no'],
      [2, 'for 2 seconds'],
      [10, 'for 10 seconds'],
      [30, 'for 30 seconds'],
    ],
  },
  {
    key: 'hang_s',
    words: 'Hang',
    says: 'It takes effect, the answer comes late.',
    choices: [
      [0, 'no'],
      [10, '10 seconds'],
      [60, 'a minute'],
    ],
  },
  {
    key: 'lose_answer',
    words: 'Lose the answer',
    says: 'It takes effect, and we never hear so.',
    choices: [
      [false, 'no'],
      [true, 'yes'],
    ],
  },
  {
    key: 'duplicate',
    words: 'Say everything twice',
    says: 'Each event comes to us two times at once.',
    choices: [
      [false, 'no'],
      [true, 'yes'],
    ],
  },
  {
    key: 'reorder',
    words: 'Mix the order',
    says: 'Events are held and come newest first.',
    choices: [
      [0, 'no'],
      [3, 'three at a time'],
    ],
  },
]

/** All that can be chosen at a stand-in; how long it takes is a slider of its own. */
export function knobsOf(provider: Provider): readonly Knob[] {
  const fail: Knob = {
    key: 'fail',
    words: 'Refuse',
    says: 'It answers with an error and does nothing.',
    choices: [['', 'no'], ...REFUSALS[provider]],
  }
  return [fail, ...COMMON]
}

/** The set that makes a stand-in refuse, beside what goes wrong there already. */
export function refusing({ provider, switches }: Pick<Spot, 'provider' | 'switches'>): Switches {
  return withSwitch(switches, 'fail', REFUSALS[provider][0]?.[0])
}

/** It refuses for good: what fails there goes on at once. The last one of each list may get well. */
export function passesAtOnce({ provider, switches }: Pick<Spot, 'provider' | 'switches'>): boolean {
  return Boolean(switches.fail) && switches.fail !== REFUSALS[provider].at(-1)?.[0]
}

/** The set that goes out: what is as on a good day is left out. */
export function withSwitch(switches: Switches, key: Key, value: string | number | boolean | undefined): Switches {
  const next = Object.entries({ ...switches, [key]: value })
  return Object.fromEntries(
    next.filter(([, each]) => each !== undefined && each !== '' && each !== 0 && each !== false),
  )
}

/** Which choice stands. A value that none of them has was set by somebody else: -1. */
export function standing(switches: Switches, { key, choices }: Knob): number {
  const value = switches[key] ?? choices[0]?.[0]
  return choices.findIndex(([each]) => each === value)
}

/** How many things go wrong there. */
export function wrongs(switches: Switches): number {
  return Object.values(switches).filter((value) => value !== '' && value !== 0 && value !== false).length
}
