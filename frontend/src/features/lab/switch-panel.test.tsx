import { render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test, vi } from 'vitest'
import SwitchPanel from './switch-panel'
import type { Switches } from './workspace'

const show = (switches: Switches) => {
  const onSwitches = vi.fn()
  const deliveries = [
    { key: 'Ev1/2', event: 'Ev1', attempt: 2, status: 'http_timeout', again: null },
    { key: 'Ev1/1', event: 'Ev1', attempt: 1, status: 'ok', again: null },
  ]
  render(<SwitchPanel switches={switches} deliveries={deliveries} onSwitches={onSwitches} />)
  return onSwitches
}

test('a switch says what it does, and sets all that differs from a good day', async () => {
  const onSwitches = show({ fail: '', duplicate: true, reorder: 0 })
  const delay = screen.getByLabelText('Delay')
  expect(delay).toHaveAccessibleDescription('Everything takes so much longer, both ways.')
  await userEvent.selectOptions(delay, '2 seconds')
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
