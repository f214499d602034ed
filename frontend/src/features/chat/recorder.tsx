// A voice note being recorded, in the place of the words: how long, how loud, and three ways to end it.
import { ArrowUp, CircleAlert, Square } from 'lucide-react'
import { type ComponentRef, useEffect, useRef, useState, useSyncExternalStore } from 'react'
import { Button } from '@/components/ui/button'
import { clockWords } from '@/lib/files'
import { MOST_SECONDS, type Purpose, Recording } from './recording'

/** Seconds before the end from which on it is announced. */
const NEAR_END = 15

interface RecorderProps {
  onDone: (recording: Blob, purpose: Purpose) => void
  /** It was thrown away, or never began. */
  onCancel: () => void
}

export default function Recorder({ onDone, onCancel }: RecorderProps) {
  const told = useRef({ onDone, onCancel })
  told.current = { onDone, onCancel }
  const [recording, setRecording] = useState<Recording | null>(null)
  useEffect(() => {
    const made = new Recording((blob, purpose) => told.current.onDone(blob, purpose))
    setRecording(made)
    void made.start()
    return () => made.cancel()
  }, [])

  useEffect(() => {
    // Wherever the keyboard is: nobody should have to look for the way out while the microphone is open.
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Escape') return
      event.preventDefault()
      event.stopPropagation()
      told.current.onCancel()
    }
    window.addEventListener('keydown', onKey, true)
    return () => window.removeEventListener('keydown', onKey, true)
  }, [])
  return recording && <Face recording={recording} onCancel={onCancel} />
}

function Face({ recording, onCancel }: { recording: Recording; onCancel: () => void }) {
  const state = useSyncExternalStore(recording.state.subscribe, recording.state.get)
  const first = useRef<ComponentRef<'button'>>(null)
  const status = state.status
  // biome-ignore lint/correctness/useExhaustiveDependencies: the keyboard goes to what can be done now
  useEffect(() => first.current?.focus(), [status])

  if (state.status === 'refused') {
    return (
      <div data-slot="recorder" className="flex items-center gap-2 py-1.5 pr-1.5 pl-4">
        <p role="alert" className="flex min-w-0 flex-1 items-start gap-2 text-sm text-failed">
          <CircleAlert aria-hidden="true" className="mt-0.5 size-4 shrink-0" />
          {state.why}
        </p>
        <Button ref={first} className="max-sm:h-11" onClick={onCancel}>
          Close
        </Button>
      </div>
    )
  }
  const going = state.status === 'recording'
  return (
    <fieldset data-slot="recorder" data-state={status} className="flex items-center gap-1 py-1.5 pr-1.5 pl-1.5">
      <legend className="sr-only">Voice note</legend>
      <Button look="quiet" className="px-2.5 max-sm:h-11" aria-keyshortcuts="Escape" onClick={onCancel}>
        Cancel
      </Button>
      <span role="status" className="sr-only">
        {going ? 'Recording. Escape throws it away.' : 'Asking for the microphone'}
      </span>
      {going ? (
        <Going recording={recording} since={state.since} />
      ) : (
        <span aria-hidden="true" className="min-w-0 flex-1 truncate px-2 text-sm text-ink-soft">
          Asking for the microphone…
        </span>
      )}
      <Button
        ref={first}
        size="icon"
        className="max-sm:size-11"
        aria-label="Stop and listen"
        aria-disabled={!going}
        onClick={() => recording.finish('review')}
      >
        <Square aria-hidden="true" className="fill-current" />
      </Button>
      <Button
        look="accent"
        size="icon"
        className="max-sm:size-11"
        aria-label="Stop and send"
        aria-disabled={!going}
        onClick={() => recording.finish('send')}
      >
        <ArrowUp aria-hidden="true" />
      </Button>
    </fieldset>
  )
}

/** Time and level. The level follows the voice by itself; only the seconds are React's. */
function Going({ recording, since }: { recording: Recording; since: number }) {
  const [seconds, setSeconds] = useState(0)
  const bar = useRef<HTMLSpanElement>(null)
  useEffect(() => {
    let frame = 0
    const tick = () => {
      if (bar.current) bar.current.style.transform = `scaleX(${recording.level().toFixed(3)})`
      setSeconds(Math.floor((Date.now() - since) / 1_000))
      frame = requestAnimationFrame(tick)
    }
    tick()
    return () => cancelAnimationFrame(frame)
  }, [recording, since])
  const left = MOST_SECONDS - seconds
  return (
    <span className="flex min-w-0 flex-1 items-center gap-2 px-2">
      <span aria-hidden="true" className="size-2 shrink-0 rounded-full bg-failed" />
      <time role="timer" aria-label="Recorded so far" className="text-sm tabular-nums">
        {clockWords(seconds)}
        <span className="text-ink-soft max-sm:hidden"> of {clockWords(MOST_SECONDS)}</span>
      </time>
      <span aria-hidden="true" className="h-1 min-w-0 flex-1 overflow-hidden rounded-full bg-hover">
        <span ref={bar} data-slot="level" className="block h-full origin-left bg-accent" />
      </span>
      <span role="status" className="text-xs whitespace-nowrap text-attention">
        {left <= NEAR_END ? `Ends in ${NEAR_END} s` : ''}
      </span>
    </span>
  )
}
