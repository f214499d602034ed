import { expect, test } from 'vitest'
import type { ConversationPage, ConversationShown, UserShown } from '@/api/shapes'
import type { EventFrame } from '@/live/protocol'
import { withEvents } from './list'

const NOON = '2026-11-21T12:00:00Z'
const LATER = '2026-11-21T12:05:00Z'
const me = { kind: 'person' } as UserShown
const item = (id: string): ConversationShown => ({
  id,
  title: id,
  status: 'active',
  agent: 'Guide',
  person_name: 'Carla',
  head: 4,
  created_at: NOON,
  updated_at: NOON,
  trace: [{ author: 'agent', channel: 'whatsapp' }],
  preview: 'Hello',
  unread: 0,
})
const page: ConversationPage = { items: [item('c-1'), item('c-2')], next: null }
const frame = (seq: number, rest: object) => ({ t: 'event', c: 'c-2', seq, at: LATER, ...rest }) as EventFrame
const hop = frame(5, {
  kind: 'failed_over',
  body: { message: 'm', origin: 'whatsapp', to: 'gmail', binding: 'b', reason: 'x' },
})
const state = (seq: number, to: string) =>
  frame(seq, { kind: 'delivery', body: { messages: ['m'], binding: 'b', channel: 'sms', state: to } })

test('a failover is a break on the small line, once, and brings its conversation up', () => {
  const after = withEvents(withEvents(page, 'c-2', [hop], me), 'c-2', [hop], me)
  expect(after.items.map(({ id }) => id)).toEqual(['c-2', 'c-1'])
  expect(after.items[0]).toMatchObject({ head: 5, updated_at: LATER, preview: 'Hello', unread: 0 })
  expect(after.items[0]?.trace).toEqual([
    { author: 'agent', channel: 'whatsapp' },
    { author: 'system', channel: 'gmail', broke: 'hop' },
  ])
})

test('what got through nowhere is an open end, and moves nothing; other receipts are no break', () => {
  const after = withEvents(page, 'c-2', [state(5, 'delivered'), state(6, 'dead')], me)
  expect(after.items.map(({ id }) => id)).toEqual(['c-1', 'c-2'])
  expect(after.items[1]?.trace.slice(1)).toEqual([{ author: 'system', channel: 'sms', broke: 'lost' }])
})
