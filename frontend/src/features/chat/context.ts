import { createContext, useContext } from 'react'
import type { Talk } from './talk'

export const TalkContext = createContext<Talk | null>(null)

/** Everything live of the signed-in user; inside TalkContext only. */
export function useTalk(): Talk {
  const talk = useContext(TalkContext)
  if (talk === null) throw new Error('useTalk stands inside TalkContext')
  return talk
}
