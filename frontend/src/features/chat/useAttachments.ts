import { useMemo, useSyncExternalStore } from 'react'
import { useTalk } from './context'
import { holdOf, partsOf } from './tray'

/** What is attached to the next message of a conversation, and what may be done about it. */
export function useAttachments(id: string) {
  const talk = useTalk()
  const store = talk.attachments.of(id)
  const tray = useSyncExternalStore(store.subscribe, store.get)
  return useMemo(
    () => ({
      items: tray.items,
      refused: tray.refused,
      said: tray.said,
      /** How many of them could go out now. */
      ready: partsOf(tray).length,
      hold: holdOf(tray),
      add: (files: readonly File[], refused?: readonly string[]) => talk.attachments.add(id, files, refused),
      retry: (key: string) => talk.attachments.retry(id, key),
      remove: (key: string) => talk.attachments.remove(id, key),
      read: () => talk.attachments.read(id),
    }),
    [talk, id, tray],
  )
}
