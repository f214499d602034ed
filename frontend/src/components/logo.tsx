// The mark: one line through three nodes. It takes the accent of the theme it stands in.
import { cn } from '@/lib/cn'

export function Logo({ className }: { className?: string }) {
  return (
    <svg
      viewBox="0 0 24 32"
      fill="none"
      stroke="currentColor"
      strokeLinecap="round"
      aria-hidden="true"
      className={cn('text-accent', className)}
    >
      <path d="M7 2v8c0 6 10 6 10 12v8" strokeWidth="2.5" />
      <circle cx="7" cy="7" r="3.5" fill="currentColor" stroke="none" />
      <circle cx="12" cy="16" r="3.25" className="fill-(--ground,var(--paper))" strokeWidth="2.5" />
      <circle cx="17" cy="25" r="3.5" fill="currentColor" stroke="none" />
    </svg>
  )
}

export function Wordmark({ className }: { className?: string }) {
  return (
    <span className={cn('inline-flex items-center gap-2 font-semibold tracking-tight', className)}>
      <Logo className="h-6 w-auto" />
      Throughline
    </span>
  )
}
