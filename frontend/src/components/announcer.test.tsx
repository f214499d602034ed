import { act, render, waitFor } from '@testing-library/react'
import { beforeEach, expect, test } from 'vitest'
import { writePreference } from '@/lib/preferences'
import type { HopRow, LostRow, MessageRow, Row } from '@/lib/thread'
import { Announcer } from './announcer'

const answer = (text: string, state: MessageRow['state']): MessageRow => ({
  kind: 'message',
  id: 'a',
  author: 'agent',
  mine: false,
  name: 'Guide',
  channel: 'web',
  text,
  at: null,
  state,
})

beforeEach(() => writePreference('wholeAnswers', false))

/** What the live region said, one entry per change, while an answer of 300 tokens was written. */
function announcements(): string[] {
  const { rerender, container } = render(<Announcer rows={[]} />)
  const said: string[] = []
  const region = container.querySelector('[aria-live]')
  const show = (row: MessageRow) => {
    rerender(<Announcer rows={[row]} />)
    const words = region?.textContent ?? ''
    if (words && words !== said.at(-1)) said.push(words)
  }
  let text = ''
  show(answer('', 'streaming'))
  for (let token = 0; token < 300; token++) {
    text += `word${token} `
    show(answer(text, 'streaming'))
  }
  show(answer(text, 'final'))
  return said
}

test('an answer of 300 tokens is announced at most twice', () => {
  const said = announcements()
  expect(said).toHaveLength(2)
  expect(said[0]).toBe('Guide is answering.')
  expect(said[1]).toMatch(/^Guide: word0 .*The whole answer is in the conversation\.$/)
})

test('on wish it is announced once, whole', () => {
  act(() => writePreference('wholeAnswers', true))
  const said = announcements()
  expect(said).toHaveLength(1)
  expect(said[0]).toContain('word299')
})

test('what was there when the thread was opened is not announced', () => {
  const { container } = render(<Announcer rows={[answer('old', 'final')]} />)
  expect(container.querySelector('[aria-live]')).toHaveTextContent('')
})

const hop = (id: string): HopRow => ({
  kind: 'hop',
  id,
  at: '2026-11-21T12:00:00.000Z',
  message: 'a',
  from: 'whatsapp',
  to: 'gmail',
  reason: 'not_confirmed',
  reader: 'person',
})
const lost: LostRow = { kind: 'lost', id: 'lost-a', message: 'a', channel: 'gmail', state: 'dead', reader: 'member' }

test('a failover is announced once, and so is an open end', async () => {
  const first: Row[] = [answer('Hello', 'final'), hop('hop-1')]
  const { rerender, container } = render(<Announcer rows={first} />)
  const region = container.querySelector('[aria-live]')
  const second = [...first, hop('hop-2')]
  rerender(<Announcer rows={second} />)
  await waitFor(() => expect(region).toHaveTextContent('Sent by e-mail instead: WhatsApp did not confirm in time.'))
  rerender(<Announcer rows={[...second, { ...answer('Bye', 'final'), id: 'b' }]} />)
  expect(region).toHaveTextContent('Guide: Bye')
  rerender(<Announcer rows={[...second, lost]} />)
  await waitFor(() => expect(region).toHaveTextContent('Did not get through: Gmail did not take it.'))
})
