/** A value that tells who is interested when it changes: what `useSyncExternalStore` reads. */
export class Store<Value> {
  #value: Value
  readonly #readers = new Set<() => void>()

  constructor(value: Value) {
    this.#value = value
  }

  readonly get = (): Value => this.#value

  set(value: Value): void {
    if (Object.is(value, this.#value)) return
    this.#value = value
    for (const reader of [...this.#readers]) reader()
  }

  readonly subscribe = (reader: () => void): (() => void) => {
    this.#readers.add(reader)
    return () => this.#readers.delete(reader)
  }
}
