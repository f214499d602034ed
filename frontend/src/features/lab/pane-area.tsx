// Where a pane's messages stand: it follows what comes, until somebody goes up to read.
import { type ReactNode, useEffect, useRef } from 'react'

interface PaneAreaProps {
  /** What is shown: another thread is read from its end. */
  of: string | undefined
  children: ReactNode
}

export function PaneArea({ of, children }: PaneAreaProps) {
  const area = useRef<HTMLDivElement>(null)
  const inside = useRef<HTMLDivElement>(null)
  const stuck = useRef(true)
  const top = useRef(0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another thread is read from its end
  useEffect(() => {
    stuck.current = true
    const shown = area.current
    if (shown === null || inside.current === null) return
    // Words come letter by letter, and some take their room only once they are drawn: what grows is followed.
    const watch = new ResizeObserver(() => {
      if (stuck.current) shown.scrollTop = shown.scrollHeight
    })
    watch.observe(inside.current)
    return () => watch.disconnect()
  }, [of])
  return (
    <div
      ref={area}
      onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
        // Only who goes up wants to stay there; what has grown below in the meantime is no such wish.
        if (scrollTop < top.current) stuck.current = false
        if (scrollHeight - scrollTop - clientHeight < 24) stuck.current = true
        top.current = scrollTop
      }}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and the keyboard must reach it
      tabIndex={0}
      className="min-h-0 flex-1 overflow-x-hidden overflow-y-auto -outline-offset-2"
    >
      <div ref={inside} className="py-3">
        {children}
      </div>
    </div>
  )
}

/** What a pane says where there is nothing to show yet. */
export function PaneHint({ children }: { children: ReactNode }) {
  return <p className="px-4 py-8 text-center text-sm text-ink-soft text-balance">{children}</p>
}
