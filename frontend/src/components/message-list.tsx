// The thread: rows on one line, held at its end while someone reads there, and left alone while they read above.
// Long threads keep only what is near the window in the document; short ones keep everything.
import { defaultRangeExtractor, type Range as Rows, useVirtualizer } from '@tanstack/react-virtual'
import { ArrowDown } from 'lucide-react'
import {
  type ComponentRef,
  type KeyboardEvent,
  type ReactNode,
  type Ref,
  useCallback,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react'
import { type Hit, useFoundWords } from '@/components/found-words'
import { ThreadRow } from '@/components/thread-row'
import { Button } from '@/components/ui/button'
import { type FilePart, partsHeight } from '@/lib/files'
import { layLine } from '@/lib/line'
import { type LostRow, lineItem, type Row } from '@/lib/thread'

/** Threads up to this long are whole in the document. */
const WHOLE = 150
/** This near to the end counts as being there, in pixels. */
const NEAR = 24

export interface MessageListHandle {
  /** Bring a row into view and put the keyboard on it. */
  goTo: (id: string) => void
  /** Bring a row into view and leave the keyboard where it is. */
  show: (id: string) => void
  goToEnd: () => void
}

interface MessageListProps {
  rows: readonly Row[]
  /** False while the link is lost: the open end of the line is dashed. */
  whole: boolean
  hasEarlier: boolean
  loadEarlier: () => void
  /** The conversation runs on more than the web: each message wears its channel. */
  badges?: boolean
  /** What became of a message, step by step; shown behind its delivery word. */
  ladder?: (id: string) => ReactNode
  /** What is attached to a message, drawn. */
  attached?: (parts: readonly FilePart[]) => ReactNode
  /** What can be done about a message that got through nowhere. */
  lost?: (row: LostRow) => ReactNode
  onRetry: (id: string) => void
  onRemove: (id: string) => void
  /** The row that Find points at. */
  hit?: Hit | undefined
  ref?: Ref<MessageListHandle>
}

export function MessageList({
  rows,
  whole,
  hasEarlier,
  loadEarlier,
  badges = false,
  ladder,
  attached,
  lost,
  onRetry,
  onRemove,
  hit,
  ref,
}: MessageListProps) {
  const scroller = useRef<ComponentRef<'div'>>(null)
  const pieces = useMemo(() => layLine(rows.map(lineItem), whole), [rows, whole])
  const everything = rows.length <= WHOLE
  const rangeExtractor = useCallback(
    (range: Rows) => (everything ? Array.from({ length: range.count }, (_, at) => at) : defaultRangeExtractor(range)),
    [everything],
  )
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (at) => estimate(rows[at]),
    getItemKey: (at) => rows[at]?.id ?? at,
    anchorTo: 'end',
    followOnAppend: true,
    scrollEndThreshold: NEAR,
    overscan: 12,
    paddingStart: 24,
    paddingEnd: 24,
    rangeExtractor,
  })

  const opened = useRef<ReadonlySet<string> | null>(null)
  if (opened.current === null && rows.length > 0) opened.current = new Set(rows.map((row) => row.id))
  const { atEnd, missed, onScroll, toEnd, leaveEnd } = useEnd(rows, virtual, scroller)

  const focusRow = useCallback((id: string) => {
    requestAnimationFrame(() =>
      scroller.current?.querySelector<HTMLElement>(`[data-id="${CSS.escape(id)}"]`)?.focus({ preventScroll: true }),
    )
  }, [])
  const show = useCallback(
    (id: string) => {
      const at = rows.findIndex((row) => row.id === id)
      if (at < 0) return
      leaveEnd()
      virtual.scrollToIndex(at, { align: 'center' })
    },
    [rows, virtual, leaveEnd],
  )
  const goTo = useCallback(
    (id: string) => {
      show(id)
      focusRow(id)
    },
    [show, focusRow],
  )
  useImperativeHandle(ref, () => ({ goTo, show, goToEnd: () => virtual.scrollToEnd() }), [goTo, show, virtual])

  const nearTop = hasEarlier && (virtual.getVirtualItems()[0]?.index ?? 1) === 0
  useEffect(() => {
    const area = scroller.current
    if (nearTop && area && area.scrollTop < 400 && rows.length > 0) loadEarlier()
  }, [nearTop, loadEarlier, rows.length])

  const move = (event: KeyboardEvent) => {
    if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return
    const row = (event.target as HTMLElement).closest<HTMLElement>('[data-slot=row]')
    if (!row || event.target !== row) return
    const next = rows[Number(row.dataset.index) + (event.key === 'ArrowUp' ? -1 : 1)]
    if (!next) return
    event.preventDefault()
    goTo(next.id)
  }

  const items = virtual.getVirtualItems()
  useFoundWords(scroller, hit, items.length)
  const before = items[0]?.start ?? 0
  const after = Math.max(0, virtual.getTotalSize() - (items.at(-1)?.end ?? 0))
  return (
    <div className="relative min-h-0 flex-1">
      <div
        ref={scroller}
        data-slot="message-list"
        onScroll={onScroll}
        className="h-full overflow-x-hidden overflow-y-auto overscroll-contain [overflow-anchor:none]"
      >
        {/* biome-ignore lint/a11y/noStaticElementInteractions: it has a role at all times */}
        {/* biome-ignore lint/a11y/useAriaPropsSupportedByRole: both of its roles have a name */}
        <div
          // A feed without an article is none.
          role={rows.length > 0 ? 'feed' : 'group'}
          aria-label="Messages"
          aria-busy={rows.some((row) => row.kind === 'message' && row.state === 'streaming')}
          onKeyDown={move}
          className="measure mx-auto px-4"
        >
          <div style={{ height: before }} />
          {items.map((item) => {
            const row = rows[item.index]
            const piece = pieces[item.index]
            if (!row || !piece) return null
            return (
              <ThreadRow
                key={row.id}
                ref={virtual.measureElement}
                row={row}
                piece={piece}
                at={item.index}
                last={item.index === rows.length - 1}
                fresh={!opened.current?.has(row.id)}
                hit={row.id === hit?.id}
                badges={badges}
                ladder={ladder}
                attached={attached}
                lost={lost}
                onRetry={onRetry}
                onRemove={onRemove}
              />
            )
          })}
          <div style={{ height: after }} />
        </div>
      </div>
      {!atEnd && (
        <Button
          className="arrive absolute bottom-3 left-1/2 -translate-x-1/2 rounded-full bg-raised shadow-float ring-1 ring-hairline"
          onClick={toEnd}
        >
          <ArrowDown aria-hidden="true" />
          {missed > 0 ? `Jump to latest (${missed})` : 'Jump to latest'}
        </Button>
      )}
    </div>
  )
}

function estimate(row: Row | undefined): number {
  if (row?.kind !== 'message') return 40
  const lines = Math.ceil(row.text.length / 68) + (row.text.match(/\n/g)?.length ?? 0)
  const parts = row.parts === undefined ? 0 : partsHeight(row.parts)
  return parts + (row.author === 'person' ? 56 + 24 * lines : 72 + 26 * lines)
}

type Virtual = ReturnType<typeof useVirtualizer<HTMLDivElement, Element>>

/** Keeps a reader who is at the end there, and counts what came while they were not. */
function useEnd(rows: readonly Row[], virtual: Virtual, scroller: { current: HTMLDivElement | null }) {
  const [atEnd, setAtEnd] = useState(true)
  const stuck = useRef(true)
  const seen = useRef<string | undefined>(undefined)
  const last = rows.at(-1)
  const opened = useRef(false)
  const saying = last?.kind === 'message' && last.state === 'sending' ? last.id : undefined

  const stay = useCallback(() => {
    const area = scroller.current
    if (!area || !stuck.current) return
    const end = area.scrollHeight - area.clientHeight
    if (area.scrollTop < end - 1) area.scrollTop = end
  }, [scroller])
  // What grows under the reader is followed in the same frame: an answer, a picture, a taller composer.
  useLayoutEffect(stay)
  useLayoutEffect(() => {
    const area = scroller.current
    if (!area) return
    const watch = new ResizeObserver(stay)
    watch.observe(area)
    return () => watch.disconnect()
  }, [scroller, stay])

  // A thread opens at what is unread, else at its end.
  useLayoutEffect(() => {
    if (opened.current || rows.length === 0) return
    opened.current = true
    const unread = rows.findIndex((row) => row.kind === 'unread')
    if (unread < 0) return virtual.scrollToEnd()
    stuck.current = false
    virtual.scrollToIndex(unread, { align: 'start' })
  }, [rows, virtual])

  useLayoutEffect(() => {
    if (saying === undefined) return
    stuck.current = true
    virtual.scrollToEnd()
  }, [saying, virtual])

  const onScroll = () => {
    const area = scroller.current
    if (!area) return
    stuck.current = area.scrollHeight - area.scrollTop - area.clientHeight <= NEAR
    setAtEnd(stuck.current)
  }
  if (atEnd) seen.current = last?.id
  let missed = 0
  if (!atEnd) {
    const from = rows.findIndex((row) => row.id === seen.current)
    if (from >= 0) missed = rows.slice(from + 1).filter((row) => row.kind === 'message').length
  }
  const toEnd = () => {
    stuck.current = true
    virtual.scrollToEnd()
  }
  // Said before a jump: a render between the jump and its scroll event would bring the reader back.
  const leaveEnd = useCallback(() => {
    stuck.current = false
  }, [])
  return { atEnd, missed, onScroll, toEnd, leaveEnd }
}
