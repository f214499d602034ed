import { useCallback, useEffect, useState, useSyncExternalStore } from 'react'
import type { FilePart } from '@/lib/files'
import { useTalk } from './context'
import type { MessageHook } from './contract'

/** Say something, and decide about what could not be said. */
export function useMessage(id: string): MessageHook {
  const talk = useTalk()
  const until = useSyncExternalStore(talk.limitedUntil.subscribe, talk.limitedUntil.get)
  const wait = useCountdown(until)
  const say = useCallback((text: string, parts?: readonly FilePart[]) => talk.say(id, text, parts), [talk, id])
  const retry = useCallback((message: string) => void talk.outbox.retry(message), [talk])
  const remove = useCallback((message: string) => void talk.outbox.remove(message), [talk])
  return { say, retry, remove, wait }
}

/** Whole seconds until `until` (UTC milliseconds), counted down; null from then on. */
function useCountdown(until: number): number | null {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    setNow(Date.now())
    if (until <= Date.now()) return
    const timer = setInterval(() => {
      setNow(Date.now())
      if (Date.now() >= until) clearInterval(timer)
    }, 250)
    return () => clearInterval(timer)
  }, [until])
  return until > now ? Math.ceil((until - now) / 1000) : null
}
