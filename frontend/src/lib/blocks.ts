// Cuts markdown at its top-level blank lines, so that a growing answer re-renders its last block only.

const DEFINITION = /^ {0,3}\[[^\]\n]+\]:\s/m
const FENCE = /^\s*(?:>\s*)*(?:[-*+]\s+|\d{1,9}[.)]\s+)?(`{3,}|~{3,})/
const BULLET = /^\s{0,3}(?:[-*+]|\d{1,9}[.)])\s/

/** The top-level blocks of `source`, in order; joined they are `source` again. */
export function cutBlocks(source: string): string[] {
  if (DEFINITION.test(source)) return [source]
  const blocks: string[] = []
  let now = ''
  let fence: string | null = null
  let blank = false
  for (const line of source.match(/[^\n]*\n|[^\n]+/g) ?? []) {
    if (blank && fence === null && startsAnew(line, now)) {
      blocks.push(now)
      now = ''
    }
    now += line
    fence = fenceAfter(line, fence)
    blank = fence === null && line.trim() === ''
  }
  if (now) blocks.push(now)
  return blocks
}

function startsAnew(line: string, now: string): boolean {
  if (line.trim() === '' || now.trim() === '') return false
  if (!BULLET.test(now)) return !/^(?: {4}|\t)/.test(line)
  return !BULLET.test(line) && !/^(?: {2}|\t)/.test(line)
}

function fenceAfter(line: string, open: string | null): string | null {
  const mark = FENCE.exec(line)?.[1]
  if (open === null) return mark ?? null
  if (!mark || mark[0] !== open[0] || mark.length < open.length) return open
  return line.replace(/^[\s>]*/, '').trim() === mark ? null : open
}
