import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { render, screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { Keeper } from '@/api/keeper'
import { KeeperContext } from '@/api/session'
import { LostMessages } from '@/test/lost-messages'
import Patience from './patience'

const house = new LostMessages()
const usual = house.policy
let cache: QueryClient
beforeAll(() => house.server.listen({ onUnhandledRequest: 'error' }))
afterAll(() => house.server.close())
beforeEach(() => {
  house.policy = usual
  house.asked = []
  cache = new QueryClient({ defaultOptions: { queries: { retry: false } } })
})
afterEach(() => cache.clear())

async function show() {
  render(
    <QueryClientProvider client={cache}>
      <KeeperContext value={new Keeper()}>
        <Patience />
      </KeeperContext>
    </QueryClientProvider>,
  )
  return screen.findByRole('button', { name: 'Save rules' })
}

test('only what was changed is saved, in the units of the server', async () => {
  const save = await show()
  expect(save).toBeDisabled()
  const field = (name: string) => screen.getByRole('textbox', { name })
  expect(field('Is given up after')).toHaveValue('60')
  await userEvent.clear(field('Is given up after'))
  await userEvent.type(field('Is given up after'), '5')
  await userEvent.clear(field('First pause between tries'))
  await userEvent.type(field('First pause between tries'), '0,5')
  await userEvent.click(screen.getByRole('radio', { name: /^Waits for one of us/ }))
  await userEvent.click(save)

  expect(await screen.findByText('Saved. It holds from now on.')).toBeInTheDocument()
  expect(house.asked).toEqual([{ give_up_after: 300, retry_ms: 500, doubt: 'hold' }])
  expect(field('Is given up after')).toHaveValue('5')
})

test('what is out of bounds says so and cannot be saved', async () => {
  const save = await show()
  const field = screen.getByRole('textbox', { name: 'Goes by another channel after' })
  await userEvent.clear(field)
  expect(field).toHaveAccessibleDescription('From 1 to 3,600 seconds.')
  await userEvent.type(field, '4000')
  expect(field).toBeInvalid()
  expect(save).toBeDisabled()
})

test('the order is moved by keyboard, with the channels that nobody named at its end', async () => {
  const save = await show()
  const names = () => screen.getAllByRole('listitem').map((item) => item.textContent?.replace(/^\d/, ''))
  expect(names()).toEqual(['Slack', 'Gmail', 'SMS', 'Telegram', 'Web', 'WhatsApp'])
  screen.getByRole('button', { name: 'Move Gmail up' }).focus()
  await userEvent.keyboard('{Enter}')
  expect(names().slice(0, 2)).toEqual(['Gmail', 'Slack'])
  expect(screen.getByText('Gmail is number 1 of 6.')).toBeInTheDocument()
  await userEvent.click(save)
  await waitFor(() =>
    expect(house.asked).toEqual([{ fallback: ['gmail', 'slack', 'sms', 'telegram', 'web', 'whatsapp'] }]),
  )
})
