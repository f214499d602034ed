import { describe, expect, test } from 'vitest'
import { activeOf, bindingName, isMany, isUsable, MODES, modeWords, moved, refusal, withMode } from './bindings'
import type { BindingShown, Bindings, Mode } from './contract'

const binding = (id: string, channel: BindingShown['channel'], mode: Mode, more: Partial<BindingShown> = {}) => ({
  id,
  identity: `i-${id}`,
  channel,
  label: '',
  mode,
  health: 'up' as const,
  simulated: false,
  ...more,
})
const both: Bindings = {
  items: [binding('w', 'web', 'active'), binding('s', 'slack', 'mirror')],
  follow: 'follow',
}
const modes = (bindings: Bindings) => bindings.items.map(({ mode }) => mode)

describe('the channels of a conversation', () => {
  test('have one active among them after any move', () => {
    expect(modes(moved(both, 's'))).toEqual(['mirror', 'active'])
    expect(modes(withMode(both, 's', 'active'))).toEqual(['mirror', 'active'])
    expect(modes(moved(both, 'w'))).toEqual(['active', 'mirror'])
  })

  test('a channel that cannot stream steps back to standby', () => {
    const mail: Bindings = { ...both, items: [binding('m', 'gmail', 'active'), binding('w', 'web', 'mirror')] }
    expect(modes(moved(mail, 'w'))).toEqual(['standby', 'active'])
  })

  test('a mode changes one of them and nothing in place', () => {
    const frozen = Object.freeze({ ...both, items: Object.freeze(both.items.map(Object.freeze)) as BindingShown[] })
    expect(modes(withMode(frozen as Bindings, 's', 'off'))).toEqual(['active', 'off'])
    expect(modes(frozen as Bindings)).toEqual(['active', 'mirror'])
  })

  test('are many only where there is more than the web', () => {
    expect(isMany(both)).toBe(true)
    expect(isMany({ ...both, items: [binding('w', 'web', 'active')] })).toBe(false)
    expect(isMany(undefined)).toBe(false)
    expect(activeOf(both)?.id).toBe('w')
    expect(activeOf(undefined)).toBeUndefined()
  })

  test('one that is down, switched off or not set up is not moved to', () => {
    const usable = (
      ['up', 'degraded', 'waiting_first_event', 'down', 'disabled', 'needs_reauth', 'unconfigured'] as const
    ).map((health) => isUsable(binding('s', 'slack', 'mirror', { health })))
    expect(usable).toEqual([true, true, true, false, false, false, false])
    expect(isUsable(binding('w', 'web', 'mirror', { health: 'down' }))).toBe(true)
  })

  test('go by their name, and by their label where it says more', () => {
    expect(bindingName(binding('s', 'slack', 'mirror', { label: 'Slack' }))).toBe('Slack')
    expect(bindingName(binding('s', 'slack', 'mirror', { label: 'Acme' }))).toBe('Slack, Acme')
  })

  test('every mode is said in words', () => {
    expect(MODES.map(({ mode }) => modeWords(mode))).toEqual([
      'Answers come here',
      'Shown here too',
      'Only if another fails',
      'Do not contact me here',
    ])
  })
})

test.each([
  ['window_closed', 'WhatsApp lets us write only for a while after you wrote there. Write to us there first.'],
  ['unheard_of', 'The server’s own words.'],
])('a refusal %s is said in words', (code, words) => {
  expect(refusal(code, 'The server’s own words.', 'WhatsApp')).toBe(words)
})

test('a refusal without words still is a sentence', () => {
  expect(refusal('unheard_of', '', 'Slack')).toBe('Slack could not be changed. Try again in a moment.')
})
