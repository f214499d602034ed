import { render, screen } from '@testing-library/react'
import { expect, test } from 'vitest'
import type { AgentState, Link } from '@/lib/thread'
import { AgentStatus } from './agent-status'
import { LinkBanner, SessionStatus } from './session-status'

test.each<[AgentState, string]>([
  ['thinking', 'Guide is thinking'],
  ['using_tool', 'Guide is using a tool'],
  ['streaming', 'Guide is answering'],
  ['waiting_for_person', 'Guide is waiting for your answer'],
  ['waiting_for_review', 'A person is looking at this answer'],
  ['handed_over', 'A person is replying'],
  ['failed', 'Guide could not finish the last answer'],
])('%s is said as "%s", and nothing beside it', (state, words) => {
  const { container } = render(<AgentStatus state={state} name="Guide" others={['Ana']} />)
  expect(container).toHaveTextContent(new RegExp(`^${words}$`))
})

test('while the agent is idle, others who write are named', () => {
  const { container } = render(<AgentStatus state="idle" name="Guide" others={['Ana']} />)
  expect(container).toHaveTextContent('Ana is writing')
})

test('an agent without a name of its own is "the agent"', () => {
  const { container } = render(<AgentStatus state="thinking" name="Agent" />)
  expect(container).toHaveTextContent('The agent is thinking')
})

test.each<[Link, string]>([
  ['connecting', 'Connecting'],
  ['live', 'Live'],
  ['reconnecting', 'Reconnecting'],
  ['offline', 'Offline'],
])('the link "%s" is a word, not only a colour', (link, word) => {
  render(<SessionStatus link={link} />)
  expect(screen.getByText(word)).toBeInTheDocument()
})

test('the banner is there only while something is wrong', () => {
  const { rerender } = render(<LinkBanner link="live" />)
  expect(screen.queryByRole('status')).not.toBeInTheDocument()
  rerender(<LinkBanner link="reconnecting" />)
  expect(screen.getByRole('status')).toHaveTextContent('Reconnecting…')
})
