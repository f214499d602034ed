import { render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test, vi } from 'vitest'
import { ApiFault } from '@/api/http'
import { SecretsForm } from './secrets-form'

const TOKEN = 'xoxb-not-a-real-one'
const secrets = [
  { name: 'bot_token', set: true },
  { name: 'signing_secret', set: false },
]

test('says of each secret whether it is set, and shows none', () => {
  render(<SecretsForm secrets={secrets} onSave={vi.fn()} />)
  expect(screen.getAllByText(/^(Set|Not set)$/).map((each) => each.textContent)).toEqual(['Set', 'Not set'])
  for (const field of screen.getAllByLabelText(/token|secret/i)) {
    expect(field).toHaveValue('')
    expect(field).toHaveAttribute('type', 'password')
  }
})

test('sends only what was written, and has forgotten it once it is saved', async () => {
  const onSave = vi.fn(async () => undefined)
  const { container } = render(<SecretsForm secrets={secrets} onSave={onSave} />)
  await userEvent.type(screen.getByLabelText('Bot token'), TOKEN)
  await userEvent.click(screen.getByRole('button', { name: 'Save secrets' }))
  expect(onSave).toHaveBeenCalledExactlyOnceWith({ bot_token: TOKEN })
  expect(await screen.findByText('Saved and sealed.')).toBeInTheDocument()
  expect(screen.getByLabelText('Bot token')).toHaveValue('')
  expect(container.outerHTML).not.toContain(TOKEN)
})

test('a refusal says why, and what was written is still there to be mended', async () => {
  const fault = new ApiFault({ code: 'bad_secret', status: 422, detail: 'A bot token begins with xoxb-.', hint: '' })
  render(<SecretsForm secrets={secrets} onSave={() => Promise.reject(fault)} />)
  await userEvent.type(screen.getByLabelText('Bot token'), 'wrong')
  await userEvent.click(screen.getByRole('button', { name: 'Save secrets' }))
  expect(await screen.findByRole('alert')).toHaveTextContent('A bot token begins with xoxb-.')
  expect(screen.getByLabelText('Bot token')).toHaveValue('wrong')
})
