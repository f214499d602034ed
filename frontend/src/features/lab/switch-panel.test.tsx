import { act, fireEvent, render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, expect, test, vi } from 'vitest'
import SwitchPanel, { type SwitchSpot } from './switch-panel'
import type { Switches } from './weather'

afterEach(() => vi.useRealTimers())

const deliveries = [
  { key: 'Ev1/2', event: 'Ev1', attempt: 2, status: 'http_timeout', again: null },
  { key: 'Ev1/1', event: 'Ev1', attempt: 1, status: 'ok', again: null },
]
const spot = (switches: Switches, more: Partial<SwitchSpot> = {}): SwitchSpot => ({
  key: 'slack',
  channel: 'slack',
  provider: 'slack',
  switches,
  deliveries,
  onSwitches: vi.fn(),
  ...more,
})
const show = (switches: Switches) => {
  const only = spot(switches)
  render(<SwitchPanel spots={[only]} />)
  return only.onSwitches
}

test('a switch says what it does, and sets all that differs from a good day', async () => {
  const onSwitches = show({ fail: '', duplicate: true, reorder: 0 })
  const hang = screen.getByLabelText('Hang')
  expect(hang).toHaveAccessibleDescription('It takes effect, the answer comes late.')
  await userEvent.selectOptions(hang, '10 seconds')
  expect(onSwitches).toHaveBeenCalledExactlyOnceWith({ duplicate: true, hang_s: 10 })
})

test('the delay is set once, where the slider came to rest', () => {
  vi.useFakeTimers()
  const onSwitches = show({ duplicate: true })
  const delay = screen.getByRole('slider', { name: 'Delay' })
  for (const value of [250, 1000, 2000]) fireEvent.change(delay, { target: { value } })
  expect(delay).toHaveAttribute('aria-valuetext', '2 seconds')
  act(() => vi.advanceTimersByTime(1_000))
  expect(onSwitches).toHaveBeenCalledExactlyOnceWith({ duplicate: true, delay_ms: 2000 })
})

test('says how many things go wrong, and takes them all back at once', async () => {
  const onSwitches = show({ duplicate: true, lose_answer: true })
  expect(screen.getByText('2 things go wrong')).toBeInTheDocument()
  await userEvent.click(screen.getByText('Back to a good day'))
  expect(onSwitches).toHaveBeenCalledExactlyOnceWith({})
})

test('a value that somebody else set is shown as it is', () => {
  show({ hang_s: 42 })
  expect(screen.getByLabelText('Hang')).toHaveDisplayValue('42')
})

test('each try of an event says in words how it went', () => {
  show({})
  expect(screen.getByText('not taken: http timeout')).toBeInTheDocument()
  expect(screen.getByText('try 2')).toBeInTheDocument()
  expect(screen.getByText('taken')).toBeInTheDocument()
})

test('each stand-in has switches of its own, with the refusals that it knows', async () => {
  const whatsapp = spot({ duplicate: true }, { key: 'wa', channel: 'whatsapp', provider: 'meta', onSwitches: vi.fn() })
  const slack = spot({})
  render(<SwitchPanel spots={[slack, whatsapp]} />)
  expect(screen.getByText('1 thing goes wrong')).toBeInTheDocument()
  await userEvent.click(screen.getByRole('button', { name: /WhatsApp/ }))
  await userEvent.selectOptions(screen.getByLabelText('Refuse'), 'the 24 hours are over')
  expect(whatsapp.onSwitches).toHaveBeenCalledExactlyOnceWith({ duplicate: true, fail: '131047' })
  expect(slack.onSwitches).not.toHaveBeenCalled()
})
