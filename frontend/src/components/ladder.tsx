// The ladder of one message: every step it took, channel by channel.
import { ChannelMark } from '@/components/channel-mark'
import { type Channel, channelName } from '@/lib/channels'
import { toneOf } from '@/lib/delivery'
import { clock, exactly } from '@/lib/moment'
import { type Rung, rungWords } from '@/lib/steps'

const COLOURS = { going: '', ok: '', unsure: 'text-attention', failed: 'text-failed' } as const

export interface Steps {
  /** The binding's id: two addresses of one channel stay apart. */
  id: string
  channel: Channel
  rungs: readonly Rung[]
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
        <section key={group.id} aria-label={`On ${channelName(group.channel)}`}>
          <h3 className="flex items-center justify-between gap-2 text-xs font-medium">
            <ChannelMark channel={group.channel} />
            {!group.owed && group.rungs.every(({ state }) => state !== 'passed') && (
              <span className="font-normal text-ink-soft">shown there too</span>
            )}
          </h3>
          <ol className="mt-1.5 space-y-1 border-l border-hairline pl-3">
            {group.rungs.map((rung, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: steps are only ever added at the end
              <li key={at} data-state={rung.state} className="flex justify-between gap-3 text-xs">
                <span className={COLOURS[toneOf(rung.state)]}>{rungWords(group.rungs, at, group.channel)}</span>
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
            <p className="mt-1 text-xs text-ink-soft">
              {group.rungs.at(-1)?.state === 'pending' ? 'Goes' : 'Tried again'} at {clock(Date.parse(group.retryAt))}.
            </p>
          )}
        </section>
      ))}
    </div>
  )
}
