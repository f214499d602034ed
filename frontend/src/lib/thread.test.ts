import { expect, test } from 'vitest'
import { findRows, lineItem, type MessageRow } from './thread'

const row = (id: string, text: string, more: Partial<MessageRow> = {}): MessageRow => ({
  kind: 'message',
  id,
  author: 'agent',
  mine: false,
  name: 'Guide',
  channel: 'web',
  text,
  at: null,
  state: 'final',
  ...more,
})

test('find goes by words, not by case or accents', () => {
  const rows = [row('a', 'Café at NOON'), row('b', 'nothing'), row('c', 'the cafe')]
  expect(findRows(rows, ' CAFE ')).toEqual(['a', 'c'])
})

test('find for nothing finds nothing', () => {
  expect(findRows([row('a', 'x')], '  ')).toEqual([])
})

test('only what is not in the log hangs on the line', () => {
  const hangs = (state: MessageRow['state']) => lineItem(row('a', '', { state })).hangs
  expect([hangs('waiting'), hangs('failed')]).toEqual([true, true])
  expect([hangs('sending'), hangs('sent'), hangs('streaming')]).toEqual([false, false, false])
})

test('a system line is text on the rail, not a node', () => {
  expect(lineItem(row('a', '', { author: 'system' })).kind).toBe('mark')
})
