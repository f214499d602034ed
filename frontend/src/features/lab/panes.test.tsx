import { act, render, screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import MailPane from './mail-pane'
import PhonePane from './phone-pane'
import { hear as hearPhones, EMPTY as NO_PHONES, type PhoneEnd } from './phones'
import { hear as hearPost, EMPTY as NO_POST } from './post'
import { STORY, type World } from './tour'
import { TourBar } from './tour-bar'
import { useTour } from './useTour'

/** Whether panes are on screen, as the browser would tell. */
let onScreen = true
class Watch {
  readonly #tell: (entries: { isIntersecting: boolean }[]) => void
  constructor(tell: (entries: { isIntersecting: boolean }[]) => void) {
    this.#tell = tell
  }
  observe() {
    this.#tell([{ isIntersecting: onScreen }])
  }
  disconnect() {}
}
beforeEach(() => {
  onScreen = true
  vi.stubGlobal('IntersectionObserver', Watch)
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

const END: PhoneEnd = { id: '106', channel: 'whatsapp', shown: '+44 7700 900100' }
const message = (id: string, more: object = {}) => ({
  id,
  end: '106',
  person: '447',
  from: 'us',
  text: 'Your *table*',
  at: 10,
  status: 'delivered',
  buttons: [],
  media: [],
  ...more,
})

function phone(messages: object[], end = END) {
  const picture = hearPhones(
    NO_PHONES,
    'state',
    JSON.stringify({ ends: [], people: [{ id: '447', name: 'Maya' }], messages }),
  )
  const done = async () => true
  const phones = {
    picture,
    line: 'live' as const,
    fault: null,
    send: vi.fn(done),
    say: vi.fn(done),
    show: vi.fn(done),
    press: vi.fn(done),
    read: vi.fn(done),
    setSwitches: vi.fn(done),
  }
  render(<PhonePane phones={phones} end={end} organisation="Harbour" name="Maya" />)
  return phones
}

test('a message stands as WhatsApp shows it, with its buttons to press', async () => {
  const phones = phone([message('m1', { buttons: [{ id: 'b1', title: 'At seven' }] })])
  expect(screen.getByText('table').tagName).toBe('STRONG')
  await userEvent.click(screen.getByRole('button', { name: 'At seven' }))
  expect(phones.press).toHaveBeenCalledExactlyOnceWith(END, expect.objectContaining({ id: '447' }), 'm1', 'b1')
})

test('quotes and code of several lines stand where they may', () => {
  const complaints = vi.spyOn(console, 'error').mockImplementation(() => {})
  phone([message('m1', { text: '> first\n```x = 1```' })])
  expect(screen.getByText('first').tagName).toBe('BLOCKQUOTE')
  expect(screen.getByText('x = 1').tagName).toBe('PRE')
  expect(complaints).not.toHaveBeenCalled()
})

test('says in words why something did not arrive, and that it was edited', () => {
  phone([message('m1', { status: 'failed', error: '131026', edited: true })])
  expect(screen.getByText('not delivered: the phone cannot be reached')).toBeInTheDocument()
  expect(screen.getByText('edited')).toBeInTheDocument()
})

test.each([true, false])('what was delivered is read while the pane is on screen: %s', async (seen) => {
  vi.useFakeTimers()
  onScreen = seen
  const phones = phone([message('m1')])
  await act(() => vi.advanceTimersByTimeAsync(5_000))
  expect(phones.read).toHaveBeenCalledTimes(seen ? 1 : 0)
})

test('what the customer writes is said at that end; a photo and a note are samples', async () => {
  const phones = phone([])
  await userEvent.type(screen.getByRole('textbox', { name: 'Message in WhatsApp' }), 'Hi there{Enter}')
  expect(phones.say).toHaveBeenCalledExactlyOnceWith(END, expect.objectContaining({ id: '447' }), 'Hi there')
  await userEvent.click(screen.getByRole('button', { name: 'Send a sample voice note in WhatsApp' }))
  expect(phones.show).toHaveBeenCalledExactlyOnceWith(END, expect.anything(), 'voice')
})

test('a text takes a photo, but no voice note', () => {
  phone([], { ...END, channel: 'sms' })
  expect(screen.getByRole('button', { name: 'Send a sample photo in SMS' })).toBeInTheDocument()
  expect(screen.queryByRole('button', { name: /voice note/ })).toBeNull()
})

function mailbox(mails: object[]) {
  const people = [{ id: 'maya@example.com', name: 'Maya' }]
  const picture = hearPost(
    NO_POST,
    'state',
    JSON.stringify({ ends: [{ id: 'us@h.example' }], people, threads: [{ mails }] }),
  )
  const write = vi.fn(async () => true)
  const post = { picture, line: 'live' as const, fault: null, write, setSwitches: vi.fn(async () => true) }
  render(<MailPane post={post} mailbox="us@h.example" name="Maya" />)
  return write
}
const mail = {
  ...{ id: 'a', thread: 'T1', mailbox: 'us@h.example', person: 'maya@example.com', at: 10, subject: 'Your table' },
  ...{ from: 'Harbour <us@h.example>', to: 'maya@example.com', text: 'At seven?', html: '<p>At seven?</p>', media: [] },
}

test('a mail’s own page stands in a frame that may do nothing, and can be read plain', async () => {
  mailbox([mail])
  const frame = screen.getByTitle('Mail from Harbour')
  expect(frame).toHaveAttribute('sandbox', '')
  await userEvent.click(screen.getByRole('button', { name: 'Show it plain' }))
  expect(within(screen.getByRole('list', { name: 'Messages in Gmail' })).getByText('At seven?')).toBeInTheDocument()
})

test('an answer goes into the thread, a new mail has a subject of its own', async () => {
  const write = mailbox([mail])
  const field = screen.getByRole('textbox', { name: 'Message in Gmail' })
  await userEvent.type(field, 'Yes{Enter}')
  expect(write).toHaveBeenLastCalledWith({
    mailbox: 'us@h.example',
    person: 'maya@example.com',
    text: 'Yes',
    thread: 'T1',
  })
  await userEvent.click(screen.getByRole('button', { name: 'New mail in Gmail' }))
  await userEvent.type(screen.getByRole('textbox', { name: 'Subject' }), 'Parking')
  await userEvent.type(screen.getByRole('textbox', { name: 'Message in Gmail' }), 'Where?{Enter}')
  expect(write).toHaveBeenLastCalledWith({
    mailbox: 'us@h.example',
    person: 'maya@example.com',
    text: 'Where?',
    subject: 'Parking',
  })
})

const STILL: World = {
  begin: () => new Promise(() => {}),
  go: async () => true,
  say: async () => true,
  answer: async () => undefined,
  fail: async () => async () => undefined,
}
function Toured() {
  const { tour, told, run, pause, stop } = useTour(STORY, STILL, () => {})
  return (
    <>
      <button type="button" onClick={run}>
        Run
      </button>
      <textarea aria-label="Field" />
      <TourBar story={told} tour={tour} onPause={pause} onStop={stop} />
    </>
  )
}

test('the space bar pauses the tour and goes on with it, but types where somebody is typing', async () => {
  render(<Toured />)
  expect(screen.queryByRole('region', { name: 'The tour' })).toBeNull()
  await userEvent.click(screen.getByRole('button', { name: 'Run' }))
  expect(screen.getByText(STORY[0]?.caption ?? '')).toBeInTheDocument()
  expect(screen.getAllByRole('listitem')[0]).toHaveAttribute('aria-current', 'step')
  const field = screen.getByRole('textbox', { name: 'Field' })
  await userEvent.type(field, ' ')
  expect(field).toHaveValue('')
  expect(screen.getByRole('button', { name: 'Go on' })).toBeInTheDocument()
  await userEvent.type(field, 'a b')
  expect(field).toHaveValue('a b')
  await userEvent.click(screen.getByRole('button', { name: 'Go on' }))
  expect(screen.getByRole('button', { name: 'Pause' })).toBeInTheDocument()
  await userEvent.click(screen.getByRole('button', { name: 'Stop' }))
  expect(screen.queryByRole('region', { name: 'The tour' })).toBeNull()
})
