/**
 * The link to the server: one WebSocket, kept alive. It signs in by a one-use ticket, takes up all conversations in
 * its first frame, comes back after every loss with jitter, and notices a link that is dead but does not say so.
 * It knows frames, not conversations: what it hears goes to `onFrame`.
 */

import { jitter } from '@/lib/jitter'
import { Store } from '@/lib/store'
import { type ClientFrame, type Resume, type ServerFrame, SUBPROTOCOL } from './protocol'

export type LinkState = 'connecting' | 'live' | 'reconnecting' | 'offline'

/** Why there will be no more tries: sign in again, or load a newer page. */
export type End = 'signed_out' | 'old_client'

/** What asking for a ticket may come to. `none`: nobody is signed in. */
export type Ticketing = { ticket: string } | { none: true } | { later: number | undefined }

export interface Wiring {
  readonly url: string
  ticket(): Promise<Ticketing>
  /** Where we stand in every followed conversation, at this moment. */
  resume(): readonly Resume[]
  /** A frame that the server must answer at once, or null where there is none: how a dead link is found out. */
  probe(): ClientFrame | null
  onFrame(frame: ServerFrame): void
  onLive(): void
  /** The link is gone. `refused`: the server would not take a frame; what is on its way must not be sent again. */
  onLost(refused: boolean): void
  onEnd(end: End): void
  readonly random?: () => number
  readonly WebSocket?: new (url: string, protocols: string) => WebSocket
}

const OLD_CLIENT = 4503
const ENDS: ReadonlySet<number> = new Set([4500, 4501, 4502, OLD_CLIENT])
const REFUSALS: ReadonlySet<number> = new Set([1002, 1003, 1007, 1009])
const FLOOD = 1008
const OPEN = 1
/** From asking for a ticket to `welcome`. */
const SIGN_IN_MS = 10_000
const PROBE_MS = 5_000
const QUIET_S = 25

export class Socket {
  readonly link = new Store<{ readonly link: LinkState; readonly since: number }>({ link: 'connecting', since: 0 })
  readonly #wiring: Wiring
  #socket: WebSocket | undefined
  #running = false
  #ever = false
  #opening = 0
  #attempt = 0
  #refusals = 0
  #quiet = QUIET_S
  /** Set by `bye`: the server's choice of when to come back, which nothing shortens. */
  #told: number | undefined
  #retry: ReturnType<typeof setTimeout> | undefined
  #watchdog: ReturnType<typeof setTimeout> | undefined

  constructor(wiring: Wiring) {
    this.#wiring = wiring
  }

  start(): void {
    if (this.#running) return
    this.#running = true
    window.addEventListener('online', this.#wake)
    window.addEventListener('offline', this.#offline)
    document.addEventListener('visibilitychange', this.#seen)
    this.#become('connecting')
    void this.#open()
  }

  stop(): void {
    this.#running = false
    window.removeEventListener('online', this.#wake)
    window.removeEventListener('offline', this.#offline)
    document.removeEventListener('visibilitychange', this.#seen)
    this.#drop()
  }

  get live(): boolean {
    return this.link.get().link === 'live'
  }

  /** Send a frame; false when the link is not live, and then nothing was sent. */
  send(frame: ClientFrame): boolean {
    if (!this.live || this.#socket?.readyState !== OPEN) return false
    this.#socket.send(JSON.stringify(frame))
    return true
  }

  /** The link seems to be dead: leave it and come back. */
  restart(): void {
    if (this.#socket !== undefined) this.#lost(1006)
  }

  readonly #wake = () => {
    if (!this.#running) return
    if (this.live) this.#probe()
    else if (this.#retry !== undefined && this.#told === undefined) {
      this.#attempt = 0
      void this.#open()
    }
  }

  readonly #seen = () => {
    if (document.visibilityState === 'visible') this.#wake()
  }

  readonly #offline = () => {
    if (this.#socket !== undefined) this.#lost(1006)
    else this.#become('offline')
  }

  async #open(): Promise<void> {
    clearTimeout(this.#retry)
    this.#retry = undefined
    this.#told = undefined
    const mine = ++this.#opening
    if (navigator.onLine !== false && this.link.get().link === 'offline') this.#become(this.#trying())
    this.#guard(SIGN_IN_MS)
    const got = await this.#wiring.ticket()
    if (mine !== this.#opening || !this.#running) return
    if ('none' in got) return this.#end('signed_out')
    if ('later' in got) return this.#again(got.later)
    const Kind = this.#wiring.WebSocket ?? WebSocket
    const socket = new Kind(this.#wiring.url, SUBPROTOCOL)
    this.#socket = socket
    socket.onopen = () => {
      socket.send(
        JSON.stringify({ t: 'hello', ticket: got.ticket, resume: [...this.#wiring.resume()] } satisfies ClientFrame),
      )
    }
    socket.onmessage = ({ data }: MessageEvent) => {
      if (socket === this.#socket && typeof data === 'string') this.#heard(JSON.parse(data) as ServerFrame)
    }
    socket.onclose = ({ code }: CloseEvent) => {
      if (socket === this.#socket) this.#lost(code)
    }
  }

  #heard(frame: ServerFrame): void {
    if (frame.t === 'welcome') {
      this.#attempt = 0
      this.#quiet = frame.ping > 0 ? frame.ping : QUIET_S
      this.#become('live')
      this.#listen()
      this.#wiring.onLive()
      return
    }
    this.#listen()
    if (frame.t === 'bye') this.#told = frame.after_ms
    else {
      if (frame.t === 'ack') this.#refusals = 0
      this.#wiring.onFrame(frame)
    }
  }

  /** Start the wait for silence anew. */
  #listen(): void {
    if (!this.live) return
    clearTimeout(this.#watchdog)
    this.#watchdog = setTimeout(() => this.#probe(), this.#quiet * 1000)
  }

  /** Ask something that must be answered; if nothing at all comes, the link is dead. */
  #probe(): void {
    const question = this.#wiring.probe()
    if (question === null) this.#listen()
    else if (this.send(question)) this.#guard(PROBE_MS)
    else this.#lost(1006)
  }

  #guard(ms: number): void {
    clearTimeout(this.#watchdog)
    this.#watchdog = setTimeout(() => this.#lost(1006), ms)
  }

  #lost(code: number): void {
    this.#drop()
    if (!this.#running) return
    const refused = REFUSALS.has(code)
    this.#wiring.onLost(refused)
    if (ENDS.has(code)) {
      this.#end(code === OLD_CLIENT ? 'old_client' : 'signed_out')
      return
    }
    if (code === FLOOD) this.#attempt = Number.MAX_SAFE_INTEGER
    if (refused) {
      this.#refusals += 1
      // Once is tried again at once; a client that is refused again and again must not insist.
      if (this.#refusals > 1) this.#attempt = Number.MAX_SAFE_INTEGER
    }
    this.#again(this.#told)
  }

  #again(after: number | undefined): void {
    this.#drop()
    this.#become(navigator.onLine === false ? 'offline' : this.#trying())
    const wait = after ?? jitter(this.#attempt, this.#wiring.random ?? Math.random)
    this.#attempt = Math.min(this.#attempt + 1, 64)
    this.#told = after
    this.#retry = setTimeout(() => void this.#open(), wait)
  }

  #trying(): LinkState {
    return this.#ever ? 'reconnecting' : 'connecting'
  }

  #end(end: End): void {
    this.stop()
    this.#become('offline')
    this.#wiring.onEnd(end)
  }

  #drop(): void {
    clearTimeout(this.#watchdog)
    clearTimeout(this.#retry)
    this.#retry = undefined
    this.#opening += 1
    const socket = this.#socket
    this.#socket = undefined
    if (socket === undefined) return
    socket.onopen = socket.onmessage = socket.onclose = null
    socket.close()
  }

  #become(link: LinkState): void {
    if (link === 'live') this.#ever = true
    if (link !== this.link.get().link) this.link.set({ link, since: Date.now() })
  }
}
