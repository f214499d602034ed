import { render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test, vi } from 'vitest'
import type { Row } from '@/lib/thread'
import { FindBar } from './find-bar'

const rows: Row[] = ['first hit', 'nothing', 'second hit', 'third hit'].map((text, at) => ({
  kind: 'message',
  id: `m${at}`,
  author: 'agent',
  mine: false,
  name: 'Guide',
  channel: 'web',
  text,
  at: null,
  state: 'final',
}))

test('find begins at the newest hit and walks back with Enter, around the end', async () => {
  const onHit = vi.fn()
  render(<FindBar rows={rows} searching={false} onHit={onHit} onClose={() => undefined} />)
  await userEvent.type(screen.getByRole('searchbox', { name: 'Find in this conversation' }), 'hit')
  expect(onHit).toHaveBeenLastCalledWith('m3', 'hit')
  expect(screen.getByRole('status')).toHaveTextContent('3 of 3')
  await userEvent.keyboard('{Enter}')
  expect(onHit).toHaveBeenLastCalledWith('m2', 'hit')
  await userEvent.keyboard('{Enter}{Enter}')
  expect(onHit).toHaveBeenLastCalledWith('m3', 'hit')
  await userEvent.click(screen.getByRole('button', { name: 'Older hit' }))
  expect(screen.getByRole('status')).toHaveTextContent('2 of 3')
})

test('a hit that is found further back is shown as soon as it is there', async () => {
  const onHit = vi.fn()
  const { rerender } = render(<FindBar rows={rows.slice(1, 2)} searching onHit={onHit} onClose={() => undefined} />)
  await userEvent.type(screen.getByRole('searchbox'), 'first')
  expect(onHit).toHaveBeenLastCalledWith(undefined, 'first')
  rerender(<FindBar rows={rows} searching={false} onHit={onHit} onClose={() => undefined} />)
  expect(onHit).toHaveBeenLastCalledWith('m0', 'first')
})

test('find says when there is nothing', async () => {
  render(<FindBar rows={rows} searching={false} onHit={() => undefined} onClose={() => undefined} />)
  await userEvent.type(screen.getByRole('searchbox'), 'zebra')
  expect(screen.getByRole('status')).toHaveTextContent('No hits')
  expect(screen.getByRole('button', { name: 'Older hit' })).toBeDisabled()
})

test('Esc closes find', async () => {
  const onClose = vi.fn()
  render(<FindBar rows={rows} searching={false} onHit={() => undefined} onClose={onClose} />)
  await userEvent.keyboard('{Escape}')
  expect(onClose).toHaveBeenCalledOnce()
})
