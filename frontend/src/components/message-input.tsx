// The composer. Words are never taken away: what cannot be sent stays here, with the reason beside it.
import { ArrowUp, CircleAlert, Mic, Paperclip, Square } from 'lucide-react'
import {
  type ClipboardEvent,
  type ComponentRef,
  type KeyboardEvent,
  type ReactNode,
  type Ref,
  useId,
  useRef,
} from 'react'
import { Button } from '@/components/ui/button'
import { Textarea } from '@/components/ui/textarea'
import { cn } from '@/lib/cn'

/** From this many characters before the limit on, the count is shown. */
const COUNT_FROM = 200

interface MessageInputProps {
  draft: string
  onDraft: (text: string) => void
  onSend: (text: string) => void
  /** Characters of one message; 0 is no limit. */
  limit: number
  /** A turn runs and this person may end it: Stop stands in Send's place. */
  running: boolean
  onStop: () => void
  /** Seconds until the limiter takes another message; null: now. */
  wait: number | null
  perMinute: number
  /** Which model answers, said plainly. */
  model: string
  /** Files were chosen or pasted. Absent: nothing can be attached here. */
  onFiles?: ((files: readonly File[]) => void) | undefined
  /** How many files could go out now; with one of them no words are needed. */
  attached?: number
  /** Why what is attached keeps the message back. */
  hold?: string | null
  /** What is attached, above the words. */
  tray?: ReactNode
  /** Start a voice note. Absent: none can be recorded here. */
  onRecord?: (() => void) | undefined
  /** While a voice note is recorded: what stands in the place of the words. */
  recorder?: ReactNode
  ref?: Ref<ComponentRef<'textarea'>>
}

/** On phones what is touched has 44 pixels. */
const TOUCH = 'max-sm:size-11'

export function MessageInput({
  draft,
  onDraft,
  onSend,
  limit,
  running,
  onStop,
  wait,
  perMinute,
  model,
  onFiles,
  attached = 0,
  hold = null,
  tray,
  onRecord,
  recorder,
  ref,
}: MessageInputProps) {
  const ids = { reason: useId(), hold: useId(), hint: useId() }
  const chooser = useRef<ComponentRef<'input'>>(null)
  const length = countCharacters(draft)
  const over = limit > 0 && length > limit
  const reason = over
    ? `${length - limit} ${length - limit === 1 ? 'character' : 'characters'} over the limit of ${limit.toLocaleString('en')}. Shorten it to send.`
    : wait !== null
      ? waiting(wait, perMinute)
      : null
  const why = reason ?? hold
  const blocked = why !== null || (draft.trim() === '' && attached === 0)

  const send = () => {
    if (!blocked) onSend(draft)
  }
  const keys = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return
    event.preventDefault()
    send()
  }
  const paste = (event: ClipboardEvent) => {
    const { files: given, types } = event.clipboardData
    const files = [...given]
    // What is copied from a sheet or a page comes as words and as a picture of them: the words are meant.
    const words = types.includes('text/plain') && types.includes('text/html')
    if (onFiles === undefined || files.length === 0 || words) return
    event.preventDefault()
    onFiles(files)
  }

  return (
    <form
      data-slot="message-input"
      className="measure mx-auto w-full px-4 pb-3"
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
    >
      {reason && (
        <p
          id={ids.reason}
          role={over ? 'status' : undefined}
          className="mb-2 flex items-center gap-1.5 pl-(--gutter) text-sm text-attention"
        >
          <CircleAlert aria-hidden="true" className="size-4 shrink-0" />
          {reason}
        </p>
      )}
      <div
        className={cn(
          'ml-(--gutter) flow-root rounded-card bg-raised shadow-[inset_0_0_0_1px_var(--edge)] has-[textarea:focus]:shadow-[inset_0_0_0_2px_var(--accent)]',
          over && 'shadow-[inset_0_0_0_1px_var(--attention)]',
        )}
      >
        {tray}
        {recorder || (
          <div className={cn('flex items-end gap-1 py-1.5 pr-1.5', onFiles === undefined ? 'pl-4' : 'pl-1.5')}>
            {onFiles && (
              <>
                <input
                  ref={chooser}
                  type="file"
                  multiple
                  hidden
                  onChange={(event) => {
                    onFiles([...(event.target.files ?? [])])
                    // The same file may be chosen again.
                    event.target.value = ''
                  }}
                />
                <Button
                  look="quiet"
                  size="icon"
                  className={TOUCH}
                  aria-label="Attach files"
                  onClick={() => chooser.current?.click()}
                >
                  <Paperclip aria-hidden="true" />
                </Button>
              </>
            )}
            <Textarea
              ref={ref}
              value={draft}
              onChange={(event) => onDraft(event.target.value)}
              onKeyDown={keys}
              onPaste={paste}
              aria-label="Message"
              aria-describedby={reason ? ids.reason : ids.hint}
              aria-invalid={over}
              placeholder="Write a message"
              className="max-h-[min(12.5rem,40dvh)] overflow-y-auto py-1.5 outline-none max-sm:py-2.5"
            />
            {limit > 0 && length > limit - COUNT_FROM && (
              <span
                className={cn(
                  'self-end pb-2 text-xs whitespace-nowrap tabular-nums',
                  over ? 'font-medium text-attention' : 'text-ink-soft',
                )}
              >
                <span className="sr-only">Characters: </span>
                {length.toLocaleString('en')} / {limit.toLocaleString('en')}
              </span>
            )}
            {onRecord && (
              <Button
                look="quiet"
                size="icon"
                // A narrow screen gives its room to the words once there are some.
                className={cn(TOUCH, draft !== '' && 'max-sm:hidden')}
                aria-label="Record a voice note"
                onClick={onRecord}
              >
                <Mic aria-hidden="true" />
              </Button>
            )}
            {running ? (
              <Button
                look="accent"
                size="icon"
                className={TOUCH}
                aria-label="Stop the answer"
                aria-keyshortcuts="Escape"
                onClick={onStop}
              >
                <Square aria-hidden="true" className="fill-current" />
              </Button>
            ) : (
              // Not `disabled`: the button stays reachable, so that its reason can be heard.
              <Button
                type="submit"
                look="accent"
                size="icon"
                className={TOUCH}
                aria-label="Send"
                aria-disabled={blocked}
                aria-describedby={reason ? ids.reason : hold ? ids.hold : undefined}
              >
                <ArrowUp aria-hidden="true" />
              </Button>
            )}
          </div>
        )}
      </div>
      <p id={ids.hint} className="mt-1.5 ml-(--gutter) flex flex-wrap justify-between gap-x-4 text-xs text-ink-soft">
        {/* Wide screens say it in the header. */}
        <span className="md:hidden">{model}</span>
        {hold ? (
          <span id={ids.hold}>{hold}</span>
        ) : (
          <span className="hidden sm:inline">Enter sends, Shift Enter starts a new line</span>
        )}
      </p>
    </form>
  )
}

/** Why nothing can be sent now: a wait of more than a minute is the day's limit, not the minute's. */
function waiting(seconds: number, perMinute: number): string {
  if (seconds <= 60) {
    return `That was ${perMinute} messages in a minute. You can send again in ${Math.ceil(seconds)} s; your words are kept.`
  }
  const minutes = Math.ceil(seconds / 60)
  const time = minutes < 60 ? `${minutes} min` : `${Math.ceil(minutes / 60)} h`
  return `That was all for one day. You can send again in ${time}; your words are kept.`
}

/** Characters as the server counts them: code points, not UTF-16 units. */
function countCharacters(text: string): number {
  let count = 0
  for (const _ of text) count++
  return count
}
