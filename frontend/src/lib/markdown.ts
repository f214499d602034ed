/**
 * Markdown that grows, shown without ever flashing its own syntax. What is half-open at the end is completed where its
 * meaning is clear (`**bold` is bold already) and held back where it is not (a table's header before its second line).
 */

import remend from 'remend'

/** The text to render now. `streaming` false gives the text as it is: what its author wrote is final. */
export function settle(text: string, streaming: boolean): string {
  if (!streaming) return text
  const { fence, last } = scan(text)
  if (fence !== null) return closeFence(text, fence)
  return complete(holdTable(holdOpening(holdLink(text.slice(0, last) + holdLine(text.slice(last))))))
}

interface Fence {
  readonly mark: string
  /** Where the fence's own line ends. */
  readonly from: number
}

const FENCE = /^(?:[ \t>]|[-*+] |\d{1,9}[.)] )*(`{3,}|~{3,})([^\n]*)$/

/** The fence that is open at the end, if any, and where the last line begins. */
function scan(text: string): { fence: Fence | null; last: number } {
  let fence: Fence | null = null
  let at = 0
  for (;;) {
    const end = text.indexOf('\n', at)
    const line = end < 0 ? text.slice(at) : text.slice(at, end)
    const found = FENCE.exec(line)
    const mark = found?.[1]
    if (mark !== undefined) {
      const info = found?.[2] ?? ''
      if (fence === null) {
        // A backtick in the info string makes it inline code, not a fence.
        if (mark[0] !== '`' || !info.includes('`')) fence = { mark, from: end < 0 ? text.length : end + 1 }
      } else if (mark[0] === fence.mark[0] && mark.length >= fence.mark.length && info.trim() === '') fence = null
    }
    if (end < 0) return { fence, last: at }
    at = end + 1
  }
}

/** Inside code nothing is syntax but the fence: hold back what may become its end, and end it. */
function closeFence(text: string, { mark, from }: Fence): string {
  if (from >= text.length && !text.endsWith('\n')) {
    // The opening line itself is still being written: its language may not be whole, and there is no code yet.
    return text.slice(0, text.lastIndexOf('\n') + 1)
  }
  const body = text.replace(mark[0] === '`' ? /(^|\n)[ \t>]*`{1,}$/ : /(^|\n)[ \t>]*~{1,}$/, '$1')
  const indent = /(?:^|\n)([ \t>]*)[^\n]*$/.exec(text.slice(0, from).trimEnd())?.[1] ?? ''
  return `${body}${body.endsWith('\n') ? '' : '\n'}${indent}${mark}`
}

/** A last line that says nothing yet: marks that may become a list, a rule, a fence, a heading, a quote. */
function holdLine(line: string): string {
  return /^[ \t>]*(?:[-*_+=#~`|]{1,}|\d{1,9}[.)]?)[ \t]*$/.test(line) ? '' : line
}

/** Marks at the very end whose partner or meaning has not come: `**`, a lone backtick, `[`, `![`, `<`. */
function holdOpening(text: string): string {
  return text
    .replace(/!?\[[^\]\n]*\]?$/, (half) => (half.startsWith('!') || !half.endsWith(']') ? textOf(half) : half))
    .replace(/(?<![\\])[*_~`]+$/, (marks, at: number, all: string) => (closes(marks, all.slice(0, at)) ? marks : ''))
}

/** A link whose address is not whole shows its words, a picture nothing. Addresses may hold paired brackets. */
function holdLink(text: string): string {
  const middle = text.lastIndexOf('](')
  const start = text.lastIndexOf('[', middle)
  if (middle < 0 || start < 0) return text
  let depth = 1
  for (const sign of text.slice(middle + 2)) {
    if (sign === '(') depth += 1
    else if (sign === ')') depth -= 1
    if (depth === 0 || sign === '\n') return text
  }
  return text[start - 1] === '!' ? text.slice(0, start - 1) : text.slice(0, start) + text.slice(start + 1, middle)
}

/** What a half-written link shows: its words. A picture shows nothing before it is whole. */
function textOf(half: string): string {
  return half.startsWith('!') ? '' : half.slice(1)
}

/** Whether marks at the end end something that is open on their line. */
function closes(marks: string, before: string): boolean {
  const line = before.slice(before.lastIndexOf('\n') + 1)
  return line.split(marks).length % 2 === 0 && !/\s$/.test(before)
}

/** A table is a table only with its second line whole; until then its header is held back. */
function holdTable(text: string): string {
  const lines = text.split('\n')
  const last = lines.length - 1
  const now = lines[last] ?? ''
  const before = lines[last - 1] ?? ''
  if (isRule(now)) {
    // The rule itself is being written: complete once it has as many cells as the header.
    if (cells(now) >= cells(before) && /\|\s*$/.test(now)) return text
    return lines.slice(0, isRow(before) ? last - 1 : last).join('\n')
  }
  if (isRow(now) && !isTableAbove(lines, last)) return lines.slice(0, last).join('\n')
  if (now === '' && isRow(before) && !isTableAbove(lines, last - 1)) return lines.slice(0, last - 1).join('\n')
  return text
}

const isRow = (line: string) => /^[ \t>]*\|/.test(line)
const isRule = (line: string) => /^[ \t>]*\|[ \t]*:?-*[-:| \t]*$/.test(line) && line.includes('-')
const cells = (line: string) => (line.trim().replace(/^\|/, '').replace(/\|$/, '').match(/\|/g)?.length ?? 0) + 1

function isTableAbove(lines: readonly string[], at: number): boolean {
  for (let i = at - 1; i >= 0 && isRow(lines[i] ?? ''); i -= 1) if (isRule(lines[i] ?? '')) return true
  return false
}

function complete(text: string): string {
  return remend(text, { linkMode: 'text-only', katex: false, comparisonOperators: false })
}
