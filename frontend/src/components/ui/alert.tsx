import { cva, type VariantProps } from 'class-variance-authority'
import type { ComponentProps } from 'react'
import { cn } from '@/lib/cn'

const alert = cva(
  'flex items-start gap-2 rounded-card px-3 py-2 text-sm [&>svg]:mt-0.5 [&>svg]:size-4 [&>svg]:shrink-0',
  {
    variants: {
      look: {
        failed: 'bg-failed-wash text-failed',
        attention: 'bg-attention-wash text-attention',
      },
    },
    defaultVariants: { look: 'failed' },
  },
)

/** A word that must not be missed: `role="alert"` for failures, `role="status"` for what merely goes on. */
export function Alert({
  className,
  look,
  role = 'alert',
  ...props
}: ComponentProps<'div'> & VariantProps<typeof alert>) {
  return <div data-slot="alert" role={role} className={cn(alert({ look }), className)} {...props} />
}
