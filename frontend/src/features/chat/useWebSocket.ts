import { useSyncExternalStore } from 'react'
import { useTalk } from './context'
import type { Link } from './contract'

/** The link to the server. `since`: UTC milliseconds of its last change. */
export function useWebSocket(): Link {
  const { link } = useTalk().socket
  return useSyncExternalStore(link.subscribe, link.get)
}
