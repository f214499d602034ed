import { useCallback, useEffect, useState } from 'react'
import { ApiFault } from '@/api/http'
import { useKeeper } from '@/api/session'
import { jitter } from '@/lib/jitter'
import { eventsOf } from '@/lib/sse'
import { EMPTY, hear, type SlackThread, type Switches, type Workspace } from './workspace'

export type Line = 'connecting' | 'live' | 'lost'

const FRAME_MS = 33

/** The simulated Slack, live, for as long as the lab is on screen; and what its customer can do there. */
export function useSlack() {
  const keeper = useKeeper()
  const [workspace, setWorkspace] = useState<Workspace>(EMPTY)
  const [line, setLine] = useState<Line>('connecting')
  const [fault, setFault] = useState<string | null>(null)

  useEffect(() => {
    const over = new AbortController()
    let attempt = 0
    let now = EMPTY
    let timer: ReturnType<typeof setTimeout> | undefined
    // A burst costs one render.
    const show = () => {
      timer ??= setTimeout(() => {
        timer = undefined
        setWorkspace(now)
      }, FRAME_MS)
    }
    const follow = async () => {
      while (!over.signal.aborted) {
        try {
          const body = await keeper.follow('/lab/slack/stream', over.signal)
          for await (const { event, data } of eventsOf(body)) {
            now = hear(now, event, data)
            if (event === 'state') {
              attempt = 0
              setLine('live')
            }
            show()
          }
        } catch (thrown) {
          if (over.signal.aborted) return
          if (!(thrown instanceof ApiFault || thrown instanceof TypeError || thrown instanceof DOMException))
            throw thrown
        }
        if (over.signal.aborted) return
        setLine('lost')
        await pause(jitter(attempt, Math.random), over.signal)
        attempt = Math.min(attempt + 1, 8)
      }
    }
    void follow()
    return () => {
      over.abort()
      clearTimeout(timer)
    }
  }, [keeper])

  const send = useCallback(
    async (path: string, method: 'POST' | 'PUT', body: unknown): Promise<boolean> => {
      setFault(null)
      try {
        await keeper.ask(path, { method, body })
        return true
      } catch (thrown) {
        if (!(thrown instanceof ApiFault)) throw thrown
        setFault(thrown.status === 0 ? 'The server could not be reached.' : thrown.message)
        return false
      }
    },
    [keeper],
  )
  const say = useCallback(
    (user: string, text: string, root: string | null) =>
      send('/lab/slack/say', 'POST', root === null ? { user, text } : { user, text, thread_ts: root }),
    [send],
  )
  const stop = useCallback(
    ({ channel, root }: SlackThread) => send('/lab/slack/stop', 'POST', { channel, thread_ts: root }),
    [send],
  )
  const setSwitches = useCallback((switches: Switches) => send('/lab/slack/switches', 'PUT', switches), [send])
  return { workspace, line, fault, say, stop, setSwitches }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}
