/** What each step of linking is called, and what is said of it. */

import { channelName } from '@/lib/channels'
import type { Phase } from './useLinking'
import { senderWords } from './words'

export function titleOf(phase: Phase): string {
  switch (phase.at) {
    case 'choose':
      return 'Link a channel'
    case 'claimed':
      return 'Is that you?'
    case 'confirmed':
      return `${channelName(phase.channel)} is linked`
    case 'expired':
      return 'The code has run out'
    case 'refused':
      return 'Not linked'
    case 'over':
      return 'This code is settled'
    default:
      return `Link ${channelName(phase.channel)}`
  }
}

/** For ears; empty: the title says it. */
export function spoken(phase: Phase): string {
  switch (phase.at) {
    case 'open':
      return phase.made === undefined ? '' : `Your code is ready. ${phase.made.instructions}`
    case 'claimed':
      return `${senderWords(phase)} wrote the code. Is that you?`
    case 'confirmed':
      return `${channelName(phase.channel)} is linked.`
    case 'expired':
      return 'The code has run out. Make a new one.'
    case 'refused':
      return 'Nothing was linked.'
    case 'over':
      return 'This code is settled.'
    default:
      return ''
  }
}
