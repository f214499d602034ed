// Everything that did not get through, newest first: look, send one again or all, say that one arrived.
import { useRef, useState } from 'react'
import { ApiFault } from '@/api/http'
import type { LostShown, ResendTaken } from '@/api/shapes'
import { useListKeys } from '@/components/list-keys'
import { EmptyState, ListSkeleton, Trouble } from '@/components/loading-states'
import { Button } from '@/components/ui/button'
import { Wrong } from '@/features/admin/wrong'
import { type Done, LostRow } from './lost-row'
import { ResendAll } from './resend-all'
import { type Named, sameLost, useLost, useSettling } from './useLost'
import { totalWords } from './words'

/** Asked about here: it stays in its place, whatever the list says meanwhile. `done`: what came of it. */
interface Kept {
  item: LostShown
  done: Done | undefined
}

export default function LostList() {
  const { items, total, status, error, again, more, loading } = useLost()
  const { resend, arrived } = useSettling()
  const [kept, setKept] = useState<readonly Kept[]>([])
  const list = useRef<HTMLUListElement>(null)
  useListKeys(list)
  if (status === 'pending') return <ListSkeleton what="what did not get through" rows={3} />
  if (status === 'error')
    return (
      <Trouble
        words="What did not get through could not be read."
        id={error instanceof ApiFault ? error.requestId : undefined}
        onRetry={again}
      />
    )
  const rows = merged(items, kept)
  const without = (now: readonly Kept[], item: LostShown) => now.filter((each) => !sameLost(each.item, item))
  const keep = (item: LostShown, done?: Done) => setKept((now) => [...without(now, item), { item, done }])
  const letGo = (item: LostShown) => () => setKept((now) => without(now, item))
  const asking = resend.isPending ? resend.variables : arrived.isPending ? arrived.variables : undefined
  const busyOf = (item: Named) => (asking === undefined ? undefined : sameLost(asking, item) ? 'this' : 'another')
  return (
    <div className="space-y-3">
      <div className="flex min-h-9 flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <p role="status" className="text-sm text-ink-soft">
          {total > 0 ? totalWords(total) : rows.length > 0 ? 'Nothing is left' : ''}
        </p>
        <ResendAll total={total} onStart={() => setKept([])} />
      </div>
      <Wrong fault={resend.error ?? arrived.error} />
      {rows.length === 0 ? (
        <EmptyState title="Everything got through">
          <p className="mt-1 text-pretty">
            A message comes here when no channel of its person took it in time. It always stands in the conversation as
            well, so that they find it on the web.
          </p>
        </EmptyState>
      ) : (
        <ul
          ref={list}
          aria-label="Messages that did not get through"
          className="divide-y divide-hairline rounded-card ring-1 ring-hairline"
        >
          {rows.map(({ item, done }) => (
            <LostRow
              key={`${item.conversation} ${item.message} ${item.binding}`}
              item={item}
              done={done}
              busy={busyOf(item)}
              onResend={() => {
                keep(item)
                const told = ({ taken }: ResendTaken) => keep(item, taken > 0 ? 'sent' : 'gone')
                resend.mutate(item, { onSuccess: told, onError: letGo(item) })
              }}
              onArrived={() => {
                keep(item)
                arrived.mutate(item, { onSuccess: () => keep(item, 'arrived'), onError: letGo(item) })
              }}
            />
          ))}
        </ul>
      )}
      {more !== undefined && (
        <Button className="max-sm:h-11" disabled={loading} onClick={more}>
          {loading ? 'Loading' : 'Show more'}
        </Button>
      )}
    </div>
  )
}

/** What is lost, and what was settled here and is not lost any more, in one order. What was lost anew is lost. */
export function merged(
  items: readonly LostShown[],
  kept: readonly Kept[],
): { item: LostShown; done: Done | undefined }[] {
  const over = kept.filter(({ item }) => !items.some((each) => sameLost(each, item) && each.at > item.at))
  const open = items.filter((item) => !over.some((each) => sameLost(each.item, item)))
  return [...open.map((item) => ({ item, done: undefined })), ...over].sort((a, b) => (a.item.at < b.item.at ? 1 : -1))
}
