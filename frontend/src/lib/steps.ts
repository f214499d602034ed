// One step of a delivery, in words.
import type { Channel } from './channels'
import { type Reached, toneOf } from './delivery'

const STEPS: Readonly<Record<Reached, string>> = {
  pending: 'Waits for its turn',
  sending: 'Being sent',
  streaming: 'Appearing while it is written',
  accepted: 'Taken by the channel',
  delivered: 'Delivered',
  read: 'Read',
  not_sent: 'Not taken, will be tried again',
  ambiguous: 'Sent, but not confirmed',
  held: 'Kept back, because it may be there already',
  refused: 'Refused',
  passed: 'Passed on to another channel',
  superseded: 'Not needed any more',
  dead: 'Given up',
}

/** On the ladder: one step. */
export function stepWords(state: Reached, channel?: Channel): string {
  return channel === 'web' && state === 'accepted' ? 'Kept in the conversation' : STEPS[state]
}

/** On the way up nobody asks why. */
export function asksWhy(state: Reached): boolean {
  return toneOf(state) !== 'ok' && state !== 'pending' && state !== 'sending' && state !== 'streaming'
}
