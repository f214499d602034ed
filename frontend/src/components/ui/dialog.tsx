import { X } from 'lucide-react'
import { Dialog as Primitive } from 'radix-ui'
import type { ComponentProps } from 'react'
import { cn } from '@/lib/cn'
import { Button } from './button'

export const Dialog = Primitive.Root
export const DialogTrigger = Primitive.Trigger
export const DialogClose = Primitive.Close

/* The veil is our own element: Radix's overlay locks scrolling with a <style> tag, which the content policy refuses.
   Nothing behind scrolls anyway: the page itself has no scrollbar. */
const veil = 'fixed inset-0 z-40 bg-veil duration-(--calm)'

interface ContentProps extends ComponentProps<typeof Primitive.Content> {
  title: string
  /** Keep the title for screen readers only. */
  quietTitle?: boolean
}

export function DialogContent({ className, children, title, quietTitle, ...props }: ContentProps) {
  return (
    <Primitive.Portal>
      <div className={veil} aria-hidden="true" />
      <Primitive.Content
        data-slot="dialog"
        aria-describedby={undefined}
        className={cn(
          'arrive fixed inset-x-4 top-1/2 z-50 mx-auto max-h-[calc(100dvh-2rem)] max-w-md -translate-y-1/2 overflow-y-auto rounded-card bg-raised p-6 text-ink shadow-float',
          className,
        )}
        {...props}
      >
        <Primitive.Title className={quietTitle ? 'sr-only' : 'mb-2 pr-8 text-lg font-semibold'}>
          {title}
        </Primitive.Title>
        {children}
        <CloseCorner />
      </Primitive.Content>
    </Primitive.Portal>
  )
}

/** A panel that comes in from one side: the phone's face of what stands beside the thread on wide screens. */
export function SheetContent({
  className,
  children,
  title,
  side = 'left',
  ...props
}: ContentProps & { side?: 'left' | 'right' }) {
  return (
    <Primitive.Portal>
      <div className={veil} aria-hidden="true" />
      <Primitive.Content
        data-slot="sheet"
        aria-describedby={undefined}
        // The panel itself, not the first thing in it: that may be a time whose exact words would float up unasked.
        onOpenAutoFocus={(event) => {
          event.preventDefault()
          if (event.currentTarget instanceof HTMLElement) event.currentTarget.focus()
        }}
        className={cn(
          'arrive fixed inset-y-0 z-50 flex w-[min(20rem,calc(100vw-2rem))] flex-col overflow-y-auto bg-sunk text-ink shadow-float -outline-offset-2',
          side === 'left' ? 'left-0' : 'right-0',
          className,
        )}
        {...props}
      >
        <Primitive.Title className="sr-only">{title}</Primitive.Title>
        {children}
        <CloseCorner className="top-2.5" />
      </Primitive.Content>
    </Primitive.Portal>
  )
}

function CloseCorner({ className }: { className?: string }) {
  return (
    <Primitive.Close asChild>
      <Button look="quiet" size="tiny" className={cn('absolute top-3 right-3', className)} aria-label="Close">
        <X aria-hidden="true" />
      </Button>
    </Primitive.Close>
  )
}
