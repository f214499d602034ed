// What became of a message on its channels: a word beside it, and behind the word every step with its time.
// What opens behind the word is fetched when the first such word is there; until then the word stands alone.
import { Check, CheckCheck, CircleAlert, CircleQuestionMark, Clock } from 'lucide-react'
import { type ReactNode, Suspense } from 'react'
import { later } from '@/components/later'
import { cn } from '@/lib/cn'
import { type Standing, standingWords, toneOf, worthSaying } from '@/lib/delivery'
import type { MessageRow } from '@/lib/thread'

const Peek = later(() => import('@/components/ui/peek'))

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
  const alone = (
    <span data-slot="standing" data-state={first.state} className={look}>
      {words}
    </span>
  )
  if (ladder === undefined) return alone
  return (
    <Suspense fallback={alone}>
      <Peek
        title="Delivery, step by step"
        trigger={
          <button
            type="button"
            data-slot="standing"
            data-state={first.state}
            className={cn(look, 'underline decoration-hairline underline-offset-3 hover:decoration-current')}
          >
            {words}
          </button>
        }
      >
        {ladder(row.id)}
      </Peek>
    </Suspense>
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
