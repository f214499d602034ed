/** A person's own addresses, for screens. */

import { useQuery } from '@tanstack/react-query'
import { useSyncExternalStore } from 'react'
import { IDENTITIES } from './keys'
import { useKeeper } from './session'
import type { IdentityList } from './shapes'

/** The addresses in the order in which they are tried, and what more can be linked. Members have none: not asked. */
export function useIdentities() {
  const keeper = useKeeper()
  const { user } = useSyncExternalStore(keeper.state.subscribe, keeper.state.get)
  return useQuery({
    queryKey: IDENTITIES,
    queryFn: () => keeper.ask<IdentityList>('/api/v1/me/identities'),
    staleTime: Number.POSITIVE_INFINITY,
    enabled: user?.kind === 'person',
  })
}
