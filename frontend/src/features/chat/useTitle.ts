import { useEffect } from 'react'
import { useConversations } from './useConversations'

/** The document's title: how many messages are unread, then where one is. */
export function useTitle(name?: string): void {
  const { unread } = useConversations()
  useEffect(() => {
    const place = name ? `${name} · Throughline` : 'Throughline'
    document.title = unread > 0 ? `(${unread}) ${place}` : place
  }, [unread, name])
}
