/** Where unsent messages lie: IndexedDB, so that they survive the tab; memory where the browser keeps none for us. */

import { type DBSchema, type IDBPDatabase, openDB } from 'idb'
import type { Part } from './protocol'

/** A message that is not acknowledged yet. Times are UTC milliseconds. */
export interface Unsent {
  readonly id: string
  readonly conversation: string
  readonly text: string
  /** What goes with it: uploaded before, so that only names wait here. */
  readonly parts?: readonly Part[]
  readonly at: number
  /** Not to be sent before. */
  readonly not_before?: number
  /** Refused for good: only the person can decide what happens next. */
  readonly fault?: { readonly code: string; readonly detail: string }
}

export interface Box {
  /** All of them, oldest first. */
  all(): Promise<Unsent[]>
  put(item: Unsent): Promise<void>
  remove(id: string): Promise<void>
  close(): void
}

interface Schema extends DBSchema {
  unsent: { key: string; value: Unsent }
}

const byAge = (a: Unsent, b: Unsent) => a.at - b.at || (a.id < b.id ? -1 : 1)

/** The box of one user, shared by all tabs of the browser. */
export async function openBox(user: string): Promise<Box> {
  try {
    const database = await openDB<Schema>(`throughline.outbox.${user}`, 1, {
      upgrade(fresh) {
        fresh.createObjectStore('unsent', { keyPath: 'id' })
      },
    })
    return new DatabaseBox(database)
  } catch {
    // Private windows and full disks may have none; messages then live as long as the tab.
    return new MemoryBox()
  }
}

class DatabaseBox implements Box {
  readonly #database: IDBPDatabase<Schema>
  /** What the database would not take, a full disk for one. */
  readonly #spare = new MemoryBox()

  constructor(database: IDBPDatabase<Schema>) {
    this.#database = database
  }

  async all(): Promise<Unsent[]> {
    const [kept, spare] = await Promise.all([this.#kept(), this.#spare.all()])
    return [...kept, ...spare].sort(byAge)
  }

  async put(item: Unsent): Promise<void> {
    try {
      await this.#database.put('unsent', item)
    } catch {
      await this.#spare.put(item)
    }
  }

  async remove(id: string): Promise<void> {
    await this.#spare.remove(id)
    try {
      await this.#database.delete('unsent', id)
    } catch {
      // Closed under us: it is sent once more on the next visit, under its id, which the server takes once.
    }
  }

  /** A browser may close a database under us; what it holds is there again on the next visit. */
  async #kept(): Promise<Unsent[]> {
    try {
      return await this.#database.getAll('unsent')
    } catch {
      return []
    }
  }

  close(): void {
    this.#database.close()
  }
}

export class MemoryBox implements Box {
  readonly #items = new Map<string, Unsent>()

  all(): Promise<Unsent[]> {
    return Promise.resolve([...this.#items.values()].sort(byAge))
  }

  put(item: Unsent): Promise<void> {
    this.#items.set(item.id, item)
    return Promise.resolve()
  }

  remove(id: string): Promise<void> {
    this.#items.delete(id)
    return Promise.resolve()
  }

  close(): void {
    this.#items.clear()
  }
}
