// What a broken channel means for this conversation, how to see it, and what became of it.
import { CircleAlert } from 'lucide-react'
import { Button } from '@/components/ui/button'
import { type Channel, channelName } from '@/lib/channels'

export interface FailNoteProps {
  /** Where nothing is taken now. */
  channel: Channel
  /** It refuses for good, so that an answer goes on at once; else it may get well, and we wait. */
  atOnce: boolean
  /** Where answers go now; undefined: not known yet. */
  active: Channel | undefined
  /** Where the last answer went instead, and how the line says so. */
  went: { channel: Channel; words: string } | null
  asking: 'no' | 'yes' | 'failed'
  /** Ask something there, as the customer; absent where this cannot be done for them. */
  onAsk?: (() => void) | undefined
  onLook: (channel: Channel) => void
  onHeal: () => void
}

export function FailNote({ channel, atOnce, active, went, asking, onAsk, onLook, onHeal }: FailNoteProps) {
  const name = channelName(channel)
  return (
    <section
      aria-label={`${name} fails`}
      data-slot="fail-note"
      className="flex shrink-0 flex-wrap items-center gap-x-6 gap-y-2 border-b bg-failed-wash px-4 py-2"
    >
      <p role="status" className="flex min-w-0 flex-1 basis-80 items-baseline gap-2 text-sm text-pretty">
        <CircleAlert aria-hidden="true" className="size-4 shrink-0 translate-y-0.5 text-failed" />
        <span>{went ? `${went.words}.` : noteWords(name, atOnce, active, channel, asking)}</span>
      </p>
      <div className="flex flex-wrap items-center gap-2">
        {went && went.channel !== 'web' && (
          <Button size="small" className="h-9 max-sm:h-11" onClick={() => onLook(went.channel)}>
            Look at {channelName(went.channel)}
          </Button>
        )}
        {!went && onAsk && (
          <Button size="small" className="h-9 max-sm:h-11" disabled={asking === 'yes'} onClick={onAsk}>
            {asking === 'yes' ? 'Asking' : `Ask something in ${name}`}
          </Button>
        )}
        <Button size="small" look="quiet" className="h-9 max-sm:h-11" onClick={onHeal}>
          Let it work again
        </Button>
      </div>
    </section>
  )
}

function noteWords(
  name: string,
  atOnce: boolean,
  active: Channel | undefined,
  channel: Channel,
  asking: FailNoteProps['asking'],
): string {
  if (asking === 'failed') return `Nothing could be asked in ${name}. Write there by hand, or choose another channel.`
  const aside = 'Until it works again the other channels stand by'
  const when = atOnce ? 'goes on by one of them at once' : 'goes on by one of them after a while'
  const fails = `${name} takes nothing from us now. ${aside}: an answer that fails there ${when}.`
  if (active === undefined || active === channel) return fails
  const where = active === 'web' ? 'on the web' : `in ${channelName(active)}`
  return `${fails} This conversation is ${where} now, so go on in ${name} to see it.`
}
