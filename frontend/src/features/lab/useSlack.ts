import { useCallback } from 'react'
import { useStandIn } from './useStandIn'
import type { Switches } from './weather'
import { EMPTY, hear, type SlackThread } from './workspace'

/** The simulated Slack, live, and what its customer can do there. */
export function useSlack(there: boolean) {
  const { picture, line, fault, send } = useStandIn('slack', EMPTY, hear, there)
  const say = useCallback(
    (user: string, text: string, root: string | null) =>
      send('say', root === null ? { user, text } : { user, text, thread_ts: root }),
    [send],
  )
  const stop = useCallback(({ channel, root }: SlackThread) => send('stop', { channel, thread_ts: root }), [send])
  const setSwitches = useCallback((switches: Switches) => send('switches', switches), [send])
  return { workspace: picture, line, fault, say, stop, setSwitches }
}
