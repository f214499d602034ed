/**
 * The fold: what a conversation looks like after the frames seen so far.
 *
 * The same fold stands in backend/throughline/conversation/state.py; both must give the same view of every transcript
 * in e2e/transcripts. Events are idempotent by seq and may not skip; deltas are idempotent by offset. A fold that
 * cannot go on says what it needs (`gap`, `snap`) instead of guessing. Views are never changed in place.
 */

import type {
  AuthorKind,
  ChannelName,
  DeliveryBody,
  DeliveryState,
  DeltaFrame,
  EventFrame,
  FileSettledBody,
  MessageBody,
  Part,
  Purpose,
  ServerFrame,
  SnapshotFrame,
} from './protocol'

export type AgentState =
  | 'idle'
  | 'thinking'
  | 'using_tool'
  | 'streaming'
  | 'waiting_for_person'
  | 'waiting_for_review'
  | 'handed_over'
  | 'failed'

export type Status = 'active' | 'escalated' | 'ended'

/** A message as a reader sees it. `pos` is where it stands; `channel` is where it was written. */
export interface MessageView {
  readonly id: string
  readonly seq: number
  readonly pos: number
  readonly at: string
  readonly author: AuthorKind
  readonly name: string
  readonly purpose: Purpose
  readonly channel: ChannelName
  readonly text: string
  readonly parts: readonly Part[]
  readonly stopped: boolean
  readonly turn: string | null
  readonly reply_to: string | null
  /** Per channel, the furthest state that this message's delivery reached. */
  readonly delivery: Readonly<Partial<Record<ChannelName, DeliveryState>>>
}

/** A message that is being written: provisional until the log has it. */
export interface OpenMessage {
  readonly id: string
  readonly turn: string
  readonly agent: string
  readonly attempt: number
  readonly pos: number
  readonly text: string
  /** A delta did not fit: the text is whole only after a snapshot. */
  readonly snap: boolean
}

/** The talk went on elsewhere from this seq on. */
export interface Switch {
  readonly seq: number
  readonly at: string
  readonly origin: ChannelName | null
  readonly to: ChannelName
  readonly why: string
}

/** A message did not get through on one channel and went by another. It may be told before the message is whole. */
export interface Hop {
  readonly message: string
  readonly seq: number
  readonly at: string
  readonly origin: ChannelName
  readonly to: ChannelName
  readonly reason: string
  /** The first one had taken it, and could not deliver it after all. */
  readonly late: boolean
  /** It waits there for the end of quiet hours; ISO 8601. */
  readonly until: string | null
}

/** A conversation as one reader sees it. `gap` says that events are missing: watch again from `seq`. */
export interface View {
  readonly seq: number
  readonly status: Status
  readonly agent: AgentState
  readonly channel: ChannelName | null
  readonly messages: readonly MessageView[]
  readonly open: OpenMessage | null
  readonly switches: readonly Switch[]
  readonly hops: readonly Hop[]
  readonly gap: boolean
}

/** The view of a reader who starts after `seq`. */
export function viewFrom(seq = 0): View {
  return {
    seq,
    status: 'active',
    agent: 'idle',
    channel: null,
    messages: [],
    open: null,
    switches: [],
    hops: [],
    gap: false,
  }
}

const LADDER: readonly DeliveryState[] = ['pending', 'sending', 'streaming', 'accepted', 'delivered', 'read']

/**
 * Receipts come late and out of order: the ladder only goes up; an end that is not on it always counts. What was given
 * up and arrived after all has arrived.
 */
export function furthest(have: DeliveryState | undefined, next: DeliveryState): DeliveryState {
  const from = have === undefined ? -1 : LADDER.indexOf(have)
  const to = LADDER.indexOf(next)
  return have !== undefined && from >= 0 && to >= 0 && to < from ? have : next
}

/** Fold any server frame in; frames that say nothing about the view give it back as it is. */
export function fold(view: View, frame: ServerFrame): View {
  switch (frame.t) {
    case 'event':
      return onEvent(view, frame)
    case 'delta':
      return onDelta(view, frame)
    case 'snapshot':
      return onSnapshot(view, frame)
    default:
      return view
  }
}

/** Fold one log entry in. A seq already seen changes nothing; one too far ahead sets `gap`. */
export function onEvent(view: View, event: EventFrame): View {
  if (event.seq <= view.seq) return view
  if (event.seq > view.seq + 1) return view.gap ? view : { ...view, gap: true }
  return apply({ ...view, seq: event.seq, gap: false }, event)
}

/** Fold provisional text in by its UTF-16 offset; what is already there is skipped. */
export function onDelta(view: View, delta: DeltaFrame): View {
  let open = view.open
  if (open === null || open.id !== delta.message || delta.attempt < open.attempt) return view
  if (delta.attempt > open.attempt) open = { ...open, attempt: delta.attempt, text: '', snap: false }
  const have = open.text.length
  if (delta.at > have) return { ...view, open: { ...open, snap: true } }
  const fresh = delta.text.slice(have - delta.at)
  if (fresh === '') return open === view.open ? view : { ...view, open }
  return { ...view, agent: 'streaming', open: { ...open, text: open.text + fresh } }
}

/** Take over the open message's text as it stands, unless what is here is newer. */
export function onSnapshot(view: View, { message, attempt, text }: SnapshotFrame): View {
  const open = view.open
  if (open === null || open.id !== message || attempt < open.attempt) return view
  if (attempt === open.attempt && !open.snap && text.length < open.text.length) return view
  return {
    ...view,
    agent: text === '' ? view.agent : 'streaming',
    open: { ...open, attempt, text, snap: false },
  }
}

function apply(view: View, event: EventFrame): View {
  switch (event.kind) {
    case 'conversation_started':
      return { ...view, status: 'active', channel: event.body.channel }
    case 'message':
      return withMessage(view, event.seq, event.at, event.body)
    case 'turn_started': {
      const { turn, message, agent, attempt } = event.body
      const pos = view.open?.turn === turn ? view.open.pos : event.seq
      return {
        ...view,
        agent: 'thinking',
        open: { id: message, turn, agent, attempt, pos, text: '', snap: false },
      }
    }
    case 'turn_ended':
      return {
        ...view,
        agent: event.body.outcome === 'failed' ? 'failed' : 'idle',
        open: view.open?.turn === event.body.turn ? null : view.open,
      }
    case 'delivery':
      return withDelivery(view, event.body)
    case 'failed_over': {
      const { message, origin, to, reason, late = false, until = null } = event.body
      const { seq, at } = event
      return { ...view, hops: [...view.hops, { message, seq, at, origin, to, reason, late, until }] }
    }
    case 'file_settled':
      return withSettled(view, event.body)
    case 'bound': {
      const { origin = null, to, why = 'asked' } = event.body
      const { seq, at } = event
      const switches = why === 'started' ? view.switches : [...view.switches, { seq, at, origin, to, why }]
      return { ...view, channel: to, switches }
    }
    case 'conversation_ended':
      return { ...view, status: 'ended' }
    case 'conversation_reopened':
      return { ...view, status: 'active' }
    default:
      return view
  }
}

function withMessage(view: View, seq: number, at: string, body: MessageBody): View {
  const shown: MessageView = {
    id: body.id,
    seq,
    pos: body.pos ?? seq,
    at,
    author: body.author.kind,
    name: body.author.name,
    purpose: body.purpose ?? 'reply',
    channel: body.channel,
    text: body.text,
    parts: body.parts ?? [],
    stopped: body.stopped ?? false,
    turn: body.turn ?? null,
    reply_to: body.reply_to ?? null,
    delivery: {},
  }
  const messages = view.messages.slice()
  let place = messages.length
  while (place > 0 && (messages[place - 1]?.pos ?? 0) > shown.pos) place -= 1
  messages.splice(place, 0, shown)
  return { ...view, messages, open: view.open?.id === body.id ? null : view.open }
}

function withDelivery(view: View, body: DeliveryBody): View {
  const told = new Set(body.messages)
  const messages = view.messages.slice()
  // Receipts are about the newest messages: from the end, until all that were named are found.
  for (let i = messages.length - 1; i >= 0 && told.size > 0; i -= 1) {
    const message = messages[i]
    if (message === undefined || !told.delete(message.id)) continue
    const state = furthest(message.delivery[body.channel], body.state)
    messages[i] = { ...message, delivery: { ...message.delivery, [body.channel]: state } }
  }
  return { ...view, messages }
}

function withSettled(view: View, body: FileSettledBody): View {
  if (!view.messages.some((message) => message.id === body.message)) return view
  const messages = view.messages.map((message) => {
    if (message.id !== body.message) return message
    return { ...message, parts: message.parts.map((part) => (part.id === body.file ? settled(part, body) : part)) }
  })
  return { ...view, messages }
}

/** What came is what it proved to be; of what did not come, only what was announced is known. */
function settled(part: Part, { state, type, name, media_type, size, reason, transcript }: FileSettledBody): Part {
  if (state === 'refused') return { ...part, state, ...(reason === undefined ? {} : { reason }) }
  const { state: _, ...before } = part
  return {
    ...before,
    type: type ?? part.type,
    name: name || part.name,
    media_type: media_type || part.media_type,
    size: size ?? 0,
    ...(transcript === undefined ? {} : { transcript }),
  }
}
