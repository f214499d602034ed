// The attachments of a message, with their bytes behind links that end.
import { type ReactNode, useCallback, useRef } from 'react'
import { ApiFault } from '@/api/http'
import MessageParts, { type Source } from '@/components/message-parts'
import type { FilePart } from '@/lib/files'
import { openAt } from '@/lib/save-as'
import { useFileLink, useOpenFile } from './useFileLink'

/** A link younger than this that does not work will not work when it is asked for again. */
const YOUNG_MS = 20_000

export default function Parts({ parts }: { parts: readonly FilePart[] }) {
  const open = useOpenFile()
  const save = useCallback(
    async (part: FilePart) => {
      try {
        openAt(await open(part.id))
        return null
      } catch (fault) {
        if (fault instanceof ApiFault && fault.status === 404) return 'It is not here any more.'
        return 'It could not be fetched now. Try again.'
      }
    },
    [open],
  )
  return (
    <MessageParts
      parts={parts}
      bytes={(part, show) => <Bytes key={part.id} id={part.id} show={show} />}
      onSave={save}
    />
  )
}

/** Keeps the first link that works: a picture that is shown is not fetched again because its link has ended. */
function Bytes({ id, show }: { id: string; show: (source: Source) => ReactNode }) {
  const { url, at, failed, renew } = useFileLink(id)
  const held = useRef<string | undefined>(undefined)
  const broken = useRef(false)
  held.current ??= url
  const onError = () => {
    held.current = undefined
    broken.current = Date.now() - at < YOUNG_MS
    // Also draws it anew where it is broken.
    renew()
  }
  return show({ url: held.current, broken: broken.current || (failed && held.current === undefined), onError })
}
