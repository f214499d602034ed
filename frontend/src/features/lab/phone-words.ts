/** A phone's marks in words: what a status means, and why something did not arrive. */

import type { PhoneMessage, Status } from './phones'

export const STATUS_WORDS: Readonly<Record<Status, string>> = {
  sent: 'sent',
  delivered: 'delivered',
  read: 'read',
  failed: 'not delivered',
}

/** By the provider's own code; sources: the error pages of Meta's Cloud API and of Twilio. */
const REASONS: Readonly<Record<string, string>> = {
  '131026': 'the phone cannot be reached',
  '131047': 'more than 24 hours since the customer wrote',
  '131048': 'held back as possible spam',
  '131049': 'WhatsApp chose not to deliver it',
  '131051': 'a kind of message that is not supported',
  '131053': 'the file could not be used',
  '131056': 'too many messages to one person',
  '130429': 'too many messages at once',
  '11751': 'the file is too large',
  '21610': 'the customer has stopped messages from here',
  '30003': 'the phone cannot be reached',
  '30004': 'the phone blocks this number',
  '30005': 'nobody has this number',
  '30006': 'a landline takes no messages',
  '30007': 'the carrier filtered it out',
  '30036': 'its time was over',
  '63016': 'more than 24 hours since the customer wrote',
  '63018': 'too many messages at once',
  '63019': 'the file could not be fetched',
  '63024': 'the number is not on WhatsApp',
}

export function statusWords({ status, error }: Pick<PhoneMessage, 'status' | 'error'>): string {
  if (status === null) return ''
  if (status !== 'failed') return STATUS_WORDS[status]
  const why = REASONS[error] ?? (error && `code ${error}`)
  return why ? `${STATUS_WORDS.failed}: ${why}` : STATUS_WORDS.failed
}
