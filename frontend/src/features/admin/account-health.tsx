// How an account's sends do: whether they are paused, how many failed, and what waits.
import type { AccountStatus, AccountHealth as Health } from '@/api/shapes'
import { Moment } from '@/components/moment'
import { cn } from '@/lib/cn'
import { clock, exactly } from '@/lib/moment'
import { Fact } from './fact'
import { rateWords, waitingWords } from './health-words'

/** Nothing goes out through an account that is so, until somebody sees to it. */
const SHUT: ReadonlySet<AccountStatus> = new Set(['unconfigured', 'down', 'needs_reauth', 'disabled'])

/** What can be counted, beside `last in` and `last out`: terms of one list. */
export function AccountHealth({ health, status }: { health: Health; status: AccountStatus }) {
  return (
    <>
      <Fact term="Sending">
        <Breaker health={health} shut={SHUT.has(status)} />
      </Fact>
      <Fact term="Error rate">
        <span className={cn(health.sends === 0 && 'text-ink-soft')}>{rateWords(health)}</span>
      </Fact>
      <Fact term="Outbox">
        <span className={cn('tabular-nums', health.waiting === 0 && 'text-ink-soft')}>{waitingWords(health)}</span>
        {health.oldest !== null && (
          <>
            , the oldest <Moment at={health.oldest} />
          </>
        )}
      </Fact>
    </>
  )
}

function Breaker({ health, shut }: { health: Health; shut: boolean }) {
  const { breaker, again_at: again } = health
  const late = again !== null && Date.parse(again) <= Date.now()
  return (
    <span data-slot="breaker" data-state={breaker}>
      {breaker === 'closed' && (shut ? 'Nothing is sent while the account is like this' : 'Working')}
      {breaker === 'half_open' && 'Paused after failures; trying one message now'}
      {breaker === 'open' && again === null && 'Paused, because the credentials were refused'}
      {breaker === 'open' && late && 'Paused after failures; the next message tries again'}
      {breaker === 'open' && again !== null && !late && (
        <>
          Paused after failures; trying again at{' '}
          <time dateTime={again} title={exactly(Date.parse(again))} className="whitespace-nowrap tabular-nums">
            {clock(Date.parse(again))}
          </time>
        </>
      )}
    </span>
  )
}
