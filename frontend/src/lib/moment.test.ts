import { expect, test } from 'vitest'
import { ago, exactly } from './moment'

const NOW = Date.UTC(2026, 10, 21, 12)
const MINUTE = 60_000

test.each([
  [0, 'now'],
  [59_999, 'now'],
  [MINUTE, '1 min ago'],
  [59 * MINUTE, '59 min ago'],
  [60 * MINUTE, '1 h ago'],
  [23 * 60 * MINUTE, '23 h ago'],
  [24 * 60 * MINUTE, 'yesterday'],
  [6 * 24 * 60 * MINUTE, '6 days ago'],
])('%i ms back is "%s"', (past, words) => {
  expect(ago(NOW - past, NOW)).toBe(words)
})

test('from a week on it is the date, with the year once it is another one', () => {
  expect(ago(Date.UTC(2026, 9, 3, 12), NOW)).toBe('Oct 3')
  expect(ago(Date.UTC(2025, 9, 3, 12), NOW)).toBe('Oct 3, 2025')
})

test('a clock that runs behind the server’s never shows the future', () => {
  expect(ago(NOW + 5_000, NOW)).toBe('now')
})

test('the exact time has its seconds', () => {
  expect(exactly(Date.UTC(2026, 10, 21, 12, 34, 56))).toMatch(/2026.*34:56/)
})
