import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { act, renderHook, waitFor } from '@testing-library/react'
import type { ReactNode } from 'react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Keeper } from '@/api/keeper'
import { KeeperContext } from '@/api/session'
import { lifeOf, useFileLink, useOpenFile } from './useFileLink'

const NOW = Date.parse('2026-11-21T12:00:00Z')
const link = (minutes: number, url = '/files/T/x') => ({
  url,
  expires_at: new Date(NOW + minutes * 60_000).toISOString(),
})

test.each([
  ['a quarter of an hour', 15, 10 * 60_000],
  ['five minutes', 5, 4 * 60_000],
  ['one that is over by this clock', -60, 30_000],
  ['one that seems to hold for a day', 1_440, 10 * 60_000],
])('a link for %s is used no longer than it holds, whatever the clock says', (_, minutes, life) => {
  expect(lifeOf(link(minutes), NOW)).toBe(life)
})

let cache: QueryClient
let keeper: Keeper
const asked = vi.fn()

function Around({ children }: { children: ReactNode }) {
  return (
    <KeeperContext value={keeper}>
      <QueryClientProvider client={cache}>{children}</QueryClientProvider>
    </KeeperContext>
  )
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: NOW })
  cache = new QueryClient()
  keeper = new Keeper()
  asked.mockReset()
  vi.spyOn(keeper, 'ask').mockImplementation((path) => {
    asked(path)
    return Promise.resolve(link(15, `/files/T${asked.mock.calls.length}/x`)) as Promise<never>
  })
})
afterEach(() => {
  cache.clear()
  vi.useRealTimers()
})

test('a link is asked for once while it holds, by whoever needs it, and anew when it does not', async () => {
  const first = renderHook(() => ({ shown: useFileLink('f-1'), open: useOpenFile() }), { wrapper: Around })
  await waitFor(() => expect(first.result.current.shown.url).toBe('/files/T1/x'))
  await act(async () => expect(await first.result.current.open('f-1')).toBe('/files/T1/x'))
  first.unmount()
  vi.setSystemTime(NOW + 9 * 60_000)
  const second = renderHook(() => useFileLink('f-1'), { wrapper: Around })
  expect(second.result.current.url).toBe('/files/T1/x')
  second.unmount()
  expect(asked).toHaveBeenCalledExactlyOnceWith('/api/v1/files/f-1/link')

  vi.setSystemTime(NOW + 11 * 60_000)
  const third = renderHook(() => useFileLink('f-1'), { wrapper: Around })
  expect(third.result.current.url).toBeUndefined()
  await waitFor(() => expect(third.result.current.url).toBe('/files/T2/x'))
})
