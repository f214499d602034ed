// A calm cousin of Slack: threads, messages as they come, a way to write as the customer and to stop the answer.
import { ArrowUp, Plus, Square } from 'lucide-react'
import { type FormEvent, type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { AnswerText } from '@/components/answer-text'
import { ChannelSign } from '@/components/channel-mark'
import { Button } from '@/components/ui/button'
import { Choice } from '@/components/ui/choice'
import { Textarea } from '@/components/ui/textarea'
import { cn } from '@/lib/cn'
import { clock, exactly } from '@/lib/moment'
import { plainWords } from '@/lib/words'
import { fromSlack } from './mrkdwn'
import type { useSlack } from './useSlack'
import { customerOf, isRunning, type SlackMessage, type SlackThread, threadsOf, timeOf } from './workspace'

/** A thread that is not there yet: the next words begin it. */
const NEW = 'new'

interface SlackPaneProps {
  slack: ReturnType<typeof useSlack>
  organisation: string
  name: string
}

export default function SlackPane({ slack, organisation, name }: SlackPaneProps) {
  const { workspace, line, fault, say, stop } = slack
  const person = customerOf(workspace, organisation, name)
  const threads = person === undefined ? [] : threadsOf(workspace, person)
  const [chosen, setChosen] = useState<string | null>(null)
  // What moved last is what one wants to see, until one has chosen.
  const open = chosen === NEW ? undefined : (threads.find(({ key }) => key === chosen) ?? threads[0])
  const known = useRef<string | undefined>(undefined)
  const newest = threads[0]?.key
  useEffect(() => {
    if (known.current !== newest && chosen === NEW) setChosen(null)
    known.current = newest
  }, [newest, chosen])

  return (
    <section aria-label="Slack" data-slot="slack-pane" className="@container flex min-h-0 min-w-0 flex-1 flex-col">
      <div className="flex min-h-12 shrink-0 flex-wrap items-center gap-2 border-b px-4 py-1.5">
        <Choice
          aria-label="Thread"
          value={open?.key ?? NEW}
          onChange={(event) => setChosen(event.target.value)}
          className="h-8 min-w-0 flex-1 text-sm"
        >
          {threads.map((thread) => (
            <option key={thread.key} value={thread.key}>
              {titleOf(thread)}
            </option>
          ))}
          <option value={NEW}>A new thread</option>
        </Choice>
        <Button look="quiet" size="icon" aria-label="New thread in Slack" onClick={() => setChosen(NEW)}>
          <Plus aria-hidden="true" />
        </Button>
      </div>
      <Thread thread={open} waiting={line === 'connecting'} />
      {line === 'lost' && (
        <p role="status" className="px-4 py-1 text-xs text-attention">
          The simulated Slack is out of reach. Trying again…
        </p>
      )}
      {fault && (
        <p role="alert" className="px-4 py-1 text-xs text-failed">
          {fault}
        </p>
      )}
      <Composer
        disabled={person === undefined || line !== 'live'}
        who={person?.name ?? 'the customer'}
        fresh={open === undefined}
        running={open !== undefined && isRunning(open)}
        onSay={(text) => (person === undefined ? undefined : say(person.id, text, open?.root ?? null))}
        onStop={() => open && void stop(open)}
      />
    </section>
  )
}

function Thread({ thread, waiting }: { thread: SlackThread | undefined; waiting: boolean }) {
  const area = useRef<HTMLDivElement>(null)
  const list = useRef<HTMLOListElement>(null)
  const stuck = useRef(true)
  const top = useRef(0)
  const key = thread?.key
  // biome-ignore lint/correctness/useExhaustiveDependencies: another thread is read from its end
  useEffect(() => {
    stuck.current = true
    const shown = area.current
    if (shown === null || list.current === null) return
    // Words come letter by letter, and some take their room only once they are drawn: what grows is followed.
    const watch = new ResizeObserver(() => {
      if (stuck.current) shown.scrollTop = shown.scrollHeight
    })
    watch.observe(list.current)
    return () => watch.disconnect()
  }, [key])
  return (
    <div
      ref={area}
      onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
        // Only who goes up wants to stay there; what has grown below in the meantime is no such wish.
        if (scrollTop < top.current) stuck.current = false
        if (scrollHeight - scrollTop - clientHeight < 24) stuck.current = true
        top.current = scrollTop
      }}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and the keyboard must reach it
      tabIndex={0}
      className="min-h-0 flex-1 overflow-x-hidden overflow-y-auto py-3 -outline-offset-2"
    >
      {thread === undefined && (
        <p className="px-4 py-8 text-center text-sm text-ink-soft text-balance">
          {waiting ? 'Opening Slack…' : 'Write below: a new thread begins, and it is a conversation of its own.'}
        </p>
      )}
      <ol ref={list} aria-label="Messages in Slack" aria-busy={thread !== undefined && isRunning(thread)}>
        {thread?.messages.map((message) => (
          <Message key={message.ts} message={message} />
        ))}
      </ol>
      {thread !== undefined && isRunning(thread) && !thread.messages.some(({ streaming }) => streaming) && (
        <p data-slot="slack-status" className="px-4 pl-16 text-xs text-ink-soft">
          The agent is working on it
        </p>
      )}
    </div>
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

interface ComposerProps {
  disabled: boolean
  who: string
  fresh: boolean
  running: boolean
  onSay: (text: string) => Promise<boolean> | undefined
  onStop: () => void
}

function Composer({ disabled, who, fresh, running, onSay, onStop }: ComposerProps) {
  const [draft, setDraft] = useState('')
  const send = () => {
    const text = draft.trim()
    if (text === '' || disabled) return
    setDraft('')
    // Words are never taken away: what was not taken is here again.
    void onSay(text)?.then((taken) => !taken && setDraft((now) => now || text))
  }
  const keys = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return
    event.preventDefault()
    send()
  }
  return (
    <form
      className="shrink-0 px-4 pb-3"
      onSubmit={(event: FormEvent) => {
        event.preventDefault()
        send()
      }}
    >
      <div className="flex items-end gap-2 rounded-card bg-raised py-1.5 pr-1.5 pl-4 shadow-[inset_0_0_0_1px_var(--edge)] focus-within:shadow-[inset_0_0_0_2px_var(--accent)]">
        <Textarea
          value={draft}
          onChange={(event) => setDraft(event.target.value)}
          onKeyDown={keys}
          aria-label="Message in Slack"
          placeholder={fresh ? `A new thread, as ${who}` : `Reply as ${who}`}
          className="max-h-40 py-1.5 outline-none placeholder:whitespace-nowrap"
        />
        {running && (
          <Button size="small" className="h-9" onClick={onStop}>
            <Square aria-hidden="true" className="fill-current" />
            Stop
          </Button>
        )}
        <Button
          type="submit"
          look="accent"
          size="icon"
          aria-label="Send in Slack"
          aria-disabled={disabled || draft.trim() === ''}
        >
          <ArrowUp aria-hidden="true" />
        </Button>
      </div>
      <p className="mt-1.5 flex items-center gap-1.5 text-xs text-ink-soft">
        <ChannelSign channel="slack" className="size-3" />
        Simulated Slack, nothing leaves this machine
      </p>
    </form>
  )
}

function titleOf({ messages }: SlackThread): string {
  const first = messages.find(({ bot }) => !bot) ?? messages[0]
  if (first === undefined) return 'A thread'
  const words = plainWords(first.bot ? fromSlack(first.text) : first.text)
  return words.length > 60 ? `${words.slice(0, 59)}…` : words || 'A thread'
}
