import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { render, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { HttpResponse, http } from 'msw'
import { MemoryRouter } from 'react-router'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { Keeper } from '@/api/keeper'
import { KeeperContext } from '@/api/session'
import * as news from '@/features/chat/news'
import { LOST_URL, LostMessages, lost } from '@/test/lost-messages'
import LostCount from './lost-count'
import LostList, { merged } from './lost-list'
import { triedWords, triesWords, whyWords } from './words'

let house: LostMessages
let cache: QueryClient
const houses = new LostMessages()
beforeAll(() => houses.server.listen({ onUnhandledRequest: 'error' }))
afterAll(() => houses.server.close())
beforeEach(() => {
  house = houses
  house.held = []
  house.asked = []
  cache = new QueryClient({ defaultOptions: { queries: { retry: false } } })
})
afterEach(() => {
  cache.clear()
  houses.server.resetHandlers()
})

function show(what = <LostList />) {
  return render(
    <QueryClientProvider client={cache}>
      <KeeperContext value={new Keeper()}>
        <MemoryRouter>{what}</MemoryRouter>
      </KeeperContext>
    </QueryClientProvider>,
  )
}

const rows = () => screen.findAllByRole('listitem')

test('each says whose it is, where it did not arrive, why, and where else it was tried', async () => {
  house.held = [lost(1)]
  show()
  const [row] = await rows()
  expect(row).toHaveTextContent('Not delivered to WhatsApp: it is too long since the person last wrote there.')
  expect(row).toHaveTextContent('The boat number 1 leaves at noon.')
  expect(row).toHaveTextContent('Tried 3 times')
  expect(row).toHaveTextContent('Also tried: SMS')
  expect(within(row as HTMLElement).getByRole('link')).toHaveAttribute('href', '/c/c-1')
  expect(within(row as HTMLElement).queryByRole('button', { name: /^It arrived/ })).toBeNull()
  expect(screen.getByText('One message did not get through')).toBeInTheDocument()
})

test('where nothing is lost it says what would come here', async () => {
  show()
  expect(await screen.findByText('Everything got through')).toBeInTheDocument()
  expect(screen.queryByRole('button')).toBeNull()
})

test('one that is sent again stays in its place and says so, and the focus stays with it', async () => {
  house.held = [lost(2), lost(1)]
  show()
  await userEvent.click(await screen.findByRole('button', { name: 'Send again: to Maya 2' }))

  const [first, second] = await rows()
  await waitFor(() => expect(first).toHaveTextContent('On its way again'))
  expect(first).toHaveFocus()
  expect(second).toHaveTextContent('Maya 1')
  expect(house.asked).toEqual([{ items: [{ conversation: 'c-2', message: 'm-2', binding: 'b-1' }] }])
  await screen.findByText('One message did not get through')
})

test('somebody else was faster', async () => {
  house.held = [lost(1)]
  show()
  const button = await screen.findByRole('button', { name: 'Send again: to Maya 1' })
  house.held = []
  await userEvent.click(button)
  expect(await screen.findByText('Not lost any more')).toBeInTheDocument()
  expect(await screen.findByText('Nothing is left')).toBeInTheDocument()
})

test('a doubtful one can be said to have arrived', async () => {
  house.held = [lost(1, { state: 'held', reason: 'no_echo', doubtful: true })]
  show()
  const [row] = await rows()
  expect(row).toHaveTextContent('WhatsApp may have it: it did not confirm in time. Somebody has to look.')
  await userEvent.click(screen.getByRole('button', { name: 'It arrived: to Maya 1' }))
  await waitFor(() => expect(row).toHaveTextContent('Marked as arrived'))
  expect(house.asked).toEqual([{ conversation: 'c-1', message: 'm-1', binding: 'b-1', arrived: true }])
})

test('all are sent again after a question, with progress', async () => {
  house.held = [lost(3), lost(2), lost(1)]
  show()
  await userEvent.click(await screen.findByRole('button', { name: 'Send all again' }))
  const dialog = await screen.findByRole('dialog', { name: 'Send 3 messages again?' })
  await userEvent.click(within(dialog).getByRole('button', { name: 'Send all again' }))

  expect(await screen.findByText('3 of 3 sent again')).toBeInTheDocument()
  expect(screen.getByRole('progressbar', { name: 'Sent again' })).toHaveAttribute('aria-valuenow', '3')
  expect(house.asked).toEqual(['', 'more', 'more'].map((before) => ({ all: true, limit: 20, before })))
  expect(await screen.findByText('Everything got through')).toBeInTheDocument()
})

test('what the server refuses is said in its words, and what went stays counted', async () => {
  house.held = [lost(2), lost(1)]
  const problem = { code: 'busy', status: 503, detail: 'We cannot keep new messages.', hint: 'Try again.' }
  houses.server.use(http.post(`${LOST_URL}/retry`, () => HttpResponse.json(problem, { status: 503 })))
  show()
  await userEvent.click(await screen.findByRole('button', { name: 'Send again: to Maya 2' }))
  expect(await screen.findByRole('alert')).toHaveTextContent('We cannot keep new messages. Try again.')
})

test('j and k go from one to the next and stop at the ends, and Enter opens the conversation', async () => {
  house.held = [lost(2), lost(1)]
  const opened: string[] = []
  show(
    <>
      <input aria-label="Words" />
      <LostList />
    </>,
  )
  const [first, second] = await rows()
  await userEvent.keyboard('j')
  expect(first).toHaveFocus()
  await userEvent.keyboard('jj')
  expect(second).toHaveFocus()
  within(second as HTMLElement)
    .getByRole('link')
    .addEventListener('click', (event) => {
      event.preventDefault()
      opened.push('second')
    })
  await userEvent.keyboard('{Enter}')
  expect(opened).toEqual(['second'])
  await userEvent.keyboard('kkk')
  expect(first).toHaveFocus()
  // A button in a row does what it says, and letters in a field are letters.
  within(first as HTMLElement)
    .getByRole('button', { name: /^Send again/ })
    .focus()
  await userEvent.keyboard('{Enter}')
  await waitFor(() => expect(house.asked).toHaveLength(1))
  await userEvent.type(screen.getByLabelText('Words'), 'jk')
  expect(screen.getByLabelText('Words')).toHaveValue('jk')
  expect(opened).toEqual(['second'])
})

test('the rest comes when it is asked for', async () => {
  house.held = [lost(3), lost(2), lost(1)]
  show()
  expect(await rows()).toHaveLength(2)
  await userEvent.click(screen.getByRole('button', { name: 'Show more' }))
  await waitFor(async () => expect(await rows()).toHaveLength(3))
  expect(screen.queryByRole('button', { name: 'Show more' })).toBeNull()
})

test('the number in the header grows when the server tells of one, with one look for many', async () => {
  show(<LostCount to="/failed" />)
  await waitFor(() => expect(cache.isFetching()).toBe(0))
  expect(screen.queryByRole('link')).toBeNull()

  house.held = [lost(2), lost(1)]
  const frame = { t: 'lost', c: 'c-1', message: 'm-1', channel: 'sms', state: 'dead', at: '' } as const
  for (let n = 0; n < 50; n += 1) news.take(cache, frame)

  expect(await screen.findByRole('link', { name: '2 messages did not get through' })).toHaveAttribute('href', '/failed')
})

test('what was lost anew is lost, whatever was said of it before', () => {
  const before = lost(1)
  const anew = lost(1, { at: '2026-11-21T13:00:00.000Z' })
  expect(merged([], [{ item: before, done: 'sent' }])).toEqual([{ item: before, done: 'sent' }])
  expect(merged([anew], [{ item: before, done: 'sent' }])).toEqual([{ item: anew, done: undefined }])
})

test('words for every kind of loss', () => {
  const why = (reason: string | null, more = {}) => whyWords({ ...lost(1), reason, ...more })
  expect(why('account_down')).toBe('Not delivered to WhatsApp: our end of the channel does not work.')
  expect(why('not_confirmed', { doubtful: true })).toBe('WhatsApp may have it: it did not confirm in time.')
  expect(why(null)).toBe('Not delivered to WhatsApp.')
  const tries = (attempts: number, doubtful = false) => triesWords({ attempts, doubtful })
  expect([tries(0), tries(0, true), tries(1), tries(2), tries(5)]).toEqual([
    'Never left',
    '',
    'Tried once',
    'Tried twice',
    'Tried 5 times',
  ])
  expect(triedWords(lost(1, { tried: [{ channel: 'web', state: 'read', at: '' }] }))).toBe('Read on the web')
})
