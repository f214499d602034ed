// What the agent is doing, as words; one state at a time.
import { CircleAlert, Hourglass, PenLine, User, Wrench } from 'lucide-react'
import type { AgentState } from '@/lib/thread'

const WORDS: Readonly<Record<Exclude<AgentState, 'idle'>, (name: string) => string>> = {
  thinking: (name) => `${name} is thinking`,
  using_tool: (name) => `${name} is using a tool`,
  streaming: (name) => `${name} is answering`,
  waiting_for_person: (name) => `${name} is waiting for your answer`,
  waiting_for_review: () => 'A person is looking at this answer',
  handed_over: () => 'A person is replying',
  failed: (name) => `${name} could not finish the last answer`,
}

/** An agent without a name of its own is spoken of as one speaks of it. */
function called(name: string): string {
  return name === '' || name.toLowerCase() === 'agent' ? 'The agent' : name
}

const ICONS = {
  thinking: Hourglass,
  using_tool: Wrench,
  streaming: PenLine,
  waiting_for_person: Hourglass,
  waiting_for_review: User,
  handed_over: User,
  failed: CircleAlert,
} as const

export function AgentStatus({
  state,
  name,
  others = [],
}: {
  state: AgentState
  name: string
  others?: readonly string[]
}) {
  if (state === 'idle') {
    if (others.length === 0) return null
    return (
      <p data-slot="agent-status" data-state="others" className="flex items-center gap-1.5 text-xs text-ink-soft">
        <PenLine aria-hidden="true" className="size-3.5" />
        {others.length === 1 ? `${others[0]} is writing` : `${others.length} people are writing`}
      </p>
    )
  }
  const Icon = ICONS[state]
  return (
    <p
      data-slot="agent-status"
      data-state={state}
      className="flex items-center gap-1.5 text-xs text-ink-soft data-[state=failed]:text-failed"
    >
      <Icon aria-hidden="true" className="size-3.5" />
      {WORDS[state](called(name))}
    </p>
  )
}
