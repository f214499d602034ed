// A message that went another way, or none: what is said about it on the line. Reasons come as codes.
import { type Channel, channelName } from './channels'
import { reasonWords } from './reasons'
import type { HopRow, LostRow, Reader } from './thread'

const WAYS: Readonly<Record<Channel, string>> = {
  web: 'Kept here instead',
  slack: 'Sent in Slack instead',
  gmail: 'Sent by e-mail instead',
  whatsapp: 'Sent by WhatsApp instead',
  telegram: 'Sent by Telegram instead',
  sms: 'Sent by SMS instead',
}

/** The same where the first channel had taken it: what came after it may be there already. */
const LATER: Readonly<Record<Channel, string>> = {
  web: 'Kept here',
  slack: 'Sent later in Slack',
  gmail: 'Sent later by e-mail',
  whatsapp: 'Sent later by WhatsApp',
  telegram: 'Sent later by Telegram',
  sms: 'Sent later by SMS',
}

const BY: Readonly<Record<Channel, string>> = {
  web: 'here',
  slack: 'in Slack',
  gmail: 'by e-mail',
  whatsapp: 'by WhatsApp',
  telegram: 'by Telegram',
  sms: 'by SMS',
}

const time = new Intl.DateTimeFormat('en', { timeStyle: 'short' })

type Hop = Pick<HopRow, 'from' | 'to' | 'reason' | 'late' | 'until' | 'waiting' | 'reader'>
type Lost = Pick<LostRow, 'channel' | 'state' | 'reason' | 'reader'>

/** "Sent by e-mail instead: WhatsApp did not confirm in time". */
export function hopWords({ from, to, reason, late = false, until, waiting, reader }: Hop): string {
  if (reason === 'already_there') return `Did not go by ${channelName(from)}: ${hasIt(to, reader)} already`
  const why = whyNot(from, reason, reader, late)
  if (until) return `${waitWords(to, until, waiting)}: ${why}`
  return `${(late ? LATER : WAYS)[to]}: ${why}`
}

/** "Waits until 7:00 AM, quiet hours, then goes by SMS". */
function waitWords(to: Channel, until: string, waiting: HopRow['waiting']): string {
  if (waiting === 'spared') return `Did not have to go ${BY[to]} after quiet hours`
  if (waiting === 'over') return `Sent ${BY[to]} after quiet hours`
  return `Waits until ${time.format(Date.parse(until))}, quiet hours, then goes ${BY[to]}`
}

function hasIt(where: Channel, reader: Reader): string {
  const place = where === 'web' ? 'on the web' : `in ${channelName(where)}`
  if (reader === 'member') return `they have it ${place}`
  return where === 'web' ? 'you have it here' : `you have it ${place}`
}

/** "Did not get through: SMS did not take it". To persons it says what is left to do. */
export function lostWords({ channel, state, reason, reader }: Lost): string {
  const why = whyNot(channel, reason ?? (state === 'held' ? 'not_confirmed' : 'refused'), reader)
  if (state === 'held') return `Kept back: ${why}, and it may be there already.`
  const words = `Did not get through: ${why}.`
  return reader === 'member' ? words : `${words} It is kept here, so nothing is lost.`
}

/** Why a message could not stay on its channel, as the end of a sentence. */
function whyNot(channel: Channel, reason: string, reader: Reader, late = false): string {
  const name = channelName(channel)
  const failed = late ? `${name} took it and then could not deliver it` : `${name} did not take it`
  switch (reason) {
    case 'not_seen':
      return reader === 'person' ? 'no tab of yours was open' : 'no tab of theirs was open'
    case 'not_confirmed':
    case 'no_echo':
      return `${name} did not confirm in time`
    case 'not_sent':
      return `${name} did not take it in time`
    case 'account_down':
    case 'account':
      return `${name} is switched off at the moment`
    case 'quiet_hours':
      return `${name} is kept quiet at this hour`
    case 'breaker_open':
      return `${name} has trouble at the moment`
    case 'window_closed':
      return reader === 'person'
        ? `it is too long since you last wrote from ${name}`
        : `it is too long since they last wrote from ${name}`
    case 'refused':
      return failed
    default:
      // A provider's own word says nothing to a person.
      return reader === 'person' ? failed : `${failed}, ${reasonWords(reason)}`
  }
}
