/** What a person reads about their own addresses and codes. */

import { ApiFault } from '@/api/http'
import type { ChannelName, IdentityShown, LinkShown } from '@/api/shapes'
import { channelName } from '@/lib/channels'

/** A refusal in words: what, and what to do about it. */
export function faultWords(fault: unknown): string {
  if (!(fault instanceof ApiFault)) return 'That did not work. Try again.'
  if (fault.code === 'unreachable') return 'The server could not be reached. Try again in a moment.'
  return [fault.message, fault.hint].filter((words) => words !== '').join(' ')
}

/** "WhatsApp …0123", or "Web". */
export function identityName({ label, address }: Pick<IdentityShown, 'label' | 'address'>): string {
  return address === '' ? label : `${label} ${address}`
}

const STATUS: Readonly<Record<IdentityShown['status'], string>> = {
  verified: '',
  pending: 'Not proved yet',
  unverified: 'Nobody vouches for it yet: nothing is sent there',
  revoked: 'Not yours any more',
}

/** What stands against using it; empty: nothing. */
export function statusWords(status: IdentityShown['status']): string {
  return STATUS[status]
}

/** Who sent a code, as a subject of a sentence. */
export function senderWords({ who, channel }: Pick<LinkShown, 'who' | 'channel'>): string {
  return who ?? `Somebody on ${channelName(channel)}`
}

/** "9:05": what is left of a code's time. */
export function leftWords(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000))
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}

/** The same for ears, by the minute. */
export function leftSpoken(ms: number): string {
  const minutes = Math.ceil(ms / 60_000)
  return minutes <= 1 ? 'less than a minute' : `${minutes} minutes`
}

/** "first of 4". */
export function placeWords(at: number, of: number): string {
  return `number ${at + 1} of ${of}`
}

/** What quiet hours do, by the names of the channels that they are about: only what is linked is worth a word. */
export function quietWords(items: readonly Pick<IdentityShown, 'label' | 'rings'>[]): string {
  const names = [...new Set(items.filter(({ rings }) => rings).map(({ label }) => label))]
  const which = names.length === 0 ? 'what rings' : new Intl.ListFormat('en', { type: 'disjunction' }).format(names)
  return `What does not get through elsewhere does not go by ${which} then: it waits until the hours are over. Where you are talking with us, nothing is held up.`
}

/** Where one writes the words, said as one does it. */
export function howTo(channel: ChannelName): string {
  switch (channel) {
    case 'gmail':
      return 'Send a mail with exactly these words'
    case 'slack':
      return 'Write exactly these words to our app in Slack'
    case 'sms':
      return 'Send us exactly these words by SMS'
    default:
      return `Send exactly these words to us on ${channelName(channel)}`
  }
}
