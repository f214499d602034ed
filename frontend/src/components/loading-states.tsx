// The three faces of a list before it has rows: still loading, nothing there, could not be had.
import { CircleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button } from '@/components/ui/button'
import { Skeleton } from '@/components/ui/skeleton'

export function ThreadSkeleton() {
  return (
    <div
      role="status"
      aria-label="Loading the conversation"
      className="appear-late measure mx-auto w-full space-y-8 px-4 py-8 pl-12"
    >
      <Skeleton className="ml-auto h-10 w-2/5 rounded-card" />
      <div className="space-y-2">
        <Skeleton className="h-4 w-32" />
        <Skeleton className="h-4 w-full" />
        <Skeleton className="h-4 w-11/12" />
        <Skeleton className="h-4 w-3/5" />
      </div>
      <Skeleton className="ml-auto h-10 w-1/4 rounded-card" />
    </div>
  )
}

export function ListSkeleton({ rows = 5, what }: { rows?: number; what: string }) {
  return (
    <div role="status" aria-label={`Loading ${what}`} className="appear-late space-y-5 p-4">
      {Array.from({ length: rows }, (_, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: placeholders have no identity
        <div key={at} className="space-y-2">
          <Skeleton className="h-4 w-4/5" />
          <Skeleton className="h-3 w-1/2" />
        </div>
      ))}
    </div>
  )
}

export function EmptyState({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div data-slot="empty-state" className="p-4 text-sm text-ink-soft">
      <p className="font-medium text-ink">{title}</p>
      {children}
    </div>
  )
}

/** What went wrong in plain words, one way on, and the id to quote when asking for help. */
export function Trouble({
  words,
  id,
  onRetry,
  retry = 'Try again',
}: {
  words: string
  id?: string | undefined
  onRetry?: () => void
  retry?: string
}) {
  return (
    <div role="alert" data-slot="trouble" className="flex flex-col items-start gap-3 p-4 text-sm">
      <p className="flex items-start gap-2">
        <CircleAlert aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-failed" />
        {words}
      </p>
      {onRetry && <Button onClick={onRetry}>{retry}</Button>}
      {id && (
        <p className="text-xs text-ink-soft">
          If it stays, quote <code className="font-mono select-all">{id}</code>
        </p>
      )}
    </div>
  )
}
