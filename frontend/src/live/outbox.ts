/**
 * Messages on their way. Each is shown at once, kept durably before it is sent, sent in order within its conversation
 * by one tab at a time, and repeated under the same id until the server has answered. The server takes an id once, so
 * a repeat can never say anything twice.
 */

import { exclusive } from '@/lib/exclusive'
import { newId } from '@/lib/ids'
import { Store } from '@/lib/store'
import type { Box, Unsent } from './box'
import type { AckFrame, ClientFrame, NackFrame, Part } from './protocol'

export interface Fault {
  readonly code: string
  readonly detail: string
}

/**
 * A message of mine that the log does not show yet. `sending`: on its way; `waiting`: for the link, or until
 * `not_before`; `sent`: durable, its event has not come yet; `failed`: refused, see `fault`: Retry or Delete.
 */
export interface OutboxItem extends Unsent {
  readonly state: 'sending' | 'waiting' | 'sent' | 'failed'
}

/** What became of a `say`. `limited`: it is not in the outbox, the words and files are the writer's again. */
export type SayResult =
  | { readonly kind: 'sent'; readonly id: string }
  | { readonly kind: 'queued'; readonly id: string }
  | { readonly kind: 'limited'; readonly retry_after: number; readonly text: string; readonly parts: readonly Part[] }
  | { readonly kind: 'failed'; readonly id: string; readonly fault: Fault }

export interface Wiring {
  readonly user: string
  readonly box: Promise<Box>
  /** False when the link is not live. */
  send(frame: ClientFrame): boolean
  isLive(): boolean
  /** No answer came in time: the link is dead. */
  suspect(): void
}

type Answer = AckFrame | NackFrame | { t: 'lost' } | { t: 'refused' }

const ANSWER_MS = 10_000
const DEFAULT_WAIT_S = 2
const REFUSED: Fault = { code: 'frame_refused', detail: 'This message could not be taken as it is.' }

export class Outbox {
  /** In the order they were written. */
  readonly items = new Store<readonly OutboxItem[]>([])
  readonly #wiring: Wiring
  readonly #answers = new Map<string, (answer: Answer) => void>()
  readonly #sayers = new Map<string, (result: SayResult) => void>()
  readonly #draining = new Map<string, boolean>()
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>()
  /** On their way into the box. */
  readonly #keeping = new Set<string>()
  #tabs: BroadcastChannel | undefined
  #last = 0

  constructor(wiring: Wiring) {
    this.#wiring = wiring
  }

  /** Take up what earlier visits and other tabs left. */
  async start(): Promise<void> {
    if (typeof BroadcastChannel === 'function') {
      this.#tabs = new BroadcastChannel(`throughline.outbox.${this.#wiring.user}`)
      this.#tabs.onmessage = () => void this.#reload()
    }
    await this.#reload()
    this.flush()
  }

  stop(): void {
    this.#tabs?.close()
    for (const timer of this.#timers.values()) clearTimeout(timer)
    this.lost(false)
    void this.#wiring.box.then((box) => box.close())
  }

  /** Show it, keep it, send it. Resolves when the server has answered, or at once when it must wait for the link. */
  async say(conversation: string, text: string, parts: readonly Part[] = []): Promise<SayResult> {
    // Strictly rising times keep the order of messages written within one millisecond.
    this.#last = Math.max(Date.now(), this.#last + 1)
    const item: Unsent = { id: newId(), conversation, text, ...enclosing(parts), at: this.#last }
    const result = new Promise<SayResult>((resolve) => this.#sayers.set(item.id, resolve))
    await this.#keep(item)
    return await result
  }

  /** Send a failed one again, under the same id. */
  async retry(id: string): Promise<void> {
    const item = this.items.get().find((one) => one.id === id)
    if (item?.state !== 'failed') return
    const { conversation, text, parts, at } = item
    await this.#keep({ id, conversation, text, ...enclosing(parts), at })
  }

  /** Throw one away that failed or waits. What is on its way cannot be called back. */
  async remove(id: string): Promise<void> {
    const item = this.items.get().find((one) => one.id === id)
    if (item === undefined || item.state === 'sending' || item.state === 'sent') return
    this.#hide(id)
    await (await this.#wiring.box).remove(id)
    this.#tell()
  }

  /** The link is live: send what waits. */
  flush(): void {
    for (const conversation of new Set(this.items.get().map((item) => item.conversation))) this.#drain(conversation)
  }

  /** An `ack` or `nack` came. Whether it was about one of ours. */
  answered(frame: AckFrame | NackFrame): boolean {
    const told = frame.id === undefined ? undefined : this.#answers.get(frame.id)
    told?.(frame)
    return told !== undefined
  }

  /** The link is gone. `refused`: the server would not take what is on its way. */
  lost(refused: boolean): void {
    const sent = new Map(this.#answers)
    for (const told of sent.values()) told({ t: refused ? 'refused' : 'lost' })
    for (const item of this.items.get()) {
      if (item.state !== 'sending' || this.#keeping.has(item.id) || (refused && sent.has(item.id))) continue
      this.#wait(item.id)
    }
  }

  /** The log shows these now: forget the ones that were only kept for the eye. */
  shown(ids: ReadonlySet<string>): void {
    const kept = this.items.get().filter((item) => !ids.has(item.id))
    if (kept.length === this.items.get().length) return
    for (const item of this.items.get()) {
      if (ids.has(item.id) && item.state !== 'sent') void this.#forget(item.id)
    }
    this.items.set(kept)
  }

  /** Show it at once, keep it, send it. "Waiting" is a promise: it is not said before the box has it. */
  async #keep(item: Unsent): Promise<void> {
    this.#show({ ...item, state: 'sending' })
    this.#keeping.add(item.id)
    await (await this.#wiring.box).put(item)
    this.#keeping.delete(item.id)
    this.#tell()
    if (!this.#wiring.isLive()) this.#wait(item.id)
    this.#drain(item.conversation)
  }

  #wait(id: string): void {
    const item = this.items.get().find((one) => one.id === id)
    if (item?.state === 'sending') this.#show({ ...item, state: 'waiting' })
    this.#queued(id)
  }

  #drain(conversation: string): void {
    if (this.#draining.has(conversation)) {
      // It may have looked already: once more when it is through.
      this.#draining.set(conversation, true)
      return
    }
    this.#draining.set(conversation, false)
    void exclusive(`throughline.outbox.${this.#wiring.user}.${conversation}`, async () => {
      while (this.#wiring.isLive()) {
        const next = await this.#next(conversation)
        if (next === undefined || !(await this.#deliver(next))) break
      }
    }).finally(() => {
      const again = this.#draining.get(conversation)
      this.#draining.delete(conversation)
      if (again) this.#drain(conversation)
    })
  }

  /** The oldest one that may be sent now; the box decides, since another tab may have sent it meanwhile. */
  async #next(conversation: string): Promise<Unsent | undefined> {
    const first = (await (await this.#wiring.box).all()).find((one) => one.conversation === conversation && !one.fault)
    if (first?.not_before === undefined) return first
    const wait = first.not_before - Date.now()
    if (wait <= 0) return first
    clearTimeout(this.#timers.get(conversation))
    this.#timers.set(
      conversation,
      setTimeout(() => this.#drain(conversation), wait),
    )
    return undefined
  }

  /** Send one and wait for its fate. False: no use in going on with this conversation now. */
  async #deliver(item: Unsent): Promise<boolean> {
    const { id, conversation, text, parts } = item
    this.#show({ ...item, state: 'sending' })
    const attachments = parts === undefined ? {} : { attachments: parts.map((part) => part.id) }
    const answer = await this.#send({ t: 'say', c: conversation, id, text, ...attachments })
    switch (answer.t) {
      case 'lost':
        return false
      case 'ack':
        await this.#settle(item, { ...item, state: 'sent' }, { kind: 'sent', id })
        return true
      case 'refused':
        await this.#fail(item, REFUSED)
        return false
      case 'nack':
        return await this.#refused(item, answer)
    }
  }

  #send(frame: ClientFrame & { id: string }): Promise<Answer> {
    return new Promise((resolve) => {
      const slow = setTimeout(() => this.#wiring.suspect(), ANSWER_MS)
      const done = (answer: Answer) => {
        clearTimeout(slow)
        this.#answers.delete(frame.id)
        resolve(answer)
      }
      this.#answers.set(frame.id, done)
      if (!this.#wiring.send(frame)) done({ t: 'lost' })
    })
  }

  async #refused(item: Unsent, nack: NackFrame): Promise<boolean> {
    const wait = nack.retry_after ?? (nack.code === 'busy' ? DEFAULT_WAIT_S : undefined)
    if (wait === undefined) {
      await this.#fail(item, { code: nack.code, detail: nack.detail })
      return true
    }
    const sayer = this.#sayers.get(item.id)
    if (nack.code === 'rate_limited' && sayer !== undefined) {
      this.#hide(item.id)
      await (await this.#wiring.box).remove(item.id)
      this.#sayers.delete(item.id)
      sayer({ kind: 'limited', retry_after: wait, text: item.text, parts: item.parts ?? [] })
      this.#tell()
      return true
    }
    const later: Unsent = { ...item, not_before: Date.now() + wait * 1000 }
    this.#show({ ...later, state: 'waiting' })
    await (await this.#wiring.box).put(later)
    this.#queued(item.id)
    return true
  }

  async #fail(item: Unsent, fault: Fault): Promise<void> {
    this.#show({ ...item, fault, state: 'failed' })
    await (await this.#wiring.box).put({ ...item, fault })
    this.#resolve(item.id, { kind: 'failed', id: item.id, fault })
    this.#tell()
  }

  async #settle(item: Unsent, shown: OutboxItem, result: SayResult): Promise<void> {
    this.#show(shown)
    await (await this.#wiring.box).remove(item.id)
    this.#resolve(item.id, result)
    this.#tell()
  }

  #queued(id: string): void {
    this.#resolve(id, { kind: 'queued', id })
  }

  #resolve(id: string, result: SayResult): void {
    this.#sayers.get(id)?.(result)
    this.#sayers.delete(id)
  }

  /** The box changed in another tab: show what it holds, and keep what only this tab knows. */
  async #reload(): Promise<void> {
    const kept = new Map((await (await this.#wiring.box).all()).map((item) => [item.id, item]))
    const here = this.items
      .get()
      .filter((item) => kept.has(item.id) || item.state === 'sent' || this.#sayers.has(item.id))
    const known = new Map(here.map((item) => [item.id, item]))
    for (const item of kept.values()) {
      const before = known.get(item.id)
      const state = item.fault ? 'failed' : before?.state === 'sending' ? 'sending' : 'waiting'
      known.set(item.id, { ...item, state })
    }
    this.items.set([...known.values()].sort((a, b) => a.at - b.at))
    if (this.#wiring.isLive()) this.flush()
  }

  #show(item: OutboxItem): void {
    const others = this.items.get().filter((one) => one.id !== item.id)
    this.items.set([...others, item].sort((a, b) => a.at - b.at))
  }

  async #forget(id: string): Promise<void> {
    await (await this.#wiring.box).remove(id)
    this.#tell()
  }

  #hide(id: string): void {
    this.items.set(this.items.get().filter((one) => one.id !== id))
  }

  #tell(): void {
    this.#tabs?.postMessage('changed')
  }
}

function enclosing(parts: readonly Part[] = []): Pick<Unsent, 'parts'> {
  return parts.length > 0 ? { parts } : {}
}
