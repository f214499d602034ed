// One step of a delivery, in words.
import type { Channel } from './channels'
import { type Reached, toneOf } from './delivery'
import { reasonWords } from './reasons'

export interface Rung {
  state: Reached
  at: string
  reason?: string | undefined
}

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

const GOT: ReadonlySet<Reached> = new Set(['accepted', 'delivered', 'read'])
const LEFT: ReadonlySet<Reached> = new Set(['refused', 'passed', 'dead', 'held'])

/** One step among its others: what came after it had been given up came late, unless it was begun anew. */
export function rungWords(rungs: readonly Rung[], at: number, channel: Channel): string {
  const rung = rungs[at]
  if (rung === undefined) return ''
  const { state, reason } = rung
  if (state === 'passed' && reason === 'already_there') return 'Not sent again: the person has it on another channel'
  if (state === 'passed' && reason === 'failover') return STEPS.passed
  if (state === 'pending' && reason === 'quiet_hours') return 'Waits for the end of quiet hours'
  const words = stepWords(state, channel)
  if (reason !== undefined && asksWhy(state)) return `${words}: ${reasonWords(reason)}`
  return GOT.has(state) && tookLong(rungs.slice(0, at)) ? `${words}, late` : words
}

function tookLong(before: readonly Rung[]): boolean {
  const left = before.findLastIndex(({ state }) => LEFT.has(state))
  return left >= 0 && !before.slice(left).some(({ state }) => state === 'pending')
}
