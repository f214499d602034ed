import { act, fireEvent, render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, expect, test, vi } from 'vitest'
import { exactly } from '@/lib/moment'
import { Moment } from './moment'

afterEach(() => vi.useRealTimers())

const AT = '2026-03-04T10:20:30Z'
const EXACT = exactly(Date.parse(AT))

test('a time says exactly when it is focused by keyboard, until Escape or until the focus leaves it', async () => {
  render(
    <>
      <Moment at={AT} />
      <button type="button">Next</button>
    </>,
  )
  expect(screen.queryByRole('tooltip')).toBeNull()
  await userEvent.tab()
  expect(screen.getByRole('tooltip')).toHaveTextContent(EXACT)
  expect(document.activeElement).toHaveAccessibleDescription(EXACT)
  await userEvent.keyboard('{Escape}')
  expect(screen.queryByRole('tooltip')).toBeNull()
  await userEvent.tab()
  await userEvent.tab({ shift: true })
  expect(screen.getByRole('tooltip')).toBeInTheDocument()
  await userEvent.tab()
  expect(screen.queryByRole('tooltip')).toBeNull()
})

test('and when a pointer rests on it, also when that goes on over the words', () => {
  vi.useFakeTimers()
  render(<Moment at={AT} />)
  const time = document.querySelector('time') as HTMLElement
  fireEvent.pointerOver(time, { pointerType: 'mouse' })
  expect(screen.queryByRole('tooltip')).toBeNull()
  act(() => vi.advanceTimersByTime(300))
  const words = screen.getByRole('tooltip')
  fireEvent.pointerOut(time, { relatedTarget: words })
  expect(screen.getByRole('tooltip')).toBe(words)
  fireEvent.pointerOut(words, { relatedTarget: document.body })
  expect(screen.queryByRole('tooltip')).toBeNull()
})

test('a finger that passes over it opens nothing', () => {
  vi.useFakeTimers()
  render(<Moment at={AT} />)
  fireEvent.pointerOver(document.querySelector('time') as HTMLElement, { pointerType: 'touch' })
  act(() => vi.advanceTimersByTime(1_000))
  expect(screen.queryByRole('tooltip')).toBeNull()
})
