// The small tree of marks, drawn: our own elements around somebody's words, never their HTML.
import { createElement, Fragment, type ReactNode } from 'react'
import { ExternalLink } from '@/components/external-link'
import type { Kind, Marked } from './marks'

const LOOKS: Readonly<Record<Kind, string | undefined>> = {
  strong: 'font-semibold',
  em: 'italic',
  s: 'line-through',
  u: 'underline',
  code: 'font-mono text-xs',
  pre: 'my-1 block overflow-x-auto rounded-small bg-hover p-2 font-mono text-xs whitespace-pre',
  blockquote: 'my-1 block border-l-2 border-edge pl-2 text-ink-soft',
}

export function MarkedText({ marks }: { marks: readonly Marked[] }) {
  return createElement(Fragment, null, ...marks.map((mark, at) => drawn(beside(mark, marks[at - 1], marks[at + 1]))))
}

/** A block begins a line by itself: the line's end in the words beside it would be an empty line. */
function beside(mark: Marked, before: Marked | undefined, after: Marked | undefined): Marked {
  if (typeof mark !== 'string') return mark
  const words = isBlock(before) ? mark.replace(/^\n/, '') : mark
  return isBlock(after) ? words.replace(/\n$/, '') : words
}

function isBlock(mark: Marked | undefined): boolean {
  return typeof mark === 'object' && (mark.kind === 'pre' || mark.kind === 'blockquote')
}

function drawn(mark: Marked): ReactNode {
  if (typeof mark === 'string') return mark
  const inside = mark.inside.map(drawn)
  if (mark.kind === 'a') return <ExternalLink href={mark.href}>{createElement(Fragment, null, ...inside)}</ExternalLink>
  // Their long lines scroll: the keyboard must reach them.
  const more = mark.kind === 'pre' ? { tabIndex: 0 } : {}
  return createElement(mark.kind, { className: LOOKS[mark.kind], ...more }, ...inside)
}
