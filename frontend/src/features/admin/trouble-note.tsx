// A failed account, explained: what is the matter, and what to do about it.
import { CircleAlert } from 'lucide-react'
import type { AccountShown } from '@/api/shapes'
import { Alert } from '@/components/ui/alert'
import { accountReason, whatToDo } from './words'

export function TroubleNote({ account }: { account: AccountShown }) {
  const failed = account.status === 'down' || account.status === 'needs_reauth'
  if (!failed && account.status !== 'degraded') return null
  return (
    <Alert look={failed ? 'failed' : 'attention'} role="status" data-state={account.status} className="mt-4">
      <CircleAlert aria-hidden="true" />
      <div className="min-w-0 [overflow-wrap:anywhere]">
        <p className="font-medium">{accountReason(account.reason) ?? 'Sends do not get through.'}</p>
        <p className="mt-0.5">{whatToDo(account)}</p>
      </div>
    </Alert>
  )
}
