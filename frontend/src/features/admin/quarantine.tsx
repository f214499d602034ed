// What came in signed and was not understood: why, when, how much; each can be read again with today's code.
import { useState } from 'react'
import { ApiFault } from '@/api/http'
import type { AccountShown, Retried } from '@/api/shapes'
import { EmptyState, ListSkeleton, Trouble } from '@/components/loading-states'
import { Moment } from '@/components/moment'
import { Button } from '@/components/ui/button'
import { useQuarantine } from './useAccounts'
import { asideWords, sizeWords } from './words'
import { Wrong } from './wrong'

export function Quarantine({ account }: { account: AccountShown }) {
  const { items, status, error, again, retry } = useQuarantine(account)
  const [told, setTold] = useState<Readonly<Record<number, Retried>>>({})
  if (status === 'pending') return <ListSkeleton what="what was set aside" rows={2} />
  if (status === 'error')
    return (
      <Trouble
        words="What was set aside could not be read."
        id={error instanceof ApiFault ? error.requestId : undefined}
        onRetry={again}
      />
    )
  if (items.length === 0)
    return (
      <div className="-mx-4">
        <EmptyState title="Nothing is set aside">
          <p className="mt-1">What the provider signs and we do not understand waits here, to be read again.</p>
        </EmptyState>
      </div>
    )
  return (
    <div className="space-y-2">
      <ul className="divide-y divide-hairline rounded-card ring-1 ring-hairline">
        {items.map((item) => {
          const result = told[item.n]
          const busy = retry.isPending && retry.variables === item.n
          return (
            <li
              key={item.n}
              data-slot="set-aside"
              data-state={item.retried_at === null ? 'waiting' : 'understood'}
              className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 px-3 py-2.5"
            >
              <div className="min-w-0">
                <p className="text-sm [overflow-wrap:anywhere]">{asideWords(item.reason)}</p>
                <p className="mt-0.5 flex flex-wrap gap-x-3 text-xs text-ink-soft tabular-nums">
                  <Moment at={item.at} />
                  <span>{sizeWords(item.size)}</span>
                  <code className="font-mono">{item.reason}</code>
                </p>
                <p role="status" className="text-xs empty:hidden">
                  {item.retried_at !== null ? (
                    <span className="text-ok">Read again and understood</span>
                  ) : result === undefined ? (
                    ''
                  ) : result.understood ? (
                    <span className="text-ok">Understood now</span>
                  ) : (
                    <span className="text-attention">
                      Still not understood: {asideWords(result.reason ?? item.reason).toLowerCase()}
                    </span>
                  )}
                </p>
              </div>
              {item.retried_at === null && (
                <Button
                  size="small"
                  disabled={retry.isPending}
                  className="min-h-11 sm:min-h-0"
                  aria-label={`Read again: ${asideWords(item.reason)}`}
                  onClick={() =>
                    retry.mutate(item.n, { onSuccess: (result) => setTold((now) => ({ ...now, [item.n]: result })) })
                  }
                >
                  {busy ? 'Reading' : 'Read again'}
                </Button>
              )}
            </li>
          )
        })}
      </ul>
      <Wrong fault={retry.error} />
    </div>
  )
}
