import { skipToken, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState, useSyncExternalStore } from 'react'
import { useSession } from '@/api/session'
import type { ConversationPage } from '@/api/shapes'
import { useTalk } from './context'
import type { SeenHook } from './contract'
import { LIST, threadKey } from './keys'
import { type Thread, whole } from './thread'
import { firstUnread } from './unread'
import { useList } from './useConversations'

/** Marks a conversation read while it is in front of the person, and remembers where the unread ones began. */
export function useSeen(id: string): SeenHook {
  const talk = useTalk()
  const cache = useQueryClient()
  const { user } = useSession()
  const visible = useSyncExternalStore(onVisibility, isVisible)
  const { link } = useSyncExternalStore(talk.socket.link.subscribe, talk.socket.link.get)
  const { data: thread } = useQuery<Thread>({ queryKey: threadKey(id), queryFn: skipToken })
  const { data: listed } = useList()
  const [divider, setDivider] = useState<string | null>(null)
  /** The visit for which the divider was placed: a conversation, until it goes out of sight. */
  const placed = useRef<string | null>(null)

  const ready = thread?.wanted === true && whole(thread) && listed !== undefined
  const seq = ready ? thread.view.seq : 0
  useEffect(() => {
    if (placed.current !== null && (!visible || placed.current !== id)) {
      placed.current = null
      if (!visible) return
      setDivider(null)
    }
    if (!ready || !visible || user === null || link !== 'live' || seq === 0) return
    if (placed.current !== id) {
      placed.current = id
      const messages = cache.getQueryData<Thread>(threadKey(id))?.view.messages ?? []
      const unread = cache.getQueryData<ConversationPage>(LIST)?.items.find((item) => item.id === id)?.unread ?? 0
      setDivider(firstUnread(messages, unread, user.kind))
    }
    talk.seen(id)
  }, [talk, cache, id, ready, visible, link, seq, user])

  return { firstUnread: divider }
}

function isVisible(): boolean {
  return document.visibilityState === 'visible'
}

function onVisibility(tell: () => void): () => void {
  document.addEventListener('visibilitychange', tell)
  return () => document.removeEventListener('visibilitychange', tell)
}
