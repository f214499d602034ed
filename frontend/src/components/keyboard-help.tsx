// What the keyboard can do here. `?` opens it from anywhere but a text field.
import { useEffect, useState } from 'react'
import { Dialog, DialogContent } from '@/components/ui/dialog'

const KEYS: readonly [keys: readonly string[], does: string][] = [
  [['Enter'], 'Send the message'],
  [['Shift', 'Enter'], 'Start a new line'],
  [['Esc'], 'Stop the answer that is being written'],
  [['Ctrl', 'F'], 'Find in this conversation (⌘ F on a Mac)'],
  [['↑', '↓'], 'Move from message to message, once one is focused'],
  [['/'], 'Go to the message field'],
  [['?'], 'Show this sheet'],
]
const OF_MEMBERS: typeof KEYS = [
  [['j', 'k'], 'Go down and up in what did not get through'],
  [['Enter'], 'There: open the conversation of the one that is focused'],
]

/** True where a key is meant as a letter. */
export function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable=true]') !== null
}

interface KeyboardHelpProps {
  open: boolean
  onOpenChange: (open: boolean) => void
  /** Members have lists to work through. */
  member?: boolean
}

export function KeyboardHelp({ open, onOpenChange, member = false }: KeyboardHelpProps) {
  const all = member ? [...KEYS.slice(0, -1), ...OF_MEMBERS, ...KEYS.slice(-1)] : KEYS
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <DialogContent title="Keyboard">
        <dl className="mt-4 grid grid-cols-[auto_1fr] items-center gap-x-6 gap-y-3 text-sm">
          {all.map(([keys, does]) => (
            <div key={does} className="col-span-2 grid grid-cols-subgrid items-center">
              <dt className="flex gap-1">
                {keys.map((key) => (
                  <kbd key={key} className="rounded-small bg-sunk px-2 py-0.5 font-sans text-xs ring-1 ring-hairline">
                    {key}
                  </kbd>
                ))}
              </dt>
              <dd className="text-ink-soft">{does}</dd>
            </div>
          ))}
        </dl>
      </DialogContent>
    </Dialog>
  )
}

export function useHelpKey(): [boolean, (open: boolean) => void] {
  const [open, setOpen] = useState(false)
  useEffect(() => {
    const onKey = (event: globalThis.KeyboardEvent) => {
      if (event.key !== '?' || isTyping(event.target)) return
      event.preventDefault()
      setOpen(true)
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [])
  return [open, setOpen]
}
