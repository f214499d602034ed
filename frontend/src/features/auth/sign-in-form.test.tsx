import { render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test, vi } from 'vitest'
import { SignInForm } from './sign-in-form'

const DEMO = [
  { email: 'customer@demo.test', name: 'Maya', role: 'customer' },
  { email: 'operator@demo.test', name: 'Ana', role: 'operator' },
  { email: 'admin@demo.test', name: 'Jonas', role: 'admin' },
]
const refused = 'That address and password do not fit together.'
const accepts = () => vi.fn(() => Promise.resolve())

test('a demo shows three one-click identities and says what it is', async () => {
  const onSignIn = accepts()
  render(<SignInForm identities={DEMO} onSignIn={onSignIn} explain={() => refused} />)
  expect(screen.getByText('Demo data, nothing leaves this machine.')).toBeInTheDocument()
  for (const name of [/^Customer/, /^Operator/, /^Admin/])
    expect(screen.getByRole('button', { name })).toBeInTheDocument()
  await userEvent.click(screen.getByRole('button', { name: /^Operator/ }))
  expect(onSignIn).toHaveBeenCalledExactlyOnceWith('operator@demo.test', 'demo')
})

test('outside a demo nothing of it is in the document', () => {
  render(<SignInForm identities={[]} onSignIn={accepts()} explain={() => refused} />)
  expect(screen.queryByText(/demo/i)).not.toBeInTheDocument()
  expect(screen.getAllByRole('button')).toHaveLength(1)
})

test('a refusal is one alert, and the fields keep their words', async () => {
  render(<SignInForm identities={[]} onSignIn={() => Promise.reject(new Error('no'))} explain={() => refused} />)
  await userEvent.type(screen.getByLabelText('E-mail'), 'who@example.org')
  await userEvent.type(screen.getByLabelText('Password'), 'wrong')
  await userEvent.click(screen.getByRole('button', { name: 'Sign in' }))
  expect(await screen.findAllByRole('alert')).toHaveLength(1)
  expect(screen.getByRole('alert')).toHaveTextContent(refused)
  expect(screen.getByLabelText('E-mail')).toHaveValue('who@example.org')
  expect(screen.getByLabelText('Password')).toHaveValue('wrong')
})

test('pressing twice signs in once', async () => {
  const { promise, resolve } = withResolvers()
  const onSignIn = vi.fn(() => promise)
  render(<SignInForm identities={DEMO} onSignIn={onSignIn} explain={() => refused} />)
  const button = screen.getByRole('button', { name: /^Customer/ })
  await userEvent.dblClick(button)
  expect(onSignIn).toHaveBeenCalledOnce()
  resolve()
})

function withResolvers() {
  let resolve = () => {}
  const promise = new Promise<void>((done) => {
    resolve = done
  })
  return { promise, resolve }
}
