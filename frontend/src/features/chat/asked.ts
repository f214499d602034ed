/** Things asked over the socket that want an answer: each is settled once, by the server, by the clock or by a loss. */

/** Why something did not come about: a code, and the server's own sentence where there is one. */
export interface Refused {
  readonly code: string
  readonly detail: string
}

/** What is not answered by then is said to be unanswered; whatever it did still shows when it comes. */
const WAIT_MS = 8_000

export class Asked {
  readonly #open = new Map<string, (refused: Refused | undefined) => void>()

  /** Resolves to why not, or to nothing once it holds. */
  wait(id: string): Promise<Refused | undefined> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.answered(id, { code: 'timeout', detail: '' }), WAIT_MS)
      this.#open.set(id, (refused) => {
        clearTimeout(timer)
        resolve(refused)
      })
    })
  }

  /** False: nothing of this id waits here. */
  answered(id: string | undefined, refused?: Refused): boolean {
    const tell = id === undefined ? undefined : this.#open.get(id)
    if (id === undefined || tell === undefined) return false
    this.#open.delete(id)
    tell(refused)
    return true
  }

  /** The link is gone: nobody will answer any more. */
  lost(): void {
    for (const id of [...this.#open.keys()]) this.answered(id, { code: 'lost', detail: '' })
  }
}
