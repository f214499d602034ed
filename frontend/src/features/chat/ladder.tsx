// One message's deliveries, fetched when somebody looks, and live while they do.
import { Ladder } from '@/components/ladder'
import type { DeliveryShown } from './contract'
import { useDeliveries } from './useDeliveries'

export default function MessageLadder({ conversation, message }: { conversation: string; message: string }) {
  const { items, status } = useDeliveries(conversation)
  // In the order in which they were begun: what passed on stands before where it went.
  const rows = items.filter((item) => item.message === message).sort((a, b) => begun(a).localeCompare(begun(b)))
  if (status === 'pending')
    return (
      <p role="status" className="appear-late text-xs text-ink-soft">
        Looking it up
      </p>
    )
  if (status === 'error') return <p className="text-xs text-failed">The steps could not be read. Try again.</p>
  if (rows.length === 0) return <p className="text-xs text-ink-soft">Nothing was sent to another channel.</p>
  return (
    <Ladder
      groups={rows.map((row) => ({
        id: row.binding,
        channel: row.channel,
        rungs: row.rungs.length > 0 ? row.rungs : [{ state: row.state, at: row.at, reason: row.reason }],
        attempts: row.attempts,
        owed: row.owed,
        retryAt: row.retry_at,
      }))}
    />
  )
}

function begun({ rungs, at }: DeliveryShown): string {
  return rungs[0]?.at ?? at
}
