import { fireEvent, render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { type ComponentProps, useState } from 'react'
import { expect, test, vi } from 'vitest'
import { MessageInput } from './message-input'

type Given = Partial<ComponentProps<typeof MessageInput>>

function Composer({ draft: first = '', ...given }: Given) {
  const [draft, setDraft] = useState(first)
  return (
    <MessageInput
      onSend={() => undefined}
      limit={2_000}
      running={false}
      onStop={() => undefined}
      wait={null}
      perMinute={30}
      model="Built-in demo model"
      {...given}
      draft={draft}
      onDraft={setDraft}
    />
  )
}

const field = () => screen.getByRole('textbox', { name: 'Message' })
const sendButton = () => screen.getByRole('button', { name: 'Send' })

test('Enter sends, Shift Enter starts a new line', async () => {
  const onSend = vi.fn()
  render(<Composer onSend={onSend} />)
  await userEvent.type(field(), 'one{Shift>}{Enter}{/Shift}two')
  expect(onSend).not.toHaveBeenCalled()
  await userEvent.keyboard('{Enter}')
  expect(onSend).toHaveBeenCalledExactlyOnceWith('one\ntwo')
})

test('nothing but space is not sent', async () => {
  const onSend = vi.fn()
  render(<Composer onSend={onSend} />)
  await userEvent.type(field(), '  {Enter}')
  await userEvent.click(sendButton())
  expect(onSend).not.toHaveBeenCalled()
})

test('the 2,001st character warns, and Send says why it is off', async () => {
  const onSend = vi.fn()
  render(<Composer draft={'x'.repeat(2_000)} onSend={onSend} />)
  expect(sendButton()).toHaveAttribute('aria-disabled', 'false')
  await userEvent.type(field(), 'y')
  expect(sendButton()).toHaveAttribute('aria-disabled', 'true')
  expect(sendButton()).toHaveAccessibleDescription('1 character over the limit of 2,000. Shorten it to send.')
  expect(screen.getByText(/2,001 \/ 2,000/)).toBeInTheDocument()
  await userEvent.click(sendButton())
  expect(onSend).not.toHaveBeenCalled()
  expect(field()).toHaveValue(`${'x'.repeat(2_000)}y`)
})

test('a character outside the basic plane counts once, as the server counts it', () => {
  render(<Composer draft={'👩'.repeat(2_000)} />)
  expect(sendButton()).toHaveAttribute('aria-disabled', 'false')
})

test('the count appears only near the limit', () => {
  render(<Composer draft={'x'.repeat(1_800)} />)
  expect(screen.queryByText(/\/ 2,000/)).not.toBeInTheDocument()
})

test('over the rate there is a countdown, and the words are kept', async () => {
  const onSend = vi.fn()
  const { rerender } = render(<Composer draft="later" wait={12} onSend={onSend} />)
  expect(
    screen.getByText('That was 30 messages in a minute. You can send again in 12 s; your words are kept.'),
  ).toBeInTheDocument()
  await userEvent.type(field(), '{Enter}')
  expect(onSend).not.toHaveBeenCalled()
  rerender(<Composer wait={null} onSend={onSend} />)
  expect(field()).toHaveValue('later')
  await userEvent.type(field(), '{Enter}')
  expect(onSend).toHaveBeenCalledExactlyOnceWith('later')
})

test('a longer wait is the day’s limit, said in hours', () => {
  render(<Composer draft="later" wait={7_201} />)
  expect(
    screen.getByText('That was all for one day. You can send again in 3 h; your words are kept.'),
  ).toBeInTheDocument()
})

test('Stop stands in Send’s place while an answer is written; typing goes on', async () => {
  const onStop = vi.fn()
  render(<Composer running onStop={onStop} />)
  expect(screen.queryByRole('button', { name: 'Send' })).not.toBeInTheDocument()
  await userEvent.type(field(), 'meanwhile')
  expect(field()).toHaveValue('meanwhile')
  await userEvent.click(screen.getByRole('button', { name: 'Stop the answer' }))
  expect(onStop).toHaveBeenCalledOnce()
})

test('which model answers is said', () => {
  render(<Composer />)
  expect(screen.getByText('Built-in demo model')).toBeInTheDocument()
})

test('files need no words beside them', async () => {
  const onSend = vi.fn()
  render(<Composer attached={1} onSend={onSend} />)
  await userEvent.click(sendButton())
  expect(onSend).toHaveBeenCalledExactlyOnceWith('')
})

test('what is still on its way keeps the message back, and Send says so', async () => {
  const onSend = vi.fn()
  render(<Composer draft="with this" attached={1} hold="Uploading roof.png." onSend={onSend} />)
  expect(sendButton()).toHaveAttribute('aria-disabled', 'true')
  expect(sendButton()).toHaveAccessibleDescription('Uploading roof.png.')
  await userEvent.type(field(), '{Enter}')
  expect(onSend).not.toHaveBeenCalled()
})

function paste(types: string[], files: File[]): boolean {
  return fireEvent.paste(field(), { clipboardData: { files, types } })
}

test.each([
  [['Files'], true],
  [['text/html', 'Files'], true],
  [['text/plain', 'Files'], true],
  [['text/plain', 'text/html', 'text/rtf', 'Files'], false],
])('of what is pasted as %s the files are taken: %s', (types, taken) => {
  const onFiles = vi.fn()
  const picture = new File(['x'], 'image.png', { type: 'image/png' })
  render(<Composer onFiles={onFiles} />)
  expect(paste(types, [picture])).toBe(!taken)
  expect(onFiles.mock.calls).toEqual(taken ? [[[picture]]] : [])
})

test('where nothing can be attached there is no button for it, and a paste is the browser’s', () => {
  render(<Composer />)
  expect(screen.queryByRole('button', { name: 'Attach files' })).not.toBeInTheDocument()
  expect(paste(['Files'], [new File(['x'], 'a')])).toBe(true)
})

test('the same file may be chosen twice', async () => {
  const onFiles = vi.fn()
  const { container } = render(<Composer onFiles={onFiles} />)
  const chooser = container.querySelector<HTMLInputElement>('input[type=file]')
  const file = new File(['x'], 'a.txt')
  for (const _ of [1, 2]) {
    if (chooser) await userEvent.upload(chooser, file)
    expect(chooser?.value).toBe('')
  }
  expect(onFiles.mock.calls).toEqual([[[file]], [[file]]])
})
