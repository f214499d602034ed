// What became of a message on its channels: a word beside it, and behind the word every step with its time.
import { Check, CheckCheck, CircleAlert, CircleQuestionMark, Clock } from 'lucide-react'
import type { ReactNode } from 'react'
import { ChannelMark } from '@/components/channel-mark'
import { Peek } from '@/components/ui/peek'
import type { Channel } from '@/lib/channels'
import { cn } from '@/lib/cn'
import { type Reached, reasonWords, type Standing, standingWords, stepWords, toneOf, worthSaying } from '@/lib/delivery'
import { clock, exactly } from '@/lib/moment'
import type { MessageRow } from '@/lib/thread'

const LOOKS = {
  going: { icon: Clock, colour: '' },
  ok: { icon: Check, colour: '' },
  unsure: { icon: CircleQuestionMark, colour: 'text-attention' },
  failed: { icon: CircleAlert, colour: 'text-failed' },
} as const

/** The word beside a message, and the way to its ladder. */
export function StandingWord({ row, ladder }: { row: MessageRow; ladder?: ((id: string) => ReactNode) | undefined }) {
  const said = worthSaying(row.standings ?? [])
  const first = said[0]
  if (first === undefined) return null
  const words = said.map((each) => <Word key={each.channel} standing={each} />)
  const look = 'inline-flex min-w-0 flex-wrap items-center gap-x-2 rounded-small text-left text-xs'
  if (ladder === undefined)
    return (
      <span data-slot="standing" data-state={first.state} className={look}>
        {words}
      </span>
    )
  return (
    <Peek
      title="Delivery, step by step"
      trigger={
        <button
          type="button"
          data-slot="standing"
          data-state={first.state}
          className={cn(look, 'underline decoration-hairline decoration-1 underline-offset-3 hover:decoration-current')}
        >
          {words}
        </button>
      }
    >
      {ladder(row.id)}
    </Peek>
  )
}

function Word({ standing }: { standing: Standing }) {
  const { icon, colour } = LOOKS[toneOf(standing.state)]
  const Icon = standing.state === 'read' ? CheckCheck : icon
  return (
    <span className={cn('inline-flex items-center gap-1', colour)}>
      <Icon aria-hidden="true" className="size-3 shrink-0" />
      {standingWords(standing)}
    </span>
  )
}

export interface Steps {
  /** The binding's id: two addresses of one channel stay apart. */
  id: string
  channel: Channel
  rungs: readonly { state: Reached; at: string; reason?: string | undefined }[]
  attempts: number
  /** It is shown there too; nobody waits for it. */
  owed: boolean
  retryAt?: string | undefined
}

/** Every step on every channel, oldest first, with exact times in the reader's zone. */
export function Ladder({ groups }: { groups: readonly Steps[] }) {
  return (
    <div data-slot="ladder" className="space-y-3">
      {groups.map((group) => (
        <section key={group.id} aria-label={`On ${group.channel}`}>
          <h3 className="flex items-center justify-between gap-2 text-xs font-medium">
            <ChannelMark channel={group.channel} />
            {!group.owed && <span className="font-normal text-ink-soft">shown there too</span>}
          </h3>
          <ol className="mt-1.5 space-y-1 border-l border-hairline pl-3">
            {group.rungs.map((rung, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: steps are only ever added at the end
              <li key={at} data-state={rung.state} className="flex justify-between gap-3 text-xs">
                <span className={LOOKS[toneOf(rung.state)].colour}>
                  {stepWords(rung.state)}
                  {rung.reason !== undefined && `: ${reasonWords(rung.reason)}`}
                </span>
                <time
                  dateTime={rung.at}
                  title={exactly(Date.parse(rung.at))}
                  className="shrink-0 text-ink-soft tabular-nums"
                >
                  {clock(Date.parse(rung.at))}
                </time>
              </li>
            ))}
          </ol>
          {group.attempts > 1 && <p className="mt-1 text-xs text-ink-soft">Tried {group.attempts} times.</p>}
          {group.retryAt !== undefined && (
            <p className="mt-1 text-xs text-ink-soft">Tried again at {clock(Date.parse(group.retryAt))}.</p>
          )}
        </section>
      ))}
    </div>
  )
}
