import { Tooltip as Primitive } from 'radix-ui'
import type { ReactNode } from 'react'

export const TooltipProvider = Primitive.Provider

/** A short word beside what is hovered or focused; it repeats the accessible name or adds the exact value. */
export function Tooltip({ words, children }: { words: string; children: ReactNode }) {
  return (
    <Primitive.Root>
      <Primitive.Trigger asChild>{children}</Primitive.Trigger>
      <Primitive.Portal>
        <Primitive.Content
          data-slot="tooltip"
          sideOffset={6}
          collisionPadding={8}
          className="z-50 rounded-small bg-ink px-2 py-1 text-xs text-paper shadow-float"
        >
          {words}
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  )
}
