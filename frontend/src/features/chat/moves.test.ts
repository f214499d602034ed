import { expect, test } from 'vitest'
import type { BoundBody, EventFrame } from '@/live/protocol'
import { movesOf } from './moves'

const me = { kind: 'person', name: 'Maya' } as const
const at = '2026-11-21T12:00:00.000Z'
const bound = (seq: number, body: Partial<BoundBody>): EventFrame => ({
  t: 'event',
  c: 'c',
  seq,
  at,
  kind: 'bound',
  body: { by: { kind: 'person', name: 'Maya' }, to: 'slack', origin: 'web', ...body },
})
const notice = (seq: number, id: string, only?: string): EventFrame => ({
  t: 'event',
  c: 'c',
  seq,
  at,
  kind: 'message',
  body: {
    id,
    author: { kind: 'system', name: 'Throughline' },
    channel: 'slack',
    text: 'We go on here.',
    purpose: 'notice',
    ...(only === undefined ? {} : { only }),
  },
})

test.each<[Partial<BoundBody>, string]>([
  [{}, 'you moved the talk'],
  [{ why: 'followed' }, 'the talk followed you'],
  [{ by: { kind: 'member', name: 'Ana' } }, 'Ana moved the talk'],
  [{ by: { kind: 'system', name: 'Throughline' } }, 'the talk was moved'],
  [{ by: { kind: 'system', name: 'Throughline' }, why: 'followed' }, 'the talk followed the person'],
  [{ why: 'off', origin: 'slack', to: 'web' }, 'Slack is not to be used any more'],
])('%o is said as: %s', (body, words) => {
  expect(movesOf([bound(4, body)], me).why.get(4)).toBe(words)
})

test('to a member the person has a name', () => {
  const member = { kind: 'member', name: 'Ana' } as const
  expect(movesOf([bound(4, {})], member).why.get(4)).toBe('Maya moved the talk')
  expect(movesOf([bound(4, { by: member })], member).why.get(4)).toBe('you moved the talk')
})

test('the beginning of a talk is no move', () => {
  expect(movesOf([bound(1, { why: 'started' })], me).why.size).toBe(0)
})

test('the opening on the new channel is said by the switch point; other notices stay', () => {
  const { openings } = movesOf(
    [notice(3, 'far', 'b-2'), bound(8, {}), notice(9, 'opening', 'b-2'), notice(10, 'for all')],
    me,
  )
  expect([...openings]).toEqual(['opening'])
})
