import type { ComponentProps } from 'react'
import { cn } from '@/lib/cn'

export function Input({ className, ...props }: ComponentProps<'input'>) {
  return (
    <input
      data-slot="input"
      className={cn(
        'h-10 w-full min-w-0 rounded-small bg-raised px-3 text-base text-ink shadow-[inset_0_0_0_1px_var(--edge)] placeholder:text-ink-faint aria-invalid:shadow-[inset_0_0_0_1px_var(--failed)] sm:text-sm',
        className,
      )}
      {...props}
    />
  )
}
