/**
 * Who is signed in, and the access token that proves it. The token lives in memory only; the refresh token is an
 * HttpOnly cookie that scripts never see. Tabs share that cookie, so they refresh one at a time, and tell each other
 * when somebody signs in or out.
 */

import { exclusive } from '@/lib/exclusive'
import { Store } from '@/lib/store'
import { ApiFault, type Ask, ask, follow } from './http'
import type { SignedIn, UserShown } from './shapes'
import { type Upload, upload } from './upload'

export type SessionState =
  | { readonly status: 'checking'; readonly user: null }
  | { readonly status: 'in'; readonly user: UserShown }
  | { readonly status: 'out'; readonly user: null; readonly why: 'asked' | 'ended' | 'never' }

const CHECKING: SessionState = { status: 'checking', user: null }
/** Refreshed this long before its end, but never later than at four fifths of its life. */
const AHEAD_MS = 60_000
const RETRY_MS = 5_000

/** Scripts cannot see the cookie; this says that there may be one, so that a stranger's visit asks for nothing. */
const MARK = 'throughline.signed-in'

type Told = { readonly is: 'out' } | { readonly is: 'in'; readonly user: string }

export class Keeper {
  readonly state = new Store<SessionState>(CHECKING)
  #token: string | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #refreshing: Promise<boolean> | undefined
  #tabs: BroadcastChannel | undefined

  /** Take up the session that the cookie holds, if there is one. */
  async start(): Promise<void> {
    if (typeof BroadcastChannel === 'function') {
      this.#tabs = new BroadcastChannel('throughline.session')
      this.#tabs.onmessage = ({ data }: MessageEvent<Told>) => this.#told(data)
    }
    if (marked()) await this.refresh()
    else this.#drop('never')
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#tabs?.close()
  }

  /** Sign in. Rejects with an ApiFault; nothing changes then. */
  async signIn(email: string, password: string): Promise<void> {
    const answer = await ask<SignedIn>('/api/v1/auth/login', {
      method: 'POST',
      body: { email, password, cookie: true },
    })
    this.#keep(answer)
    this.#tell({ is: 'in', user: answer.user.id })
  }

  /** Sign out here, in the other tabs and on the server. */
  async signOut(): Promise<void> {
    const token = this.#token
    this.#drop('asked')
    this.#tell({ is: 'out' })
    try {
      await ask('/api/v1/auth/logout', { method: 'POST', body: {}, token })
    } catch (fault) {
      if (!(fault instanceof ApiFault)) throw fault
      // The server could not be told: its session ends by itself, and this tab has forgotten its token.
    }
  }

  /** The server ended the session: forget it without telling the server again. */
  ended(): void {
    if (this.state.get().status === 'in') this.#drop('ended')
  }

  /** A request as the signed-in user. A token that ran out is refreshed and the request made once more. */
  ask<Answer>(path: string, given: Ask = {}): Promise<Answer> {
    return this.#as((token) => ask<Answer>(path, { ...given, token }))
  }

  /** The same for an answer that goes on: its body, to be read as it comes. */
  follow(path: string, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
    return this.#as((token) => follow(path, { token, signal }))
  }

  /** The same for bytes that go up, with word of how far they have come. */
  upload<Answer>(path: string, given: Upload): Promise<Answer> {
    return this.#as((token) => upload<Answer>(path, { ...given, token }))
  }

  async #as<Answer>(request: (token: string | undefined) => Promise<Answer>): Promise<Answer> {
    const used = this.#token
    try {
      return await request(used)
    } catch (fault) {
      if (!(fault instanceof ApiFault) || fault.status !== 401) throw fault
      const fresher = this.#token !== used && this.#token !== undefined
      if (!fresher && !(await this.refresh())) throw fault
      return await request(this.#token)
    }
  }

  /** Get a fresh access token by the cookie. False: there is none to be had now. */
  refresh(): Promise<boolean> {
    this.#refreshing ??= exclusive('throughline.refresh', () => this.#refresh()).finally(() => {
      this.#refreshing = undefined
    })
    return this.#refreshing
  }

  async #refresh(): Promise<boolean> {
    try {
      this.#keep(await ask<SignedIn>('/api/v1/auth/refresh', { method: 'POST', body: {} }))
      return true
    } catch (fault) {
      if (!(fault instanceof ApiFault)) throw fault
      if (fault.status >= 400 && fault.status < 500 && fault.status !== 429) {
        this.#drop(this.state.get().status === 'in' ? 'ended' : 'never')
      } else {
        // Out of reach is not signed out: whoever is in stays in, whoever waits goes on waiting.
        this.#later((fault.retryAfter ?? 0) * 1000 || RETRY_MS)
      }
      return false
    }
  }

  #keep(answer: SignedIn): void {
    this.#token = answer.access_token
    mark(true)
    const before = this.state.get()
    if (before.user?.id !== answer.user.id) this.state.set({ status: 'in', user: answer.user })
    const life = answer.expires_in * 1000
    this.#later(Math.max(1_000, Math.min(life - AHEAD_MS, life * 0.8)))
  }

  #drop(why: 'asked' | 'ended' | 'never'): void {
    clearTimeout(this.#timer)
    this.#token = undefined
    mark(false)
    this.state.set({ status: 'out', user: null, why })
  }

  #later(ms: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.refresh(), ms)
  }

  #tell(told: Told): void {
    this.#tabs?.postMessage(told)
  }

  #told(told: Told): void {
    const now = this.state.get()
    if (told.is === 'out') {
      if (now.status === 'in') this.#drop('asked')
    } else if (now.user?.id !== told.user) {
      // Somebody else signed in with the cookie that all tabs share.
      this.#drop('asked')
      this.state.set(CHECKING)
      void this.refresh()
    }
  }
}

function marked(): boolean {
  try {
    return localStorage.getItem(MARK) !== null
  } catch {
    // Storage is out of reach: the cookie may still be there.
    return true
  }
}

function mark(signedIn: boolean): void {
  try {
    if (signedIn) localStorage.setItem(MARK, 'yes')
    else localStorage.removeItem(MARK)
  } catch {
    // Without storage every visit asks the server.
  }
}
