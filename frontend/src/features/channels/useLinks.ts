import { skipToken, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback } from 'react'
import { IDENTITIES, LINKS, linkKey } from '@/api/keys'
import { useKeeper } from '@/api/session'
import type { ChannelName, LinkList, LinkMade, LinkShown, LinkState } from '@/api/shapes'

/** The socket says it at once; this is for when there is none. */
const LOOK_MS = 4_000
/** Codes are told once: this browser remembers its own until they run out, and no longer than the page lives. */
const MADE = ['own', 'made'] as const

export interface Made extends LinkMade {
  /** UTC milliseconds by this browser's clock. */
  readonly until: number
}

/** The codes that something may still become of, newest first. `watch`: somebody waits for one. */
export function useLinks(watch: boolean) {
  const keeper = useKeeper()
  const { data, status, refetch } = useQuery({
    queryKey: LINKS,
    queryFn: () => keeper.ask<LinkList>('/api/v1/me/links'),
    refetchInterval: watch ? LOOK_MS : false,
  })
  return { links: data?.items ?? NONE, known: data !== undefined, status, retry: () => void refetch() }
}

const NONE: readonly LinkShown[] = []

/** What the socket said of one code, if anything. */
export function useToldState(link: string | null): LinkState | undefined {
  return useQuery<LinkState>({ queryKey: linkKey(link ?? ''), queryFn: skipToken }).data
}

/** The codes that this browser made and that still stand. */
export function useMade(): (link: string) => Made | undefined {
  const { data } = useQuery<readonly Made[]>({ queryKey: MADE, queryFn: skipToken, gcTime: Number.POSITIVE_INFINITY })
  return useCallback((link: string) => data?.find(({ id }) => id === link), [data])
}

/** Make a code for a channel. Rejects with an ApiFault: `not_linkable`, `too_many_links`, `unreachable`. */
export function useNewLink() {
  const keeper = useKeeper()
  const cache = useQueryClient()
  return useMutation({
    mutationFn: (channel: ChannelName) =>
      keeper.ask<LinkMade>('/api/v1/me/links', { method: 'POST', body: { channel } }),
    onSuccess: (made) => {
      const until = Date.now() + made.expires_in * 1000
      cache.setQueryDefaults(MADE, { gcTime: Number.POSITIVE_INFINITY })
      cache.setQueryData<readonly Made[]>(MADE, (all = []) => [
        ...all.filter((one) => one.until > Date.now()),
        { ...made, until },
      ])
      // It is open from this moment; the list says the same once it is read again.
      cache.setQueryData<LinkList>(LINKS, (list) => ({ items: [openOne(made, until), ...(list?.items ?? [])] }))
      void cache.invalidateQueries({ queryKey: LINKS })
    },
  })
}

function openOne({ id, channel }: LinkMade, until: number): LinkShown {
  return { id, channel, state: 'open', expires_at: new Date(until).toISOString(), who: null }
}

export type Verdict = 'confirm' | 'refuse'

/** Say that the sender was me, or was not; also takes an open code back. */
export function useVerdict() {
  const keeper = useKeeper()
  const cache = useQueryClient()
  return useMutation({
    mutationFn: ({ link, verdict }: { link: string; verdict: Verdict }) =>
      keeper.ask<void>(`/api/v1/me/links/${encodeURIComponent(link)}/${verdict}`, { method: 'POST' }),
    onSuccess: (_, { link, verdict }) => {
      cache.setQueryData<LinkState>(linkKey(link), verdict === 'confirm' ? 'confirmed' : 'refused')
    },
    onSettled: () =>
      Promise.all([LINKS, IDENTITIES, ['bindings']].map((queryKey) => cache.invalidateQueries({ queryKey }))),
  })
}
