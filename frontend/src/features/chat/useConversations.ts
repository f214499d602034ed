import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect } from 'react'
import { useKeeper } from '@/api/session'
import type { ConversationPage, ConversationShown } from '@/api/shapes'
import { newId } from '@/lib/ids'
import { useTalk } from './context'
import { LIST } from './keys'
import { withMore } from './list'

/** The conversations, newest first, kept live; `unread` is the sum over them. */
export function useConversations() {
  const keeper = useKeeper()
  const talk = useTalk()
  const cache = useQueryClient()
  const { data, status, error, refetch } = useList()
  useEffect(() => {
    if (data !== undefined) talk.follow(data)
  }, [talk, data])

  const next = data?.next ?? null
  const loadMore = useCallback(async () => {
    if (next === null) return
    const more = await keeper.ask<ConversationPage>(`/api/v1/conversations?before=${encodeURIComponent(next)}`)
    cache.setQueryData<ConversationPage>(LIST, (page) => (page?.next === next ? withMore(page, more) : page))
  }, [keeper, cache, next])

  return {
    items: data?.items ?? [],
    unread: data?.items.reduce((sum, item) => sum + item.unread, 0) ?? 0,
    status,
    error,
    retry: () => void refetch(),
    hasMore: next !== null,
    loadMore,
  }
}

/** The list as it stands. Whoever looks at it says how it is read: the last to look decides for all. */
export function useList() {
  const keeper = useKeeper()
  const talk = useTalk()
  return useQuery({
    queryKey: LIST,
    queryFn: async () => talk.corrected(await keeper.ask<ConversationPage>('/api/v1/conversations')),
    staleTime: Number.POSITIVE_INFINITY,
  })
}

/** Start a conversation; resolves to its id. Pressing twice while it starts gives the same one. */
export function useNewConversation() {
  const keeper = useKeeper()
  const cache = useQueryClient()
  const { mutateAsync, isPending, error } = useMutation({
    mutationFn: (id: string) =>
      keeper.ask<ConversationShown>('/api/v1/conversations', { method: 'POST', body: { id }, idempotencyKey: id }),
    retry: 2,
    onSuccess: () => cache.invalidateQueries({ queryKey: LIST }),
  })
  const start = useCallback(async () => (await mutateAsync(newId())).id, [mutateAsync])
  return { start, starting: isPending, error }
}
