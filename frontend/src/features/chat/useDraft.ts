import { useCallback, useSyncExternalStore } from 'react'
import { useTalk } from './context'

/** The unfinished words of a conversation and how to change them; they survive a reload. */
export function useDraft(id: string): readonly [string, (text: string) => void] {
  const talk = useTalk()
  const store = talk.drafts.of(id)
  const text = useSyncExternalStore(store.subscribe, store.get)
  const setText = useCallback(
    (next: string) => {
      talk.drafts.set(id, next)
      if (next !== '') talk.typing(id)
    },
    [talk, id],
  )
  return [text, setText]
}
