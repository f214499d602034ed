import { screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { HttpResponse, http } from 'msw'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { useIdentities } from '@/api/identities'
import type { IdentityShown } from '@/api/shapes'
import { OwnChannels, PREFERENCES_URL } from '@/test/own-channels'
import QuietHours from './quiet-hours'
import { quietWords } from './words'

const SMS: IdentityShown = {
  id: 's',
  channel: 'sms',
  label: 'SMS',
  address: '…0123',
  status: 'verified',
  health: 'up',
  simulated: false,
  rings: true,
}
const MAIL: IdentityShown = { ...SMS, id: 'g', channel: 'gmail', label: 'Gmail', rings: false }
const NIGHT = { start: '22:00', end: '07:00', zone: 'Europe/Berlin' }

let stage: OwnChannels
beforeAll(() => {
  stage = new OwnChannels()
  stage.server.listen({ onUnhandledRequest: 'error' })
})
afterAll(() => stage.server.close())
beforeEach(() => {
  stage.asked = []
  stage.own = { items: [SMS, MAIL], linkable: [], quiet: null }
})
afterEach(() => {
  stage.cache.clear()
  stage.server.resetHandlers()
})

function Page({ here }: { here: string }) {
  const { data } = useIdentities()
  return data === undefined ? null : <QuietHours hours={data.quiet} here={here} />
}

test('what they are about is said by name, as far as it is linked', () => {
  expect(quietWords([SMS, MAIL, { ...SMS, label: 'Slack' }])).toContain('does not go by SMS or Slack then')
  expect(quietWords([MAIL])).toContain('does not go by what rings then')
})

test('a night is proposed, is kept in the time of the place, and switched off again', async () => {
  await stage.show(<Page here="Europe/Berlin" />)
  expect(await screen.findByLabelText('From')).toHaveValue('22:00')
  expect(screen.getByText('Until the next morning, by the time in Europe/Berlin.')).toBeInTheDocument()
  expect(screen.queryByRole('button', { name: 'Switch off' })).not.toBeInTheDocument()

  await userEvent.clear(screen.getByLabelText('to'))
  expect(screen.getByRole('button', { name: 'Keep quiet' })).toBeDisabled()
  await userEvent.type(screen.getByLabelText('to'), '06:30')
  await userEvent.click(screen.getByRole('button', { name: 'Keep quiet' }))
  expect(await screen.findByText('Quiet from 22:00 to 06:30.')).toHaveAttribute('role', 'status')
  expect(stage.asked).toEqual(['PUT quiet 22:00 06:30 Europe/Berlin'])
  expect(screen.getByRole('button', { name: 'Save' })).toBeDisabled()

  await userEvent.click(screen.getByRole('button', { name: 'Switch off' }))
  expect(await screen.findByText('Quiet hours are off.')).toBeInTheDocument()
  expect(stage.asked.at(-1)).toBe('PUT quiet off')
})

test('who is somewhere else now is told, and may take the hours along', async () => {
  stage.own = { ...stage.own, quiet: NIGHT }
  await stage.show(<Page here="America/New_York" />)
  expect(await screen.findByText(/Kept for Europe\/Berlin.*in America\/New York/)).toBeInTheDocument()
  await userEvent.click(screen.getByRole('button', { name: 'Save' }))
  await waitFor(() => expect(stage.asked).toEqual(['PUT quiet 22:00 07:00 America/New_York']))
})

test('hours that are refused are as they were, and why is said', async () => {
  stage.server.use(
    http.put(PREFERENCES_URL, () =>
      HttpResponse.json({ code: 'unknown_zone', title: 'x', detail: 'No such zone.', hint: '' }, { status: 422 }),
    ),
  )
  await stage.show(<Page here="Middle/Earth" />)
  await userEvent.click(await screen.findByRole('button', { name: 'Keep quiet' }))
  expect(await screen.findByRole('alert')).toHaveTextContent('Quiet hours are as they were. No such zone.')
})
