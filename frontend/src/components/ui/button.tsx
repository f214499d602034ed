import { cva, type VariantProps } from 'class-variance-authority'
import { Slot } from 'radix-ui'
import type { ComponentProps } from 'react'
import { cn } from '@/lib/cn'

const button = cva(
  'inline-flex shrink-0 items-center justify-center gap-2 rounded-small text-sm font-medium whitespace-nowrap transition-colors duration-(--quick) disabled:opacity-60 aria-disabled:opacity-60 [&_svg]:size-4 [&_svg]:shrink-0',
  {
    variants: {
      look: {
        accent: 'bg-accent text-on-accent hover:bg-accent-strong',
        plain: 'bg-raised text-ink shadow-[inset_0_0_0_1px_var(--edge)] hover:bg-hover',
        quiet: 'text-ink-soft hover:bg-hover hover:text-ink',
        link: 'text-accent underline decoration-1 underline-offset-3 hover:text-accent-strong',
      },
      size: {
        normal: 'h-9 px-4',
        large: 'h-11 px-5',
        small: 'h-7 px-2 text-xs',
        icon: 'size-9',
        tiny: 'size-7',
        bare: '',
      },
    },
    defaultVariants: { look: 'plain', size: 'normal' },
  },
)

type ButtonProps = ComponentProps<'button'> & VariantProps<typeof button> & { asChild?: boolean }

export function Button({ className, look, size, asChild = false, type, ...props }: ButtonProps) {
  const Element = asChild ? Slot.Root : 'button'
  return (
    <Element
      data-slot="button"
      type={asChild ? undefined : (type ?? 'button')}
      className={cn(button({ look, size }), className)}
      {...props}
    />
  )
}
