import { type InfiniteData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { LOST } from '@/api/keys'
import { useKeeper } from '@/api/session'
import type { ArrivalKept, LostPage, LostShown, ResendTaken } from '@/api/shapes'
import { newId } from '@/lib/ids'

const PATH = '/api/v1/deliveries/lost'
/** A frame tells at once; this finds what was settled without one, by a provider that spoke late. */
const LOOK_MS = 30_000
/** So many are sent again at a time, so that one sees it go on. */
const AT_ONCE = 20

export type Named = Pick<LostShown, 'conversation' | 'message' | 'binding'>

export function sameLost(one: Named, other: Named): boolean {
  return one.message === other.message && one.binding === other.binding && one.conversation === other.conversation
}

/** How many there are; undefined until that is known. Counted up to 1,000. */
export function useLostCount(): number | undefined {
  const keeper = useKeeper()
  const { data } = useQuery({
    queryKey: [...LOST, 'count'],
    queryFn: () => keeper.ask<LostPage>(`${PATH}?limit=1`),
    refetchInterval: LOOK_MS,
  })
  return data?.total
}

/** What did not get through, newest first, page by page. */
export function useLost() {
  const keeper = useKeeper()
  const { data, status, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery<
    LostPage,
    Error,
    InfiniteData<LostPage>,
    readonly string[],
    string
  >({
    queryKey: [...LOST, 'list'],
    queryFn: ({ pageParam }) =>
      keeper.ask<LostPage>(pageParam === '' ? PATH : `${PATH}?before=${encodeURIComponent(pageParam)}`),
    initialPageParam: '',
    getNextPageParam: (page) => page.next ?? undefined,
    refetchInterval: LOOK_MS,
  })
  return {
    items: data?.pages.flatMap((page) => page.items) ?? [],
    total: data?.pages[0]?.total ?? 0,
    status,
    error,
    again: () => void refetch(),
    more: hasNextPage ? () => void fetchNextPage() : undefined,
    loading: isFetchingNextPage,
  }
}

/** One of them: send it again, or say that it arrived. */
export function useSettling() {
  const keeper = useKeeper()
  const cache = useQueryClient()
  const fresh = () => void cache.invalidateQueries({ queryKey: LOST })
  const resend = useMutation({
    mutationFn: ({ conversation, message, binding }: Named) =>
      keeper.ask<ResendTaken>(`${PATH}/retry`, {
        method: 'POST',
        body: { items: [{ conversation, message, binding }] },
        idempotencyKey: newId(),
      }),
    onSettled: fresh,
  })
  const arrived = useMutation({
    mutationFn: ({ conversation, message, binding }: Named) =>
      keeper.ask<ArrivalKept>(`${PATH}/settle`, {
        method: 'POST',
        body: { conversation, message, binding, arrived: true },
      }),
    onSettled: fresh,
  })
  return { resend, arrived }
}

/** How far sending all of them again has come. `gone`: were not lost any more. */
export interface Progress {
  of: number
  taken: number
  gone: number
  over: boolean
}

/** Send everything again, a few at a time; it can be stopped between two of them. */
export function useResendAll() {
  const keeper = useKeeper()
  const cache = useQueryClient()
  const [progress, setProgress] = useState<Progress | null>(null)
  const [fault, setFault] = useState<unknown>(null)
  const stopped = useRef(false)
  const start = async () => {
    stopped.current = false
    setFault(null)
    setProgress({ of: 0, taken: 0, gone: 0, over: false })
    let taken = 0
    let gone = 0
    let before: string | null = ''
    try {
      while (before !== null && !stopped.current) {
        const answer: ResendTaken = await keeper.ask<ResendTaken>(`${PATH}/retry`, {
          method: 'POST',
          body: { all: true, limit: AT_ONCE, before },
          idempotencyKey: newId(),
        })
        taken += answer.taken
        gone += answer.gone
        before = answer.next
        setProgress({ of: taken + gone + answer.left, taken, gone, over: false })
      }
    } catch (thrown) {
      setFault(thrown)
    }
    setProgress((now) => (now === null ? null : { ...now, over: true }))
    void cache.invalidateQueries({ queryKey: LOST })
  }
  return {
    progress,
    fault,
    start: () => void start(),
    stop: () => {
      stopped.current = true
    },
  }
}
