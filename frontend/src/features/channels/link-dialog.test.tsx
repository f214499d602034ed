import { act, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { HttpResponse, http } from 'msw'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { LINKS, linkKey } from '@/api/keys'
import { LINKS_URL, OwnChannels } from '@/test/own-channels'
import { MyChannels } from './my-channels'
import { leftSpoken, leftWords } from './words'

let stage: OwnChannels
beforeAll(() => {
  stage = new OwnChannels()
  stage.server.listen({ onUnhandledRequest: 'error' })
})
afterAll(() => stage.server.close())
beforeEach(() => {
  stage.asked = []
  stage.links = []
  stage.lasts = 600
  stage.own = {
    items: [],
    linkable: [
      { channel: 'slack', label: 'Slack', simulated: false },
      { channel: 'whatsapp', label: 'WhatsApp', simulated: true },
    ],
    quiet: null,
  }
})
afterEach(() => {
  vi.useRealTimers()
  stage.cache.clear()
  stage.server.resetHandlers()
})

/** What a `link` frame does. */
const heard = (state?: string, link = 'l-1') =>
  act(async () => {
    if (state !== undefined) stage.cache.setQueryData(linkKey(link), state)
    await stage.cache.invalidateQueries({ queryKey: LINKS })
  })

async function begin(channel = 'WhatsApp') {
  await stage.show(<MyChannels />)
  await userEvent.click(await screen.findByRole('button', { name: `Link ${channel}…` }))
  return screen.findByRole('dialog', { name: `Link ${channel}` })
}

test('a code is there to be read, copied, typed on another device or opened there', async () => {
  const dialog = within(await begin())
  expect(await dialog.findByLabelText('Your code')).toHaveValue('BCDF-2345')
  expect(dialog.getByText('link BCDF-2345')).toBeInTheDocument()
  expect(dialog.getByRole('timer')).toHaveAccessibleName('Works for 10 minutes more')
  expect(dialog.getByRole('button', { name: 'Copy what to write' })).toBeInTheDocument()
  expect(dialog.getByRole('link', { name: 'Open WhatsApp' })).toHaveAttribute(
    'href',
    'https://wa.me/447700900100?text=link%20BCDF2345',
  )
  expect(await dialog.findByRole('img', { name: 'QR code that opens WhatsApp on your phone' })).toBeInTheDocument()
  expect(dialog.getByRole('link', { name: 'the lab' })).toBeInTheDocument()
  expect(dialog.getByRole('status')).toHaveTextContent('Your code is ready. Write “link BCDF-2345”')
})

test('a channel that no link opens shows the words alone', async () => {
  const dialog = within(await begin('Slack'))
  expect(await dialog.findByText('link BCDF-2345')).toBeInTheDocument()
  expect(dialog.queryByRole('link')).not.toBeInTheDocument()
  expect(dialog.queryByRole('img')).not.toBeInTheDocument()
})

test('who wrote the code is asked about, and confirmed', async () => {
  await begin()
  await screen.findByLabelText('Your code')
  stage.claimed('Maya · …0123')
  await heard()
  const dialog = await screen.findByRole('dialog', { name: 'Is that you?' })
  expect(within(dialog).getByRole('status')).toHaveTextContent('Maya · …0123 wrote the code. Is that you?')
  await userEvent.click(within(dialog).getByRole('button', { name: 'Yes, that is me' }))
  expect(await screen.findByRole('dialog', { name: 'WhatsApp is linked' })).toHaveTextContent(
    'Maya · …0123 is yours now',
  )
  expect(stage.asked).toEqual(['POST whatsapp', 'confirm l-1'])
  await userEvent.click(screen.getByRole('button', { name: 'Done' }))
  expect(screen.queryByRole('dialog')).not.toBeInTheDocument()
})

test('somebody else is refused, and nothing is linked', async () => {
  await begin()
  await screen.findByLabelText('Your code')
  stage.claimed('…9999')
  await heard()
  await userEvent.click(await screen.findByRole('button', { name: 'Not me' }))
  expect(await screen.findByRole('dialog', { name: 'Not linked' })).toHaveTextContent('Nothing was linked')
  expect(stage.asked.at(-1)).toBe('refuse l-1')
})

test('what is settled in another tab is settled here', async () => {
  await begin()
  await screen.findByLabelText('Your code')
  stage.links = []
  await heard('confirmed')
  expect(await screen.findByRole('dialog', { name: 'WhatsApp is linked' })).toBeInTheDocument()
})

test('a code that is gone without a word is said to be settled', async () => {
  await begin()
  await screen.findByLabelText('Your code')
  stage.links = []
  await heard()
  expect(await screen.findByRole('dialog', { name: 'This code is settled' })).toBeInTheDocument()
})

test('a code that ran out says so and makes way for a new one', async () => {
  stage.lasts = 0
  await stage.show(<MyChannels />)
  await userEvent.click(await screen.findByRole('button', { name: 'Link WhatsApp…' }))
  const dialog = await screen.findByRole('dialog', { name: 'The code has run out' })
  expect(dialog).toHaveTextContent('Nothing was linked. A code lasts ten minutes')
  stage.lasts = 600
  await userEvent.click(within(dialog).getByRole('button', { name: 'Make a new code' }))
  expect(await screen.findByLabelText('Your code')).toBeInTheDocument()
})

test('a closed dialog leaves the code standing: it is found in the list, and asking again makes no other', async () => {
  await begin()
  await screen.findByLabelText('Your code')
  await userEvent.keyboard('{Escape}')
  expect(screen.queryByRole('dialog')).not.toBeInTheDocument()
  await userEvent.click(await screen.findByRole('button', { name: 'Show the WhatsApp code' }))
  expect(await screen.findByLabelText('Your code')).toHaveValue('BCDF-2345')
  await userEvent.keyboard('{Escape}')
  await userEvent.click(screen.getByRole('button', { name: 'Link WhatsApp…' }))
  expect(await screen.findByLabelText('Your code')).toBeInTheDocument()
  expect(stage.asked).toEqual(['POST whatsapp'])
})

test('a code of another tab is told as far as it is known', async () => {
  const expires_at = new Date(Date.now() + 300_000).toISOString()
  stage.links = [{ id: 'l-9', channel: 'whatsapp', state: 'open', expires_at, who: null }]
  await stage.show(<MyChannels />)
  await userEvent.click(await screen.findByRole('button', { name: 'Show the WhatsApp code' }))
  expect(await screen.findByRole('dialog')).toHaveTextContent('This code was shown once, where it was made.')
  expect(screen.queryByLabelText('Your code')).not.toBeInTheDocument()
})

test('a code that cannot be made says why, and what to do', async () => {
  stage.server.use(
    http.post(LINKS_URL, () =>
      HttpResponse.json(
        { code: 'too_many_links', title: 'x', detail: 'That were a lot of codes.', hint: 'Wait an hour.' },
        { status: 429 },
      ),
    ),
  )
  const dialog = within(await begin())
  expect(await dialog.findByRole('alert')).toHaveTextContent('That were a lot of codes. Wait an hour.')
  stage.server.resetHandlers()
  await userEvent.click(dialog.getByRole('button', { name: 'Try again' }))
  expect(await screen.findByLabelText('Your code')).toBeInTheDocument()
})

test('the keyboard stays in the dialog and goes back to where it came from', async () => {
  const dialog = await begin()
  await screen.findByLabelText('Your code')
  for (let n = 0; n < 8; n += 1) {
    await userEvent.tab()
    expect(dialog).toContainElement(document.activeElement as HTMLElement)
  }
  await userEvent.keyboard('{Escape}')
  await waitFor(() => expect(screen.getByRole('button', { name: 'Link WhatsApp…' })).toHaveFocus())
})

test.each([
  [600_000, '10:00', '10 minutes'],
  [545_001, '9:06', '10 minutes'],
  [59_000, '0:59', 'less than a minute'],
  [-5, '0:00', 'less than a minute'],
])('%i ms are %s, spoken %s', (ms, shown, spoken) => {
  expect(leftWords(ms)).toBe(shown)
  expect(leftSpoken(ms)).toBe(spoken)
})
