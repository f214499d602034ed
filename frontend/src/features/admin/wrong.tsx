// What the server would not do, in its words.
import { CircleAlert } from 'lucide-react'
import { Alert } from '@/components/ui/alert'
import { faultWords } from './useAccounts'

export function Wrong({ fault }: { fault: unknown }) {
  if (fault === null || fault === undefined) return null
  return (
    <Alert>
      <CircleAlert aria-hidden="true" />
      {faultWords(fault)}
    </Alert>
  )
}
