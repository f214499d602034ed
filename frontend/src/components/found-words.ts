// What Find found, marked in the text itself: the browser paints it, so no element of the thread changes.
import { useEffect } from 'react'

/** What Find points at: a row, and the words in it. */
export interface Hit {
  id: string
  words: string
}

/** Marks the found words, and brings the first of them into view where a long answer hides them. */
export function useFoundWords(scroller: { current: HTMLDivElement | null }, hit: Hit | undefined, shown: number) {
  const { id, words } = hit ?? {}
  // biome-ignore lint/correctness/useExhaustiveDependencies: rows that come into the document are looked through too
  useEffect(() => {
    if (id === undefined || !words || !('highlights' in CSS)) return
    const timer = setTimeout(() => {
      const row = scroller.current?.querySelector(`[data-id="${CSS.escape(id)}"]`)
      const ranges = row ? rangesOf(row, words.trim().toLowerCase()) : []
      CSS.highlights.set('found', new Highlight(...ranges))
      ranges[0]?.startContainer.parentElement?.scrollIntoView({ block: 'nearest' })
    }, 50)
    return () => {
      clearTimeout(timer)
      CSS.highlights.delete('found')
    }
  }, [id, words, scroller, shown])
}

function rangesOf(within: Element, words: string): Range[] {
  const ranges: Range[] = []
  const walker = document.createTreeWalker(within, NodeFilter.SHOW_TEXT)
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const text = node.textContent?.toLowerCase() ?? ''
    for (let at = text.indexOf(words); at >= 0; at = text.indexOf(words, at + words.length)) {
      const range = document.createRange()
      range.setStart(node, at)
      range.setEnd(node, Math.min(at + words.length, node.textContent?.length ?? 0))
      ranges.push(range)
    }
  }
  return ranges
}
