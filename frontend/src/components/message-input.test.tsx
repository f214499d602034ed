import { render, screen } from '@testing-library/react'
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
