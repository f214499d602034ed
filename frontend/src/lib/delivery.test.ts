import { describe, expect, test } from 'vitest'
import { type Reached, reasonWords, standingWords, toneOf, worthSaying } from './delivery'
import { asksWhy, stepWords } from './steps'

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
    for (const words of [standingWords({ channel: 'slack', state, reason: 'no_such_code' }), stepWords(state)]) {
      expect(words).toMatch(/^[A-Z][A-Za-z ,:]+$/)
      expect(words).not.toContain('_')
    }
    expect(standingWords({ channel: 'slack', state })).toContain('Slack')
    expect(['going', 'ok', 'unsure', 'failed']).toContain(toneOf(state))
  })

  test('what could not be delivered says why', () => {
    expect(standingWords({ channel: 'slack', state: 'dead', reason: 'token_revoked' })).toBe(
      'Not delivered to Slack: the credentials were taken back',
    )
    expect(standingWords({ channel: 'slack', state: 'refused' })).toBe('Not delivered to Slack')
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
})
