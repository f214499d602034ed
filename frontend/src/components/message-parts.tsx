// What is attached to a message, in the thread: pictures to look at, recordings to hear and read, files to save. The
// room of each is known before it is there, so that nothing moves under the reader.
import { CircleAlert, Clock, Download, File, FileAudio, FileVideo, Mic } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { Button } from '@/components/ui/button'
import { Dialog, DialogContent, DialogTrigger } from '@/components/ui/dialog'
import { cn } from '@/lib/cn'
import { type FilePart, partWords, refusedWords, sizeWords } from '@/lib/files'

/** Where a part's bytes are. `url` is undefined until it is known; `broken`: they cannot be shown. */
export interface Source {
  readonly url: string | undefined
  readonly broken: boolean
  /** What `url` led to did not work. */
  readonly onError: () => void
}

interface MessagePartsProps {
  parts: readonly FilePart[]
  /** Stands where the bytes of a part are to be shown. */
  bytes: (part: FilePart, show: (source: Source) => ReactNode) => ReactNode
  /** Save a file. Resolves to why not, in words, or to null. */
  onSave: (part: FilePart) => Promise<string | null>
}

export default function MessageParts({ parts, bytes, onSave }: MessagePartsProps) {
  return (
    <ul aria-label="Attached" data-slot="parts" className="flex max-w-full flex-wrap gap-2">
      {parts.map((part) => (
        <li
          key={part.id}
          data-part={part.type}
          data-state={part.state ?? 'ready'}
          // Pictures stand beside each other, everything else below it, on the side of whoever wrote.
          className={cn('max-w-full', part.type !== 'image' && 'flex basis-full [justify-content:inherit]')}
        >
          <Part part={part} bytes={bytes} onSave={onSave} />
        </li>
      ))}
    </ul>
  )
}

function Part({ part, bytes, onSave }: { part: FilePart } & Omit<MessagePartsProps, 'parts'>) {
  if (part.state === 'waiting') {
    return (
      <Row sign={<Clock aria-hidden="true" />} name={part.name}>
        On its way here
      </Row>
    )
  }
  if (part.state === 'refused') {
    return (
      <Row sign={<CircleAlert aria-hidden="true" className="text-attention" />} name={part.name}>
        {refusedWords(part.reason)}
      </Row>
    )
  }
  const saved = <Saved part={part} onSave={onSave} />
  switch (part.type) {
    case 'image':
      return bytes(part, (source) => (source.broken ? saved : <Picture part={part} source={source} />))
    case 'audio':
      return bytes(part, (source) => (source.broken ? saved : <Recording part={part} source={source} />))
    case 'video':
      return bytes(part, (source) => (source.broken ? saved : <Film part={part} source={source} />))
    default:
      return saved
  }
}

/** A picture in a frame of its own size, whole behind a press. */
function Picture({ part: { name }, source: { url, onError } }: { part: FilePart; source: Source }) {
  return (
    <Dialog>
      <DialogTrigger asChild>
        <button
          type="button"
          aria-label={`Show ${name} larger`}
          className="block aspect-4/3 w-64 max-w-full overflow-hidden rounded-card bg-sunk shadow-[inset_0_0_0_1px_var(--hairline)]"
        >
          {url && <img src={url} alt={name} onError={onError} className="size-full object-cover" />}
        </button>
      </DialogTrigger>
      <DialogContent title={name} className="w-fit max-w-[min(56rem,calc(100vw-2rem))] min-w-64">
        {url && <img src={url} alt={name} className="mx-auto max-h-[calc(100dvh-9rem)] rounded-small" />}
      </DialogContent>
    </Dialog>
  )
}

/** A recording and what is said in it. */
function Recording({ part, source: { url, onError } }: { part: FilePart; source: Source }) {
  const { voice, name, transcript } = part
  const Sign = voice ? Mic : FileAudio
  return (
    <figure className="w-80 max-w-full rounded-card bg-sunk p-2 shadow-[inset_0_0_0_1px_var(--hairline)]">
      <figcaption className="mb-1 flex items-center gap-1.5 px-1 text-xs text-ink-soft">
        <Sign aria-hidden="true" className="size-3 shrink-0" />
        <span className="truncate">{voice ? 'Voice note' : name}</span>
      </figcaption>
      {/* biome-ignore lint/a11y/useMediaCaption: its words stand below */}
      <audio
        controls
        preload="metadata"
        src={url}
        onError={url === undefined ? undefined : onError}
        aria-label={voice ? 'Voice note' : name}
        className="h-10 w-full"
      />
      {transcript ? (
        <p data-slot="transcript" className="px-1 pt-1.5 text-sm text-ink [overflow-wrap:anywhere]">
          <span className="sr-only">What is said: </span>“{transcript}”
        </p>
      ) : (
        voice && <p className="px-1 pt-1.5 text-xs text-ink-soft">Its words could not be made out.</p>
      )}
    </figure>
  )
}

function Film({ part: { name }, source: { url, onError } }: { part: FilePart; source: Source }) {
  return (
    // biome-ignore lint/a11y/useMediaCaption: people send films without captions
    <video
      controls
      preload="metadata"
      src={url}
      onError={url === undefined ? undefined : onError}
      aria-label={name}
      className="aspect-video w-80 max-w-full rounded-card bg-sunk"
    />
  )
}

function Saved({ part, onSave }: { part: FilePart; onSave: MessagePartsProps['onSave'] }) {
  const [fault, setFault] = useState<string | null>(null)
  const Sign = { image: File, audio: FileAudio, video: FileVideo, file: File }[part.type]
  return (
    <Row
      sign={<Sign aria-hidden="true" />}
      name={part.name}
      action={
        <Button
          look="quiet"
          size="icon"
          className="max-sm:size-11"
          aria-label={`Save ${partWords(part)}`}
          onClick={() => void onSave(part).then(setFault)}
        >
          <Download aria-hidden="true" />
        </Button>
      }
    >
      {fault === null ? (
        sizeWords(part.size)
      ) : (
        <span role="alert" className="text-failed">
          {fault}
        </span>
      )}
    </Row>
  )
}

function Row({
  sign,
  name,
  action,
  children,
}: {
  sign: ReactNode
  name: string
  action?: ReactNode
  children: ReactNode
}) {
  return (
    <div className="flex min-h-14 w-80 max-w-full items-center gap-3 rounded-card bg-sunk py-1.5 pr-1.5 pl-3 shadow-[inset_0_0_0_1px_var(--hairline)]">
      <span className="shrink-0 text-ink-soft [&>svg]:size-5">{sign}</span>
      <span className="min-w-0 flex-1">
        <span className="block truncate text-sm text-ink" title={name}>
          {name}
        </span>
        <span className="block text-xs text-ink-soft">{children}</span>
      </span>
      {action}
    </div>
  )
}
