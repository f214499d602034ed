import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { HttpResponse, http } from 'msw'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import type { IdentityShown } from '@/api/shapes'
import { IDENTITIES_URL, OwnChannels, PREFERENCES_URL } from '@/test/own-channels'
import { MyChannels } from './my-channels'

const ONE: IdentityShown = {
  id: 'w',
  channel: 'web',
  label: 'Web',
  address: '',
  status: 'verified',
  health: 'up',
  simulated: false,
  rings: false,
}
const WHATSAPP: IdentityShown = {
  ...ONE,
  rings: true,
  id: 'p',
  channel: 'whatsapp',
  label: 'WhatsApp',
  address: '…0123',
}
const GMAIL: IdentityShown = {
  ...ONE,
  id: 'g',
  channel: 'gmail',
  label: 'Gmail',
  address: 'm…@lindqvist.example',
  health: 'down',
}

let stage: OwnChannels
beforeAll(() => {
  stage = new OwnChannels()
  stage.server.listen({ onUnhandledRequest: 'error' })
})
afterAll(() => stage.server.close())
beforeEach(() => {
  stage.asked = []
  stage.links = []
  stage.own = {
    items: [ONE, WHATSAPP, GMAIL],
    linkable: [{ channel: 'telegram', label: 'Telegram', simulated: true }],
    quiet: null,
  }
})
afterEach(() => {
  vi.restoreAllMocks()
  stage.cache.clear()
  stage.server.resetHandlers()
})

const list = () => screen.findByRole('list', { name: 'Your addresses, first choice first' })
const names = () =>
  within(screen.getByRole('list', { name: 'Your addresses, first choice first' }))
    .getAllByRole('listitem')
    .map((item) => item.dataset.channel)

test('each address has its name, as much of it as one knows ones own by, and how it is in a word', async () => {
  await stage.show(<MyChannels />)
  const items = within(await list()).getAllByRole('listitem')
  expect(items.map((item) => item.textContent)).toEqual([
    expect.stringMatching(/Web.*Up.*How you sign in/),
    expect.stringMatching(/WhatsApp.*…0123.*Up.*Unlink/),
    expect.stringMatching(/Gmail.*m…@lindqvist\.example.*Down.*Unlink/),
  ])
  expect(screen.getByRole('button', { name: 'Link Telegram…' })).toBeInTheDocument()
  expect(screen.queryByRole('button', { name: 'Unlink Web' })).not.toBeInTheDocument()
})

test('a step up shows at once, is said once, is kept, and can be taken back', async () => {
  await stage.show(<MyChannels />)
  await list()
  await userEvent.click(screen.getByRole('button', { name: 'Move Gmail m…@lindqvist.example up' }))
  expect(names()).toEqual(['web', 'gmail', 'whatsapp'])
  expect(screen.getByText('Gmail m…@lindqvist.example is now number 2 of 3.')).toHaveAttribute('role', 'status')
  await waitFor(() => expect(stage.asked).toEqual(['PUT w g p']))
  expect(screen.getByRole('button', { name: 'Move Gmail m…@lindqvist.example up' })).toHaveFocus()
  await userEvent.click(screen.getByRole('button', { name: 'Undo' }))
  expect(names()).toEqual(['web', 'whatsapp', 'gmail'])
  await waitFor(() => expect(stage.asked.at(-1)).toBe('PUT w p g'))
})

test('presses faster than the server are asked one after the other, and the last one holds', async () => {
  await stage.show(<MyChannels />)
  await list()
  const up = screen.getByRole('button', { name: 'Move Gmail m…@lindqvist.example up' })
  fireEvent.click(up)
  fireEvent.click(screen.getByRole('button', { name: 'Move Gmail m…@lindqvist.example up' }))
  expect(names()).toEqual(['gmail', 'web', 'whatsapp'])
  await waitFor(() => expect(stage.asked).toEqual(['PUT w g p', 'PUT g w p']))
  expect(names()).toEqual(['gmail', 'web', 'whatsapp'])
})

test('an order that is refused is put back, and why is said', async () => {
  stage.server.use(
    http.put(PREFERENCES_URL, () =>
      HttpResponse.json({ code: 'unknown_link', title: 'x', detail: 'Not yours.', hint: '' }, { status: 404 }),
    ),
  )
  await stage.show(<MyChannels />)
  await list()
  await userEvent.click(screen.getByRole('button', { name: 'Move WhatsApp …0123 up' }))
  expect(await screen.findByRole('alert')).toHaveTextContent('The order is as it was. Not yours.')
  expect(names()).toEqual(['web', 'whatsapp', 'gmail'])
  expect(screen.queryByRole('button', { name: 'Undo' })).not.toBeInTheDocument()
})

test('the ends of the list say that they are ends, and asking anyway changes nothing', async () => {
  await stage.show(<MyChannels />)
  await list()
  const first = screen.getByRole('button', { name: 'Move Web up' })
  expect(first).toHaveAttribute('aria-disabled', 'true')
  await userEvent.click(first)
  expect(first).toHaveFocus()
  expect(names()).toEqual(['web', 'whatsapp', 'gmail'])
  expect(stage.asked).toEqual([])
})

test('an address is lifted, moved and left by the keyboard alone', async () => {
  // happy-dom lays nothing out: the rows are told where they are.
  vi.spyOn(HTMLElement.prototype, 'getBoundingClientRect').mockImplementation(function (this: HTMLElement) {
    const row = this.closest('li')
    const at = row?.parentElement ? [...row.parentElement.children].indexOf(row) : 0
    return new DOMRect(0, at * 60, 300, 50)
  })
  await stage.show(<MyChannels />)
  await list()
  const handle = screen.getByRole('button', { name: 'Move WhatsApp …0123' })
  handle.focus()
  await userEvent.keyboard(' ')
  await screen.findByText('WhatsApp …0123 is lifted. It is number 2 of 3.')
  await userEvent.keyboard('{ArrowDown}')
  await screen.findByText('WhatsApp …0123 would be number 3 of 3.')
  await userEvent.keyboard(' ')
  await waitFor(() => expect(stage.asked).toEqual(['PUT w g p']))
  expect(names()).toEqual(['web', 'gmail', 'whatsapp'])
})

test('unlinking says what it means first, and only then does it', async () => {
  await stage.show(<MyChannels />)
  await list()
  await userEvent.click(screen.getByRole('button', { name: 'Unlink WhatsApp …0123' }))
  const dialog = await screen.findByRole('dialog', { name: 'Unlink WhatsApp …0123?' })
  expect(dialog).toHaveTextContent('Nothing that was said is deleted.')
  await userEvent.click(within(dialog).getByRole('button', { name: 'Keep it' }))
  expect(stage.asked).toEqual([])
  await userEvent.click(screen.getByRole('button', { name: 'Unlink WhatsApp …0123' }))
  await userEvent.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Unlink' }))
  await waitFor(() => expect(names()).toEqual(['web', 'gmail']))
  expect(stage.asked).toEqual(['DELETE p'])
  expect(screen.getByText('WhatsApp …0123 is not linked any more.')).toBeInTheDocument()
})

test('no other channel, none to link, and a list that cannot be read are each said', async () => {
  stage.own = { items: [ONE], linkable: [], quiet: null }
  await stage.show(<MyChannels />)
  expect(await screen.findByText('No other channel yet')).toBeInTheDocument()
  expect(screen.getByText('Nothing to link yet')).toBeInTheDocument()
})

test('what cannot be read offers another try', async () => {
  stage.server.use(
    http.get(IDENTITIES_URL, () => HttpResponse.json({ code: 'down', detail: 'x', title: 'x' }, { status: 500 })),
  )
  await stage.show(<MyChannels />)
  expect(await screen.findByRole('alert')).toHaveTextContent('Your channels could not be read.')
  stage.server.resetHandlers()
  await userEvent.click(screen.getByRole('button', { name: 'Try again' }))
  expect(within(await list()).getAllByRole('listitem')).toHaveLength(3)
})
