import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { FakeWebSocket } from '@/test/fake-websocket'
import type { ServerFrame } from './protocol'
import { Socket, type Ticketing } from './socket'

const heard: ServerFrame[] = []
const lost: boolean[] = []
const ends: string[] = []
let lives = 0
let ticket: () => Promise<Ticketing>
let socket: Socket

beforeEach(() => {
  vi.useFakeTimers()
  FakeWebSocket.all.length = heard.length = lost.length = ends.length = 0
  lives = 0
  let n = 0
  ticket = () => Promise.resolve({ ticket: `ticket-${++n}` })
  socket = new Socket({
    url: 'ws://here/api/v1/socket',
    ticket: () => ticket(),
    resume: () => [{ c: 'c-1', epoch: 'e', seq: 7 }],
    probe: () => ({ t: 'watch', c: 'c-1', after: 7 }),
    onFrame: (frame) => heard.push(frame),
    onLive: () => {
      lives += 1
    },
    onLost: (refused) => lost.push(refused),
    onEnd: (end) => ends.push(end),
    random: () => 0.5,
    WebSocket: FakeWebSocket as unknown as new (url: string, protocols: string) => WebSocket,
  })
})

afterEach(() => {
  socket.stop()
  vi.restoreAllMocks()
  vi.useRealTimers()
})

const link = () => socket.link.get().link
const passed = (ms: number) => vi.advanceTimersByTimeAsync(ms)

async function live(ping?: number): Promise<FakeWebSocket> {
  socket.start()
  await passed(0)
  FakeWebSocket.last.welcome(ping)
  return FakeWebSocket.last
}

test('the first frame signs in by ticket and takes up all conversations', async () => {
  socket.start()
  expect(link()).toBe('connecting')
  await passed(0)
  const ws = FakeWebSocket.last
  expect(ws.protocols).toBe('throughline.v1')
  ws.accept()
  expect(ws.sent).toEqual([{ t: 'hello', ticket: 'ticket-1', resume: [{ c: 'c-1', epoch: 'e', seq: 7 }] }])
  expect(socket.send({ t: 'typing', c: 'c-1' })).toBe(false)
  ws.say({ t: 'welcome', user: { id: 'u', kind: 'person', role: 'customer', name: 'Carla' }, ping: 20 })
  expect(link()).toBe('live')
  expect(lives).toBe(1)
  expect(socket.send({ t: 'typing', c: 'c-1' })).toBe(true)
})

test('a lost link comes back after half a second to twenty, with a fresh ticket', async () => {
  const first = await live()
  first.drop()
  expect(link()).toBe('reconnecting')
  expect(lost).toEqual([false])
  await passed(749)
  expect(FakeWebSocket.all).toHaveLength(1)
  await passed(1)
  FakeWebSocket.last.welcome()
  expect(FakeWebSocket.last.of('hello')[0]?.ticket).toBe('ticket-2')
  expect(link()).toBe('live')
})

test('tries that fail come ever more rarely, never more than twenty seconds apart', async () => {
  await live()
  const gaps: number[] = []
  let before = Date.now()
  for (let i = 0; i < 10; i += 1) {
    FakeWebSocket.last.drop()
    await passed(0)
    const tries = FakeWebSocket.all.length
    while (FakeWebSocket.all.length === tries) await passed(50)
    gaps.push(Date.now() - before)
    before = Date.now()
  }
  expect(gaps[0]).toBeLessThanOrEqual(1_000)
  expect(Math.max(...gaps)).toBeLessThanOrEqual(20_000)
  expect(gaps.at(-1)).toBeGreaterThan(5_000)
})

test('bye says when to come back, and nothing shortens that', async () => {
  const ws = await live()
  ws.say({ t: 'bye', reason: 'drain', after_ms: 4_321 })
  ws.drop(4000)
  window.dispatchEvent(new Event('online'))
  await passed(4_320)
  expect(FakeWebSocket.all).toHaveLength(1)
  await passed(1)
  expect(FakeWebSocket.all).toHaveLength(2)
})

describe('close codes', () => {
  test.each([4000, 4001, 4002, 4003, 1001, 1006, 1011, 1012])('%i comes back', async (code) => {
    const ws = await live()
    ws.drop(code)
    await passed(1_000)
    expect(FakeWebSocket.all).toHaveLength(2)
    expect(ends).toEqual([])
  })

  test.each([
    [4500, 'signed_out'],
    [4501, 'signed_out'],
    [4502, 'signed_out'],
    [4503, 'old_client'],
  ])('%i does not come back', async (code, end) => {
    const ws = await live()
    ws.drop(code)
    await passed(120_000)
    window.dispatchEvent(new Event('online'))
    await passed(0)
    expect(FakeWebSocket.all).toHaveLength(1)
    expect(ends).toEqual([end])
    expect(link()).toBe('offline')
  })

  test.each([1002, 1003, 1007, 1009])('%i refuses what was on its way, and comes back once', async (code) => {
    const ws = await live()
    ws.drop(code)
    expect(lost).toEqual([true])
    await passed(1_000)
    expect(FakeWebSocket.all).toHaveLength(2)
  })

  test('1008 waits long before it comes back', async () => {
    const ws = await live()
    ws.drop(1008)
    await passed(10_000)
    expect(FakeWebSocket.all).toHaveLength(1)
    await passed(10_000)
    expect(FakeWebSocket.all).toHaveLength(2)
  })
})

test('a link that is silent is asked, and left when it does not answer', async () => {
  const ws = await live(20)
  await passed(19_999)
  expect(ws.of('watch')).toEqual([])
  await passed(1)
  expect(ws.of('watch')).toEqual([{ t: 'watch', c: 'c-1', after: 7 }])
  await passed(4_999)
  expect(link()).toBe('live')
  await passed(1)
  expect(link()).toBe('reconnecting')
  expect(ws.closed).toBe(true)
})

test('a link that answers its probe stays', async () => {
  const ws = await live(20)
  await passed(20_000)
  ws.say({ t: 'watching', c: 'c-1', epoch: 'e', head: 7, after: 7, recovered: true })
  await passed(15_000)
  expect(link()).toBe('live')
})

test('a sign-in that is never answered is given up', async () => {
  socket.start()
  await passed(0)
  FakeWebSocket.last.accept()
  await passed(10_000)
  expect(FakeWebSocket.all[0]?.closed).toBe(true)
  await passed(1_000)
  expect(FakeWebSocket.all).toHaveLength(2)
})

test('coming online ends the wait at once', async () => {
  const ws = await live()
  for (let i = 0; i < 6; i += 1) {
    FakeWebSocket.last.drop()
    await passed(20_000)
  }
  FakeWebSocket.last.drop()
  const tries = FakeWebSocket.all.length
  window.dispatchEvent(new Event('online'))
  await passed(0)
  expect(FakeWebSocket.all).toHaveLength(tries + 1)
  expect(ws).not.toBe(FakeWebSocket.last)
})

test('a device without a network is offline, tries on, and is live again without being told', async () => {
  const onLine = vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false)
  await live()
  window.dispatchEvent(new Event('offline'))
  expect(link()).toBe('offline')
  expect(lost).toEqual([false])
  await passed(1_000)
  FakeWebSocket.last.welcome()
  expect(link()).toBe('live')
  onLine.mockRestore()
})

test('nobody signed in ends it; a server out of reach is waited for', async () => {
  ticket = () => Promise.resolve({ later: 3_000 })
  socket.start()
  await passed(2_999)
  expect(FakeWebSocket.all).toHaveLength(0)
  ticket = () => Promise.resolve({ none: true })
  await passed(1)
  expect(ends).toEqual(['signed_out'])
})

test('what an old connection says after it was left is not heard', async () => {
  const old = await live()
  const { onmessage } = old
  old.drop()
  await passed(1_000)
  FakeWebSocket.last.welcome()
  onmessage?.({ data: JSON.stringify({ t: 'typing', c: 'c-1', name: 'Ana', kind: 'member' }) })
  expect(heard).toEqual([])
})
