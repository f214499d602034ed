/** Frames about other things than one conversation's log: what the cache has of them is asked for anew. */

import type { QueryClient, QueryKey } from '@tanstack/react-query'
import { CHANNELS, IDENTITIES, LINKS, LOST, linkKey } from '@/api/keys'
import type { ServerFrame } from '@/live/protocol'
import { LIST } from './keys'

const GATHER_MS = 200

type News = Extract<ServerFrame, { t: 'started' | 'account' | 'link' | 'lost' }>

export function take(cache: QueryClient, frame: News): void {
  if (frame.t === 'link') cache.setQueryData(linkKey(frame.link), frame.state)
  if (frame.t === 'lost') soon(cache)
  else for (const queryKey of OUTDATED[frame.t]) void cache.invalidateQueries({ queryKey })
}

const waiting = new WeakSet<QueryClient>()

/** When a channel breaks, hundreds are lost in one moment, each with a frame of its own: one look is enough. */
function soon(cache: QueryClient): void {
  if (waiting.has(cache)) return
  waiting.add(cache)
  setTimeout(() => {
    waiting.delete(cache)
    void cache.invalidateQueries({ queryKey: LOST })
  }, GATHER_MS)
}

const OUTDATED: Readonly<Record<Exclude<News['t'], 'lost'>, readonly QueryKey[]>> = {
  started: [LIST],
  account: [CHANNELS, IDENTITIES, ['bindings']],
  link: [LINKS, IDENTITIES, ['bindings']],
}
