import { useQuery } from '@tanstack/react-query'
import { useKeeper } from '@/api/session'
import type { Bindings } from '@/api/shapes'
import { bindingsKey } from './keys'

export const bindingsPath = (id: string) => `/api/v1/conversations/${encodeURIComponent(id)}/bindings`

/** The channels of a conversation as they stand: to look at. `useBindings` changes them. */
export function useChannels(id: string) {
  const keeper = useKeeper()
  return useQuery({
    queryKey: bindingsKey(id),
    queryFn: () => keeper.ask<Bindings>(bindingsPath(id)),
    staleTime: Number.POSITIVE_INFINITY,
  })
}
