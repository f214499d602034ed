import { type QueryClient, queryOptions, useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback } from 'react'
import type { Keeper } from '@/api/keeper'
import { useKeeper } from '@/api/session'
import type { FileLink } from '@/api/shapes'

/** A link is given up this long before its end, and is trusted this long at most, whatever this device's clock says. */
const AHEAD_MS = 60_000
const TRUSTED_MS = 10 * 60_000
/** A clock that is far ahead of the server's must not ask without end. */
const LEAST_MS = 30_000

function linkOf(keeper: Keeper, id: string) {
  return queryOptions({
    queryKey: ['file-link', id],
    queryFn: () => keeper.ask<FileLink>(`/api/v1/files/${encodeURIComponent(id)}/link`),
    staleTime: ({ state: { data, dataUpdatedAt } }) => lifeOf(data, dataUpdatedAt),
    gcTime: TRUSTED_MS,
  })
}

/** Milliseconds for which a link that came at `at` may be used. */
export function lifeOf(link: FileLink | undefined, at: number): number {
  if (link === undefined) return 0
  return Math.min(TRUSTED_MS, Math.max(LEAST_MS, Date.parse(link.expires_at) - at - AHEAD_MS))
}

/** Where a file's bytes are, for now. `renew`: the link did not work any more. */
export function useFileLink(id: string) {
  const { data, dataUpdatedAt, isError, isStale, refetch } = useQuery(linkOf(useKeeper(), id))
  return {
    // What is on its way out is not shown to anybody who comes now; whoever shows it keeps what they have.
    url: isStale ? undefined : data?.url,
    at: dataUpdatedAt,
    failed: isError,
    renew: useCallback(() => void refetch(), [refetch]),
  }
}

/** The same, once, for whoever wants to save the file. Rejects with an ApiFault. */
export function useOpenFile(): (id: string) => Promise<string> {
  const keeper = useKeeper()
  const cache: QueryClient = useQueryClient()
  return useCallback(async (id) => (await cache.fetchQuery(linkOf(keeper, id))).url, [keeper, cache])
}
