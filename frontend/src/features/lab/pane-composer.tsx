// The customer's end of a pane: where they write, and what went wrong with it.
import { ArrowUp } from 'lucide-react'
import { type FormEvent, type KeyboardEvent, type ReactNode, useState } from 'react'
import { ChannelSign } from '@/components/channel-mark'
import { Button } from '@/components/ui/button'
import { Textarea } from '@/components/ui/textarea'
import { type Channel, channelName } from '@/lib/channels'
import type { Line } from './useStandIn'

interface PaneComposerProps {
  channel: Channel
  line: Line
  fault: string | null
  /** Nobody is there to write as. */
  disabled: boolean
  placeholder: string
  /** Something is being written. */
  onWrite?: (() => void) | undefined
  onSay: (text: string) => Promise<boolean> | undefined
  /** Above what is written: a subject. */
  above?: ReactNode
  /** Before the button that sends. */
  beside?: ReactNode
}

export function PaneComposer({
  channel,
  line,
  fault,
  disabled,
  placeholder,
  onWrite,
  onSay,
  above,
  beside,
}: PaneComposerProps) {
  const [draft, setDraft] = useState('')
  const name = channelName(channel)
  const shut = disabled || line !== 'live'
  const send = () => {
    const text = draft.trim()
    if (text === '' || shut) return
    setDraft('')
    // Words are never taken away: what was not taken is here again.
    void onSay(text)?.then((taken) => !taken && setDraft((now) => now || text))
  }
  const keys = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return
    event.preventDefault()
    send()
  }
  return (
    <>
      {line === 'lost' && (
        <p role="status" className="px-4 py-1 text-xs text-attention">
          The simulated {name} is out of reach. Trying again…
        </p>
      )}
      {fault && (
        <p role="alert" className="px-4 py-1 text-xs text-failed">
          {fault}
        </p>
      )}
      <form
        className="shrink-0 px-3 pb-3"
        onSubmit={(event: FormEvent) => {
          event.preventDefault()
          send()
        }}
      >
        {above}
        <div className="flex items-end gap-1 rounded-card bg-raised py-1.5 pr-1.5 pl-4 shadow-[inset_0_0_0_1px_var(--edge)] focus-within:shadow-[inset_0_0_0_2px_var(--accent)]">
          <Textarea
            value={draft}
            onChange={(event) => {
              onWrite?.()
              setDraft(event.target.value)
            }}
            onKeyDown={keys}
            aria-label={`Message in ${name}`}
            placeholder={placeholder}
            className="max-h-40 py-1.5 outline-none placeholder:whitespace-nowrap"
          />
          {beside}
          <Button
            type="submit"
            look="accent"
            size="icon"
            className="max-sm:size-11"
            aria-label={`Send in ${name}`}
            aria-disabled={shut || draft.trim() === ''}
          >
            <ArrowUp aria-hidden="true" />
          </Button>
        </div>
        <p className="mt-1.5 flex items-center gap-1.5 text-xs text-ink-soft">
          <ChannelSign channel={channel} className="size-3" />
          Simulated: nothing leaves this machine
        </p>
      </form>
    </>
  )
}
