import { describe, expect, test } from 'vitest'
import { statusWords } from './phone-words'
import { EMPTY, hear, ownerOf, type Phones, talkOf } from './phones'
import { sampleFor, tone } from './samples'
import { holdsAt } from './weather'

const say = (id: string, more: object = {}) => ({
  id,
  end: '+44',
  person: '+49',
  from: 'us',
  text: `words of ${id}`,
  at: 10,
  status: 'sent',
  error: null,
  buttons: [],
  media: [],
  edited: false,
  ...more,
})
const STATE = {
  ends: [{ id: '+44', label: 'SMS', channel: 'sms', number: '+44 1' }],
  people: [
    { id: '+48', name: 'Kofi' },
    { id: '+49', name: 'Maya' },
  ],
  messages: [say('b', { at: 20 }), say('a', { from: 'person' }), say('c', { person: '+48' })],
  typing: [{ end: '+44', person: '+49', until: 99 }],
  switches: [
    { app: '+44', end: '+44', method: '*', duplicate: true },
    { app: '+44', method: 'messages', http: 500 },
  ],
  deliveries: [{ id: 'd1', end: '+44', kind: 'message', number: 1, status: 'ok', again_at: null }],
}
const tell = (phones: Phones, event: string, data: unknown) => hear(phones, event, JSON.stringify(data))
const start = tell(EMPTY, 'state', STATE)
const talk = (phones: Phones) => talkOf(phones, '+44', '+49').map(({ id }) => id)

describe('a simulated phone', () => {
  test('holds what its owner and our end said, oldest first, and nobody else’s words', () => {
    expect(ownerOf(start, 'Maya')?.id).toBe('+49')
    expect(ownerOf(start, 'Nobody')?.id).toBe('+48')
    expect(talk(start)).toEqual(['a', 'b'])
  })

  test('a message told again is the same message, as it stands now', () => {
    const read = tell(tell(start, 'message', say('b', { at: 20 })), 'message', say('b', { at: 20, status: 'read' }))
    expect(talk(read)).toEqual(['a', 'b'])
    expect(read.messages.get('b')?.status).toBe('read')
  })

  test('what was deleted is gone', () => {
    expect(talk(tell(start, 'message', say('b', { deleted: true })))).toEqual(['a'])
  })

  test('a message of ours ends the sign that we type, the customer’s own does not', () => {
    expect(start.typing.get('+44/+49')).toBe(99)
    expect(tell(start, 'message', say('d', { from: 'person' })).typing.size).toBe(1)
    expect(tell(start, 'message', say('d')).typing.size).toBe(0)
  })

  test('the switches of an end are those for all its methods', () => {
    expect(holdsAt(start.switches, '+44')).toMatchObject({ duplicate: true, http: 0 })
    expect(holdsAt(tell(start, 'switches', []).switches, '+44')).toEqual({})
  })

  test('a bot has a name, a number is a number', () => {
    expect(start.ends).toEqual([{ id: '+44', channel: 'sms', shown: '+44 1' }])
    const bots = tell(EMPTY, 'state', { ends: [{ id: '7', label: 'Bot', username: 'harbour_bot' }] })
    expect(bots.ends).toEqual([{ id: '7', channel: 'telegram', shown: '@harbour_bot' }])
  })

  test('Telegram tells failed tries without a word why', () => {
    const [first] = tell(start, 'delivery', { end: '7', update: 12, number: 2, again_at: 5 }).deliveries
    expect(first).toEqual({ key: '12/2', event: '12', attempt: 2, status: 'http_error', again: 5 })
  })

  test.each(['', '{', '[]', 'null', '7', '{"id":1}'])('what makes no sense changes nothing: %s', (data) => {
    expect([...hear(start, 'message', data).messages.keys()]).toEqual([...start.messages.keys()])
    expect(hear(start, 'no such event', data)).toBe(start)
  })
})

test.each([
  ['read', '', 'read'],
  ['failed', '131047', 'not delivered: more than 24 hours since the customer wrote'],
  ['failed', '99', 'not delivered: code 99'],
  ['failed', '', 'not delivered'],
] as const)('%s %s is said as “%s”', (status, error, words) => {
  expect(statusWords({ status, error })).toBe(words)
})

test('a sample goes by its name, and as bytes to Telegram', () => {
  expect(sampleFor('whatsapp', 'voice')).toEqual({ media: [{ sample: 'voice' }] })
  expect(sampleFor('telegram', 'image')).toMatchObject({ file: { kind: 'photo', media_type: 'image/png' } })
  const note = tone()
  expect(new TextDecoder().decode(note.slice(0, 4)) + new TextDecoder().decode(note.slice(8, 16))).toBe('RIFFWAVEfmt ')
  expect(note.length).toBe(44 + 16_000)
})
