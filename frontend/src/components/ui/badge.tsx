import type { ComponentProps } from 'react'
import { cn } from '@/lib/cn'

export function Badge({ className, ...props }: ComponentProps<'span'>) {
  return (
    <span
      data-slot="badge"
      className={cn(
        'inline-flex h-5 min-w-5 items-center justify-center rounded-full bg-accent px-1.5 text-xs font-medium text-on-accent tabular-nums',
        className,
      )}
      {...props}
    />
  )
}
