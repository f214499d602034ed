/** Who else is writing, and how often we say that we are. */

import { Store } from '@/lib/store'

/** A `typing` frame holds this long. */
const HOLDS_MS = 6_000
/** We say it at most this often. */
const EVERY_MS = 3_000

export class Typists {
  readonly names = new Store<ReadonlyMap<string, readonly string[]>>(new Map())
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>()
  readonly #told = new Map<string, number>()

  heard(conversation: string, name: string): void {
    const key = `${conversation} ${name}`
    clearTimeout(this.#timers.get(key))
    this.#timers.set(
      key,
      setTimeout(() => this.#forget(conversation, name), HOLDS_MS),
    )
    const names = this.names.get().get(conversation) ?? []
    if (!names.includes(name)) this.#set(conversation, [...names, name])
  }

  /** Something was said: whoever wrote it is done. */
  silence(conversation: string): void {
    for (const name of this.names.get().get(conversation) ?? []) this.#forget(conversation, name)
  }

  /** Whether it is time to tell the others that we are writing. */
  mayTell(conversation: string): boolean {
    const now = Date.now()
    if (now - (this.#told.get(conversation) ?? Number.NEGATIVE_INFINITY) < EVERY_MS) return false
    this.#told.set(conversation, now)
    return true
  }

  stop(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer)
    this.#timers.clear()
  }

  #forget(conversation: string, name: string): void {
    clearTimeout(this.#timers.get(`${conversation} ${name}`))
    this.#timers.delete(`${conversation} ${name}`)
    this.#set(
      conversation,
      (this.names.get().get(conversation) ?? []).filter((one) => one !== name),
    )
  }

  #set(conversation: string, names: readonly string[]): void {
    const all = new Map(this.names.get())
    if (names.length > 0) all.set(conversation, names)
    else all.delete(conversation)
    this.names.set(all)
  }
}
