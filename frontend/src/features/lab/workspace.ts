/** The simulated Slack as the lab shows it: what its stream tells, folded. Values in, values out. */

import { held, type Loose, list, parsed, text } from './loose'
import { type Delivery, holdsAt, type Switches, setsOf, tried } from './weather'

export interface SlackMessage {
  readonly ts: string
  readonly channel: string
  readonly thread_ts: string | null
  readonly user: string
  readonly name: string
  readonly bot: boolean
  /** A person's as typed; a bot's as Slack keeps it. */
  readonly text: string
  readonly streaming: boolean
  /** Slack ended its stream: the pill stays broken until it is set anew. */
  readonly broken: boolean
  readonly stopped: boolean
  readonly edited: boolean
  readonly deleted: boolean
  /** The conversation that it is of, where we said so. */
  readonly conversation: string
}

export interface SlackThread {
  /** Channel and root: the same always. */
  readonly key: string
  readonly channel: string
  readonly root: string
  /** Oldest first; what was deleted is gone. */
  readonly messages: readonly SlackMessage[]
  /** Its session's: `processing` while somebody answers. */
  readonly status: string
  readonly last: string
}

export interface Person {
  readonly id: string
  readonly name: string
  readonly team: string
}

interface Place {
  readonly team: string
  readonly kind: string
  readonly members: readonly string[]
}

export interface Workspace {
  /** Ids of teams, by their names. */
  readonly teams: ReadonlyMap<string, string>
  readonly people: readonly Person[]
  readonly places: ReadonlyMap<string, Place>
  readonly messages: ReadonlyMap<string, SlackMessage>
  readonly statuses: ReadonlyMap<string, string>
  readonly switches: Switches
  readonly deliveries: readonly Delivery[]
}

export const EMPTY: Workspace = {
  teams: new Map(),
  people: [],
  places: new Map(),
  messages: new Map(),
  statuses: new Map(),
  switches: {},
  deliveries: [],
}

const BUSY: ReadonlySet<string> = new Set(['processing', 'working', 'in_progress'])

/** One event of the stream, taken in. A name that is not known, or data that is no JSON, changes nothing. */
export function hear(workspace: Workspace, event: string, data: string): Workspace {
  const given = parsed(data)
  if (given === undefined) return workspace
  switch (event) {
    case 'state':
      return stateOf(given)
    case 'message':
      return withMessage(workspace, given)
    case 'status':
      return withStatus(workspace, given)
    case 'switches':
      return { ...workspace, switches: holdsAt(setsOf(given), '*') }
    case 'delivery':
      return withDelivery(workspace, given)
    default:
      return workspace
  }
}

/** Threads that this person sees, the one that moved last first. */
export function threadsOf(workspace: Workspace, person: Person): SlackThread[] {
  const found = new Map<string, SlackMessage[]>()
  for (const message of workspace.messages.values()) {
    const place = workspace.places.get(message.channel)
    if (message.deleted || place === undefined || place.team !== person.team) continue
    if (place.kind === 'im' && !place.members.includes(person.id)) continue
    const key = threadKey(message)
    const thread = found.get(key)
    if (thread === undefined) found.set(key, [message])
    else thread.push(message)
  }
  return [...found]
    .flatMap(([key, messages]) => {
      messages.sort((a, b) => (a.ts < b.ts ? -1 : 1))
      const first = messages[0]
      const last = messages.at(-1)
      if (first === undefined || last === undefined) return []
      const root = first.thread_ts ?? first.ts
      return [{ key, channel: first.channel, root, messages, status: workspace.statuses.get(key) ?? '', last: last.ts }]
    })
    .sort((a, b) => (a.last < b.last ? 1 : -1))
}

/** Whether something in it can be stopped. */
export function isRunning({ messages, status }: SlackThread): boolean {
  return BUSY.has(status) || messages.some(({ streaming }) => streaming)
}

/** Who writes in the pane: the one of that name in the organisation's own workspace, else its first member. */
export function customerOf(workspace: Workspace, organisation: string, name: string): Person | undefined {
  const team = workspace.teams.get(organisation)
  const members = team === undefined ? workspace.people : workspace.people.filter((person) => person.team === team)
  return members.find((person) => person.name === name) ?? members[0]
}

/** Milliseconds since 1970 of a Slack timestamp. */
export function timeOf(ts: string): number {
  const seconds = Number(ts)
  return Number.isFinite(seconds) ? seconds * 1000 : 0
}

function threadKey({ channel, thread_ts, ts }: Pick<SlackMessage, 'channel' | 'thread_ts' | 'ts'>): string {
  return `${channel}/${thread_ts ?? ts}`
}

function stateOf(given: Loose): Workspace {
  const start: Workspace = {
    ...EMPTY,
    teams: new Map(
      list(given.apps).flatMap(({ team }) => {
        const of = (team ?? {}) as Loose
        return [[text(of.name), text(of.id)] as const]
      }),
    ),
    people: list(given.people).map((each) => ({ id: text(each.id), name: text(each.name), team: text(each.team) })),
    places: new Map(
      list(given.channels).map((each) => [
        text(each.id),
        {
          team: text(each.team),
          kind: text(each.kind),
          members: Array.isArray(each.members) ? each.members.filter((id) => typeof id === 'string') : [],
        },
      ]),
    ),
    switches: holdsAt(setsOf(given.switches), '*'),
  }
  const said = list(given.messages).reduce(withMessage, start)
  const busy = list(given.statuses).reduce(withStatus, said)
  return list(given.deliveries).reduce(withDelivery, busy)
}

function withMessage(workspace: Workspace, given: Loose): Workspace {
  const ts = text(given.ts)
  const channel = text(given.channel)
  if (ts === '' || channel === '') return workspace
  const message: SlackMessage = {
    ts,
    channel,
    thread_ts: text(given.thread_ts) || null,
    user: text(given.user),
    name: text(given.name) || text(given.user),
    bot: given.bot === true,
    text: text(given.text),
    streaming: given.streaming === true,
    broken: given.broken === true,
    stopped: given.stopped === true,
    edited: given.edited === true,
    deleted: given.deleted === true,
    conversation: text(held(held(given.metadata)?.event_payload)?.conversation),
  }
  return { ...workspace, messages: new Map(workspace.messages).set(`${channel}/${ts}`, message) }
}

function withStatus(workspace: Workspace, given: Loose): Workspace {
  const channel = text(given.channel)
  const root = text(given.thread_ts)
  if (channel === '' || root === '') return workspace
  const words = text(given.status)
  return { ...workspace, statuses: new Map(workspace.statuses).set(`${channel}/${root}`, words) }
}

function withDelivery(workspace: Workspace, given: Loose): Workspace {
  return { ...workspace, deliveries: tried(workspace.deliveries, given) }
}
