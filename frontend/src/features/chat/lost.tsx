// A message that got through nowhere, and the one thing that a member can do about it: have it sent again.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { RotateCw } from 'lucide-react'
import { useKeeper } from '@/api/session'
import type { Deliveries } from '@/api/shapes'
import { Button } from '@/components/ui/button'
import { deliveriesKey } from './keys'

/** What has ended without success: the others of its rows are left alone. */
const LOST: ReadonlySet<string> = new Set(['dead', 'held'])

export default function SendAgain({ conversation, message }: { conversation: string; message: string }) {
  const keeper = useKeeper()
  const cache = useQueryClient()
  const again = useMutation({
    mutationFn: async () => {
      const path = `/api/v1/conversations/${encodeURIComponent(conversation)}/deliveries`
      const { items } = await keeper.ask<Deliveries>(path)
      const lost = items.filter((row) => row.message === message && row.owed && LOST.has(row.state))
      await keeper.ask('/api/v1/deliveries/lost/retry', {
        method: 'POST',
        body: { items: lost.map(({ binding }) => ({ conversation, message, binding })) },
      })
    },
    onSettled: () => cache.invalidateQueries({ queryKey: deliveriesKey(conversation) }),
  })
  return (
    <>
      <Button size="small" className="max-sm:h-11" disabled={again.isPending} onClick={() => again.mutate()}>
        <RotateCw aria-hidden="true" />
        Send again
      </Button>
      <span role="status" className="text-ink-soft">
        {again.isPending
          ? 'Asking for it'
          : again.isError
            ? 'That did not work. Try again in a moment.'
            : again.isSuccess
              ? 'On its way again'
              : ''}
      </span>
    </>
  )
}
