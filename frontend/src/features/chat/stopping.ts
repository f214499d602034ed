import { Store } from '@/lib/store'

/** The turns that were asked to stop and have not ended yet, by conversation. */
export class Stopping extends Store<ReadonlyMap<string, string>> {
  constructor() {
    super(new Map())
  }

  asked(conversation: string, turn: string): void {
    this.set(new Map(this.get()).set(conversation, turn))
  }

  over(conversation: string): void {
    const left = new Map(this.get())
    left.delete(conversation)
    this.set(left)
  }
}
