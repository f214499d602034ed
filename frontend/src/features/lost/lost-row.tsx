// One message that did not get through: whose, where, why, when, and what can be done about it.
import { Check, RotateCcw } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { Link } from 'react-router'
import type { LostShown } from '@/api/shapes'
import { ChannelSign } from '@/components/channel-mark'
import { Moment } from '@/components/moment'
import { Button } from '@/components/ui/button'
import { cn } from '@/lib/cn'
import { triedWords, triesWords, whyWords } from './words'

/** What became of it while it was on screen: it stays in its place, so that nothing jumps under the pointer. */
export type Done = 'sent' | 'arrived' | 'gone'

const DONE: Readonly<Record<Done, string>> = {
  sent: 'On its way again',
  arrived: 'Marked as arrived',
  gone: 'Not lost any more',
}

interface LostRowProps {
  item: LostShown
  done: Done | undefined
  /** Something is being asked about this one, or about any. */
  busy: 'this' | 'another' | undefined
  onResend: () => void
  onArrived: () => void
}

export function LostRow({ item, done, busy, onResend, onArrived }: LostRowProps) {
  const row = useRef<HTMLLIElement>(null)
  const asked = useRef(false)
  const who = item.person_name === '' ? 'Somebody' : item.person_name
  const tries = triesWords(item)
  const tried = triedWords(item)
  // The button that was pressed is gone then: whoever works by keyboard goes on from here.
  useEffect(() => {
    if (done !== undefined && asked.current) row.current?.focus()
  }, [done])
  const ask = (what: () => void) => () => {
    asked.current = true
    what()
  }
  return (
    <li
      ref={row}
      tabIndex={-1}
      data-slot="lost"
      data-state={done ?? item.state}
      className="rounded-small -outline-offset-2 grid gap-x-4 gap-y-3 px-3 py-3 sm:grid-cols-[1fr_auto] sm:px-4"
    >
      <div className="min-w-0">
        <p className="flex items-baseline gap-2 text-sm">
          <ChannelSign channel={item.channel} className="size-3.5 translate-y-0.5" />
          <span className="min-w-0 text-pretty [overflow-wrap:anywhere]">{whyWords(item)}</span>
        </p>
        <p className="mt-1 text-sm [overflow-wrap:anywhere]">
          <Link
            to={`/c/${encodeURIComponent(item.conversation)}`}
            className="rounded-small font-medium text-accent underline decoration-1 underline-offset-3 hover:text-accent-strong"
          >
            {who}
            {item.title !== '' && <span className="font-normal">, “{item.title}”</span>}
          </Link>
        </p>
        {item.preview !== '' && (
          <p className="mt-1 line-clamp-2 text-sm text-ink-soft [overflow-wrap:anywhere]" dir="auto">
            {item.preview}
          </p>
        )}
        <p className="mt-1.5 flex flex-wrap gap-x-3 gap-y-1 text-xs text-ink-soft">
          <Moment at={item.at} />
          {tries !== '' && <span>{tries}</span>}
          {tried !== '' && <span>{tried}</span>}
        </p>
      </div>
      <div className="flex flex-wrap items-start gap-2 sm:justify-end">
        {done !== undefined ? (
          <p className={cn('flex h-7 items-center gap-1.5 text-xs', done === 'gone' ? 'text-ink-soft' : 'text-ok')}>
            <Check aria-hidden="true" className="size-4" />
            {DONE[done]}
          </p>
        ) : (
          <>
            {item.doubtful && (
              <Button
                size="small"
                className="max-sm:h-11 max-sm:px-4 max-sm:text-sm"
                disabled={busy !== undefined}
                aria-label={`It arrived: to ${who}`}
                onClick={ask(onArrived)}
              >
                <Check aria-hidden="true" />
                It arrived
              </Button>
            )}
            <Button
              size="small"
              className="max-sm:h-11 max-sm:px-4 max-sm:text-sm"
              disabled={busy !== undefined}
              aria-label={`Send again: to ${who}`}
              onClick={ask(onResend)}
            >
              <RotateCcw aria-hidden="true" />
              {busy === 'this' ? 'Sending' : 'Send again'}
            </Button>
          </>
        )}
      </div>
    </li>
  )
}
