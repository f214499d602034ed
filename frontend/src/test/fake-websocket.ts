/** A WebSocket whose other end is the test: it says what it was sent, and hears what the test says. */

import type { ClientFrame, ServerFrame } from '@/live/protocol'

export class FakeWebSocket {
  static readonly all: FakeWebSocket[] = []

  static get last(): FakeWebSocket {
    const last = FakeWebSocket.all.at(-1)
    if (last === undefined) throw new Error('no socket was opened')
    return last
  }

  readonly url: string
  readonly protocols: string
  readonly sent: ClientFrame[] = []
  readyState = 0
  onopen: (() => void) | null = null
  onmessage: ((event: { data: unknown }) => void) | null = null
  onclose: ((event: { code: number }) => void) | null = null
  closed = false

  constructor(url: string, protocols: string) {
    this.url = url
    this.protocols = protocols
    FakeWebSocket.all.push(this)
  }

  send(data: string): void {
    this.sent.push(JSON.parse(data) as ClientFrame)
  }

  close(): void {
    this.closed = true
    this.readyState = 3
  }

  /** The server accepts; the client says hello. */
  accept(): void {
    this.readyState = 1
    this.onopen?.()
  }

  /** Accept and sign in. */
  welcome(ping = 20): void {
    this.accept()
    this.say({ t: 'welcome', user: { id: 'u', kind: 'person', role: 'customer', name: 'Carla' }, ping })
  }

  say(frame: ServerFrame): void {
    this.onmessage?.({ data: JSON.stringify(frame) })
  }

  /** The server or the network ends it. */
  drop(code = 1006): void {
    this.readyState = 3
    this.onclose?.({ code })
  }

  of<T extends ClientFrame['t']>(t: T): Extract<ClientFrame, { t: T }>[] {
    return this.sent.filter((frame): frame is Extract<ClientFrame, { t: T }> => frame.t === t)
  }
}
