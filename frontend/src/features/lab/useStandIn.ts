import { useCallback, useEffect, useState } from 'react'
import { ApiFault } from '@/api/http'
import { useKeeper } from '@/api/session'
import { jitter } from '@/lib/jitter'
import { eventsOf } from '@/lib/sse'

export type Line = 'connecting' | 'live' | 'lost'

/** Any stand-in, live: what it shows, how the line to it is, and what can be done there. */
export interface StandIn<Picture> {
  readonly picture: Picture
  readonly line: Line
  /** Why the last thing that was asked for was not done, in words. */
  readonly fault: string | null
  /** Ask for something below `/lab/{provider}/`. False: it was not done. `quiet`: nobody needs to hear why. */
  send(path: string, body: unknown, quiet?: 'quiet'): Promise<boolean>
}

const FRAME_MS = 33

/**
 * A simulated provider, followed for as long as the lab is on screen. `hear` folds one event into the picture.
 * `there`: whether the tenant has an end at it. A tab that nobody sees lets go of its stream: a browser has only a few connections to one place.
 */
export function useStandIn<Picture>(
  provider: string,
  empty: Picture,
  hear: (picture: Picture, event: string, data: string) => Picture,
  there: boolean,
): StandIn<Picture> {
  const keeper = useKeeper()
  const seen = useSeenTab()
  const [picture, setPicture] = useState<Picture>(empty)
  const [line, setLine] = useState<Line>('connecting')
  const [fault, setFault] = useState<string | null>(null)

  useEffect(() => {
    if (!there || !seen) return
    const over = new AbortController()
    let attempt = 0
    let now = empty
    let timer: ReturnType<typeof setTimeout> | undefined
    // A burst costs one render.
    const show = () => {
      timer ??= setTimeout(() => {
        timer = undefined
        setPicture(now)
      }, FRAME_MS)
    }
    const follow = async () => {
      while (!over.signal.aborted) {
        try {
          const body = await keeper.follow(`/lab/${provider}/stream`, over.signal)
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
  }, [keeper, provider, there, seen, empty, hear])

  const send = useCallback(
    async (path: string, body: unknown, quiet?: 'quiet'): Promise<boolean> => {
      if (!quiet) setFault(null)
      try {
        await keeper.ask(`/lab/${provider}/${path}`, { method: path === 'switches' ? 'PUT' : 'POST', body })
        return true
      } catch (thrown) {
        if (!(thrown instanceof ApiFault)) throw thrown
        if (!quiet) setFault(thrown.status === 0 ? 'The server could not be reached.' : thrown.message)
        return false
      }
    },
    [keeper, provider],
  )
  return { picture, line, fault, send }
}

function useSeenTab(): boolean {
  const [seen, setSeen] = useState(() => document.visibilityState !== 'hidden')
  useEffect(() => {
    const look = () => setSeen(document.visibilityState !== 'hidden')
    document.addEventListener('visibilitychange', look)
    return () => document.removeEventListener('visibilitychange', look)
  }, [])
  return seen
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
