// What became of a message on a channel, in words that need no manual. States and reasons come as codes.
import { type Channel, channelName } from './channels'

export type Reached =
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

/** Where one message stands on one channel. `reason` is a code. */
export interface Standing {
  channel: Channel
  state: Reached
  reason?: string | undefined
}

/** `ok`: it is there; `going`: nobody needs to do anything; `unsure`: it may be there; `failed`: it is not. */
export type Tone = 'going' | 'ok' | 'unsure' | 'failed'

const TONES: Readonly<Record<Reached, Tone>> = {
  pending: 'going',
  sending: 'going',
  streaming: 'going',
  accepted: 'ok',
  delivered: 'ok',
  read: 'ok',
  not_sent: 'going',
  ambiguous: 'unsure',
  held: 'unsure',
  refused: 'failed',
  passed: 'going',
  superseded: 'going',
  dead: 'failed',
}

export function toneOf(state: Reached): Tone {
  return TONES[state]
}

/** Beside a message: one glance. Why is on its ladder, and at the open end below it. */
export function standingWords({ channel, state, reason }: Standing): string {
  const name = channelName(channel)
  if (state === 'pending' && reason === 'quiet_hours') return `Waits for ${name}: quiet hours`
  switch (state) {
    case 'pending':
    case 'sending':
      return `On its way to ${name}`
    case 'streaming':
      return `Appearing in ${name}`
    case 'accepted':
      return channel === 'web' ? 'Delivered' : `In ${name}`
    case 'delivered':
      return channel === 'web' ? 'Delivered' : `Delivered to ${name}`
    case 'read':
      return channel === 'web' ? 'Read' : `Read in ${name}`
    case 'not_sent':
      return `On its way to ${name}, not taken yet`
    case 'ambiguous':
      return `Not confirmed by ${name}`
    case 'held':
      return `Kept back, not confirmed by ${name}`
    case 'refused':
    case 'dead':
      return `Not delivered to ${name}`
    case 'passed':
      return `Passed on by ${name}`
    case 'superseded':
      return `Not needed in ${name}`
  }
}

const LEFT: ReadonlySet<Reached> = new Set(['passed', 'superseded'])

/**
 * What stands beside a message: where it went on rather than what it left, and other channels than the web where there
 * are any.
 */
export function worthSaying(standings: readonly Standing[]): readonly Standing[] {
  const stays = standings.filter(({ state }) => !LEFT.has(state))
  const all = stays.length > 0 ? stays : standings
  const others = all.filter(({ channel }) => channel !== 'web')
  return others.length > 0 ? others : all
}
