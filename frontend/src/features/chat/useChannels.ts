import { skipToken, useQuery } from '@tanstack/react-query'
import { useKeeper } from '@/api/session'
import type { Bindings } from '@/api/shapes'
import { bindingsKey, threadKey } from './keys'
import type { Thread } from './thread'

export const bindingsPath = (id: string) => `/api/v1/conversations/${encodeURIComponent(id)}/bindings`

/** The channels of a conversation as they stand: to look at. `useBindings` changes them. */
export function useChannels(id: string) {
  const keeper = useKeeper()
  // Asked once the socket has it: one that is not there is not asked about.
  const { data: there = false } = useQuery<Thread, Error, boolean>({
    queryKey: threadKey(id),
    queryFn: skipToken,
    select: (thread) => thread.answered && thread.fault === null,
  })
  return useQuery({
    queryKey: bindingsKey(id),
    queryFn: () => keeper.ask<Bindings>(bindingsPath(id)),
    staleTime: Number.POSITIVE_INFINITY,
    enabled: there,
  })
}
