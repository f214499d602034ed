/**
 * Everything live, joined: the link, the outbox, and the query cache that owns what a conversation looks like.
 * Frames are gathered and folded into the cache once per painted frame, so a burst costs one render.
 */

import type { QueryClient, QueryKey } from '@tanstack/react-query'
import type { ApiFault } from '@/api/http'
import type { Keeper } from '@/api/keeper'
import type { ChannelName, ConversationPage, EventPage, Ticket, UserShown } from '@/api/shapes'
import type { FilePart } from '@/lib/files'
import { newId } from '@/lib/ids'
import { Store } from '@/lib/store'
import { openBox } from '@/live/box'
import { Outbox, type SayResult } from '@/live/outbox'
import type { ClientFrame, EventFrame, NackFrame, Resume, ServerFrame } from '@/live/protocol'
import { type End, Socket, type Ticketing } from '@/live/socket'
import { Asked, type Refused } from './asked'
import { Attachments } from './attachments'
import { Drafts } from './drafts'
import { bindingsKey, deliveriesKey, LIST, threadKey } from './keys'
import { isMine, withEvents, withSeen } from './list'
import * as news from './news'
import { Stopping } from './stopping'
import { prepend, type Thread, take, threadFrom } from './thread'
import { deliveriesIn, Telling } from './told'
import { Typists } from './typists'

/** How many conversations are followed for the list, and how many opened ones keep their log in memory. */
const FOLLOWED = 50
const KEPT = 20
/** The server lets one socket follow 200. */
const MOST = 150
const EARLIER = 200
const HIDDEN_MS = 100
export class Talk {
  readonly socket: Socket
  readonly outbox: Outbox
  readonly typists = new Typists()
  readonly drafts: Drafts
  readonly attachments: Attachments
  /** What was told of deliveries beside the log. */
  readonly telling = new Telling()
  /** UTC milliseconds: until then the limiter takes no message of ours. */
  readonly limitedUntil = new Store(0)
  readonly stopping = new Stopping()
  readonly #me: UserShown
  readonly #keeper: Keeper
  readonly #cache: QueryClient
  readonly #pending = new Map<string, ServerFrame[]>()
  readonly #threads = new Set<string>()
  /** The seq from which a gap was asked to be closed, per conversation, until the server answers. */
  readonly #gaps = new Map<string, number>()
  readonly #retries = new Map<string, ReturnType<typeof setTimeout>>()
  readonly #snaps = new Set<string>()
  readonly #seen = new Map<string, number>()
  readonly #opened = new Map<string, number>()
  readonly #asked = new Asked()
  #frame: number | undefined
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(me: UserShown, keeper: Keeper, cache: QueryClient, onEnd: (end: End) => void) {
    this.#me = me
    this.drafts = new Drafts(me.id)
    this.attachments = new Attachments(keeper)
    this.#keeper = keeper
    this.#cache = cache
    // Views are never changed in place and are large: comparing them deeply on every frame would be waste.
    cache.setQueryDefaults(['thread'], { structuralSharing: false, staleTime: Infinity, gcTime: Infinity })
    this.socket = new Socket({
      url: `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/api/v1/socket`,
      ticket: () => this.#ticket(),
      resume: () => this.#resume(),
      probe: () => this.#probe(),
      onFrame: (frame) => this.#heard(frame),
      onLive: () => this.#live(),
      onLost: (refused) => this.#lost(refused),
      onEnd,
    })
    this.outbox = new Outbox({
      user: me.id,
      box: openBox(me.id),
      send: (frame) => this.socket.send(frame),
      isLive: () => this.socket.live,
      suspect: () => this.socket.restart(),
    })
  }

  start(): void {
    void this.outbox.start()
    this.socket.start()
  }

  stop(): void {
    this.socket.stop()
    this.outbox.stop()
    this.typists.stop()
    this.attachments.stop()
    this.#unschedule()
    for (const retry of this.#retries.values()) clearTimeout(retry)
  }

  /** Take up a conversation whole. Call the answer when it is no longer on screen. */
  open(id: string): () => void {
    this.#opened.set(id, (this.#opened.get(id) ?? 0) + 1)
    const thread = this.thread(id)
    if (!thread?.wanted) {
      this.#keep(id, { ...(thread ?? threadFrom(0, true)), wanted: true, answered: false })
      this.#watch(id)
      this.#thin()
    }
    return () => {
      const left = (this.#opened.get(id) ?? 1) - 1
      if (left > 0) this.#opened.set(id, left)
      else this.#opened.delete(id)
    }
  }

  /** Follow what is in the list from where the list stands, so that its rows live. */
  follow(page: ConversationPage): void {
    for (const item of page.items.slice(0, FOLLOWED)) {
      if (this.thread(item.id) !== undefined || this.#threads.size >= MOST) continue
      this.#keep(item.id, threadFrom(item.head, false))
      this.#watch(item.id)
    }
  }

  /** A list that was on its way while something was read would show it as unread again. */
  corrected(page: ConversationPage): ConversationPage {
    return [...this.#seen].reduce((list, [id, seq]) => withSeen(list, id, seq), page)
  }

  thread(id: string): Thread | undefined {
    return this.#cache.getQueryData<Thread>(threadKey(id))
  }

  /** Fetch events before those that are here: about 200, or all. Rejects with an ApiFault. */
  async earlier(id: string, everything: boolean): Promise<void> {
    const thread = this.thread(id)
    if (thread === undefined || thread.base === 0) return
    const start = everything ? 0 : Math.max(0, thread.base - EARLIER)
    const found: EventFrame[] = []
    for (let after: number | null = start; after !== null && after < thread.base; ) {
      const path: string = `/api/v1/conversations/${encodeURIComponent(id)}/events?after=${after}&limit=${EARLIER}`
      const page: EventPage = await this.#keeper.ask(path)
      found.push(...page.items)
      after = page.next
    }
    this.#flush()
    const now = this.thread(id)
    if (now !== undefined) this.#keep(id, prepend(now, start, found))
    this.telling.logged(id, deliveriesIn(found))
  }

  /** Say something. Over the limit words and files go back to where they came from, and nothing is kept. */
  async say(id: string, text: string, parts: readonly FilePart[] = []): Promise<SayResult> {
    const result = await this.outbox.say(id, text, parts)
    if (result.kind === 'limited') {
      this.limitedUntil.set(Date.now() + result.retry_after * 1000)
      this.drafts.giveBack(id, result.text)
      this.attachments.giveBack(id, result.parts)
    }
    return result
  }

  /** End the running turn and keep what was written. */
  stopTurn(id: string): void {
    const turn = this.thread(id)?.view.open?.turn
    if (turn === undefined || !this.socket.send({ t: 'stop', c: id, id: newId(), turn })) return
    this.stopping.asked(id, turn)
  }

  /** Go on on another channel. Resolves to why not, or to nothing once it holds. */
  bind(id: string, channel: ChannelName): Promise<Refused | undefined> {
    const mine = newId()
    if (!this.socket.send({ t: 'bind', c: id, id: mine, channel })) {
      return Promise.resolve({ code: 'offline', detail: '' })
    }
    return this.#asked.wait(mine)
  }

  typing(id: string): void {
    if (this.typists.mayTell(id)) this.socket.send({ t: 'typing', c: id })
  }

  /** The person has everything before their eyes: unread marks go, here and in the other tabs. */
  seen(id: string): void {
    const seq = this.thread(id)?.view.seq ?? 0
    if (seq <= (this.#seen.get(id) ?? 0) || !this.socket.send({ t: 'seen', c: id, seq })) return
    this.#seen.set(id, seq)
    this.#patch((page) => withSeen(page, id, seq))
  }

  #heard(frame: ServerFrame): void {
    switch (frame.t) {
      case 'ack':
        if (!this.#asked.answered(frame.id)) this.outbox.answered(frame)
        break
      case 'nack':
        if (this.#asked.answered(frame.id, frame)) break
        if (!this.outbox.answered(frame)) this.#refused(frame)
        break
      case 'typing':
        this.typists.heard(frame.c, frame.name)
        break
      case 'seen':
        this.#patch((page) => withSeen(page, frame.c, frame.seq))
        break
      case 'started':
      case 'account':
      case 'link':
      case 'lost':
        news.take(this.#cache, frame)
        break
      case 'delivery':
        this.telling.heard(frame)
        this.#stale(deliveriesKey(frame.c))
        break
      case 'watching':
      case 'event':
      case 'delta':
      case 'snapshot': {
        const waiting = this.#pending.get(frame.c)
        if (waiting === undefined) this.#pending.set(frame.c, [frame])
        else waiting.push(frame)
        this.#schedule()
        break
      }
    }
  }

  #schedule(): void {
    if (this.#timer !== undefined) return
    // A hidden tab paints no frames, but its title and its receipts go on.
    this.#timer = setTimeout(() => this.#flush(), HIDDEN_MS)
    this.#frame = requestAnimationFrame(() => this.#flush())
  }

  #unschedule(): void {
    clearTimeout(this.#timer)
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame)
    this.#timer = undefined
    this.#frame = undefined
  }

  #flush(): void {
    this.#unschedule()
    const bursts = [...this.#pending]
    this.#pending.clear()
    for (const [id, frames] of bursts) this.#burst(id, frames)
  }

  #burst(id: string, frames: readonly ServerFrame[]): void {
    const before = this.thread(id)
    if (before === undefined) return
    for (const frame of frames) {
      if (frame.t === 'watching') this.#gaps.delete(id)
      if (frame.t === 'watching' && !frame.recovered) {
        // Too much was missed to go on from there: begin anew, and let what follows come with that.
        this.#keep(id, threadFrom(0, before.wanted))
        this.#watch(id)
        return
      }
    }
    const after = take(before, frames)
    if (after === before) return
    this.#keep(id, after)
    this.#tell(id, before, after)
    this.#mend(id, after)
  }

  /** What new events mean outside their thread: the list, the outbox, the receipt. */
  #tell(id: string, before: Thread, after: Thread): void {
    const fresh = after.events.filter((event) => event.seq > before.view.seq || after.base < before.base)
    if (fresh.length === 0) return
    const messages = fresh.filter((event) => event.kind === 'message')
    this.outbox.shown(new Set(messages.map((event) => event.body.id)))
    const page = this.#cache.getQueryData<ConversationPage>(LIST)
    const item = page?.items.find((one) => one.id === id)
    // A first message names its conversation; only the server knows the name.
    if (page !== undefined && (item === undefined || (item.title === '' && messages.length > 0))) {
      this.#stale(LIST)
    }
    this.#patch((list) => withEvents(list, id, fresh, this.#me))
    const deliveries = deliveriesIn(fresh)
    this.telling.logged(id, deliveries)
    if (deliveries.length > 0) this.#stale(deliveriesKey(id))
    if (fresh.some((event) => event.kind === 'bound')) this.#stale(bindingsKey(id))
    if (messages.some((event) => !isMine(event, this.#me))) this.socket.send({ t: 'got', c: id, seq: after.view.seq })
    this.typists.silence(id)
  }

  /** Ask for what the fold says is missing. */
  #mend(id: string, { view }: Thread): void {
    if (view.gap && this.#gaps.get(id) !== view.seq) {
      this.#gaps.set(id, view.seq)
      this.#watch(id, view.seq)
    }
    const open = view.open
    if (open?.snap) {
      const wanted = `${id} ${open.id} ${open.attempt}`
      if (!this.#snaps.has(wanted) && this.socket.send({ t: 'snap', c: id, message: open.id })) this.#snaps.add(wanted)
    } else if (open) this.#snaps.delete(`${id} ${open.id} ${open.attempt}`)
    const stopped = this.stopping.get().get(id)
    if (stopped !== undefined && open?.turn !== stopped) this.stopping.over(id)
  }

  #refused(nack: NackFrame): void {
    if (nack.of === 'watch' && nack.c !== undefined) {
      const thread = this.thread(nack.c)
      if (thread === undefined) return
      if (nack.retry_after !== undefined) this.#watchLater(nack.c, nack.retry_after)
      else this.#keep(nack.c, { ...thread, fault: nack.code === 'unknown_conversation' ? 'missing' : 'error' })
    } else if (nack.of === 'snap') this.#snaps.clear()
    else if (nack.id !== undefined && nack.c !== undefined) this.stopping.over(nack.c)
    else if (nack.id !== undefined) this.stopping.set(new Map())
  }

  #lost(refused: boolean): void {
    this.outbox.lost(refused)
    this.telling.lost()
    this.#asked.lost()
  }

  #watch(id: string, from?: number): void {
    const thread = this.thread(id)
    const after = from ?? (thread === undefined || thread.wanted ? undefined : thread.base)
    const frame: ClientFrame = after === undefined ? { t: 'watch', c: id } : { t: 'watch', c: id, after }
    this.socket.send(frame)
  }

  /** The server cannot read its log at the moment; a new link would watch anyway. */
  #watchLater(id: string, seconds: number): void {
    clearTimeout(this.#retries.get(id))
    const retry = setTimeout(() => this.#watch(id), seconds * 1000)
    this.#retries.set(id, retry)
  }

  #resume(): Resume[] {
    this.#flush()
    this.#gaps.clear()
    this.#snaps.clear()
    return [...this.#threads].flatMap((id) => {
      const thread = this.thread(id)
      // An opened thread that was never answered needs its watch from the start, not a resume.
      if (thread === undefined || thread.epoch === '' || (thread.wanted && !thread.answered)) return []
      return [{ c: id, epoch: thread.epoch, seq: thread.view.seq }]
    })
  }

  #live(): void {
    const resumed = new Set(this.#resume().map(({ c }) => c))
    for (const id of this.#threads) if (!resumed.has(id)) this.#watch(id)
    this.outbox.flush()
    this.#stale(LIST, ['bindings'], ['own'])
  }

  #probe(): ClientFrame | null {
    for (const id of this.#threads) {
      const thread = this.thread(id)
      if (thread !== undefined && thread.epoch !== '' && thread.fault === null)
        return { t: 'watch', c: id, after: thread.view.seq }
    }
    return null
  }

  async #ticket(): Promise<Ticketing> {
    try {
      return { ticket: (await this.#keeper.ask<Ticket>('/api/v1/socket/ticket', { method: 'POST', body: {} })).ticket }
    } catch (fault) {
      const { status, retryAfter } = fault as ApiFault
      const gone = status === 401 && this.#keeper.state.get().status !== 'in'
      return gone ? { none: true } : { later: retryAfter === undefined ? undefined : retryAfter * 1000 }
    }
  }

  /** Beyond what memory should hold, threads that are not on screen go back to being followed. */
  #thin(): void {
    const wanted = [...this.#threads].filter((id) => this.thread(id)?.wanted)
    for (const id of wanted.slice(0, Math.max(0, wanted.length - KEPT))) {
      const thread = this.thread(id)
      if (thread === undefined || this.#opened.has(id)) continue
      this.#keep(id, { ...threadFrom(thread.view.seq, false), epoch: thread.epoch })
    }
  }

  #keep(id: string, thread: Thread): void {
    this.#threads.add(id)
    this.#cache.setQueryData(threadKey(id), thread)
  }

  /** What the server has to be asked anew, where it is shown. */
  #stale(...keys: QueryKey[]): void {
    for (const queryKey of keys) void this.#cache.invalidateQueries({ queryKey })
  }

  #patch(change: (page: ConversationPage) => ConversationPage): void {
    this.#cache.setQueryData<ConversationPage>(LIST, (page) => (page === undefined ? page : change(page)))
  }
}
