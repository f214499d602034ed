import { act, render, screen } from '@testing-library/react'
import { Suspense } from 'react'
import { afterEach, expect, test, vi } from 'vitest'
import { later } from './later'

afterEach(() => vi.useRealTimers())

test('a part that cannot be had at the moment is asked for again, and its place is kept', async () => {
  vi.useFakeTimers()
  const load = vi
    .fn<() => Promise<{ default: () => string }>>()
    .mockRejectedValueOnce(new TypeError('away'))
    .mockResolvedValue({ default: () => 'The part' })
  const Part = later(load)
  await act(async () =>
    render(
      <Suspense fallback="Its place">
        <Part />
      </Suspense>,
    ),
  )
  expect(screen.getByText('Its place')).toBeInTheDocument()
  await act(() => vi.advanceTimersByTimeAsync(2_000))
  expect(screen.getByText('The part')).toBeInTheDocument()
  expect(load).toHaveBeenCalledTimes(2)
})
