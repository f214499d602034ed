import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeEach, expect, test, vi } from 'vitest'

const ask = vi.fn()
vi.mock('@/api/session', () => ({ useKeeper: () => ({ ask }) }))

const { default: SendAgain } = await import('./lost')

const row = (more: object) => ({ message: 'm-1', binding: 'b-1', channel: 'gmail', owed: true, state: 'dead', ...more })

beforeEach(() => {
  ask.mockReset()
  render(
    <QueryClientProvider client={new QueryClient()}>
      <SendAgain conversation="c 1" message="m-1" />
    </QueryClientProvider>,
  )
})

test('only what is lost of this message is sent again', async () => {
  const items = [
    row({}),
    row({ binding: 'b-2', state: 'passed', owed: false }),
    row({ binding: 'b-3', message: 'm-2' }),
    row({ binding: 'b-4', state: 'held' }),
    row({ binding: 'b-5', owed: false }),
  ]
  ask.mockResolvedValueOnce({ items }).mockResolvedValueOnce({})
  await userEvent.click(screen.getByRole('button', { name: 'Send again' }))
  expect(await screen.findByText('On its way again')).toBeVisible()
  expect(ask.mock.calls[0]?.[0]).toBe('/api/v1/conversations/c%201/deliveries')
  expect(ask.mock.calls[1]).toEqual([
    '/api/v1/deliveries/lost/retry',
    {
      method: 'POST',
      body: {
        items: [
          { conversation: 'c 1', message: 'm-1', binding: 'b-1' },
          { conversation: 'c 1', message: 'm-1', binding: 'b-4' },
        ],
      },
    },
  ])
})

test('when that fails it is said, and can be tried again', async () => {
  ask.mockRejectedValue(new Error('down'))
  await userEvent.click(screen.getByRole('button', { name: 'Send again' }))
  expect(await screen.findByText('That did not work. Try again in a moment.')).toBeVisible()
  expect(screen.getByRole('button', { name: 'Send again' })).toBeEnabled()
})
