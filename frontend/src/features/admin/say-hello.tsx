// The last step of every set-up: it turns until the first event is here, and ticks by itself.
import { Link } from 'react-router'
import type { AccountShown } from '@/api/shapes'
import { Moment } from '@/components/moment'
import { Step } from './step'

interface SayHelloProps {
  number: number
  account: AccountShown
  /** What to do so that something comes in. */
  how: string
}

export function SayHello({ number, account, how }: SayHelloProps) {
  const works = account.status === 'waiting_first_event' || account.status === 'up' || account.status === 'degraded'
  const heard = account.last_in !== null
  return (
    <Step number={number} title="Say hello" done={heard} live={!heard && works}>
      <p role="status" className="flex flex-wrap items-center gap-x-2 text-sm text-ink-soft">
        {account.last_in !== null ? (
          <>
            The first event is here. Last heard <Moment at={account.last_in} />
          </>
        ) : works ? (
          <>
            {account.mode === 'simulated' ? (
              <span>
                Write from the{' '}
                <Link to="/lab" className="text-accent underline underline-offset-3">
                  lab
                </Link>
                , as its person.
              </span>
            ) : (
              <span>{how}</span>
            )}
            <span>Waiting for the first event…</span>
          </>
        ) : (
          `Comes next: ${how.charAt(0).toLowerCase()}${how.slice(1, -1)}, and its first event ticks this step.`
        )}
      </p>
    </Step>
  )
}
