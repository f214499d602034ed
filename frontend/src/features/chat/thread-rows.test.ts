import { expect, test } from 'vitest'
import type { ChannelName, MessageView, OutboxItem, View } from './contract'
import { rowMaker } from './thread-rows'

const me = { kind: 'person', name: 'Maya' } as const

const message = (id: string, pos: number, more: Partial<MessageView> = {}): MessageView => ({
  id,
  seq: pos,
  pos,
  at: '2026-11-21T12:00:00.000Z',
  author: 'person',
  name: 'Maya',
  purpose: 'reply',
  channel: 'web',
  text: id,
  parts: [],
  stopped: false,
  turn: null,
  reply_to: null,
  delivery: {},
  ...more,
})

const view = (more: Partial<View> = {}): View => ({
  seq: 9,
  status: 'active',
  agent: 'idle',
  channel: 'web',
  messages: [],
  open: null,
  switches: [],
  hops: [],
  gap: false,
  ...more,
})

const waiting = (id: string, more: Partial<OutboxItem> = {}): OutboxItem => ({
  id,
  conversation: 'c',
  text: id,
  state: 'waiting',
  at: 0,
  ...more,
})

test('an open message stands where its turn began, before what was said later', () => {
  const open = { id: 'o', turn: 't', agent: 'Guide', attempt: 1, pos: 3, text: 'Half', snap: false }
  const rows = rowMaker(me)(view({ messages: [message('a', 2), message('b', 4)], open }), [], null)
  expect(rows.map((row) => row.id)).toEqual(['a', 'o', 'b'])
  expect(rows[1]).toMatchObject({ state: 'streaming', text: 'Half', name: 'Guide' })
})

test('what waits hangs at the end, with the reason when it was refused', () => {
  const outbox = [
    waiting('x'),
    waiting('y', { state: 'failed', fault: { code: 'bad_text', detail: 'It cannot be kept.' } }),
  ]
  const rows = rowMaker(me)(view({ messages: [message('a', 2)] }), outbox, null)
  expect(rows.slice(1)).toMatchObject([
    { id: 'x', state: 'waiting', mine: true },
    { id: 'y', state: 'failed', reason: 'It cannot be kept.' },
  ])
})

test('a move stands between the messages it came between', () => {
  const switches = [{ seq: 3, at: '2026-11-21T12:00:00.000Z', origin: 'web', to: 'slack', why: 'asked' }] as const
  const rows = rowMaker(me)(
    view({ messages: [message('a', 2), message('b', 4, { channel: 'slack' })], switches }),
    [],
    null,
  )
  expect(rows.map((row) => row.kind)).toEqual(['message', 'switch', 'message'])
})

test('the divider stands before the first unread message and counts those of others', () => {
  const agent = { author: 'agent', name: 'Guide' } as const
  const messages = [message('a', 1), message('b', 2, agent), message('c', 3), message('d', 4, agent)]
  const rows = rowMaker(me)(view({ messages }), [], 'b')
  expect(rows.map((row) => row.id)).toEqual(['a', 'unread', 'b', 'c', 'd'])
  expect(rows[1]).toMatchObject({ kind: 'unread', count: 2 })
})

test('mine are sent, an answer is final or stopped, another member’s is received', () => {
  const messages = [
    message('a', 1),
    message('b', 2, { author: 'agent', stopped: true }),
    message('c', 3, { author: 'agent' }),
    message('d', 4, { author: 'member', name: 'Ana' }),
  ]
  const rows = rowMaker(me)(view({ messages }), [], null)
  expect(rows.map((row) => (row.kind === 'message' ? row.state : null))).toEqual([
    'sent',
    'stopped',
    'final',
    'received',
  ])
})

test('a message that no channel could take is an open end', () => {
  const rows = rowMaker(me)(
    view({
      messages: [
        message('a', 1, { delivery: { gmail: 'dead' } }),
        message('b', 2, { delivery: { web: 'read', gmail: 'dead' } }),
      ],
    }),
    [],
    null,
  )
  expect(rows.map(({ kind, id }) => `${kind} ${id}`)).toEqual(['message a', 'lost lost-a', 'message b'])
  expect(rows.map((row) => row.kind === 'message' && row.broken === true)).toEqual([true, false, false])
})

test('what the log says is kept back is shown after a reload, to members with its open end', () => {
  const kept = view({ messages: [message('a', 1, { delivery: { whatsapp: 'held' } })] })
  const member = { ...me, kind: 'member' } as const
  expect(rowMaker(member)(kept, [], null).map(({ kind, id }) => `${kind} ${id}`)).toEqual(['message a', 'lost lost-a'])
  expect(rowMaker(me)(kept, [], null)).toMatchObject([{ standings: [{ channel: 'whatsapp', state: 'held' }] }])
})

const hop = (over: string, seq: number, to: ChannelName, origin: ChannelName = 'whatsapp') =>
  ({
    message: over,
    seq,
    at: '2026-11-21T12:00:00.000Z',
    origin,
    to,
    reason: 'not_confirmed',
    late: false,
    until: null,
  }) as const

test('what waits for the end of quiet hours waits until the log or a frame says more', () => {
  const hops = [{ ...hop('a', 2, 'sms'), until: '2026-11-22T06:00:00.000Z' }]
  const shown = (delivery: MessageView['delivery'], ...states: readonly ('pending' | 'sending')[]) => {
    const told = new Map([['a', states.map((state) => ({ channel: 'sms', state, logged: false }) as const)]])
    const rows = rowMaker(me)(view({ messages: [message('a', 1, { delivery })], hops }), [], null, told)
    return rows.flatMap((row) => (row.kind === 'hop' ? [row.waiting] : []))
  }
  expect(shown({})).toEqual(['on'])
  expect(shown({}, 'pending')).toEqual(['on'])
  expect(shown({}, 'sending')).toEqual(['over'])
  expect(shown({ sms: 'delivered' })).toEqual(['over'])
  expect(shown({ sms: 'passed' })).toEqual(['spared'])
})

test('each way that a message went stands below it, in order, also while it is being written', () => {
  const open = { id: 'o', turn: 't', agent: 'Guide', attempt: 1, pos: 4, text: 'Half', snap: false }
  const rows = rowMaker(me)(
    view({
      messages: [message('a', 1), message('b', 2), message('c', 3)],
      open,
      hops: [hop('b', 5, 'gmail'), hop('o', 6, 'sms'), hop('b', 7, 'slack', 'gmail')],
    }),
    [],
    null,
  )
  expect(rows.map((row) => row.id)).toEqual(['a', 'b', 'hop-5', 'hop-7', 'c', 'o', 'hop-6'])
  expect(rows[3]).toMatchObject({ kind: 'hop', from: 'gmail', to: 'slack', reason: 'not_confirmed', reader: 'person' })
})

test('what passed on has not failed: beside it stands where it went', () => {
  const delivery = { whatsapp: 'passed', gmail: 'accepted' } as const
  const rows = rowMaker(me)(view({ messages: [message('a', 1, { delivery })], hops: [hop('a', 2, 'gmail')] }), [], null)
  expect(rows[0]).toMatchObject({ standings: [{ channel: 'gmail' }, { channel: 'whatsapp', state: 'passed' }] })
  expect(rows[0]).not.toHaveProperty('broken')
  expect(rows.some((row) => row.kind === 'lost')).toBe(false)
})

test('what the person had already is bridged to there', () => {
  const delivery = { whatsapp: 'passed', slack: 'accepted', web: 'accepted' } as const
  const told = new Map([
    ['a', [{ channel: 'whatsapp', state: 'passed', reason: 'already_there', logged: true }] as const],
  ])
  const rows = rowMaker(me)(view({ messages: [message('a', 1, { delivery })] }), [], null, told)
  expect(rows[1]).toMatchObject({ kind: 'hop', from: 'whatsapp', to: 'slack', reason: 'already_there', at: null })
})

test('what arrived late somewhere is not lost, and neither is what waits again', () => {
  const late = message('a', 1, { delivery: { whatsapp: 'delivered', gmail: 'dead' } })
  const resent = message('b', 2, { delivery: { gmail: 'dead' } })
  const mirror = message('c', 3, { delivery: { web: 'accepted' } })
  const told = new Map([
    ['b', [{ channel: 'gmail', state: 'pending', logged: false }] as const],
    ['c', [{ channel: 'slack', state: 'dead', logged: false }] as const],
  ])
  const rows = rowMaker(me)(view({ messages: [late, resent, mirror] }), [], null, told)
  expect(rows.map((row) => row.kind)).toEqual(['message', 'message', 'message'])
})

test('what is kept back is for members to decide', () => {
  const messages = [message('a', 1, { delivery: { whatsapp: 'ambiguous' } })]
  const told = new Map([['a', [{ channel: 'whatsapp', state: 'held', reason: 'no_echo', logged: false }] as const]])
  const kinds = (kind: 'person' | 'member') =>
    rowMaker({ kind, name: 'X' })(view({ messages }), [], null, told).map((row) => row.kind)
  expect(kinds('person')).toEqual(['message'])
  expect(kinds('member')).toEqual(['message', 'lost'])
})

test('settled messages keep their row objects, so that only what changed is drawn again', () => {
  const rows = rowMaker(me)
  const a = message('a', 1)
  expect(rows(view({ messages: [a] }), [], null)[0]).toBe(rows(view({ messages: [a, message('b', 2)] }), [], null)[0])
})

test('what was told lies over the log, and only the row it is about is made anew', () => {
  const rows = rowMaker(me)
  const shown = view({ messages: [message('a', 1), message('b', 2, { author: 'agent', delivery: { web: 'read' } })] })
  const [first, second] = rows(shown, [], null)
  expect(second).not.toHaveProperty('standings')
  const told = new Map([['b', [{ channel: 'slack', state: 'sending', logged: false }] as const]])
  const after = rows(shown, [], null, told)
  expect(after[0]).toBe(first)
  expect(after[1]).toMatchObject({
    standings: [
      { channel: 'slack', state: 'sending' },
      { channel: 'web', state: 'read' },
    ],
  })
})

test('a switch point says why, and stands for the notice that opened the talk there', () => {
  const switches = [{ seq: 3, at: '2026-11-21T12:00:00.000Z', origin: 'web', to: 'slack', why: 'asked' }] as const
  const opening = message('n', 4, { author: 'system', purpose: 'notice' })
  const moves = { why: new Map([[3, 'you moved the talk']]), openings: new Set(['n']) }
  const rows = rowMaker(me)(view({ messages: [message('a', 2), opening], switches }), [], null, undefined, moves)
  expect(rows.map((row) => row.id)).toEqual(['a', 'switch-3'])
  expect(rows[1]).toMatchObject({ why: 'you moved the talk' })
})

test('what is attached stands in its row, before it is in the log and after', () => {
  const part = { id: 'f', type: 'image', name: 'roof.png', media_type: 'image/png', size: 9 } as const
  const rows = rowMaker(me)(
    view({ messages: [message('a', 2, { parts: [part] }), message('b', 3)] }),
    [waiting('x', { text: '', parts: [part] })],
    null,
  )
  expect(rows.map((row) => row.kind === 'message' && row.parts)).toEqual([[part], undefined, [part]])
})
