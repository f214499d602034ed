/** The 60-second tour: a story told in steps, as data, and how it is played. It does what anybody could do by hand. */

import type { Channel } from '@/lib/channels'

export interface Step {
  readonly channel: Channel
  /** What the customer says there. */
  readonly says: string
  /** What one sees, in words. */
  readonly caption: string
  /** While it lasts the channel refuses what we send there, and all others stand by. */
  readonly fails?: true
}

export const STORY: readonly Step[] = [
  {
    channel: 'web',
    says: 'What happens to my message when the server crashes?',
    caption: 'It starts on the web. The answer is written here, and in Slack at the same time.',
  },
  {
    channel: 'whatsapp',
    says: 'How does a conversation move to another channel?',
    caption: 'Now the customer leaves the desk and goes on in WhatsApp. It is still the same conversation.',
  },
  {
    channel: 'whatsapp',
    says: 'What happens when a channel fails?',
    caption: 'Now WhatsApp refuses what we send. Mail stands by: the answer goes there, and the line says why.',
    fails: true,
  },
  {
    channel: 'gmail',
    says: 'And which channels are supported today?',
    caption: 'WhatsApp works again. But the talk goes on by mail now: the customer simply answers it.',
  },
  {
    channel: 'slack',
    says: 'Can I stop an answer half way?',
    caption: 'Back at work they go on in Slack, in the thread that has followed all along.',
  },
  {
    channel: 'web',
    says: 'Thank you',
    caption: 'And back on the web. Every word from every channel stands here, on one line.',
  },
]

/** What a step needs done. Each gives false where it could not be; all end early when the signal says so. */
export interface World {
  /** A new conversation. Null: none could be begun. */
  begin(): Promise<string | null>
  /** Answers go on there. */
  go(conversation: string, channel: Channel): Promise<boolean>
  say(conversation: string, channel: Channel, text: string): Promise<boolean>
  /** The channel refuses what we send there, and the others stand by, until what it gives is called. Never rejects. */
  fail(conversation: string, channel: Channel): Promise<() => Promise<void>>
  /** Until the agent has answered what is said now; call it before. Never rejects: it gives up after a while. */
  answer(conversation: string): Promise<void>
}

/** Keeps the tour's time: both wait as long as it is paused, and reject when it is stopped. */
export interface Pace {
  go(): Promise<void>
  rest(ms: number): Promise<void>
}

export type Tour =
  | { readonly status: 'off' }
  | { readonly status: 'playing' | 'paused'; readonly at: number }
  | { readonly status: 'over' }
  | { readonly status: 'failed'; readonly at: number }

/** Long enough to read a caption, before the customer speaks; and an answer, after. */
export const CAPTION_MS = 2_000
export const ANSWER_MS = 3_000

/** Steps of which the tenant has the channel: without WhatsApp the story goes on without it. */
export function storyFor(channels: ReadonlySet<Channel>): readonly Step[] {
  return STORY.filter(({ channel }) => channels.has(channel))
}

/** Play it. `tell`: which step begins. Whether it came to its end; rejects as the pace does. */
export async function play(
  story: readonly Step[],
  world: World,
  pace: Pace,
  tell: (at: number) => void,
): Promise<boolean> {
  await pace.go()
  tell(0)
  const conversation = await world.begin()
  if (conversation === null) return false
  for (const [at, { channel, says, fails }] of story.entries()) {
    await pace.go()
    tell(at)
    if (at > 0 && !(await world.go(conversation, channel))) return false
    // However the step ends, the channel works again after it.
    const heal = fails ? await world.fail(conversation, channel) : undefined
    try {
      await pace.rest(CAPTION_MS)
      const answered = world.answer(conversation)
      if (!(await world.say(conversation, channel, says))) return false
      await answered
      await pace.rest(ANSWER_MS)
    } finally {
      await heal?.()
    }
  }
  return true
}

/** A pace that can be paused, gone on with and stopped. */
export class Metronome implements Pace {
  readonly #stopped: AbortSignal
  #paused = false
  #resume: (() => void) | undefined

  constructor(stopped: AbortSignal) {
    this.#stopped = stopped
  }

  pause(): void {
    this.#paused = true
  }

  resume(): void {
    this.#paused = false
    this.#resume?.()
  }

  async go(): Promise<void> {
    this.#stopped.throwIfAborted()
    if (!this.#paused) return
    await new Promise<void>((resolve, reject) => {
      this.#resume = resolve
      this.#stopped.addEventListener('abort', () => reject(this.#stopped.reason), { once: true })
    })
  }

  async rest(ms: number): Promise<void> {
    await this.go()
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(resolve, ms)
      this.#stopped.addEventListener(
        'abort',
        () => {
          clearTimeout(timer)
          reject(this.#stopped.reason)
        },
        { once: true },
      )
    })
    await this.go()
  }
}
