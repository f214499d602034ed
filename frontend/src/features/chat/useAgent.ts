import { skipToken, useQuery } from '@tanstack/react-query'
import { useCallback, useSyncExternalStore } from 'react'
import { useTalk } from './context'
import type { AgentHook } from './contract'
import { threadKey } from './keys'
import type { Thread } from './thread'

/** What the agent is doing in this conversation, and how to stop it. */
export function useAgent(id: string): AgentHook {
  const talk = useTalk()
  const { data: thread } = useQuery<Thread>({ queryKey: threadKey(id), queryFn: skipToken })
  const { link } = useSyncExternalStore(talk.socket.link.subscribe, talk.socket.link.get)
  const asked = useSyncExternalStore(talk.stopping.subscribe, talk.stopping.get).get(id)
  const stop = useCallback(() => talk.stopTurn(id), [talk, id])
  const open = thread?.view.open ?? null
  const stopping = open !== null && asked === open.turn
  return {
    state: thread?.view.agent ?? 'idle',
    open,
    stopping,
    canStop: open !== null && link === 'live' && !stopping,
    stop,
  }
}
