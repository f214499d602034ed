import { render, screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import type { ReactNode } from 'react'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import type { MessageRow, Row } from '@/lib/thread'
import { MessageList } from './message-list'

beforeEach(() => {
  // The list asks how tall it and its rows are; there is no layout here.
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(600)
  vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(800)
  vi.spyOn(HTMLElement.prototype, 'offsetHeight', 'get').mockReturnValue(80)
})

const row = (id: string, more: Partial<MessageRow> = {}): MessageRow => ({
  kind: 'message',
  id,
  author: 'person',
  mine: true,
  name: 'Maya',
  channel: 'web',
  text: `words of ${id}`,
  at: null,
  state: 'sent',
  ...more,
})
const answer = (id: string, more: Partial<MessageRow> = {}) =>
  row(id, { author: 'agent', mine: false, name: 'Guide', state: 'final', ...more })

function show(
  rows: readonly Row[],
  more: {
    onRetry?: (id: string) => void
    onRemove?: (id: string) => void
    whole?: boolean
    badges?: boolean
    ladder?: (id: string) => ReactNode
  } = {},
) {
  const list = (shown: readonly Row[]) => (
    <>
      <MessageList
        rows={shown}
        whole={more.whole ?? true}
        hasEarlier={false}
        loadEarlier={() => undefined}
        {...(more.badges === undefined ? {} : { badges: more.badges })}
        {...(more.ladder === undefined ? {} : { ladder: more.ladder })}
        onRetry={more.onRetry ?? (() => undefined)}
        onRemove={more.onRemove ?? (() => undefined)}
      />
    </>
  )
  const { rerender } = render(list(rows))
  return (next: readonly Row[]) => rerender(list(next))
}

describe('the thread', () => {
  test('a message keeps its element from sending to sent', () => {
    const again = show([row('a', { state: 'sending' })])
    const element = screen.getByRole('article')
    expect(element).toHaveAttribute('data-state', 'sending')
    again([row('a', { state: 'sent', at: '2026-11-21T12:00:00.000Z' }), answer('b', { state: 'streaming', text: '' })])
    expect(screen.getAllByRole('article')[0]).toBe(element)
    expect(element).toHaveAttribute('data-state', 'sent')
  })

  test('is busy while an answer is written, and only then', () => {
    const again = show([answer('a', { state: 'streaming', text: 'Half' })])
    expect(screen.getByRole('feed')).toHaveAttribute('aria-busy', 'true')
    again([answer('a')])
    expect(screen.getByRole('feed')).toHaveAttribute('aria-busy', 'false')
  })

  test('says who wrote and on which channel', () => {
    show([row('a'), answer('b', { channel: 'whatsapp' })])
    expect(screen.getByRole('article', { name: 'You, on Web' })).toBeInTheDocument()
    expect(screen.getByRole('article', { name: 'Guide, on WhatsApp' })).toBeInTheDocument()
  })

  test('an answer without words yet says that it is thought about', () => {
    show([answer('a', { state: 'streaming', text: '' })])
    expect(screen.getByText('Thinking…')).toBeInTheDocument()
  })

  test('a failed message says why and offers Retry and Delete', async () => {
    const onRetry = vi.fn()
    const onRemove = vi.fn()
    show([row('a', { state: 'failed', reason: 'The message is too long.' })], { onRetry, onRemove })
    expect(screen.getByText('The message is too long.')).toBeInTheDocument()
    await userEvent.click(screen.getByRole('button', { name: 'Retry' }))
    await userEvent.click(screen.getByRole('button', { name: 'Delete' }))
    expect(onRetry).toHaveBeenCalledExactlyOnceWith('a')
    expect(onRemove).toHaveBeenCalledExactlyOnceWith('a')
  })

  test('a move is one quiet line of text', () => {
    show([
      row('a'),
      { kind: 'switch', id: 's', at: '2026-11-21T12:00:00.000Z', from: 'web', to: 'slack' },
      row('b', { channel: 'slack' }),
    ])
    expect(screen.getByText('Continued on Slack')).toBeInTheDocument()
  })

  test('a move says why in the same sentence', () => {
    const at = '2026-11-21T12:00:00.000Z'
    show([row('a'), { kind: 'switch', id: 's', at, from: 'web', to: 'slack', why: 'you moved the talk' }])
    expect(screen.getByText('Continued on Slack: you moved the talk')).toBeInTheDocument()
  })

  test('a node has the sign of its own channel, whatever the line runs on', () => {
    show([row('a'), row('b', { channel: 'slack' })])
    const nodes = screen
      .getAllByRole('article')
      .map((each) => each.querySelector('.rail-node')?.closest('[data-channel]')?.getAttribute('data-channel'))
    expect(nodes).toEqual(['web', 'slack'])
  })

  test('each message wears its channel as a word where there is more than the web', () => {
    show([row('a', { channel: 'slack' })], { badges: true })
    expect(screen.getByText('Slack')).toBeVisible()
  })

  test('what a notice quotes stands in the thread already', () => {
    show([row('n', { author: 'system', mine: false, text: 'We **go on** here.\n> The last answer.' })])
    expect(screen.getByText('We go on here.')).toBeInTheDocument()
    expect(screen.queryByText(/last answer/)).not.toBeInTheDocument()
  })

  test('what became of an answer is a word, and its steps are behind it for the keyboard', async () => {
    const standings = [{ channel: 'slack', state: 'refused', reason: 'token_revoked' }] as const
    show([answer('a', { standings })], { ladder: (id) => <p>Steps of {id}</p> })
    const word = await screen.findByRole('button', { name: 'Not delivered to Slack' })
    expect(word).toHaveAttribute('data-state', 'refused')
    expect(screen.queryByText('Steps of a')).not.toBeInTheDocument()
    word.focus()
    await userEvent.keyboard('{Enter}')
    expect(await screen.findByRole('dialog', { name: 'Delivery, step by step' })).toHaveTextContent('Steps of a')
    await userEvent.keyboard('{Escape}')
    expect(screen.queryByRole('dialog')).not.toBeInTheDocument()
    await waitFor(() => expect(word).toHaveFocus())
    expect(screen.queryByRole('dialog')).not.toBeInTheDocument()
  })

  test('a stopped answer is marked', () => {
    show([answer('a', { state: 'stopped' })])
    expect(screen.getByText('Stopped')).toBeInTheDocument()
  })

  test('a thread of 5,000 messages keeps at most 200 of them in the document', () => {
    show(Array.from({ length: 5_000 }, (_, at) => (at % 2 ? answer(`m${at}`) : row(`m${at}`))))
    const shown = screen.getAllByRole('article').length
    expect(shown).toBeGreaterThan(0)
    expect(shown).toBeLessThanOrEqual(200)
  })

  test('a short thread is whole in the document', () => {
    show(Array.from({ length: 100 }, (_, at) => row(`m${at}`)))
    expect(screen.getAllByRole('article')).toHaveLength(100)
  })

  test('has one way in for the keyboard, and arrows from there', async () => {
    show([row('a'), row('b'), row('c')])
    const [, second, third] = screen.getAllByRole('article')
    expect(screen.getAllByRole('article').filter((each) => each.tabIndex === 0)).toEqual([third])
    third?.focus()
    await userEvent.keyboard('{ArrowUp}')
    await waitFor(() => expect(second).toHaveFocus())
  })
})

describe('to a member', () => {
  test('a person’s message has their name and no sending state', () => {
    show([row('a', { mine: false, state: 'received' })])
    expect(screen.getByRole('article', { name: 'Maya, on Web' })).toHaveTextContent('Maya')
    expect(screen.queryByText('Sent')).not.toBeInTheDocument()
  })

  test('their own message can be retried too', () => {
    show([row('a', { author: 'member', state: 'failed', reason: 'Not taken.' })])
    expect(screen.getByText('Not taken.')).toBeInTheDocument()
    expect(screen.getByRole('button', { name: 'Retry' })).toBeInTheDocument()
  })
})
