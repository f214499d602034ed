import { render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test, vi } from 'vitest'
import type { FilePart } from '@/lib/files'
import MessageParts from './message-parts'

const picture: FilePart = { id: 'f-1', type: 'image', name: 'roof.png', media_type: 'image/png', size: 2_048 }
const paper: FilePart = { id: 'f-2', type: 'file', name: 'plan.pdf', media_type: 'application/pdf', size: 2_400_000 }

function show(part: FilePart, given: { url?: string; broken?: boolean; onSave?: () => Promise<string | null> } = {}) {
  const { url = '/files/T/x', broken = false, onSave = async () => null } = given
  return render(
    <MessageParts parts={[part]} bytes={(_, as) => as({ url, broken, onError: () => undefined })} onSave={onSave} />,
  )
}

test('a picture is shown with its name, and larger behind a press', async () => {
  show(picture)
  expect(screen.getByRole('img', { name: 'roof.png' })).toHaveAttribute('src', '/files/T/x')
  await userEvent.click(screen.getByRole('button', { name: 'Show roof.png larger' }))
  expect(screen.getByRole('dialog', { name: 'roof.png' })).toBeInTheDocument()
})

test('what cannot be shown can still be saved', async () => {
  const onSave = vi.fn(async () => 'It is not here any more.')
  show(picture, { broken: true, onSave })
  expect(screen.queryByRole('img')).not.toBeInTheDocument()
  await userEvent.click(screen.getByRole('button', { name: 'Save picture roof.png' }))
  expect(onSave).toHaveBeenCalledExactlyOnceWith(picture)
  expect(await screen.findByRole('alert')).toHaveTextContent('It is not here any more.')
})

test('a voice note is heard and read', () => {
  show({ ...picture, type: 'audio', media_type: 'audio/webm', voice: true, transcript: 'It rains.' })
  expect(screen.getByLabelText('Voice note')).toHaveAttribute('src', '/files/T/x')
  expect(screen.getByText(/It rains\./)).toHaveTextContent('What is said: “It rains.”')
})

test('a voice note that nobody could make out says so', () => {
  show({ ...picture, type: 'audio', media_type: 'audio/webm', voice: true })
  expect(screen.getByText('Its words could not be made out.')).toBeInTheDocument()
})

test('another file is a row with its name and size', () => {
  show(paper)
  expect(screen.getByText('plan.pdf')).toBeInTheDocument()
  expect(screen.getByText('2.4 MB')).toBeInTheDocument()
})

test('what is still on its way is named, and not asked for', () => {
  show({ ...picture, state: 'waiting', size: 0 })
  expect(screen.getByText('On its way here')).toBeInTheDocument()
  expect(screen.queryByRole('button')).not.toBeInTheDocument()
})

test.each([
  ['file_too_big', 'It is larger than 25 MB, so it was not taken over.'],
  ['file_empty', 'There was nothing in it.'],
  ['no_file', 'The channel does not have it any more.'],
  ['not_reached', 'The channel did not hand it over in time.'],
  ['something_new', 'It could not be taken over from the channel.'],
  [undefined, 'It could not be taken over from the channel.'],
])('one that was refused for %s says so in words', (reason, words) => {
  show({ ...paper, state: 'refused', ...(reason ? { reason } : {}) })
  expect(screen.getByText(words)).toBeInTheDocument()
  expect(screen.queryByRole('button')).not.toBeInTheDocument()
})
