/** What a member reads about a message that did not get through. Reasons come as codes. */

import type { LostShown } from '@/api/shapes'
import { channelName } from '@/lib/channels'
import { reasonWords } from '@/lib/reasons'

/** Counted up to 1,000: more than that is not said to the last one. */
export function countWords(total: number): string {
  return total >= 1000 ? '1,000 or more' : String(total)
}

export function totalWords(total: number): string {
  return total === 1 ? 'One message did not get through' : `${countWords(total)} messages did not get through`
}

type Lost = Pick<LostShown, 'channel' | 'state' | 'reason' | 'doubtful'>

const WHY: Readonly<Record<string, string>> = {
  account_down: 'our end of the channel does not work',
  breaker_open: 'the channel failed too often',
  not_confirmed: 'it did not confirm in time',
  no_echo: 'it did not confirm in time',
  not_sent: 'it did not take it for too long',
  refused: 'it did not take it',
  restored: 'the store comes from a backup, made before it was sent',
}

/** One sentence: where it did not arrive, and why. */
export function whyWords({ channel, state, reason, doubtful }: Lost): string {
  const name = channelName(channel)
  const why = reason === null ? '' : `: ${WHY[reason] ?? reasonWords(reason)}`
  if (state === 'held') return `${name} may have it${why === '' ? '' : why}. Somebody has to look.`
  return doubtful ? `${name} may have it${why}.` : `Not delivered to ${name}${why}.`
}

/** Where else it was tried, in words; empty: nowhere. */
export function triedWords({ channel, tried }: Pick<LostShown, 'channel' | 'tried'>): string {
  const others = tried.filter((each) => each.channel !== channel && each.channel !== 'web')
  const seen = tried.find((each) => each.channel === 'web' && each.state === 'read')
  const names = [...new Set(others.map((each) => channelName(each.channel)))]
  return [names.length > 0 ? `Also tried: ${names.join(', ')}` : '', seen === undefined ? '' : 'Read on the web']
    .filter((words) => words !== '')
    .join(' · ')
}

/** Empty: nothing is known of tries, and yet it may be there. */
export function triesWords({ attempts, doubtful }: Pick<LostShown, 'attempts' | 'doubtful'>): string {
  if (attempts === 0) return doubtful ? '' : 'Never left'
  return attempts === 1 ? 'Tried once' : attempts === 2 ? 'Tried twice' : `Tried ${attempts} times`
}
