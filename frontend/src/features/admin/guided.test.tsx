import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { act, render, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { HttpResponse, http } from 'msw'
import { setupServer } from 'msw/node'
import { MemoryRouter } from 'react-router'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { Keeper } from '@/api/keeper'
import { CHANNELS } from '@/api/keys'
import { KeeperContext } from '@/api/session'
import type { AccountShown, ChannelShown, Quarantine } from '@/api/shapes'
import { AdminChannels } from './channels'
import { guideOf } from './guides'
import { lacks, madeUp } from './guides/guide'

const at = '2026-11-21T12:00:00.000Z'
const BASE = 'https://talk.example'

function account(channel: AccountShown['channel'], provider: string, secrets: string[]): AccountShown {
  return {
    id: 'acc-1',
    channel,
    provider,
    name: 'Harbour',
    mode: 'real',
    enabled: true,
    status: 'unconfigured',
    reason: null,
    options: {},
    secrets: secrets.map((name) => ({ name, set: false })),
    webhook_url: `${BASE}/api/v1/channels/${channel}/webhook/acc-1`,
    last_in: null,
    last_out: null,
    created_at: at,
    health: null,
  }
}

const META = account('whatsapp', 'meta', ['access_token', 'app_secret', 'verify_token'])
const TWILIO = account('whatsapp', 'twilio', ['auth_token', 'shared_key'])
const SMS = account('sms', 'twilio', ['auth_token', 'shared_key'])
const TELEGRAM = account('telegram', 'telegram', ['bot_token', 'webhook_secret'])
const GMAIL = account('gmail', 'gmail', ['client_secret', 'refresh_token'])
const ALL = `${location.origin}/api/v1/admin/channels`

let held: AccountShown
let aside: Quarantine['items']
let asked: unknown[] = []
const server = setupServer(
  http.get(ALL, () => {
    const label = { whatsapp: 'WhatsApp', gmail: 'Gmail', telegram: 'Telegram', sms: 'SMS' }[held.channel as 'gmail']
    const providers = held.channel === 'whatsapp' ? ['meta', 'twilio'] : [held.provider]
    const items: ChannelShown[] = [{ channel: held.channel, label, streams: false, providers, accounts: [held] }]
    return HttpResponse.json({ items })
  }),
  http.post(`${ALL}/:channel/accounts`, async ({ request }) => {
    asked.push(await request.json())
    return HttpResponse.json(held, { status: 201 })
  }),
  http.put(`${ALL}/:channel/accounts/:id`, async ({ request }) => {
    asked.push(await request.json())
    return HttpResponse.json(held)
  }),
  http.get(`${ALL}/:channel/accounts/:id/quarantine`, () => HttpResponse.json({ items: aside })),
  http.post(`${ALL}/:channel/accounts/:id/quarantine/:n/retry`, ({ params }) => {
    asked.push(`retry ${params.n}`)
    return HttpResponse.json(
      params.n === '2' ? { understood: true, reason: null } : { understood: false, reason: 'unreadable' },
    )
  }),
  http.post(`${ALL}/:channel/accounts/:id/connect`, () => {
    asked.push('connect')
    return HttpResponse.json({ url: 'https://accounts.example/consent' })
  }),
)
beforeAll(() => server.listen({ onUnhandledRequest: 'error' }))
afterAll(() => server.close())

let cache: QueryClient
beforeEach(() => {
  asked = []
  aside = []
  cache = new QueryClient({ defaultOptions: { queries: { retry: false } } })
})
afterEach(() => {
  cache.clear()
  server.resetHandlers()
})

async function show(shown: AccountShown, connected = false) {
  held = shown
  render(
    <MemoryRouter>
      <KeeperContext value={new Keeper()}>
        <QueryClientProvider client={cache}>
          <AdminChannels chosen="acc-1" connected={connected} to={(id) => `/?account=${id}`} onMade={() => undefined} />
        </QueryClientProvider>
      </KeeperContext>
    </MemoryRouter>,
  )
  return screen.findByRole('article', { name: 'Harbour' })
}

const change = async (next: AccountShown) => {
  held = next
  await act(() => cache.invalidateQueries({ queryKey: CHANNELS }))
}

test.each([META, TWILIO, SMS, TELEGRAM, GMAIL])(
  'the guide of $channel by $provider names every secret, and what is missing until nothing is',
  (each) => {
    const guide = guideOf(each)
    if (!guide) throw new Error('no guide')
    expect(Object.keys(guide.secrets).sort()).toEqual(each.secrets.map(({ name }) => name).sort())
    const needed = guide.needs(each)
    expect(lacks(guide, each)).toHaveLength(needed.length)
    // Each that is needed is asked for by a step, by the settings or by the provider's own page.
    const reachable = [...guide.steps.flatMap((s) => [...(s.secrets ?? []), ...(s.options ?? [])]), ...guide.settings]
    expect(needed.filter((name) => !reachable.includes(name))).toEqual(
      each.channel === 'gmail' ? ['refresh_token'] : [],
    )
    const full = {
      ...each,
      options: Object.fromEntries(Object.keys(guide.options).map((name) => [name, 'x'])),
      secrets: each.secrets.map(({ name }) => ({ name, set: true })),
    }
    expect(lacks(guide, full)).toEqual([])
  },
)

test('one saves what is entered in a step, and the step ticks when it is there', async () => {
  await show(META)
  await userEvent.type(await screen.findByLabelText('Phone number IDs'), '106540352242922')
  const step = screen.getByText('Enter the number').closest('li') as HTMLElement
  expect(step).toHaveAttribute('data-state', 'open')
  await userEvent.click(within(step).getByRole('button', { name: 'Save' }))
  await waitFor(() => expect(asked).toEqual([{ secrets: {}, options: { numbers: '106540352242922' } }]))
  await change({ ...META, options: { numbers: '106540352242922' } })
  await waitFor(() => expect(screen.getByText('Enter the number').closest('li')).toHaveAttribute('data-state', 'done'))
})

test('a verify token is made up here, can be copied, and goes out once', async () => {
  await show(META)
  await userEvent.click(await screen.findByRole('button', { name: 'Make one up' }))
  const made = screen.getByRole<HTMLInputElement>('textbox', { name: 'Verify token, made up now' }).value
  expect(made).toMatch(/^[A-Za-z0-9_-]{32}$/)
  expect(screen.getByRole('button', { name: 'Copy the verify token' })).toBeInTheDocument()
  const step = screen.getByText('Enter the credentials').closest('li') as HTMLElement
  await userEvent.click(within(step).getByRole('button', { name: 'Save' }))
  await waitFor(() => expect(asked).toEqual([{ secrets: { verify_token: made }, options: {} }]))
  expect(await within(step).findByText('Saved and sealed.')).toBeInTheDocument()
  expect(madeUp()).not.toBe(madeUp())
})

test('the first event ticks the last step', async () => {
  await show({ ...TELEGRAM, status: 'waiting_first_event' })
  await screen.findByText(/Waiting for the first event…/)
  await change({ ...TELEGRAM, status: 'up', last_in: at })
  expect(await screen.findByText(/The first event is here/)).toBeInTheDocument()
  expect(screen.getByText('Say hello').closest('li')).toHaveAttribute('data-state', 'done')
})

test('where the provider cannot call us it is said, and not where we ask', async () => {
  const local = 'http://127.0.0.1:8000/api/v1/channels/telegram/webhook/acc-1'
  await show({ ...TELEGRAM, webhook_url: local })
  expect(await screen.findByText(/Telegram cannot call http:\/\/127.0.0.1:8000/)).toBeInTheDocument()
  await change({ ...TELEGRAM, webhook_url: local, options: { polling: 'on' } })
  await waitFor(() => expect(screen.queryByText(/cannot call/)).not.toBeInTheDocument())
})

test('who provides WhatsApp is asked when an account is made', async () => {
  await show(META)
  await userEvent.click(screen.getByRole('button', { name: 'Connect WhatsApp' }))
  await userEvent.click(await screen.findByRole('menuitem', { name: /^Twilio/ }))
  await waitFor(() => expect(asked).toEqual([{ name: 'WhatsApp by Twilio', provider: 'twilio' }]))
})

test('Connect Gmail waits for the client, leaves for the provider, and says who it is connected as', async () => {
  const gone = vi.spyOn(window.location, 'assign').mockImplementation(() => undefined)
  const article = await show(GMAIL)
  const button = await within(article).findByRole('button', { name: 'Connect Gmail' })
  expect(button).toBeDisabled()
  expect(screen.getByText(/ID and secret first/)).toBeInTheDocument()
  expect(screen.getByRole('textbox', { name: 'Redirect address' })).toHaveValue(`${BASE}/oauth/gmail/callback`)

  const client = { ...GMAIL, options: { client_id: 'c' }, secrets: [{ name: 'client_secret', set: true }] }
  await change(client)
  await waitFor(() => expect(button).toBeEnabled())
  expect(screen.getByText(`The way back leads to ${BASE}`, { exact: false })).toBeInTheDocument()
  await userEvent.click(button)
  await waitFor(() => expect(gone).toHaveBeenCalledExactlyOnceWith('https://accounts.example/consent'))

  const secrets = [...client.secrets, { name: 'refresh_token', set: true }]
  const done = { ...client, secrets, options: { client_id: 'c', mailbox: 'hello@harbour.example' } }
  await change({ ...done, status: 'waiting_first_event' })
  expect(await screen.findByText('Connected as hello@harbour.example')).toBeInTheDocument()
  await change({ ...done, status: 'needs_reauth', reason: 'invalid_grant' })
  expect(await screen.findByText(/The sign-in has ended: connect again/)).toBeInTheDocument()
  expect(screen.getByText(/Press Connect in the set-up below/)).toBeInTheDocument()
})

test('who comes back from the provider is told so', async () => {
  await show({ ...GMAIL, status: 'waiting_first_event', options: { mailbox: 'hello@harbour.example' } }, true)
  expect(await screen.findByText('Gmail is connected as hello@harbour.example.')).toBeInTheDocument()
})

test('settings are saved by themselves, and only what was changed', async () => {
  await show({ ...META, options: { numbers: '1234567', welcome: 'Hello' } })
  const settings = await screen.findByRole('region', { name: 'Settings' })
  expect(within(settings).getByRole('button', { name: 'Save settings' })).toBeDisabled()
  await userEvent.selectOptions(within(settings).getByLabelText('Answers come'), 'sentences')
  await userEvent.clear(within(settings).getByLabelText('Welcome'))
  await userEvent.click(within(settings).getByRole('button', { name: 'Save settings' }))
  await waitFor(() => expect(asked).toEqual([{ secrets: {}, options: { answers: 'sentences', welcome: '' } }]))
})

test('what was set aside has its reason and size, and is read again one by one', async () => {
  aside = [
    { n: 2, reason: 'other_number', at, size: 512, retried_at: null },
    { n: 1, reason: 'unreadable', at, size: 20_480, retried_at: null },
  ]
  await show(META)
  const region = await screen.findByRole('region', { name: 'Set aside' })
  expect(await within(region).findByText('512 bytes')).toBeInTheDocument()
  expect(within(region).getByText('20 KB')).toBeInTheDocument()
  await userEvent.click(within(region).getByRole('button', { name: /^Read again: It cannot be read/ }))
  expect(await within(region).findByText(/Still not understood: it cannot be read/)).toBeInTheDocument()
  await userEvent.click(within(region).getByRole('button', { name: /^Read again: It is for a number/ }))
  expect(await within(region).findByText('Understood now')).toBeInTheDocument()
  expect(asked).toEqual(['retry 1', 'retry 2'])
})

test('nothing set aside is said', async () => {
  await show(META)
  expect(await screen.findByText('Nothing is set aside')).toBeInTheDocument()
})

test('what was set aside and cannot be had offers another try', async () => {
  const failed = () => HttpResponse.json({ code: 'down', detail: 'x', title: 'x' }, { status: 500 })
  server.use(http.get(`${ALL}/:channel/accounts/:id/quarantine`, failed))
  await show(META)
  expect(await screen.findByText('What was set aside could not be read.')).toBeInTheDocument()
  server.resetHandlers()
  await userEvent.click(screen.getByRole('button', { name: 'Try again' }))
  expect(await screen.findByText('Nothing is set aside')).toBeInTheDocument()
})
