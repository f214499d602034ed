import 'fake-indexeddb/auto'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { act, renderHook, waitFor } from '@testing-library/react'
import { HttpResponse, http } from 'msw'
import { setupServer } from 'msw/node'
import type { ReactNode } from 'react'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { Keeper } from '@/api/keeper'
import { KeeperContext } from '@/api/session'
import type { ConversationShown, UserShown } from '@/api/shapes'
import type { ServerFrame } from '@/live/protocol'
import { FakeWebSocket } from '@/test/fake-websocket'
import { TalkContext } from './context'
import { Talk } from './talk'
import { useAgent } from './useAgent'
import { useConversation, useStreaming } from './useConversation'
import { useConversations } from './useConversations'
import { useDraft } from './useDraft'
import { useMessage } from './useMessage'
import { useOthersTyping } from './useOthersTyping'
import { useSeen } from './useSeen'
import { useTitle } from './useTitle'
import { useWebSocket } from './useWebSocket'

const ME: UserShown = { id: 'u-7', kind: 'person', role: 'customer', name: 'Carla' }
const origin = location.origin
const at = '2026-11-21T09:00:00.000Z'
const item: ConversationShown = {
  id: 'c-1',
  title: 'Roof',
  status: 'active',
  agent: 'Guide',
  person_name: 'Carla',
  head: 2,
  created_at: at,
  updated_at: at,
  trace: [],
  preview: '',
  unread: 1,
}
const server = setupServer(
  http.post(`${origin}/api/v1/socket/ticket`, () => HttpResponse.json({ ticket: 'T', expires_in: 30 })),
  http.post(`${origin}/api/v1/auth/refresh`, () => HttpResponse.json({ access_token: 'A', expires_in: 300, user: ME })),
  http.get(`${origin}/api/v1/conversations`, () => HttpResponse.json({ items: [item], next: null })),
  http.get(`${origin}/api/v1/auth/me`, () =>
    HttpResponse.json({
      user: ME,
      tenant_name: 'Demo',
      limits: { message_characters: 2000, messages_per_minute: 30, messages_per_day: 100 },
    }),
  ),
)
beforeAll(() => server.listen({ onUnhandledRequest: 'error' }))
afterAll(() => server.close())

let talk: Talk
let keeper: Keeper
let ws: FakeWebSocket
let cache: QueryClient

function Around({ children }: { children: ReactNode }) {
  return (
    <KeeperContext value={keeper}>
      <QueryClientProvider client={cache}>
        <TalkContext value={talk}>{children}</TalkContext>
      </QueryClientProvider>
    </KeeperContext>
  )
}

beforeEach(async () => {
  FakeWebSocket.all.length = 0
  vi.stubGlobal('WebSocket', FakeWebSocket)
  cache = new QueryClient({ defaultOptions: { queries: { retry: false } } })
  keeper = new Keeper()
  await keeper.refresh()
  talk = new Talk(ME, keeper, cache, () => undefined)
  talk.socket.start()
  await waitFor(() => expect(FakeWebSocket.all).toHaveLength(1))
  ws = FakeWebSocket.last
  ws.welcome()
})

afterEach(() => {
  talk.stop()
  keeper.stop()
  cache.clear()
  server.resetHandlers()
  vi.unstubAllGlobals()
})

const hear = (...frames: ServerFrame[]) => act(() => frames.forEach((frame) => void ws.say(frame)))
const beginning: ServerFrame[] = [
  { t: 'watching', c: 'c-1', epoch: 'e', head: 2, after: 0, recovered: true },
  {
    t: 'event',
    c: 'c-1',
    seq: 1,
    at,
    kind: 'message',
    body: { id: 'm-1', author: { kind: 'person', name: 'Carla' }, channel: 'web', text: 'Hi' },
  },
  {
    t: 'event',
    c: 'c-1',
    seq: 2,
    at,
    kind: 'message',
    body: { id: 'm-2', author: { kind: 'agent', name: 'Guide' }, channel: 'web', text: 'Hello' },
  },
]

test('a conversation goes from loading to ready, and shows what waits once only', async () => {
  const { result } = renderHook(() => ({ thread: useConversation('c-1'), message: useMessage('c-1') }), {
    wrapper: Around,
  })
  expect(result.current.thread).toMatchObject({ status: 'loading', view: undefined, link: 'live' })
  hear(...beginning)
  await waitFor(() => expect(result.current.thread.status).toBe('ready'))
  let said: Promise<unknown> | undefined
  act(() => {
    said = result.current.message.say('One more')
  })
  expect(result.current.thread.outbox).toMatchObject([{ text: 'One more', state: 'sending' }])
  await waitFor(() => expect(ws.of('say')).toHaveLength(1))
  const id = ws.of('say')[0]?.id ?? ''
  hear(
    { t: 'ack', id, c: 'c-1', seq: 3 },
    {
      t: 'event',
      c: 'c-1',
      seq: 3,
      at,
      kind: 'message',
      body: { id, author: { kind: 'person', name: 'Carla' }, channel: 'web', text: 'One more' },
    },
  )
  expect(await said).toEqual({ kind: 'sent', id })
  await waitFor(() => expect(result.current.thread.view?.messages.at(-1)?.id).toBe(id))
  expect(result.current.thread.outbox).toEqual([])
})

test('the agent thinks, writes, can be stopped, and is idle again', async () => {
  const { result } = renderHook(
    () => ({ thread: useConversation('c-1'), agent: useAgent('c-1'), open: useStreaming('c-1') }),
    { wrapper: Around },
  )
  hear(...beginning)
  hear({
    t: 'event',
    c: 'c-1',
    seq: 3,
    at,
    kind: 'turn_started',
    body: { turn: 't', message: 'm-3', agent: 'Guide', attempt: 1 },
  })
  await waitFor(() => expect(result.current.agent).toMatchObject({ state: 'thinking', canStop: true, stopping: false }))
  hear({ t: 'delta', c: 'c-1', message: 'm-3', attempt: 1, at: 0, text: 'Well' })
  await waitFor(() => expect(result.current.open?.text).toBe('Well'))
  expect(result.current.agent.state).toBe('streaming')
  act(() => result.current.agent.stop())
  expect(result.current.agent).toMatchObject({ canStop: false, stopping: true })
  hear({ t: 'event', c: 'c-1', seq: 4, at, kind: 'turn_ended', body: { turn: 't', outcome: 'stopped' } })
  await waitFor(() => expect(result.current.agent).toMatchObject({ state: 'idle', stopping: false, open: null }))
})

test('the divider stands before what was unread, and reading clears the count and the title', async () => {
  const { result } = renderHook(
    () => {
      useTitle('Roof')
      return { list: useConversations(), thread: useConversation('c-1'), seen: useSeen('c-1') }
    },
    { wrapper: Around },
  )
  await waitFor(() => expect(document.title).toBe('(1) Roof · Throughline'))
  hear(...beginning)
  await waitFor(() => expect(result.current.seen.firstUnread).toBe('m-2'))
  expect(ws.of('seen')).toEqual([{ t: 'seen', c: 'c-1', seq: 2 }])
  await waitFor(() => expect(document.title).toBe('Roof · Throughline'))
  expect(result.current.list.unread).toBe(0)
})

test('a conversation that was begun with no name has one as soon as its first message is there', async () => {
  const named = { ...item, id: 'c-1', title: '', head: 0, unread: 0 }
  let title = ''
  server.use(
    http.get(`${origin}/api/v1/conversations`, () => HttpResponse.json({ items: [{ ...named, title }], next: null })),
  )
  const { result } = renderHook(
    () => ({ list: useConversations(), thread: useConversation('c-1'), seen: useSeen('c-1') }),
    { wrapper: Around },
  )
  await waitFor(() => expect(result.current.list.items).toHaveLength(1))
  title = 'Hi'
  hear(...beginning)
  await waitFor(() => expect(result.current.list.items[0]?.title).toBe('Hi'))
})

test('over the limit the composer counts down and has its words back', async () => {
  const { result } = renderHook(() => ({ message: useMessage('c-1'), draft: useDraft('c-1') }), { wrapper: Around })
  expect(result.current.message.wait).toBeNull()
  let said: Promise<unknown> | undefined
  act(() => {
    said = result.current.message.say('Too much')
  })
  await waitFor(() => expect(ws.of('say')).toHaveLength(1))
  hear({ t: 'nack', id: ws.of('say')[0]?.id ?? '', code: 'rate_limited', detail: 'Slow down.', retry_after: 20 })
  expect(await said).toMatchObject({ kind: 'limited' })
  await waitFor(() => expect(result.current.message.wait).toBe(20))
  expect(result.current.draft[0]).toBe('Too much')
})

test('a draft is there again after a reload, and writing one says so at most once in three seconds', () => {
  const first = renderHook(() => useDraft('c-1'), { wrapper: Around })
  act(() => first.result.current[1]('half a'))
  act(() => first.result.current[1]('half a thought'))
  expect(ws.of('typing')).toHaveLength(1)
  first.unmount()
  talk.stop()
  talk = new Talk(ME, keeper, cache, () => undefined)
  const again = renderHook(() => useDraft('c-1'), { wrapper: Around })
  expect(again.result.current[0]).toBe('half a thought')
  act(() => again.result.current[1](''))
  expect(Object.keys(localStorage).filter((key) => key.startsWith('throughline.draft.'))).toEqual([])
})

test('who else is writing is named, until they have said it', async () => {
  const { result } = renderHook(() => ({ names: useOthersTyping('c-1'), thread: useConversation('c-1') }), {
    wrapper: Around,
  })
  hear({ t: 'typing', c: 'c-1', name: 'Ana', kind: 'member' }, { t: 'typing', c: 'c-1', name: 'Ana', kind: 'member' })
  expect(result.current.names).toEqual(['Ana'])
  hear(...beginning)
  await waitFor(() => expect(result.current.names).toEqual([]))
})

test('the link is told as it is', async () => {
  const { result } = renderHook(() => useWebSocket(), { wrapper: Around })
  expect(result.current.link).toBe('live')
  act(() => ws.drop())
  expect(result.current.link).toBe('reconnecting')
})

test('a list that was on its way while it was read does not show it as unread again', async () => {
  const { result } = renderHook(
    () => ({ list: useConversations(), thread: useConversation('c-1'), seen: useSeen('c-1') }),
    { wrapper: Around },
  )
  await waitFor(() => expect(result.current.list.unread).toBe(1))
  hear(...beginning)
  await waitFor(() => expect(result.current.list.unread).toBe(0))
  await act(() => cache.refetchQueries({ queryKey: ['conversations'] }))
  expect(result.current.list.unread).toBe(0)
})
