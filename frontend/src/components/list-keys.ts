// A list by keyboard: j and k go from row to row, Enter opens the one that is focused.
import { type RefObject, useEffect } from 'react'
import { isTyping } from '@/components/keyboard-help'

/** The rows are the list's items, each of which can be focused; what opens is the first link of a row. */
export function useListKeys(list: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const onKey = (event: globalThis.KeyboardEvent) => {
      const { key, target, defaultPrevented, ctrlKey, metaKey, altKey } = event
      if (defaultPrevented || ctrlKey || metaKey || altKey || isTyping(target)) return
      if (list.current === null || document.querySelector('[role=dialog], [role=menu]') !== null) return
      const rows = [...list.current.querySelectorAll<HTMLElement>(':scope > li')]
      const at = rows.findIndex((row) => row.contains(document.activeElement))
      if (key === 'Enter' && rows[at] === target) rows[at]?.querySelector('a')?.click()
      else if (key === 'j') rows[Math.min(at + 1, rows.length - 1)]?.focus()
      else if (key === 'k') rows[Math.max(at - 1, 0)]?.focus()
      else return
      event.preventDefault()
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [list])
}
