/** Frames about other things than one conversation's log: what the cache has of them is asked for anew. */

import type { QueryClient, QueryKey } from '@tanstack/react-query'
import { CHANNELS, IDENTITIES, LINKS, linkKey } from '@/api/keys'
import type { ServerFrame } from '@/live/protocol'
import { LIST } from './keys'

type News = Extract<ServerFrame, { t: 'started' | 'account' | 'link' }>

export function take(cache: QueryClient, frame: News): void {
  if (frame.t === 'link') cache.setQueryData(linkKey(frame.link), frame.state)
  for (const queryKey of OUTDATED[frame.t]) void cache.invalidateQueries({ queryKey })
}

const OUTDATED: Readonly<Record<News['t'], readonly QueryKey[]>> = {
  started: [LIST],
  account: [CHANNELS, IDENTITIES, ['bindings']],
  link: [LINKS, IDENTITIES, ['bindings']],
}
