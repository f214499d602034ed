/** Unfinished words, one text per conversation. In localStorage, because a reload must find the last keystroke. */

import { Store } from '@/lib/store'

export class Drafts {
  readonly #user: string
  readonly #stores = new Map<string, Store<string>>()

  constructor(user: string) {
    this.#user = user
  }

  of(conversation: string): Store<string> {
    let store = this.#stores.get(conversation)
    if (store === undefined) {
      store = new Store(read(this.#key(conversation)))
      this.#stores.set(conversation, store)
    }
    return store
  }

  set(conversation: string, text: string): void {
    this.of(conversation).set(text)
    write(this.#key(conversation), text)
  }

  /** Words that could not be sent come back, before what was written since. */
  giveBack(conversation: string, text: string): void {
    const since = this.of(conversation).get()
    this.set(conversation, since.trim() === '' ? text : `${text}\n${since}`)
  }

  #key(conversation: string): string {
    return `throughline.draft.${this.#user}.${conversation}`
  }
}

function read(key: string): string {
  try {
    return localStorage.getItem(key) ?? ''
  } catch {
    return ''
  }
}

function write(key: string, text: string): void {
  try {
    if (text === '') localStorage.removeItem(key)
    else localStorage.setItem(key, text)
  } catch {
    // Storage is closed or full: the draft then lives as long as the tab.
  }
}
