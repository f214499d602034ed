import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useCallback, useMemo, useState } from 'react'
import { IDENTITIES } from '@/api/keys'
import { useKeeper } from '@/api/session'
import type { IdentityList, IdentityShown } from '@/api/shapes'
import { faultWords, identityName, placeWords } from './words'

const ORDER = ['order'] as const

type Ids = readonly string[]

export interface Order {
  /** The addresses as they were last put, which the server may not have said yet. */
  readonly items: readonly IdentityShown[]
  /** One polite sentence about what was done last; empty: nothing yet. */
  readonly said: string
  readonly fault: string | null
  /** Puts the order back as it was before the last change, while that is possible. */
  readonly undo: (() => void) | null
  move(from: number, to: number): void
}

/** The order in which addresses are tried: shown at once, kept by the server, put back where that refuses. */
export function useOrder(kept: readonly IdentityShown[]): Order {
  const keeper = useKeeper()
  const cache = useQueryClient()
  /** What was asked for and is not answered yet. */
  const [asked, setAsked] = useState<Ids | null>(null)
  const [said, setSaid] = useState('')
  const [fault, setFault] = useState<string | null>(null)
  const [before, setBefore] = useState<Ids | null>(null)
  const items = useMemo(() => (asked === null ? kept : inOrder(kept, asked)), [kept, asked])

  const { mutate } = useMutation({
    mutationKey: ORDER,
    // One after the other: the last press is what holds.
    scope: { id: 'order' },
    mutationFn: (fallback: Ids) =>
      keeper.ask<IdentityList>('/api/v1/me/preferences', { method: 'PUT', body: { fallback } }),
    onSuccess: (list) => {
      if (cache.isMutating({ mutationKey: ORDER }) > 1) return
      cache.setQueryData(IDENTITIES, list)
      setAsked(null)
    },
    onError: (refused) => {
      if (cache.isMutating({ mutationKey: ORDER }) > 1) return
      setAsked(null)
      setBefore(null)
      setSaid('')
      setFault(`The order is as it was. ${faultWords(refused)}`)
      void cache.invalidateQueries({ queryKey: IDENTITIES })
    },
  })
  const put = useCallback(
    (order: Ids, words: string, was: Ids | null) => {
      setFault(null)
      setSaid(words)
      setBefore(was)
      setAsked(order)
      mutate(order)
    },
    [mutate],
  )
  const move = useCallback(
    (from: number, to: number) => {
      const moved = items[from]
      if (moved === undefined || to < 0 || to >= items.length || from === to) return
      const was = items.map(({ id }) => id)
      const order = was.filter((_, at) => at !== from)
      order.splice(to, 0, moved.id)
      put(order, `${identityName(moved)} is now ${placeWords(to, items.length)}.`, was)
    },
    [items, put],
  )
  const undo = before === null ? null : () => put(before, 'The order is as it was before.', null)
  return { items, said, fault, undo, move }
}

/** Those that were named first, as they were named; the others after them. */
function inOrder(kept: readonly IdentityShown[], ids: Ids): readonly IdentityShown[] {
  const place = (id: string) => (ids.includes(id) ? ids.indexOf(id) : ids.length)
  return [...kept].sort((a, b) => place(a.id) - place(b.id))
}
