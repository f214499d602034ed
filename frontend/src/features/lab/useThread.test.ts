import { act, renderHook } from '@testing-library/react'
import { expect, test } from 'vitest'
import { NEW, useThread } from './useThread'

interface Thread {
  id: string
  mine: boolean
}
const KIND = { keyOf: ({ id }: Thread) => id, mine: ({ mine }: Thread) => mine }
const A = { id: 'A', mine: true }
const B = { id: 'B', mine: false }
const C = { id: 'C', mine: true }

function shown(threads: Thread[]) {
  const { result, rerender } = renderHook((now: Thread[]) => useThread(now, KIND), { initialProps: threads })
  return { pane: result, come: (...now: Thread[]) => rerender(now) }
}

test('what moved last is shown, until one has chosen', () => {
  const { pane, come } = shown([A])
  come(B, A)
  expect(pane.current.open).toBe(B)
  act(() => pane.current.choose('A'))
  come(C, B, A)
  expect(pane.current.open).toBe(A)
})

test('who wants a new one keeps it, whatever is there only now or moves meanwhile', () => {
  const { pane, come } = shown([])
  act(() => pane.current.choose(NEW))
  come(A)
  expect(pane.current.value).toBe(NEW)
  come(B, A)
  expect(pane.current.open).toBeUndefined()
})

test('a new one is shown once it is there, and not another one that comes before it', () => {
  const { pane, come } = shown([A])
  act(() => pane.current.choose(NEW))
  act(() => pane.current.write())
  act(() => pane.current.said())
  come(B, A)
  expect(pane.current.value).toBe(NEW)
  come(C, B, A)
  expect(pane.current.open).toBe(C)
  come(B, C, A)
  expect(pane.current.open, 'as ever from then on').toBe(B)
})

test('words go where they were begun, though something else has moved', () => {
  const { pane, come } = shown([A])
  act(() => pane.current.write())
  come(B, A)
  expect(pane.current.open).toBe(A)
  act(() => pane.current.said())
  expect(pane.current.open, 'until they are there').toBe(A)
  come(A, B)
  come(B, A)
  expect(pane.current.open).toBe(B)
})

test('words that begin the first thread of all begin a new one', () => {
  const { pane, come } = shown([])
  act(() => pane.current.write())
  come(B)
  expect(pane.current.value).toBe(NEW)
  act(() => pane.current.said())
  come(C, B)
  expect(pane.current.open).toBe(C)
})
