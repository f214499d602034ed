import 'fake-indexeddb/auto'
import { QueryClient } from '@tanstack/react-query'
import { HttpResponse, http } from 'msw'
import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { Keeper } from '@/api/keeper'
import type { ConversationPage, ConversationShown, UserShown } from '@/api/shapes'
import type { EventFrame, ServerFrame } from '@/live/protocol'
import { FakeWebSocket } from '@/test/fake-websocket'
import { LIST } from './keys'
import { Talk } from './talk'
import { whole } from './thread'

const ME: UserShown = { id: 'u-1', kind: 'person', role: 'customer', name: 'Carla' }
const origin = location.origin
let log: EventFrame[] = []
const server = setupServer(
  http.post(`${origin}/api/v1/socket/ticket`, () => HttpResponse.json({ ticket: 'T', expires_in: 30 })),
  http.post(`${origin}/api/v1/auth/refresh`, () => HttpResponse.json({ access_token: 'A', expires_in: 300, user: ME })),
  http.get(`${origin}/api/v1/conversations/c-1/events`, ({ request }) => {
    const query = new URL(request.url).searchParams
    const after = Number(query.get('after'))
    const items = log.filter((event) => event.seq > after).slice(0, 3)
    const last = items.at(-1)?.seq ?? log.length
    return HttpResponse.json({ epoch: 'e', head: log.length, items, next: last < log.length ? last : null })
  }),
)
beforeAll(() => server.listen({ onUnhandledRequest: 'error' }))
afterAll(() => server.close())

const cache = new QueryClient()
let talk: Talk
let frames: FrameRequestCallback[] = []
const ends: string[] = []

beforeEach(() => {
  frames = []
  ends.length = FakeWebSocket.all.length = 0
  log = []
  vi.stubGlobal('WebSocket', FakeWebSocket)
  vi.stubGlobal('requestAnimationFrame', (callback: FrameRequestCallback) => frames.push(callback))
  vi.stubGlobal('cancelAnimationFrame', () => undefined)
  talk = new Talk(ME, new Keeper(), cache, (end) => ends.push(end))
})

afterEach(() => {
  talk.stop()
  cache.clear()
  server.resetHandlers()
  vi.unstubAllGlobals()
})

function paint(): void {
  for (const callback of frames.splice(0)) callback(0)
}

async function live(): Promise<FakeWebSocket> {
  const before = FakeWebSocket.all.length
  talk.socket.start()
  await vi.waitFor(() => expect(FakeWebSocket.all.length).toBe(before + 1))
  FakeWebSocket.last.welcome()
  return FakeWebSocket.last
}

const at = '2026-11-21T09:00:00.000Z'
const said = (seq: number, id: string, text: string, kind: 'person' | 'agent' = 'agent', pos = seq): EventFrame => ({
  t: 'event',
  c: 'c-1',
  seq,
  at,
  kind: 'message',
  body: { id, author: { kind, name: kind }, channel: 'web', text, pos },
})
const turn = (seq: number, attempt = 1): EventFrame => ({
  t: 'event',
  c: 'c-1',
  seq,
  at,
  kind: 'turn_started',
  body: { turn: 't-1', message: 'm-9', agent: 'Guide', attempt },
})
const delta = (offset: number, text: string): ServerFrame => ({
  t: 'delta',
  c: 'c-1',
  message: 'm-9',
  attempt: 1,
  at: offset,
  text,
})
const watching = (after: number, head: number, recovered = true): ServerFrame => ({
  t: 'watching',
  c: 'c-1',
  epoch: 'e',
  head,
  after,
  recovered,
})
const shown = (id: string, head: number, unread = 0): ConversationShown => ({
  id,
  title: id,
  status: 'active',
  agent: 'Guide',
  person_name: 'Carla',
  head,
  created_at: at,
  updated_at: at,
  trace: [],
  preview: '',
  unread,
})
const texts = () => talk.thread('c-1')?.view.messages.map((message) => message.text)
const list = () => cache.getQueryData<ConversationPage>(LIST)?.items
const hear = (ws: FakeWebSocket, ...all: ServerFrame[]) => {
  for (const frame of all) ws.say(frame)
  paint()
}

test('an opened conversation is watched, folded and whole when its head is reached', async () => {
  const ws = await live()
  talk.open('c-1')
  expect(ws.of('watch')).toEqual([{ t: 'watch', c: 'c-1' }])
  hear(ws, watching(0, 2), said(1, 'm-1', 'Hello', 'person'))
  const half = talk.thread('c-1')
  expect(half && whole(half)).toBe(false)
  hear(ws, said(2, 'm-2', 'Good morning'))
  const all = talk.thread('c-1')
  expect(all && whole(all)).toBe(true)
  expect(texts()).toEqual(['Hello', 'Good morning'])
})

test('a burst of deltas is one change of the cache', async () => {
  const ws = await live()
  talk.open('c-1')
  hear(ws, watching(0, 1), turn(1))
  let changes = 0
  const stop = cache.getQueryCache().subscribe((event) => {
    if (event.type === 'updated' && event.query.queryKey[0] === 'thread') changes += 1
  })
  for (let i = 0; i < 40; i += 1) ws.say(delta(i, 'x'))
  expect(talk.thread('c-1')?.view.open?.text).toBe('')
  paint()
  stop()
  expect(changes).toBe(1)
  expect(talk.thread('c-1')?.view.open?.text).toBe('x'.repeat(40))
})

test('a missing event is asked for once, and a missing piece of text too', async () => {
  const ws = await live()
  talk.open('c-1')
  hear(ws, watching(0, 1), turn(1))
  hear(ws, said(3, 'm-3', 'three'), said(4, 'm-4', 'four'))
  hear(ws, said(5, 'm-5', 'five'))
  expect(ws.of('watch').slice(1)).toEqual([{ t: 'watch', c: 'c-1', after: 1 }])
  hear(ws, delta(5, 'later'))
  hear(ws, delta(10, 'still'))
  expect(ws.of('snap')).toEqual([{ t: 'snap', c: 'c-1', message: 'm-9' }])
  hear(
    ws,
    watching(1, 5),
    said(2, 'm-2', 'two'),
    said(3, 'm-3', 'three'),
    said(4, 'm-4', 'four'),
    said(5, 'm-5', 'five'),
  )
  expect(texts()).toEqual(['two', 'three', 'four', 'five'])
  hear(ws, { t: 'snapshot', c: 'c-1', message: 'm-9', attempt: 1, at: 15, text: 'now laterstill' })
  expect(talk.thread('c-1')?.view.open).toMatchObject({ text: 'now laterstill', snap: false })
})

test('what came back resumes from where it stood; what cannot be recovered starts over', async () => {
  const ws = await live()
  talk.open('c-1')
  hear(ws, watching(0, 1), said(1, 'm-1', 'before'))
  ws.drop()
  window.dispatchEvent(new Event('online'))
  await vi.waitFor(() => expect(FakeWebSocket.all).toHaveLength(2))
  const back = FakeWebSocket.last
  back.welcome()
  expect(back.of('hello')[0]?.resume).toEqual([{ c: 'c-1', epoch: 'e', seq: 1 }])
  expect(back.of('watch')).toEqual([])
  hear(back, { ...watching(90, 90, false), epoch: 'restored' } as ServerFrame)
  expect(back.of('watch')).toEqual([{ t: 'watch', c: 'c-1' }])
  hear(back, { ...watching(89, 90), epoch: 'restored' } as ServerFrame, said(90, 'm-90', 'after'))
  expect(texts()).toEqual(['after'])
})

test('the list follows its conversations without opening them', async () => {
  const ws = await live()
  cache.setQueryData<ConversationPage>(LIST, { items: [shown('c-2', 3), shown('c-1', 7)], next: null })
  talk.follow(list() ? { items: list() ?? [], next: null } : { items: [], next: null })
  expect(ws.of('watch')).toContainEqual({ t: 'watch', c: 'c-1', after: 7 })
  hear(ws, watching(7, 7), said(8, 'm-8', 'News for you'), said(8, 'm-8', 'News for you'))
  expect(list()?.[0]).toMatchObject({ id: 'c-1', head: 8, unread: 1, preview: 'News for you' })
  expect(list()?.[0]?.trace).toEqual([{ author: 'agent', channel: 'web' }])
  expect(ws.of('got')).toEqual([{ t: 'got', c: 'c-1', seq: 8 }])
  hear(ws, { t: 'seen', c: 'c-1', seq: 8 })
  expect(list()?.[0]?.unread).toBe(0)
})

test('opening a followed conversation starts it over from its last messages', async () => {
  const ws = await live()
  talk.follow({ items: [shown('c-1', 7)], next: null })
  hear(ws, watching(7, 7), said(8, 'm-8', 'eight'))
  talk.open('c-1')
  expect(ws.of('watch').at(-1)).toEqual({ t: 'watch', c: 'c-1' })
  hear(ws, watching(5, 8), said(6, 'm-6', 'six'), said(7, 'm-7', 'seven'), said(8, 'm-8', 'eight'))
  expect(texts()).toEqual(['six', 'seven', 'eight'])
  expect(ws.of('got').map((frame) => frame.seq)).toEqual([8, 8])
})

test('reading tells the server once, and unread marks go', async () => {
  const ws = await live()
  cache.setQueryData<ConversationPage>(LIST, { items: [shown('c-1', 0)], next: null })
  talk.open('c-1')
  hear(ws, watching(0, 1), said(1, 'm-1', 'Hello'))
  expect(list()?.[0]?.unread).toBe(1)
  talk.seen('c-1')
  talk.seen('c-1')
  expect(ws.of('seen')).toEqual([{ t: 'seen', c: 'c-1', seq: 1 }])
  expect(list()?.[0]?.unread).toBe(0)
})

test('earlier events go before what is here, and an answer in mid-stream keeps its text', async () => {
  log = [...Array(7).keys()].map((i) => said(i + 1, `m-${i + 1}`, `${i + 1}`))
  const ws = await live()
  talk.open('c-1')
  hear(ws, watching(6, 7), said(7, 'm-7', '7'), turn(8), delta(0, 'half an ans'))
  await talk.earlier('c-1', false)
  expect(texts()).toEqual(['1', '2', '3', '4', '5', '6', '7'])
  expect(talk.thread('c-1')).toMatchObject({ base: 0, view: { agent: 'streaming', open: { text: 'half an ans' } } })
  hear(ws, delta(11, 'wer'), said(9, 'm-9', 'half an answer', 'agent', 8))
  expect(texts()?.at(-1)).toBe('half an answer')
})

test('stop names the running turn and is over when the turn is', async () => {
  const ws = await live()
  talk.open('c-1')
  talk.stopTurn('c-1')
  expect(ws.of('stop')).toEqual([])
  hear(ws, watching(0, 1), turn(1))
  talk.stopTurn('c-1')
  expect(ws.of('stop')).toMatchObject([{ c: 'c-1', turn: 't-1' }])
  expect(talk.stopping.get().get('c-1')).toBe('t-1')
  hear(ws, { t: 'event', c: 'c-1', seq: 2, at, kind: 'turn_ended', body: { turn: 't-1', outcome: 'stopped' } })
  expect(talk.stopping.get().size).toBe(0)
})

test('a conversation that is not ours is missing, whatever the reason', async () => {
  const ws = await live()
  talk.open('c-1')
  hear(ws, { t: 'nack', of: 'watch', c: 'c-1', code: 'unknown_conversation', detail: 'No.' })
  expect(talk.thread('c-1')?.fault).toBe('missing')
})

test('over the limit the words go back into the draft, before what was written since', async () => {
  const ws = await live()
  talk.drafts.set('c-1', '')
  const result = talk.say('c-1', 'the thirty-first')
  await vi.waitFor(() => expect(ws.of('say')).toHaveLength(1))
  talk.drafts.set('c-1', 'and more')
  const id = ws.of('say')[0]?.id ?? ''
  ws.say({ t: 'nack', id, code: 'rate_limited', detail: 'Slow down.', retry_after: 9 })
  expect(await result).toMatchObject({ kind: 'limited', retry_after: 9 })
  expect(talk.drafts.of('c-1').get()).toBe('the thirty-first\nand more')
  expect(talk.limitedUntil.get()).toBeGreaterThan(Date.now())
})

test('a sent message leaves the outbox when the log shows it, under the same id', async () => {
  const ws = await live()
  talk.open('c-1')
  hear(ws, watching(0, 0))
  const result = talk.say('c-1', 'Hello')
  await vi.waitFor(() => expect(ws.of('say')).toHaveLength(1))
  const id = ws.of('say')[0]?.id ?? ''
  ws.say({ t: 'ack', id, c: 'c-1', seq: 1 })
  await result
  expect(talk.outbox.items.get().map((item) => [item.id, item.state])).toEqual([[id, 'sent']])
  hear(ws, said(1, id, 'Hello', 'person'))
  expect(talk.outbox.items.get()).toEqual([])
  expect(talk.thread('c-1')?.view.messages[0]?.id).toBe(id)
})

test('a session that was ended elsewhere is told', async () => {
  const ws = await live()
  ws.drop(4501)
  expect(ends).toEqual(['signed_out'])
})

test('a delivery that is told shows at once, the fold stays the log’s, and the log has the last word', async () => {
  const ws = await live()
  talk.open('c-1')
  hear(ws, watching(0, 1), said(1, 'm-1', 'Hello'))
  const told = talk.telling.of('c-1')
  const frame = { t: 'delivery', c: 'c-1', message: 'm-1', binding: 'b', channel: 'slack', at } as const
  ws.say({ ...frame, state: 'sending' })
  expect(told.get().get('m-1')).toMatchObject([{ channel: 'slack', state: 'sending' }])
  expect(talk.thread('c-1')?.view.messages[0]?.delivery).toEqual({})
  hear(ws, {
    t: 'event',
    c: 'c-1',
    seq: 2,
    at,
    kind: 'delivery',
    body: { messages: ['m-1'], binding: 'b', channel: 'slack', state: 'dead', reason: 'token_revoked' },
  })
  ws.say({ ...frame, state: 'sending' })
  expect(told.get().get('m-1')).toMatchObject([{ state: 'dead', reason: 'token_revoked' }])
})

test('what was told and not logged is forgotten with the link', async () => {
  const ws = await live()
  ws.say({ t: 'delivery', c: 'c-1', message: 'm-1', binding: 'b', channel: 'slack', state: 'sending', at })
  ws.drop()
  expect(talk.telling.of('c-1').get().size).toBe(0)
})

test('a move without a link is refused at once, and one that is never answered after a while', async () => {
  expect(await talk.bind('c-1', 'slack')).toMatchObject({ code: 'offline' })
  const ws = await live()
  vi.useFakeTimers()
  const moving = talk.bind('c-1', 'slack')
  expect(ws.of('bind')).toMatchObject([{ c: 'c-1', channel: 'slack' }])
  await vi.advanceTimersByTimeAsync(8_000)
  expect(await moving).toMatchObject({ code: 'timeout' })
  vi.useRealTimers()
})

test('an account in another state makes whoever shows it look again', async () => {
  cache.setQueryData(['bindings', 'c-1'], {})
  cache.setQueryData(['admin', 'channels'], {})
  const ws = await live()
  await vi.waitFor(() => expect(cache.getQueryState(['bindings', 'c-1'])?.isInvalidated).toBe(true))
  cache.setQueryData(['bindings', 'c-1'], {})
  ws.say({ t: 'account', channel: 'slack', account: 'a', status: 'down', reason: 'timeout' })
  expect(cache.getQueryState(['bindings', 'c-1'])?.isInvalidated).toBe(true)
  expect(cache.getQueryState(['admin', 'channels'])?.isInvalidated).toBe(true)
})

test('a code that was sent or settled elsewhere is told to whoever waits for it', async () => {
  const waiting = [
    ['own', 'links'],
    ['own', 'identities'],
    ['bindings', 'c-1'],
  ]
  const ws = await live()
  for (const key of waiting) cache.setQueryData(key, {})
  ws.say({ t: 'link', link: 'l-1', channel: 'whatsapp', state: 'claimed' })
  expect(waiting.map((key) => cache.getQueryState(key)?.isInvalidated)).toEqual([true, true, true])
  expect(cache.getQueryData(['own', 'link', 'l-1'])).toBe('claimed')
})

test('a frame of a kind that this client does not know changes nothing', async () => {
  const ws = await live()
  const before = cache.getQueryCache().getAll().length
  ws.say({ t: 'weather', of: 'tomorrow' } as unknown as ServerFrame)
  expect(cache.getQueryCache().getAll()).toHaveLength(before)
  expect(talk.socket.live).toBe(true)
})
