import { skipToken, useQuery } from '@tanstack/react-query'
import { useCallback, useEffect, useMemo, useSyncExternalStore } from 'react'
import type { OpenMessage } from '@/live/fold'
import { useTalk } from './context'
import type { ConversationHook } from './contract'
import { threadKey } from './keys'
import { type Thread, whole } from './thread'

/** One conversation, live, for as long as it is on screen. */
export function useConversation(id: string): ConversationHook {
  const talk = useTalk()
  useEffect(() => talk.open(id), [talk, id])
  const { data: thread } = useQuery<Thread>({ queryKey: threadKey(id), queryFn: skipToken })
  const { link } = useSyncExternalStore(talk.socket.link.subscribe, talk.socket.link.get)
  const items = useSyncExternalStore(talk.outbox.items.subscribe, talk.outbox.items.get)

  const view = thread?.wanted && thread.answered ? thread.view : undefined
  const messages = view?.messages
  const outbox = useMemo(() => {
    const logged = new Set(messages?.map((message) => message.id))
    return items.filter((item) => item.conversation === id && !logged.has(item.id))
  }, [items, messages, id])
  const loadEarlier = useCallback((everything = false) => talk.earlier(id, everything), [talk, id])

  return {
    view,
    status:
      thread?.fault ?? (thread !== undefined && whole(thread) ? 'ready' : view?.messages.length ? 'ready' : 'loading'),
    outbox,
    link,
    hasEarlier: (thread?.base ?? 0) > 0,
    loadEarlier,
  }
}

/** The open message alone: what re-renders while an answer streams, when the rest of the thread need not. */
export function useStreaming(id: string): OpenMessage | null {
  const { data } = useQuery<Thread, Error, OpenMessage | null>({
    queryKey: threadKey(id),
    queryFn: skipToken,
    select: (thread) => thread.view.open,
  })
  return data ?? null
}
