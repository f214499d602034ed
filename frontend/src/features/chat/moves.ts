/** Why a talk moved, in words, and which notices only say again what its switch point says. */

import type { UserShown } from '@/api/shapes'
import { channelName } from '@/lib/channels'
import type { BoundBody, EventFrame } from '@/live/protocol'

export interface Moves {
  /** By the seq of the move: the end of "Continued on Slack: …". */
  readonly why: ReadonlyMap<number, string>
  /** Ids of messages that opened the talk on a channel it moved to: the switch point stands for them here. */
  readonly openings: ReadonlySet<string>
}

/** The opening is written in the same transaction as the move, so it stands next to it. */
const BESIDE = 2

export function movesOf(events: readonly EventFrame[], me: Pick<UserShown, 'kind' | 'name'>): Moves {
  const why = new Map<number, string>()
  const notices: { seq: number; id: string }[] = []
  for (const event of events) {
    if (event.kind === 'bound') {
      const words = whyMoved(event.body, me)
      if (words !== undefined) why.set(event.seq, words)
    } else if (event.kind === 'message' && event.body.author.kind === 'system' && event.body.only !== undefined) {
      notices.push({ seq: event.seq, id: event.body.id })
    }
  }
  const moved = [...why.keys()]
  const openings = notices.filter(({ seq }) => moved.some((at) => Math.abs(at - seq) <= BESIDE))
  return { why, openings: new Set(openings.map(({ id }) => id)) }
}

function whyMoved({ by, origin, why = 'asked' }: BoundBody, me: Pick<UserShown, 'kind' | 'name'>) {
  const mine = by.kind === me.kind && (me.kind === 'person' || by.name === me.name)
  const who = mine ? 'you' : by.kind === 'system' ? '' : by.name
  switch (why) {
    case 'asked':
      return who === '' ? 'the talk was moved' : `${who} moved the talk`
    case 'followed':
      return who === '' ? 'the talk followed the person' : `the talk followed ${who}`
    case 'off':
      return `${origin === undefined ? 'the channel before' : channelName(origin)} is not to be used any more`
    case 'started':
      return undefined
  }
}
