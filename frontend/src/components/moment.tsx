// A time: relative to read, exact on hover and focus, in the reader's zone.
import { useSyncExternalStore } from 'react'
import { Tooltip } from '@/components/ui/tooltip'
import { cn } from '@/lib/cn'
import { ago, exactly } from '@/lib/moment'

const TICK = 30_000
let tickNow = Date.now()
const watchers = new Set<() => void>()
let timer: ReturnType<typeof setInterval> | undefined

function subscribe(watcher: () => void): () => void {
  watchers.add(watcher)
  timer ??= setInterval(() => {
    tickNow = Date.now()
    for (const each of watchers) each()
  }, TICK)
  return () => {
    watchers.delete(watcher)
    if (watchers.size === 0) {
      clearInterval(timer)
      timer = undefined
    }
  }
}

/** `at` is ISO 8601. All of a page's times move on one shared clock, every 30 s. `still`: no tab stop of its own. */
export function Moment({ at, still, className }: { at: string; still?: boolean; className?: string }) {
  const now = useSyncExternalStore(subscribe, () => tickNow)
  const time = Date.parse(at)
  const words = ago(time, Math.max(now, time))
  const shown = (
    <time
      dateTime={at}
      tabIndex={still ? undefined : 0}
      title={still ? exactly(time) : undefined}
      className={cn('shrink-0 rounded-small whitespace-nowrap tabular-nums', className)}
    >
      {words}
    </time>
  )
  return still ? shown : <Tooltip words={exactly(time)}>{shown}</Tooltip>
}
