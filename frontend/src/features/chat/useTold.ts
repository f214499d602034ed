import { skipToken, useQuery } from '@tanstack/react-query'
import { useMemo, useSyncExternalStore } from 'react'
import type { UserShown } from '@/api/shapes'
import { useTalk } from './context'
import { threadKey } from './keys'
import { movesOf } from './moves'
import type { Thread } from './thread'

/** What is told of a conversation beside its view: deliveries as they happen, and why it moved. */
export function useTold(id: string, me: UserShown) {
  const store = useTalk().telling.of(id)
  const told = useSyncExternalStore(store.subscribe, store.get)
  const { data: thread } = useQuery<Thread>({ queryKey: threadKey(id), queryFn: skipToken })
  const events = thread?.events
  const moves = useMemo(() => movesOf(events ?? [], me), [events, me])
  return { told, moves }
}
