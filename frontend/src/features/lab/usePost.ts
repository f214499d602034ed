import { useCallback } from 'react'
import { EMPTY, hear } from './post'
import { useStandIn } from './useStandIn'
import type { Switches } from './weather'

export interface Writing {
  readonly mailbox: string
  readonly person: string
  readonly text: string
  /** Of a new mail. */
  readonly subject?: string
  /** The thread whose newest mail is answered. */
  readonly thread?: string
}

/** The simulated mail, live, and what its customer can do there. */
export function usePost(there: boolean) {
  const { picture, line, fault, send } = useStandIn('gmail', EMPTY, hear, there)
  const write = useCallback((writing: Writing) => send('write', writing), [send])
  const setSwitches = useCallback(
    (end: string, switches: Switches) => send('switches', { app: end, ...switches }),
    [send],
  )
  return { picture, line, fault, write, setSwitches }
}
