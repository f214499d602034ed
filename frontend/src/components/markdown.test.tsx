import { render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test } from 'vitest'
import Markdown from './markdown'

const show = (text: string, streaming = false) => render(<Markdown text={text} streaming={streaming} />)

test('raw HTML stays text', () => {
  const { container } = show('<script>alert(1)</script> <b onclick="x()">bold</b> <img src=x onerror=alert(1)>')
  expect(container.querySelector('script, b, img')).toBeNull()
  expect(container).toHaveTextContent('<script>alert(1)</script>')
})

test('a javascript: link leads nowhere', () => {
  show('[press me](javascript:alert(1))')
  expect(screen.queryByRole('link')).not.toBeInTheDocument()
  expect(screen.getByText('press me')).toBeInTheDocument()
})

test('a picture from elsewhere is not loaded but named', () => {
  const { container } = show('![a chart](https://evil.example/pixel.png?who=me)')
  expect(container.querySelector('img')).toBeNull()
  expect(screen.getByRole('link', { name: 'Picture: a chart (evil.example)' })).toBeInTheDocument()
})

test('a link that leaves asks first and shows the host', async () => {
  show('[the docs](https://docs.example:8443/a)')
  await userEvent.click(screen.getByRole('link', { name: 'the docs' }))
  const dialog = screen.getByRole('dialog', { name: 'Leave Throughline?' })
  expect(dialog).toHaveTextContent('docs.example:8443')
  expect(screen.getByRole('link', { name: 'Open in a new tab' })).toHaveAttribute(
    'rel',
    expect.stringContaining('noopener'),
  )
  await userEvent.click(screen.getByRole('button', { name: 'Stay here' }))
  expect(screen.queryByRole('dialog')).not.toBeInTheDocument()
})

test('a code block can be copied and says its language', () => {
  show('```ts\nlet a = 1\n```')
  expect(screen.getByText('ts')).toBeInTheDocument()
  expect(screen.getByRole('button', { name: 'Copy code' })).toBeInTheDocument()
})

test('settled blocks keep their elements while the text grows', () => {
  const { rerender, container } = show('First.\n\nSecond', true)
  const first = container.querySelector('p')
  rerender(<Markdown text={'First.\n\nSecond goes on.\n\nThird'} streaming />)
  expect(container.querySelector('p')).toBe(first)
  expect(container.querySelectorAll('p')).toHaveLength(3)
})

test('half-written emphasis never shows its marks', () => {
  const { container } = show('This is **bo', true)
  expect(container.textContent).toBe('This is bo')
})
