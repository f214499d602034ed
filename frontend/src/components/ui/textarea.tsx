import { type ComponentProps, type ComponentRef, type Ref, useLayoutEffect, useRef } from 'react'
import { cn } from '@/lib/cn'

/** A text area that is as tall as its words, up to the height its class allows. */
export function Textarea({
  className,
  value,
  ref,
  ...props
}: Omit<ComponentProps<'textarea'>, 'ref'> & { ref?: Ref<ComponentRef<'textarea'>> | undefined }) {
  const own = useRef<ComponentRef<'textarea'>>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the height follows the words
  useLayoutEffect(() => {
    const area = own.current
    if (!area) return
    area.style.height = 'auto'
    // Out of sight it has no height to take: one row then, until there are words.
    if (area.scrollHeight > 0) area.style.height = `${area.scrollHeight}px`
  }, [value])
  return (
    <textarea
      data-slot="textarea"
      ref={(node) => {
        own.current = node
        if (typeof ref === 'function') ref(node)
        else if (ref) ref.current = node
      }}
      value={value}
      rows={1}
      className={cn('block w-full resize-none bg-transparent text-base text-ink placeholder:text-ink-faint', className)}
      {...props}
    />
  )
}
