import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { fold, furthest, onDelta, type View, viewFrom } from './fold'
import type { ServerFrame } from './protocol'

const folder = `${import.meta.dirname}/../../../e2e/transcripts/`

interface Line {
  after?: number
  frame?: ServerFrame
  view?: View
}

function transcript(name: string) {
  const lines = readFileSync(folder + name, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line)
  const frames = lines.flatMap(({ frame }) => (frame === undefined ? [] : [frame]))
  return { after: lines[0]?.after ?? 0, frames, expected: lines.at(-1)?.view }
}

const names = readdirSync(folder).filter((name) => name.endsWith('.jsonl'))

describe('shared transcripts', () => {
  test('there are some of every kind of trouble', () => {
    expect(names.length).toBeGreaterThanOrEqual(10)
  })

  test.each(names)('%s folds to its view', (name) => {
    const { after, frames, expected } = transcript(name)
    expect(frames.reduce(fold, viewFrom(after))).toEqual(expected)
  })

  test.each(names)('%s changes nothing when its events come twice', (name) => {
    const { after, frames, expected } = transcript(name)
    const twice = frames.flatMap((frame): ServerFrame[] => (frame.t === 'event' ? [frame, frame] : [frame]))
    expect(twice.reduce(fold, viewFrom(after))).toEqual(expected)
  })

  test.each(names)('%s never changes a view in place', (name) => {
    const { after, frames } = transcript(name)
    let view = deepFreeze(viewFrom(after))
    for (const frame of frames) view = deepFreeze(fold(view, deepFreeze(frame)))
    expect(Object.isFrozen(view)).toBe(true)
  })
})

test('a frame that says nothing about the view gives the same object back', () => {
  const view = viewFrom(4)
  const frames: ServerFrame[] = [
    { t: 'typing', c: 'c', name: 'Ana', kind: 'member' },
    { t: 'delta', c: 'c', message: 'm', attempt: 1, at: 0, text: 'x' },
    { t: 'event', c: 'c', seq: 4, at: '', kind: 'hidden', body: {} },
  ]
  for (const frame of frames) expect(fold(view, frame)).toBe(view)
})

test('text cut into any pieces, some of them twice, is the same text', () => {
  const text = 'Grüße 👩‍👩‍👧, 漢字 and 𝒳'
  for (let size = 1; size < 9; size += 1) {
    let view: View = {
      ...viewFrom(1),
      open: { id: 'm', turn: 't', agent: 'a', attempt: 1, pos: 1, text: '', snap: false },
    }
    for (let at = 0; at < text.length; at += size) {
      const from = Math.max(0, at - (size % 3))
      view = onDelta(view, {
        t: 'delta',
        c: 'c',
        message: 'm',
        attempt: 1,
        at: from,
        text: text.slice(from, at + size),
      })
    }
    expect(view.open?.text).toBe(text)
  }
})

test('a receipt that comes late does not take a message down its ladder', () => {
  expect(furthest('read', 'accepted')).toBe('read')
  expect(furthest('accepted', 'read')).toBe('read')
  expect(furthest('delivered', 'dead')).toBe('dead')
  expect(furthest(undefined, 'pending')).toBe('pending')
})

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    Object.values(value).forEach(deepFreeze)
  }
  return value
}
