// The composer of a conversation: its words, its files and its voice notes, on their way out together.
import { CircleAlert, X } from 'lucide-react'
import { type ComponentRef, type RefObject, Suspense, useState } from 'react'
import { later } from '@/components/later'
import { MessageInput } from '@/components/message-input'
import { Button } from '@/components/ui/button'
import { useTalk } from './context'
import type { LimitsShown, MessageHook } from './contract'
import type { Purpose } from './recording'
import { useAttachments } from './useAttachments'
import { useDraft } from './useDraft'

const AttachmentTray = later(() => import('@/components/attachment-tray'))
const Recorder = later(() => import('./recorder'))

interface ComposerProps {
  id: string
  say: MessageHook['say']
  limits: LimitsShown
  running: boolean
  onStop: () => void
  wait: number | null
  model: string
  ref: RefObject<ComponentRef<'textarea'> | null>
}

export function Composer({ id, say, limits, ref: field, ...given }: ComposerProps) {
  const talk = useTalk()
  const [draft, setDraft] = useDraft(id)
  const files = useAttachments(id)
  const [recording, setRecording] = useState(false)

  const toWords = () => requestAnimationFrame(() => field.current?.focus())
  const stopped = () => {
    setRecording(false)
    toWords()
  }
  const recorded = async (recording: Blob, purpose: Purpose) => {
    stopped()
    const there = await talk.attachments.record(id, recording)
    // By itself: words that stand in the field are another message. Where the upload failed it stays attached.
    if (there && purpose === 'send') await say('', talk.attachments.take(id, there.key))
  }

  return (
    <>
      <MessageInput
        {...given}
        ref={field}
        draft={draft}
        onDraft={setDraft}
        onSend={(text) => {
          setDraft('')
          void say(text.trim() === '' ? '' : text, talk.attachments.take(id))
        }}
        limit={limits.message_characters}
        perMinute={limits.messages_per_minute}
        onFiles={files.add}
        attached={files.ready}
        hold={files.hold}
        tray={
          <>
            {files.refused.length > 0 && <Refused words={files.refused} onRead={files.read} />}
            {files.items.length > 0 && (
              <Suspense>
                <AttachmentTray
                  items={files.items}
                  onRetry={files.retry}
                  onRemove={(key) => {
                    files.remove(key)
                    toWords()
                  }}
                />
              </Suspense>
            )}
          </>
        }
        onRecord={() => setRecording(true)}
        recorder={
          recording && (
            <Suspense fallback={<div className="h-12 max-sm:h-14" />}>
              <Recorder onCancel={stopped} onDone={(...done) => void recorded(...done)} />
            </Suspense>
          )
        }
      />
      {/* There only where there are files to speak of: else the thread's own region is the one that speaks. */}
      {(files.items.length > 0 || files.said !== '') && (
        <p role="status" data-slot="files-said" className="sr-only">
          {files.said}
        </p>
      )}
    </>
  )
}

/** Why files were not taken. Stays until it was read, or the next files come. */
function Refused({ words, onRead }: { words: readonly string[]; onRead: () => void }) {
  return (
    <div
      data-slot="refused-files"
      className="flex items-start gap-2 m-1.5 rounded-small bg-attention-wash py-1 pr-1 pl-3 text-sm text-attention"
    >
      <CircleAlert aria-hidden="true" className="mt-1.5 size-4 shrink-0" />
      <ul className="min-w-0 flex-1 py-1 [overflow-wrap:anywhere]">
        {words.map((each) => (
          <li key={each}>{each}</li>
        ))}
      </ul>
      <Button look="quiet" size="tiny" className="max-sm:size-11" aria-label="Dismiss" onClick={onRead}>
        <X aria-hidden="true" />
      </Button>
    </div>
  )
}
