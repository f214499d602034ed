import { useMutation, useQueryClient } from '@tanstack/react-query'
import { IDENTITIES } from '@/api/keys'
import { useKeeper } from '@/api/session'
import type { IdentityList } from '@/api/shapes'

export type Hours = NonNullable<IdentityList['quiet']>

/** Sets the hours in which nothing rings, or (null) ends them. */
export function useQuiet() {
  const keeper = useKeeper()
  const cache = useQueryClient()
  return useMutation({
    mutationFn: (quiet: Hours | null) =>
      keeper.ask<IdentityList>('/api/v1/me/preferences', { method: 'PUT', body: { quiet } }),
    onSuccess: (list) => cache.setQueryData(IDENTITIES, list),
  })
}
