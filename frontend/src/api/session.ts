/** Who is signed in, for screens. */

import { useQuery } from '@tanstack/react-query'
import { createContext, useContext, useMemo, useSyncExternalStore } from 'react'
import { ask } from './http'
import type { Keeper } from './keeper'
import type { About, LimitsShown, Me, UserShown } from './shapes'

export const KeeperContext = createContext<Keeper | null>(null)

export interface SessionHook {
  readonly status: 'checking' | 'in' | 'out'
  readonly user: UserShown | null
  readonly tenantName: string | null
  readonly limits: LimitsShown | null
  /** Rejects with an ApiFault: `bad_credentials`, `rate_limited`, `unreachable`. */
  signIn(email: string, password: string): Promise<void>
  signOut(): Promise<void>
}

export function useKeeper(): Keeper {
  const keeper = useContext(KeeperContext)
  if (keeper === null) throw new Error('useKeeper stands inside KeeperContext')
  return keeper
}

export function useSession(): SessionHook {
  const keeper = useKeeper()
  const { status, user } = useSyncExternalStore(keeper.state.subscribe, keeper.state.get)
  const { data: me } = useQuery({
    queryKey: ['me', user?.id],
    queryFn: () => keeper.ask<Me>('/api/v1/auth/me'),
    enabled: status === 'in',
    staleTime: 60_000,
  })
  return useMemo(
    () => ({
      status,
      user,
      tenantName: me?.tenant_name ?? null,
      limits: me?.limits ?? null,
      signIn: (email: string, password: string) => keeper.signIn(email, password),
      signOut: () => keeper.signOut(),
    }),
    [keeper, status, user, me],
  )
}

/** What the sign-in page shows: version, demo identities, which model answers. */
export function useAbout() {
  const { data, error, refetch } = useQuery({
    queryKey: ['about'],
    queryFn: () => ask<About>('/api/v1/about'),
    staleTime: Number.POSITIVE_INFINITY,
  })
  return { about: data, error, refetch }
}
