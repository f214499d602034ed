import { useMemo, useRef } from 'react'

/** A dialog that no button of its own opens: where the keyboard was before, and the way back there. */
export interface Return {
  mark(): void
  /** For `onCloseAutoFocus`. What opened it may be gone by then: the page itself takes the keyboard instead. */
  back(event: Event): void
}

export function useReturn(): Return {
  const from = useRef<Element | null>(null)
  return useMemo(
    () => ({
      mark: () => {
        from.current = document.activeElement
      },
      back: (event) => {
        event.preventDefault()
        const to = from.current?.isConnected ? from.current : document.getElementById('main')
        if (to instanceof HTMLElement) to.focus()
      },
    }),
    [],
  )
}
