import { useState } from 'react'

/** A thread that is not there yet: the next words begin it. */
export const NEW = 'new'

interface Kind<T> {
  keyOf: (thread: T) => string
  /** Whether the customer began it. */
  mine: (thread: T) => boolean
}

/**
 * Which of some threads, newest first, a pane shows. What moved last is what one wants to see, until one has chosen or
 * is writing: words go where they were written, whatever comes meanwhile. `open` is undefined for a new one.
 */
export function useThread<T>(threads: readonly T[], { keyOf, mine }: Kind<T>) {
  const [chosen, setChosen] = useState<string | null>(null)
  const [writing, setWriting] = useState<{ at: string; sent: boolean } | null>(null)
  /** What there was when the words were sent that begin a new one. */
  const [before, setBefore] = useState<ReadonlySet<string> | null>(null)
  const [newest] = threads
  const at = chosen ?? writing?.at ?? null
  const begun = before === null ? undefined : threads.find((one) => mine(one) && !before.has(keyOf(one)))
  const open = at === NEW ? begun : (threads.find((one) => keyOf(one) === at) ?? newest)
  if (begun !== undefined) {
    setBefore(null)
    if (chosen === NEW) setChosen(null)
    if (writing?.at === NEW) setWriting(null)
  } else if (writing?.sent && newest !== undefined && keyOf(newest) === writing.at) {
    setWriting(null)
  }
  return {
    open,
    value: open === undefined ? NEW : keyOf(open),
    choose: (key: string) => {
      setChosen(key)
      setWriting(null)
      setBefore(null)
    },
    /** Something is being written here. */
    write: () => {
      if (writing?.sent !== false) setWriting({ at: open === undefined ? NEW : keyOf(open), sent: false })
    },
    /** It is on its way. */
    said: () => {
      if (open === undefined) setBefore(new Set(threads.map(keyOf)))
      setWriting((now) => now && { ...now, sent: true })
    },
  }
}
