import { describe, expect, test } from 'vitest'
import { type Reached, standingWords, toneOf, worthSaying } from './delivery'
import { reasonWords } from './reasons'
import { asksWhy, rungWords, stepWords } from './steps'

const STATES: readonly Reached[] = [
  'pending',
  'sending',
  'streaming',
  'accepted',
  'delivered',
  'read',
  'not_sent',
  'ambiguous',
  'held',
  'refused',
  'passed',
  'superseded',
  'dead',
]

describe('what became of a message', () => {
  test.each(STATES)('%s is said in words, never as a code', (state) => {
    for (const words of [standingWords({ channel: 'slack', state }), stepWords(state)]) {
      expect(words).toMatch(/^[A-Z][A-Za-z ,:]+$/)
      expect(words).not.toContain('_')
    }
    expect(standingWords({ channel: 'slack', state })).toContain('Slack')
    expect(['going', 'ok', 'unsure', 'failed']).toContain(toneOf(state))
  })

  test('what could not be delivered says why where there is room', () => {
    expect(standingWords({ channel: 'slack', state: 'dead' })).toBe('Not delivered to Slack')
    const dead = [{ state: 'dead', at: '', reason: 'token_revoked' }] as const
    expect(rungWords(dead, 0, 'slack')).toBe('Given up: the credentials were taken back')
  })

  test('a reason that has no words yet is no code on the screen', () => {
    expect(reasonWords('xyz_7')).toBe('something went wrong on the way')
    expect(reasonWords('window_closed')).toBe('it is too long since the person last wrote there')
    expect(reasonWords('undeliverable_131026')).toBe('the person cannot be reached there')
  })

  test('on the way up nobody asks why', () => {
    expect(STATES.filter(asksWhy)).toEqual(['not_sent', 'ambiguous', 'held', 'refused', 'passed', 'superseded', 'dead'])
    expect(stepWords('accepted', 'web')).toBe('Kept in the conversation')
  })

  test('the web is only worth a word where it is alone', () => {
    const web = { channel: 'web', state: 'read' } as const
    const slack = { channel: 'slack', state: 'accepted' } as const
    expect(worthSaying([web, slack])).toEqual([slack])
    expect(worthSaying([web])).toEqual([web])
    expect(worthSaying([])).toEqual([])
  })

  test('what it left is not said where it went on', () => {
    const passed = { channel: 'whatsapp', state: 'passed' } as const
    const mail = { channel: 'gmail', state: 'accepted' } as const
    const web = { channel: 'web', state: 'accepted' } as const
    expect(worthSaying([passed, mail, web])).toEqual([mail])
    expect(worthSaying([passed, web])).toEqual([web])
    expect(worthSaying([passed])).toEqual([passed])
  })

  test('a step that comes after it was given up comes late, unless it was begun anew', () => {
    const at = ''
    const ambiguous = { state: 'ambiguous', at, reason: 'no_echo' } as const
    const passed = { state: 'passed', at, reason: 'failover' } as const
    const late = [ambiguous, passed, { state: 'delivered', at }] as const
    expect(late.map((_, n) => rungWords(late, n, 'whatsapp'))).toEqual([
      'Sent, but not confirmed: no sign of it came back in time',
      'Passed on to another channel',
      'Delivered, late',
    ])
    const anew = [
      { state: 'dead', at, reason: 'refused' },
      { state: 'pending', at },
      { state: 'accepted', at },
    ] as const
    expect(rungWords(anew, 0, 'sms')).toBe('Given up: the channel refused it')
    expect(rungWords(anew, 2, 'sms')).toBe('Taken by the channel')
    expect(rungWords([{ ...passed, reason: 'already_there' }], 0, 'sms')).toContain('has it on another channel')
    expect(rungWords([], 0, 'sms')).toBe('')
    const quiet = { state: 'pending', at, reason: 'quiet_hours' } as const
    expect(rungWords([quiet], 0, 'sms')).toBe('Waits for the end of quiet hours')
    expect(standingWords({ ...quiet, channel: 'sms' })).toBe('Waits for SMS: quiet hours')
  })
})
