import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { act, render, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { HttpResponse, http } from 'msw'
import { setupServer } from 'msw/node'
import { MemoryRouter } from 'react-router'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { Keeper } from '@/api/keeper'
import { CHANNELS } from '@/api/keys'
import { KeeperContext } from '@/api/session'
import type { AccountHealth, AccountShown, ChannelShown } from '@/api/shapes'
import { AdminChannels } from './channels'
import { waitingWords } from './health-words'
import { manifestCommand, missing } from './words'

const at = '2026-11-21T12:00:00.000Z'
const account: AccountShown = {
  id: 'acc-1',
  channel: 'slack',
  provider: 'slack',
  name: 'Harbour',
  mode: 'real',
  enabled: true,
  status: 'waiting_first_event',
  reason: null,
  options: { team: 'T1' },
  secrets: [
    { name: 'bot_token', set: true },
    { name: 'signing_secret', set: true },
    { name: 'app_token', set: false },
  ],
  webhook_url: 'https://talk.example/api/v1/channels/slack/webhook/acc-1',
  last_in: null,
  last_out: null,
  created_at: at,
  health: null,
}
const ALL = `${location.origin}/api/v1/admin/channels`
const ONE = `${ALL}/slack/accounts/acc-1`
let held: AccountShown[]
let asked: unknown[] = []
const server = setupServer(
  http.get(ALL, () => {
    const items: ChannelShown[] = [
      { channel: 'web', label: 'Web', streams: true, providers: [], accounts: [] },
      { channel: 'slack', label: 'Slack', streams: true, providers: ['slack'], accounts: held },
    ]
    return HttpResponse.json({ items })
  }),
  http.get(`${ONE}/quarantine`, () => HttpResponse.json({ items: [] })),
  http.put(ONE, async ({ request }) => {
    asked.push(await request.json())
    return HttpResponse.json(held[0])
  }),
  http.post(`${ONE}/:act`, ({ params }) => {
    asked.push(params.act)
    if (params.act !== 'test') return HttpResponse.json(held[0])
    return HttpResponse.json({ health: 'up', detail: 'The credentials work.', took_ms: 41, account: held[0] })
  }),
)
beforeAll(() => server.listen({ onUnhandledRequest: 'error' }))
afterAll(() => server.close())

let cache: QueryClient

beforeEach(() => {
  asked = []
  held = [account]
  cache = new QueryClient({ defaultOptions: { queries: { retry: false } } })
})

afterEach(() => {
  cache.clear()
  server.resetHandlers()
})

function show(chosen: string | null = null) {
  render(
    <MemoryRouter>
      <KeeperContext value={new Keeper()}>
        <QueryClientProvider client={cache}>
          <AdminChannels chosen={chosen} to={(id) => `/?account=${id}`} onMade={() => undefined} />
        </QueryClientProvider>
      </KeeperContext>
    </MemoryRouter>,
  )
}

test('an account has its state in words, its address and its way to the first event', async () => {
  show()
  const detail = await screen.findByRole('article', { name: 'Harbour' })
  expect(within(detail).getByText('Waiting for its first event')).toBeInTheDocument()
  expect(within(detail).getByRole('textbox', { name: 'Webhook address' })).toHaveValue(account.webhook_url)
  expect(within(detail).getByText('Nothing has come in yet')).toBeInTheDocument()
  expect(within(detail).getByText(/Waiting for the first event…/)).toBeInTheDocument()
})

test('the first event ticks the last step', async () => {
  show()
  await screen.findByText(/Waiting for the first event…/)
  held = [{ ...account, status: 'up', last_in: at }]
  // What an `account` frame does.
  await act(() => cache.invalidateQueries({ queryKey: CHANNELS }))
  expect(await screen.findByText(/The first event is here/)).toBeInTheDocument()
  expect(screen.getByText('Say hello').closest('li')).toHaveAttribute('data-state', 'done')
})

const well: AccountHealth = {
  breaker: 'closed',
  since: null,
  again_at: null,
  sends: 0,
  failures: 0,
  waiting: 0,
  oldest: null,
}
const soon = new Date(Date.now() + 20_000).toISOString()

test.each<[string, Partial<AccountHealth>, RegExp]>([
  ['works', {}, /^Working$/],
  ['waits', { breaker: 'open', since: at, again_at: soon }, /^Paused after failures; trying again at \d+:\d\d/],
  ['is due', { breaker: 'open', since: at, again_at: at }, /^Paused after failures; the next message tries again$/],
  ['needs somebody', { breaker: 'open', since: at }, /^Paused, because the credentials were refused$/],
  ['tries', { breaker: 'half_open', since: at }, /^Paused after failures; trying one message now$/],
])('an account that %s says so in words', async (_, health, words) => {
  held = [{ ...account, health: { ...well, ...health } }]
  show()
  const sends = (await screen.findByText('Sending')).nextElementSibling
  expect(sends).toHaveTextContent(words)
})

test('an account that is off is not said to work', async () => {
  held = [{ ...account, enabled: false, status: 'disabled', health: well }]
  show()
  expect((await screen.findByText('Sending')).nextElementSibling).toHaveTextContent(/^Nothing is sent/)
})

test('what failed and what waits is counted, and moves when a frame says that the account changed', async () => {
  held = [{ ...account, health: well }]
  show()
  expect(await screen.findByText('Nothing sent in the last minute')).toBeInTheDocument()
  expect(screen.getByText('Nothing waits')).toBeInTheDocument()
  const counted = { sends: 1_200, failures: 300, waiting: 3, oldest: at }
  held = [{ ...account, status: 'degraded', reason: 'breaker_open', health: { ...well, breaker: 'open', ...counted } }]
  await act(() => cache.invalidateQueries({ queryKey: CHANNELS }))
  expect(await screen.findByText('25 % (300 of 1,200 in the last minute)')).toBeInTheDocument()
  expect(screen.getByText('Outbox').nextElementSibling).toHaveTextContent(/^3 messages, the oldest /)
  expect(screen.getByText('Sends are paused after failures.')).toBeInTheDocument()
})

test.each([
  [0, 'Nothing waits'],
  [1, '1 message'],
  [999, '999 messages'],
  [1_000, '1,000 messages or more'],
])('%i messages that wait are told', (waiting, words) => {
  expect(waitingWords({ waiting })).toBe(words)
})

test('a test says what came of it and how long it took', async () => {
  show()
  await userEvent.click(await screen.findByRole('button', { name: 'Send test' }))
  expect(await screen.findByText('The credentials work.')).toBeInTheDocument()
  expect(screen.getByText('41 ms')).toBeInTheDocument()
})

test('switching off asks first; Socket Mode is put as an option', async () => {
  show()
  await userEvent.click(await screen.findByRole('button', { name: 'Switch off' }))
  const dialog = await screen.findByRole('dialog', { name: 'Switch Harbour off?' })
  expect(asked).toEqual([])
  await userEvent.click(within(dialog).getByRole('button', { name: 'Switch off' }))
  await waitFor(() => expect(asked).toEqual(['disable']))
  await userEvent.click(screen.getByRole('switch', { name: /Socket Mode/ }))
  await waitFor(() => expect(asked.at(-1)).toEqual({ options: { socket: 'on' } }))
})

test('an account is renamed only to something else', async () => {
  show()
  const field = await screen.findByRole('textbox', { name: 'Name' })
  expect(screen.getByRole('button', { name: 'Rename' })).toBeDisabled()
  await userEvent.clear(field)
  await userEvent.type(field, 'Pier ')
  await userEvent.click(screen.getByRole('button', { name: 'Rename' }))
  await waitFor(() => expect(asked).toEqual([{ name: 'Pier' }]))
})

test('no account, an unknown one and a list that cannot be read are each said', async () => {
  held = []
  show()
  expect(await screen.findByText('No account yet')).toBeInTheDocument()
  expect(screen.getByRole('button', { name: 'Connect Slack' })).toBeInTheDocument()
})

test('what cannot be read offers another try', async () => {
  server.use(http.get(ALL, () => HttpResponse.json({ code: 'down', detail: 'x', title: 'x' }, { status: 500 })))
  show()
  expect(await screen.findByRole('alert')).toHaveTextContent('The channels could not be read.')
  server.resetHandlers()
  await userEvent.click(screen.getByRole('button', { name: 'Try again' }))
  expect(await screen.findByRole('article', { name: 'Harbour' })).toBeInTheDocument()
})

test('the manifest is printed for this account and its way of being heard', () => {
  expect(manifestCommand(account)).toBe('throughline slack manifest --account acc-1 --base-url https://talk.example')
  const socket = { ...account, options: { socket: 'on' } }
  expect(manifestCommand(socket)).toBe('throughline slack manifest --account acc-1 --socket')
  expect(missing(account)).toEqual([])
  expect(missing(socket)).toEqual(['app_token'])
})
