// What goes out with the next message: one chip each, with how far it has come and what can be done about it.
import { CircleAlert, File, FileAudio, FileVideo, Image, Mic, RotateCcw, X } from 'lucide-react'
import { Button } from '@/components/ui/button'
import { cn } from '@/lib/cn'
import { type Attached, sizeWords } from '@/lib/files'

interface AttachmentTrayProps {
  items: readonly Attached[]
  onRetry: (key: string) => void
  onRemove: (key: string) => void
}

export default function AttachmentTray({ items, onRetry, onRemove }: AttachmentTrayProps) {
  return (
    <ul
      aria-label="Attached"
      data-slot="attachment-tray"
      className="flex max-h-[min(14rem,35dvh)] flex-wrap gap-2 overflow-y-auto px-2 pt-2 pb-1"
    >
      {items.map((item) => (
        <Chip key={item.key} item={item} onRetry={onRetry} onRemove={onRemove} />
      ))}
    </ul>
  )
}

function Chip({ item, onRetry, onRemove }: { item: Attached } & Omit<AttachmentTrayProps, 'items'>) {
  const { key, name, state, voice, preview } = item
  const shown = voice ? 'Voice note' : name
  return (
    <li
      data-state={state}
      className={cn(
        'relative flex w-72 max-w-full max-sm:w-full min-w-0 flex-col overflow-hidden rounded-small bg-sunk shadow-[inset_0_0_0_1px_var(--hairline)]',
        state === 'failed' && 'bg-failed-wash shadow-[inset_0_0_0_1px_var(--failed)]',
      )}
    >
      <div className="flex min-h-13 items-center gap-2 p-1.5">
        <Look item={item} />
        <span className="min-w-0 flex-1">
          <span className="block truncate text-sm text-ink" title={shown}>
            {shown}
          </span>
          <Standing item={item} />
        </span>
        {state === 'failed' && (
          <Button
            look="quiet"
            size="tiny"
            className="max-sm:size-11"
            aria-label={`Retry ${shown}`}
            onClick={() => onRetry(key)}
          >
            <RotateCcw aria-hidden="true" />
          </Button>
        )}
        <Button
          look="quiet"
          size="tiny"
          className="max-sm:size-11"
          aria-label={state === 'uploading' ? `Cancel the upload of ${shown}` : `Remove ${shown}`}
          onClick={() => onRemove(key)}
        >
          <X aria-hidden="true" />
        </Button>
      </div>
      {voice && preview && state !== 'uploading' && (
        // biome-ignore lint/a11y/useMediaCaption: its words stand below, as soon as they are made out
        <audio controls src={preview} aria-label="Listen to the voice note" className="h-10 w-full px-1.5" />
      )}
      {item.part?.transcript && (
        <p className="px-3 pt-1 pb-2 text-xs text-ink-soft [overflow-wrap:anywhere]">“{item.part.transcript}”</p>
      )}
      {state === 'uploading' && <Progress item={item} />}
    </li>
  )
}

function Look({ item: { kind, voice, preview, name } }: { item: Attached }) {
  const box = 'flex size-10 shrink-0 items-center justify-center rounded-small bg-hover text-ink-soft [&>svg]:size-5'
  if (kind === 'image' && preview)
    return <img src={preview} alt={name} className="size-10 shrink-0 rounded-small bg-hover object-cover" />
  const Sign = voice ? Mic : { image: Image, audio: FileAudio, video: FileVideo, file: File }[kind]
  return (
    <span className={box}>
      <Sign aria-hidden="true" />
    </span>
  )
}

function Standing({ item: { state, size, sent, reason, voice } }: { item: Attached }) {
  if (state === 'failed') {
    return (
      <span className="flex items-start gap-1 text-xs text-failed">
        <CircleAlert aria-hidden="true" className="mt-0.5 size-3 shrink-0" />
        {reason}
      </span>
    )
  }
  const waits = voice ? 'Being written down' : 'Being looked at'
  return (
    <span className="block text-xs text-ink-soft tabular-nums">
      {state === 'ready' ? sizeWords(size) : sent >= size ? waits : `${percent(sent, size)} % of ${sizeWords(size)}`}
    </span>
  )
}

function Progress({ item: { name, sent, size } }: { item: Attached }) {
  const value = percent(sent, size)
  return (
    <div
      role="progressbar"
      aria-label={`Upload of ${name}`}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={value}
      className="absolute inset-x-0 bottom-0 h-0.5 bg-hairline"
    >
      <div
        className="h-full origin-left bg-accent transition-transform duration-(--quick)"
        style={{ transform: `scaleX(${value / 100})` }}
      />
    </div>
  )
}

function percent(sent: number, size: number): number {
  return size === 0 ? 0 : Math.min(100, Math.floor((sent / size) * 100))
}
