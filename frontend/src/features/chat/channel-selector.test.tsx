import 'fake-indexeddb/auto'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { act, render, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { HttpResponse, http } from 'msw'
import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { Keeper } from '@/api/keeper'
import { KeeperContext } from '@/api/session'
import type { Bindings, IdentityShown, UserShown } from '@/api/shapes'
import { FakeWebSocket } from '@/test/fake-websocket'
import ChannelMenu from './channel-menu'
import ChannelSelector from './channel-selector'
import { TalkContext } from './context'
import { threadKey } from './keys'
import { Talk } from './talk'
import { threadFrom } from './thread'

const ME: UserShown = { id: 'u-9', kind: 'person', role: 'customer', name: 'Carla' }
const ADDRESS = { address: '', status: 'verified', health: 'up', simulated: true, rings: true } as const
const SLACK = { label: 'Slack', mode: 'mirror', health: 'up', simulated: true } as const
const origin = location.origin
const PATH = `${origin}/api/v1/conversations/c-1/bindings`
let held: Bindings
let asked: unknown[] = []
let own: IdentityShown[] = []
const server = setupServer(
  http.post(`${origin}/api/v1/socket/ticket`, () => HttpResponse.json({ ticket: 'T', expires_in: 30 })),
  http.post(`${origin}/api/v1/auth/refresh`, () => HttpResponse.json({ access_token: 'A', expires_in: 300, user: ME })),
  http.get(PATH, () => HttpResponse.json(held)),
  http.get(`${origin}/api/v1/me/identities`, () => HttpResponse.json({ items: own, linkable: [] })),
  http.put(PATH, async ({ request }) => {
    asked.push(await request.json())
    return HttpResponse.json(held)
  }),
)
beforeAll(() => server.listen({ onUnhandledRequest: 'error' }))
afterAll(() => server.close())

let talk: Talk
let keeper: Keeper
let ws: FakeWebSocket
let cache: QueryClient

beforeEach(async () => {
  asked = []
  own = [{ ...ADDRESS, id: 'i-1', channel: 'slack', label: 'Slack' }]
  held = {
    items: [
      { id: 'w', identity: 'i-w', channel: 'web', label: 'Web', mode: 'active', health: 'up', simulated: false },
      { id: 's', identity: 'i-1', channel: 'slack', label: 'Slack', mode: 'mirror', health: 'up', simulated: true },
    ],
    follow: 'follow',
  }
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

async function show() {
  // The socket has the conversation: it is there.
  cache.setQueryData(threadKey('c-1'), { ...threadFrom(0, true), answered: true })
  render(
    <KeeperContext value={keeper}>
      <QueryClientProvider client={cache}>
        <TalkContext value={talk}>
          <ChannelSelector id="c-1" />
          <ChannelMenu id="c-1" />
        </TalkContext>
      </QueryClientProvider>
    </KeeperContext>,
  )
  return await screen.findByRole('button', { name: 'Continue on Slack' })
}

test('a conversation that the socket does not have is not asked about', async () => {
  let reads = 0
  server.use(
    http.get(PATH, () => {
      reads += 1
      return HttpResponse.json(held)
    }),
  )
  render(
    <KeeperContext value={keeper}>
      <QueryClientProvider client={cache}>
        <TalkContext value={talk}>
          <ChannelMenu id="c-1" />
        </TalkContext>
      </QueryClientProvider>
    </KeeperContext>,
  )
  act(() => void cache.setQueryData(threadKey('c-1'), { ...threadFrom(0, true), answered: true, fault: 'missing' }))
  expect(reads).toBe(0)
  act(() => void cache.setQueryData(threadKey('c-1'), { ...threadFrom(0, true), answered: true }))
  await waitFor(() => expect(reads).toBe(1))
})

const items = () => within(screen.getByRole('region', { name: 'Channels' })).getAllByRole('listitem')
const modes = () => items().map((item) => item.dataset.state)

test('each channel has its name, how it is in a word, and what comes there', async () => {
  await show()
  expect(items().map((item) => item.textContent)).toEqual([
    expect.stringContaining('Web'),
    expect.stringContaining('Slack'),
  ])
  expect(screen.getAllByText('Up')).toHaveLength(2)
  expect(screen.getByText('Simulated')).toBeInTheDocument()
  expect(screen.getByRole('combobox', { name: 'What comes to Slack' })).toHaveDisplayValue('Shown here too')
  expect(screen.getByRole('button', { name: 'Answers go to Web' })).toBeInTheDocument()
})

test('going on elsewhere is asked over the socket and shows at once', async () => {
  await userEvent.click(await show())
  expect(ws.of('bind')).toMatchObject([{ c: 'c-1', channel: 'slack' }])
  await waitFor(() => expect(modes()).toEqual(['mirror', 'active']))
  held = { ...held, items: held.items.map((item) => ({ ...item, mode: item.id === 's' ? 'active' : 'mirror' })) }
  act(() => ws.say({ t: 'ack', id: ws.of('bind')[0]?.id ?? '', c: 'c-1', seq: 9 }))
  await screen.findByRole('button', { name: 'Answers go to Slack' })
  expect(modes()).toEqual(['mirror', 'active'])
  expect(screen.queryByRole('alert')).not.toBeInTheDocument()
})

test('a refusal takes it back and says why', async () => {
  await userEvent.click(await show())
  await waitFor(() => expect(modes()).toEqual(['mirror', 'active']))
  act(() => ws.say({ t: 'nack', id: ws.of('bind')[0]?.id ?? '', code: 'not_linked', detail: 'x' }))
  await waitFor(() => expect(modes()).toEqual(['active', 'mirror']))
  expect(screen.getByRole('alert')).toHaveTextContent('Slack is not linked to this conversation.')
  expect(screen.queryByRole('link')).not.toBeInTheDocument()
})

test('where only the person can open the talk, they get the way in, for a click and for a camera', async () => {
  own = [
    { ...ADDRESS, id: 'i-1', channel: 'slack', label: 'Slack', address: '…MAYA' },
    { ...ADDRESS, id: 'i-2', channel: 'whatsapp', label: 'WhatsApp', address: '…0123' },
    { ...ADDRESS, id: 'i-3', channel: 'gmail', label: 'Gmail', status: 'unverified' },
  ]
  await show()
  expect(screen.queryByRole('button', { name: 'Continue on Gmail' })).not.toBeInTheDocument()
  await userEvent.click(await screen.findByRole('button', { name: 'Continue on WhatsApp' }))
  expect(ws.of('bind')).toMatchObject([{ c: 'c-1', channel: 'whatsapp' }])
  await waitFor(() => expect(modes()).toEqual(['mirror', 'mirror', 'active']))
  const detail =
    'WhatsApp lets us answer only for a while after you wrote. Write to us on WhatsApp first: https://wa.me/447700900100'
  act(() => ws.say({ t: 'nack', id: ws.of('bind')[0]?.id ?? '', code: 'window_closed', detail }))
  await waitFor(() => expect(modes()).toEqual(['active', 'mirror', 'elsewhere']))
  expect(screen.getByRole('alert')).toHaveTextContent('Write to us there first.')
  expect(screen.getByRole('link', { name: 'Open WhatsApp' })).toHaveAttribute('href', 'https://wa.me/447700900100')
  await userEvent.click(screen.getByRole('button', { name: 'Use my phone' }))
  expect(await screen.findByRole('img', { name: 'QR code that opens WhatsApp on your phone' })).toBeInTheDocument()
})

test('a link that breaks under a move takes it back too', async () => {
  await userEvent.click(await show())
  act(() => ws.drop())
  await waitFor(() => expect(screen.getByRole('alert')).toHaveTextContent('The connection was lost.'))
  expect(modes()).toEqual(['active', 'mirror'])
})

test('any other mode, and whether answers follow, are put', async () => {
  await show()
  await userEvent.selectOptions(screen.getByRole('combobox', { name: 'What comes to Slack' }), 'Do not contact me here')
  await waitFor(() => expect(asked).toEqual([{ items: [{ id: 's', mode: 'off' }] }]))
  await userEvent.click(await screen.findByRole('radio', { name: /^Answers stay on Web/ }))
  await waitFor(() => expect(asked.at(-1)).toEqual({ follow: 'pin' }))
})

test('the menu by the composer moves the talk as well', async () => {
  await show()
  await userEvent.click(screen.getByRole('button', { name: 'Answers go to Web' }))
  await userEvent.click(await screen.findByRole('menuitemradio', { name: /^Slack/ }))
  expect(ws.of('bind')).toMatchObject([{ c: 'c-1', channel: 'slack' }])
})

test('what is not linked any more is not offered, and where nothing may be sent no talk goes on', async () => {
  const old = { ...SLACK, id: 'o', identity: 'i-gone', channel: 'telegram', label: 'Telegram' } as const
  held = {
    ...held,
    items: [...held.items.map((item) => (item.id === 's' ? { ...item, mode: 'off' as const } : item)), old],
  }
  own = [...own, { ...ADDRESS, id: 'i-5', channel: 'telegram', label: 'Telegram' }]
  cache.setQueryData(threadKey('c-1'), { ...threadFrom(0, true), answered: true })
  render(
    <KeeperContext value={keeper}>
      <QueryClientProvider client={cache}>
        <TalkContext value={talk}>
          <ChannelSelector id="c-1" />
        </TalkContext>
      </QueryClientProvider>
    </KeeperContext>,
  )
  await waitFor(() => expect(modes()).toEqual(['active', 'off', 'elsewhere']))
  expect(screen.getByText('Nothing is sent there until you change this.')).toBeInTheDocument()
  expect(screen.queryByRole('button', { name: 'Continue on Slack' })).not.toBeInTheDocument()
  expect(screen.getByRole('button', { name: 'Continue on Telegram' })).toBeInTheDocument()
})
