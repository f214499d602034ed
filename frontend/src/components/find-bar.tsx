// Find within a thread: counts the hits and walks through them, newest first.
import { ChevronDown, ChevronUp, X } from 'lucide-react'
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react'
import { Button } from '@/components/ui/button'
import { Input } from '@/components/ui/input'
import { findRows, type Row } from '@/lib/thread'

interface FindBarProps {
  rows: readonly Row[]
  /** Older messages are still being fetched, so the count may grow. */
  searching: boolean
  onHit: (id: string | undefined, words: string) => void
  onClose: () => void
}

export function FindBar({ rows, searching, onHit, onClose }: FindBarProps) {
  const [query, setQuery] = useState('')
  const [chosen, setChosen] = useState<string | undefined>()
  const field = useRef<HTMLInputElement>(null)
  const hits = useMemo(() => findRows(rows, query), [rows, query])
  const at = chosen === undefined ? -1 : hits.indexOf(chosen)
  const current = at >= 0 ? at : hits.length - 1

  useEffect(() => field.current?.focus(), [])

  const show = (id: string | undefined, words = query) => {
    setChosen(id)
    onHit(id, words)
  }
  // Looking further back found the first hit: go there as if it had been here when the words were typed.
  const found = chosen === undefined ? hits.at(-1) : undefined
  const shown = useRef(show)
  shown.current = show
  useEffect(() => {
    if (found !== undefined) shown.current(found)
  }, [found])
  const step = (by: number) => {
    if (hits.length > 0) show(hits[(current + by + hits.length) % hits.length])
  }
  const keys = (event: KeyboardEvent) => {
    if (event.key === 'Escape') {
      event.stopPropagation()
      onClose()
    } else if (event.key === 'Enter') {
      event.preventDefault()
      if (at < 0) show(hits.at(-1))
      else step(event.shiftKey ? 1 : -1)
    }
  }
  const outcome = query.trim() === '' ? '' : hits.length === 0 ? 'No hits' : `${current + 1} of ${hits.length}`

  return (
    <search data-slot="find" className="flex flex-wrap items-center gap-1 border-b px-4 py-2" onKeyDown={keys}>
      <Input
        ref={field}
        type="search"
        value={query}
        onChange={(event) => {
          setQuery(event.target.value)
          show(findRows(rows, event.target.value).at(-1), event.target.value)
        }}
        aria-label="Find in this conversation"
        placeholder="Find in this conversation"
        className="h-8 min-w-32 flex-1 [&::-webkit-search-cancel-button]:hidden"
      />
      <output className="min-w-20 px-2 text-right text-xs text-ink-soft tabular-nums">
        {outcome}
        {searching && query.trim() !== '' ? ', looking further back…' : ''}
      </output>
      <Button look="quiet" size="tiny" aria-label="Older hit" disabled={hits.length === 0} onClick={() => step(-1)}>
        <ChevronUp aria-hidden="true" />
      </Button>
      <Button look="quiet" size="tiny" aria-label="Newer hit" disabled={hits.length === 0} onClick={() => step(1)}>
        <ChevronDown aria-hidden="true" />
      </Button>
      <Button look="quiet" size="tiny" aria-label="Close find" onClick={onClose}>
        <X aria-hidden="true" />
      </Button>
    </search>
  )
}
