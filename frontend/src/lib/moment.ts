// Times as people read them: relative at a glance, exact when asked; both in the reader's own zone.

const exact = new Intl.DateTimeFormat('en', { dateStyle: 'full', timeStyle: 'medium' })
const day = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short' })
const dayOfYear = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short', year: 'numeric' })

/** "now", "4 min ago", "3 h ago", "yesterday"; from a week on the date. Times are milliseconds since 1970. */
export function ago(at: number, now: number): string {
  const minutes = Math.floor((now - at) / 60_000)
  if (minutes < 1) return 'now'
  if (minutes < 60) return `${minutes} min ago`
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h ago`
  const days = Math.floor(minutes / (24 * 60))
  if (days === 1) return 'yesterday'
  if (days < 7) return `${days} days ago`
  return (new Date(at).getFullYear() === new Date(now).getFullYear() ? day : dayOfYear).format(at)
}

/** The whole date and time, to the second. */
export function exactly(at: number): string {
  return exact.format(at)
}

const time = new Intl.DateTimeFormat('en', { timeStyle: 'medium' })
const dayTime = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'medium' })

/** The time of day to the second; with its date where that is not today's. */
export function clock(at: number, now: number = Date.now()): string {
  return (new Date(at).toDateString() === new Date(now).toDateString() ? time : dayTime).format(at)
}
