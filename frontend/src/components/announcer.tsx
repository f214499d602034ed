// The one polite live region: it tells of answers that stand, never of every token.
import { useEffect, useRef, useState } from 'react'
import { channelName } from '@/lib/channels'
import { partWords } from '@/lib/files'
import { usePreference } from '@/lib/preferences'
import type { HopRow, LostRow, MessageRow, Row } from '@/lib/thread'
import { plainWords } from '@/lib/words'

/** So much of a settled answer is read out; the rest is there to be read. */
const SAID = 400
/** A move further up than this was not made just now: earlier rows were loaded. */
const NEW = 4

export function Announcer({ rows }: { rows: readonly Row[] }) {
  const [wholeAnswers] = usePreference('wholeAnswers')
  const [words, setWords] = useState('')
  const states = useRef<ReadonlyMap<string, string> | null>(null)
  const moved = useRef<string | null>(null)
  const broke = useRef<ReadonlySet<string> | null>(null)

  useEffect(() => {
    const before = states.current
    const messages = rows.filter((row): row is MessageRow => row.kind === 'message' && !row.mine)
    states.current = new Map(messages.map((row) => [row.id, row.state]))
    const move = rows.findLast((row) => row.kind === 'switch')
    const movedBefore = moved.current
    moved.current = move?.id ?? ''
    const breaks = rows.filter((row): row is HopRow | LostRow => row.kind === 'hop' || row.kind === 'lost')
    const known = broke.current
    broke.current = new Set([...(known ?? []), ...breaks.map((row) => row.id)])
    if (before === null) return
    const broken = breaks.findLast((row) => !known?.has(row.id) && rows.slice(-NEW).includes(row))
    if (broken !== undefined)
      void import('@/lib/hops').then(
        ({ hopWords, lostWords }) => setWords(broken.kind === 'hop' ? `${hopWords(broken)}.` : lostWords(broken)),
        () => undefined,
      )
    if (move !== undefined && move.id !== movedBefore && rows.slice(-NEW).includes(move))
      setWords(`Now on ${channelName(move.to)}.`)
    for (const row of messages.slice(-3)) {
      const was = before.get(row.id)
      if (row.state === 'streaming' && was === undefined && !wholeAnswers) setWords(`${row.name} is answering.`)
      if (row.state !== 'streaming' && was !== row.state) setWords(settled(row, wholeAnswers))
    }
  }, [rows, wholeAnswers])

  return (
    <div data-slot="announcer" aria-live="polite" aria-atomic="true" className="sr-only">
      {words}
    </div>
  )
}

function settled(row: MessageRow, whole: boolean): string {
  const text = [plainWords(row.text), ...(row.parts ?? []).map(partWords)].filter(Boolean).join(', ')
  const said = whole || text.length <= SAID ? text : `${text.slice(0, SAID)}… The whole answer is in the conversation.`
  return `${row.name}${row.state === 'stopped' ? ', stopped' : ''}: ${said}`
}
