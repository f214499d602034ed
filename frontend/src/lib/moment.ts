// Times as people read them: relative at a glance, exact when asked; both in the reader's own zone.

const STEPS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
]
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'short' })
const exact = new Intl.DateTimeFormat('en', { dateStyle: 'full', timeStyle: 'medium' })
const day = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short' })
const dayOfYear = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short', year: 'numeric' })

/** "now", "4 min. ago", "yesterday"; from a week on the date. Times are milliseconds since 1970. */
export function ago(at: number, now: number): string {
  const past = now - at
  if (past < 60_000) return 'now'
  if (past >= 7 * 86_400_000) {
    const there = new Date(at)
    return (there.getFullYear() === new Date(now).getFullYear() ? day : dayOfYear).format(there)
  }
  for (const [unit, size] of STEPS) {
    if (past >= size) return relative.format(-Math.floor(past / size), unit)
  }
  return 'now'
}

/** The whole date and time, to the second. */
export function exactly(at: number): string {
  return exact.format(at)
}
