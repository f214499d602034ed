import { useSyncExternalStore } from 'react'
import { useTalk } from './context'

const NOBODY: readonly string[] = []

/** The names of others who are writing in this conversation now. */
export function useOthersTyping(id: string): readonly string[] {
  const { names } = useTalk().typists
  return useSyncExternalStore(names.subscribe, names.get).get(id) ?? NOBODY
}
