/** What is attached to the next message, and what was said of it. Values in, values out. */

import { type Attached, type FilePart, MOST_FILES } from '@/lib/files'

export interface Tray {
  /** In the order in which they were attached. */
  readonly items: readonly Attached[]
  /** Why files were not taken, in words. */
  readonly refused: readonly string[]
  /** The last change, for those who do not see it. */
  readonly said: string
}

export const EMPTY: Tray = { items: [], refused: [], said: '' }

export type Change =
  | { readonly t: 'added'; readonly items: readonly Attached[]; readonly refused: readonly string[] }
  | { readonly t: 'progress'; readonly key: string; readonly sent: number }
  | { readonly t: 'ready'; readonly key: string; readonly part: FilePart }
  | { readonly t: 'failed'; readonly key: string; readonly reason: string }
  | { readonly t: 'again'; readonly key: string }
  | { readonly t: 'removed'; readonly key: string }
  /** They went out with a message. */
  | { readonly t: 'taken'; readonly keys: ReadonlySet<string> }
  | { readonly t: 'read' }

export function trayAfter(tray: Tray, change: Change): Tray {
  switch (change.t) {
    case 'added': {
      const { items, refused } = change
      const news = items.filter((item) => item.state === 'uploading')
      const [first] = news
      const under = first && (news.length === 1 ? `Uploading ${first.name}.` : `Uploading ${news.length} files.`)
      const said = [...refused, ...(under === undefined ? [] : [under])].join(' ') || tray.said
      return { items: [...tray.items, ...items], refused, said }
    }
    case 'progress':
      return changed(tray, change.key, (item) => ({ ...item, sent: Math.min(change.sent, item.size) }))
    case 'ready':
      return changed(
        tray,
        change.key,
        (item) => ({ ...item, state: 'ready', sent: item.size, reason: null, part: change.part }),
        (item) => `${item.name} is attached.${change.part.transcript ? ` It says: ${change.part.transcript}` : ''}`,
      )
    case 'failed':
      return changed(
        tray,
        change.key,
        (item) => ({ ...item, state: 'failed', reason: change.reason }),
        (item) => `${item.name} was not uploaded. ${change.reason}`,
      )
    case 'again':
      return changed(
        tray,
        change.key,
        (item) => ({ ...item, state: 'uploading', sent: 0, reason: null }),
        (item) => `Uploading ${item.name}.`,
      )
    case 'removed': {
      const gone = tray.items.find((item) => item.key === change.key)
      if (gone === undefined) return tray
      const items = tray.items.filter((item) => item !== gone)
      return { ...tray, items, said: `${gone.name} is not attached any more.` }
    }
    case 'taken':
      return { items: tray.items.filter((item) => !change.keys.has(item.key)), refused: [], said: '' }
    case 'read':
      return { ...tray, refused: [] }
  }
}

function changed(tray: Tray, key: string, to: (item: Attached) => Attached, says?: (item: Attached) => string): Tray {
  const before = tray.items.find((item) => item.key === key)
  if (before === undefined) return tray
  const items = tray.items.map((item) => (item === before ? to(item) : item))
  return { ...tray, items, said: says === undefined ? tray.said : says(before) }
}

/** How many of `count` more files a message takes, and what to say of the others. */
export function roomFor(tray: Tray, count: number): { room: number; refused: readonly string[] } {
  const room = Math.min(count, MOST_FILES - tray.items.length)
  const left = count - room
  if (left === 0) return { room, refused: [] }
  const those = left === 1 ? '1 file was left out' : `${left} files were left out`
  return { room, refused: [`A message takes ${MOST_FILES} files: ${those}.`] }
}

/** Why the message cannot go out yet, because of what is attached to it; null: it can. */
export function holdOf({ items }: Tray): string | null {
  const failed = items.find((item) => item.state === 'failed')
  if (failed !== undefined) return `${failed.name} was not uploaded. Retry it or remove it to send.`
  const under = items.filter((item) => item.state === 'uploading')
  if (under.length === 0) return null
  return under.length === 1
    ? `Uploading ${under[0]?.name}. It can be sent when it is there.`
    : `Uploading ${under.length} files. They can be sent when they are there.`
}

/** What is there, as parts of a message. */
export function partsOf({ items }: Tray): readonly FilePart[] {
  return items.flatMap((item) => (item.part === null ? [] : [item.part]))
}
