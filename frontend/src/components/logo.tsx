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
      <path d="M6.5 1.5v8c0 6.5 11 6.5 11 13v8" strokeWidth="3" />
      <circle cx="6.5" cy="6.5" r="4.5" fill="currentColor" stroke="none" />
      <circle cx="12" cy="16" r="4" className="fill-(--ground,var(--paper))" strokeWidth="3" />
      <circle cx="17.5" cy="25.5" r="4.5" fill="currentColor" stroke="none" />
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
