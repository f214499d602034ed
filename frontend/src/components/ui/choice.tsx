import type { ComponentProps } from 'react'
import { cn } from '@/lib/cn'

/** One of a few: the browser's own list, which every keyboard, phone and screen reader knows. */
export function Choice({ className, ...props }: ComponentProps<'select'>) {
  return (
    <select
      data-slot="choice"
      className={cn(
        'h-7 max-w-full truncate rounded-small bg-raised px-1.5 text-xs text-ink shadow-[inset_0_0_0_1px_var(--edge)]',
        className,
      )}
      {...props}
    />
  )
}
