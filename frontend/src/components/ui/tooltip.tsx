// A short word beside what is hovered or focused; it adds the exact value. Written here: the times on every screen are
// all that need one, and a library's would be 10 kB of the first load.
import {
  cloneElement,
  type ReactElement,
  type RefObject,
  useCallback,
  useEffect,
  useId,
  useLayoutEffect,
  useRef,
  useState,
} from 'react'
import { createPortal } from 'react-dom'

const DELAY_MS = 300
/** Pixels between the words and the window's edge, and what they stand beside; so much has to be free above that. */
const EDGE = 8
const GAP = 6
const ROOM = 44

interface TooltipProps {
  words: string
  /** What can be focused. */
  children: ReactElement<{ 'aria-describedby'?: string | undefined }>
}

export function Tooltip({ words, children }: TooltipProps) {
  const id = useId()
  const around = useRef<HTMLSpanElement>(null)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const [open, setOpen] = useState(false)
  const set = useCallback((to: boolean, after = 0) => {
    clearTimeout(timer.current)
    if (after > 0) timer.current = setTimeout(() => setOpen(to), after)
    else setOpen(to)
  }, [])
  useEffect(() => () => clearTimeout(timer.current), [])
  useEffect(() => {
    if (!open) return
    const close = () => set(false)
    const onKey = ({ key }: KeyboardEvent) => key === 'Escape' && close()
    window.addEventListener('keydown', onKey)
    window.addEventListener('scroll', close, true)
    return () => {
      window.removeEventListener('keydown', onKey)
      window.removeEventListener('scroll', close, true)
    }
  }, [open, set])
  return (
    // It has no box of its own: what happens to what it holds comes up to it, also from the words, so that a pointer
    // may go over to them.
    // biome-ignore lint/a11y/noStaticElementInteractions: it listens for what it holds, and nothing can be done with it.
    <span
      ref={around}
      className="contents"
      onPointerEnter={({ pointerType }) => pointerType !== 'touch' && set(true, DELAY_MS)}
      onPointerLeave={() => set(false)}
      onPointerDown={() => set(false)}
      onFocus={({ target }) => target.matches(':focus-visible') && set(true)}
      onBlur={() => set(false)}
    >
      {cloneElement(children, { 'aria-describedby': open ? id : undefined })}
      {open && createPortal(<Words id={id} words={words} around={around} />, document.body)}
    </span>
  )
}

function Words({ id, words, around }: { id: string; words: string; around: RefObject<HTMLSpanElement | null> }) {
  const box = useRef<HTMLSpanElement>(null)
  useLayoutEffect(() => {
    const beside = around.current?.firstElementChild?.getBoundingClientRect()
    if (box.current === null || beside === undefined) return
    const { width, height } = box.current.getBoundingClientRect()
    const centred = beside.left + (beside.width - width) / 2
    const right = document.documentElement.clientWidth - width - EDGE
    box.current.style.left = `${Math.max(EDGE, Math.min(centred, right))}px`
    box.current.style.top = `${beside.top > ROOM ? beside.top - height : beside.bottom}px`
  }, [around])
  return (
    <span ref={box} className="pointer-events-auto fixed top-0 left-0 z-50" style={{ paddingBlock: GAP }}>
      <span
        id={id}
        role="tooltip"
        data-slot="tooltip"
        className="block rounded-small bg-ink px-2 py-1 text-xs text-paper shadow-float"
      >
        {words}
      </span>
    </span>
  )
}
