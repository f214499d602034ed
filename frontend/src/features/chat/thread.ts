/** One conversation as this tab holds it: the log it has read, folded. Values in, values out. */

import { fold, onEvent, type View, viewFrom } from '@/live/fold'
import type { EventFrame, ServerFrame, WatchingFrame } from '@/live/protocol'

export interface Thread {
  /** Empty until the server has said it. */
  readonly epoch: string
  /** The seq after which we have read. */
  readonly base: number
  /** The newest seq that the server told of. */
  readonly head: number
  readonly view: View
  /** Every event after `base`, so that earlier ones can be put before them. */
  readonly events: readonly EventFrame[]
  /** The person has opened it; else only its newest events are followed, for the list. */
  readonly wanted: boolean
  /** The server has answered the watch for the opened thread. */
  readonly answered: boolean
  readonly fault: 'missing' | 'error' | null
}

export function threadFrom(seq: number, wanted: boolean): Thread {
  const view = viewFrom(seq)
  return { epoch: '', base: seq, head: seq, view, events: [], wanted, answered: false, fault: null }
}

/** Whether all that there was at the last `watching` has been read. */
export function whole(thread: Thread): boolean {
  return thread.answered && thread.view.seq >= thread.head && !thread.view.gap
}

/** Fold a burst of frames in. The log is copied once, however many events there are. */
export function take(thread: Thread, frames: readonly ServerFrame[]): Thread {
  let now = thread
  let events: EventFrame[] | undefined
  for (const frame of frames) {
    if (frame.t === 'watching') {
      const next = watching(now, frame)
      if (next.events !== now.events) events = undefined
      now = next
      continue
    }
    const view = fold(now.view, frame)
    if (view === now.view) continue
    if (frame.t === 'event' && view.seq === frame.seq) {
      events ??= now.events.slice()
      events.push(frame)
    }
    now = { ...now, view, events: events ?? now.events, head: Math.max(now.head, view.seq) }
  }
  return now
}

/**
 * The server says from where it will go on. What we have is kept where it reaches on from it; where the server begins
 * earlier than we did, or later than we got to, the view starts over from there.
 */
function watching(thread: Thread, frame: WatchingFrame): Thread {
  const { epoch, head, after } = frame
  const fits = after >= thread.base && after <= thread.view.seq && (thread.epoch === '' || thread.epoch === epoch)
  const known = { epoch, head, answered: thread.wanted, fault: null }
  if (fits) return { ...thread, ...known }
  return { ...thread, ...known, base: after, view: viewFrom(after), events: [] }
}

/** Put earlier events before what is here. `earlier` must be dense from `base` + 1 up to where the thread begins. */
export function prepend(thread: Thread, base: number, earlier: readonly EventFrame[]): Thread {
  if (base >= thread.base) return thread
  const fitting = earlier.filter((event) => event.seq > base && event.seq <= thread.base)
  const events = [...fitting, ...thread.events]
  let view = events.reduce(onEvent, viewFrom(base))
  if (view.seq !== thread.view.seq) return thread
  // Provisional text is not in the log: it is kept from what was seen live.
  const open = thread.view.open
  if (open !== null && view.open?.id === open.id)
    view = { ...view, agent: thread.view.agent, open: { ...view.open, ...open } }
  return { ...thread, base, events, view }
}
