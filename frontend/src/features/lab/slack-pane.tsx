// A calm cousin of Slack: threads, messages as they come, a way to write as the customer and to stop the answer.
import { Plus, Square } from 'lucide-react'
import { AnswerText } from '@/components/answer-text'
import { Button } from '@/components/ui/button'
import { Choice } from '@/components/ui/choice'
import { cn } from '@/lib/cn'
import { clock, exactly } from '@/lib/moment'
import { plainWords } from '@/lib/words'
import { fromSlack } from './mrkdwn'
import { PaneArea, PaneHint } from './pane-area'
import { PaneComposer } from './pane-composer'
import type { useSlack } from './useSlack'
import { NEW, useThread } from './useThread'
import { customerOf, isRunning, type SlackMessage, type SlackThread, threadsOf, timeOf } from './workspace'

const KIND = { keyOf: ({ key }: SlackThread) => key, mine: ({ messages }: SlackThread) => messages[0]?.bot === false }

interface SlackPaneProps {
  slack: ReturnType<typeof useSlack>
  organisation: string
  name: string
}

export default function SlackPane({ slack, organisation, name }: SlackPaneProps) {
  const { workspace, line, fault, say, stop } = slack
  const person = customerOf(workspace, organisation, name)
  const who = person?.name ?? 'the customer'
  const threads = person === undefined ? [] : threadsOf(workspace, person)
  const { open, value, choose, write, said } = useThread(threads, KIND)

  return (
    <section aria-label="Slack" data-slot="slack-pane" className="@container flex min-h-0 min-w-0 flex-1 flex-col">
      <div className="flex min-h-12 shrink-0 flex-wrap items-center gap-2 border-b px-4 py-1.5">
        <Choice
          aria-label="Thread"
          value={value}
          onChange={(event) => choose(event.target.value)}
          className="h-8 min-w-0 flex-1 text-sm"
        >
          {threads.map((thread) => (
            <option key={thread.key} value={thread.key}>
              {titleOf(thread)}
            </option>
          ))}
          <option value={NEW}>A new thread</option>
        </Choice>
        <Button look="quiet" size="icon" aria-label="New thread in Slack" onClick={() => choose(NEW)}>
          <Plus aria-hidden="true" />
        </Button>
      </div>
      <Thread thread={open} waiting={line === 'connecting'} />
      <PaneComposer
        channel="slack"
        line={line}
        fault={fault}
        disabled={person === undefined}
        placeholder={open === undefined ? `A new thread, as ${who}` : `Reply as ${who}`}
        onWrite={write}
        onSay={(text) => {
          if (person === undefined) return undefined
          said()
          return say(person.id, text, open?.root ?? null)
        }}
        beside={
          open !== undefined &&
          isRunning(open) && (
            <Button size="small" className="h-9" onClick={() => void stop(open)}>
              <Square aria-hidden="true" className="fill-current" />
              Stop
            </Button>
          )
        }
      />
    </section>
  )
}

function Thread({ thread, waiting }: { thread: SlackThread | undefined; waiting: boolean }) {
  return (
    <PaneArea of={thread?.key}>
      {thread === undefined && (
        <PaneHint>
          {waiting ? 'Opening Slack…' : 'Write below: a new thread begins, and it is a conversation of its own.'}
        </PaneHint>
      )}
      <ol aria-label="Messages in Slack" aria-busy={thread !== undefined && isRunning(thread)}>
        {thread?.messages.map((message) => (
          <Message key={message.ts} message={message} />
        ))}
      </ol>
      {thread !== undefined && isRunning(thread) && !thread.messages.some(({ streaming }) => streaming) && (
        <p data-slot="slack-status" className="px-4 pl-16 text-xs text-ink-soft">
          The agent is working on it
        </p>
      )}
    </PaneArea>
  )
}

function Message({ message }: { message: SlackMessage }) {
  const at = timeOf(message.ts)
  const state = message.streaming ? 'streaming' : message.broken ? 'broken' : message.stopped ? 'stopped' : 'final'
  return (
    <li
      data-slot="slack-message"
      data-state={state}
      data-bot={message.bot ? '' : undefined}
      className="flex gap-3 px-4 py-2 hover:bg-hover"
    >
      <span
        aria-hidden="true"
        className={cn(
          'grid size-9 shrink-0 place-items-center rounded-small text-sm font-semibold',
          message.bot ? 'bg-tint text-accent' : 'bg-hover text-ink-soft',
        )}
      >
        {(message.name.trim()[0] ?? '?').toUpperCase()}
      </span>
      <div className="min-w-0 flex-1">
        <div className="flex flex-wrap items-center gap-x-2 text-xs text-ink-soft">
          <span className="text-sm font-semibold text-ink">{message.name}</span>
          {message.bot && <span className="rounded-small px-1 ring-1 ring-hairline">app</span>}
          <time dateTime={new Date(at).toISOString()} title={exactly(at)} className="tabular-nums">
            {clock(at)}
          </time>
          {message.streaming && (
            <span className="inline-flex items-center gap-1">
              <LiveNode />
              writing
            </span>
          )}
          {message.stopped && <span>stopped</span>}
          {message.broken && <span className="text-attention">Slack ended the live text</span>}
          {message.edited && <span>edited</span>}
        </div>
        {message.bot ? (
          <AnswerText text={fromSlack(message.text)} streaming={message.streaming} />
        ) : (
          <p className="text-base whitespace-pre-wrap [overflow-wrap:anywhere]">{message.text}</p>
        )}
      </div>
    </li>
  )
}

function LiveNode() {
  return (
    <svg viewBox="-7 -7 14 14" aria-hidden="true" data-channel="slack" className="size-3.5 text-(--channel)">
      <rect className="rail-node" data-breathes="" data-fill="full" x="-4" y="-4" width="8" height="8" />
    </svg>
  )
}

function titleOf({ messages }: SlackThread): string {
  const first = messages.find(({ bot }) => !bot) ?? messages[0]
  if (first === undefined) return 'A thread'
  const words = plainWords(first.bot ? fromSlack(first.text) : first.text)
  return words.length > 60 ? `${words.slice(0, 59)}…` : words || 'A thread'
}
