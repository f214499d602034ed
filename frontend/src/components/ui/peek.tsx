import { Popover as Primitive } from 'radix-ui'
import { type ReactNode, useRef, useState } from 'react'

const OPEN_MS = 250
const CLOSE_MS = 120

interface PeekProps {
  /** What is in it, for screen readers. */
  title: string
  /** One button. */
  trigger: ReactNode
  /** Mounted while it is open. */
  children: ReactNode
}

/**
 * What there is to know behind a word: opens under the pointer and on focus, and stays when pressed. Escape closes it.
 * Pressed by the keyboard it takes the focus, so that it can be read line by line, and gives it back.
 */
export default function Peek({ title, trigger, children }: PeekProps) {
  const [open, setOpen] = useState(false)
  const pinned = useRef(false)
  const content = useRef<HTMLDivElement>(null)
  /** The focus was inside when it closed: it goes back to the button, and that must not open it again. */
  const back = useRef(false)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const later = (to: boolean) => {
    clearTimeout(timer.current)
    timer.current = setTimeout(() => (to || !pinned.current) && setOpen(to), to ? OPEN_MS : CLOSE_MS)
  }
  const change = (to: boolean) => {
    clearTimeout(timer.current)
    pinned.current = to
    back.current = !to && content.current?.contains(document.activeElement) === true
    setOpen(to)
  }
  return (
    <Primitive.Root open={open} onOpenChange={change}>
      <Primitive.Trigger
        asChild
        onPointerEnter={(event) => event.pointerType === 'mouse' && later(true)}
        onPointerLeave={(event) => event.pointerType === 'mouse' && later(false)}
        onFocus={(event) => {
          clearTimeout(timer.current)
          if (!back.current && event.target.matches(':focus-visible')) setOpen(true)
        }}
        onBlur={() => {
          back.current = false
          later(false)
        }}
        onClick={(event) => {
          // A press on what is open already keeps it open.
          event.preventDefault()
          change(!(open && pinned.current))
          if (event.detail === 0) requestAnimationFrame(() => content.current?.focus())
        }}
      >
        {trigger}
      </Primitive.Trigger>
      <Primitive.Portal>
        <Primitive.Content
          ref={content}
          data-slot="peek"
          aria-label={title}
          sideOffset={6}
          collisionPadding={8}
          tabIndex={-1}
          onPointerEnter={() => clearTimeout(timer.current)}
          onPointerLeave={(event) => event.pointerType === 'mouse' && later(false)}
          onOpenAutoFocus={(event) => event.preventDefault()}
          onCloseAutoFocus={(event) => !back.current && event.preventDefault()}
          className="arrive z-50 max-h-[min(20rem,calc(100dvh-2rem))] w-72 max-w-[calc(100vw-1rem)] overflow-y-auto rounded-card bg-raised p-3 text-sm text-ink shadow-float ring-1 ring-hairline"
        >
          {children}
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  )
}
