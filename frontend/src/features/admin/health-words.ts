/** What was counted of an account, in words. */

import type { AccountHealth } from '@/api/shapes'

/** So far the server counts what waits. */
export const MOST = 1_000

const number = new Intl.NumberFormat('en')

/** How many of the last minute's sends failed. */
export function rateWords({ sends, failures }: Pick<AccountHealth, 'sends' | 'failures'>): string {
  if (sends === 0) return 'Nothing sent in the last minute'
  const share = Math.round((100 * failures) / sends)
  return `${share} % (${number.format(failures)} of ${number.format(sends)} in the last minute)`
}

/** How many messages wait to go out. */
export function waitingWords({ waiting }: Pick<AccountHealth, 'waiting'>): string {
  if (waiting === 0) return 'Nothing waits'
  if (waiting >= MOST) return `${number.format(MOST)} messages or more`
  return waiting === 1 ? '1 message' : `${number.format(waiting)} messages`
}
