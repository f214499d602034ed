import { expect, test } from 'vitest'
import { CHANNELS, type Channel } from './channels'
import { hopWords, lostWords } from './hops'

const CODES = [
  'not_confirmed',
  'not_sent',
  'refused',
  'window_closed',
  'account_down',
  'breaker_open',
  'not_seen',
  'undeliverable_131026',
  'xyz_7',
]
const channels = Object.keys(CHANNELS) as Channel[]

test('it is said where the message went, and why', () => {
  const hop = { from: 'whatsapp', to: 'gmail', reader: 'person' } as const
  expect(hopWords({ ...hop, reason: 'not_confirmed' })).toBe('Sent by e-mail instead: WhatsApp did not confirm in time')
  expect(hopWords({ ...hop, from: 'web', to: 'slack', reason: 'not_seen' })).toBe(
    'Sent in Slack instead: no tab of yours was open',
  )
  expect(hopWords({ ...hop, from: 'web', to: 'slack', reason: 'not_seen', reader: 'member' })).toContain('of theirs')
})

test('what was taken first and not delivered went later, and that is said', () => {
  const hop = { from: 'whatsapp', to: 'gmail', late: true } as const
  expect(hopWords({ ...hop, reason: 'undeliverable_131026', reader: 'person' })).toBe(
    'Sent later by e-mail: WhatsApp took it and then could not deliver it',
  )
  expect(hopWords({ ...hop, reason: 'undeliverable_131026', reader: 'member' })).toBe(
    'Sent later by e-mail: WhatsApp took it and then could not deliver it, the person cannot be reached there',
  )
  expect(hopWords({ ...hop, reason: 'window_closed', reader: 'person' })).toContain('too long since you last wrote')
})

test('what waits for the end of quiet hours says until when, and later what became of it', () => {
  const until = new Date(2026, 10, 22, 7, 0).toISOString()
  const hop = { from: 'web', to: 'sms', reason: 'not_seen', until, reader: 'person' } as const
  expect(hopWords({ ...hop, waiting: 'on' })).toMatch(
    /^Waits until 7:00.AM, quiet hours, then goes by SMS: no tab of yours was open$/,
  )
  expect(hopWords({ ...hop, waiting: 'over' })).toBe('Sent by SMS after quiet hours: no tab of yours was open')
  expect(hopWords({ ...hop, waiting: 'spared' })).toContain('Did not have to go by SMS')
  const went = { from: 'sms', to: 'gmail', reason: 'quiet_hours', reader: 'member' } as const
  expect(hopWords(went)).toBe('Sent by e-mail instead: SMS is kept quiet at this hour')
})

test('what somebody has already is not sent again, and that is said', () => {
  const hop = { from: 'whatsapp', reason: 'already_there' } as const
  expect(hopWords({ ...hop, to: 'web', reader: 'person' })).toBe('Did not go by WhatsApp: you have it here already')
  expect(hopWords({ ...hop, to: 'slack', reader: 'member' })).toBe(
    'Did not go by WhatsApp: they have it in Slack already',
  )
})

test.each(CODES)('%s is words on every channel, never a code', (reason) => {
  for (const from of channels)
    for (const to of channels)
      for (const reader of ['person', 'member'] as const) {
        expect(hopWords({ from, to, reason, reader })).toMatch(/^[A-Z][A-Za-z -]+ instead: [A-Za-z ,0-9]+$/)
        expect(lostWords({ channel: from, state: 'dead', reason, reader })).not.toMatch(/_|undefined/)
      }
})

test('a provider’s own word is told to members alone', () => {
  const hop = { from: 'slack', to: 'gmail', reason: 'invalid_auth' } as const
  expect(hopWords({ ...hop, reader: 'person' })).toBe('Sent by e-mail instead: Slack did not take it')
  expect(hopWords({ ...hop, reader: 'member' })).toContain('the credentials are not right any more')
})

test('an open end says so, and to persons that nothing is lost', () => {
  const lost = { channel: 'sms', state: 'dead', reason: 'refused' } as const
  expect(lostWords({ ...lost, reader: 'member' })).toBe('Did not get through: SMS did not take it.')
  expect(lostWords({ ...lost, reader: 'person' })).toContain('It is kept here, so nothing is lost.')
  expect(lostWords({ channel: 'sms', state: 'held', reader: 'member' })).toContain('SMS did not confirm in time')
  expect(lostWords({ ...lost, state: 'held', reason: 'no_echo', reader: 'member' })).toBe(
    'Kept back: SMS did not confirm in time, and it may be there already.',
  )
})
