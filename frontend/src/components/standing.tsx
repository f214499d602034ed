// What became of a message on its channels: a word beside it, and behind the word every step with its time.
// What opens behind the word is fetched when the first such word is there; until then the word stands alone.
import { Check, CheckCheck, CircleAlert, CircleQuestionMark, Clock } from 'lucide-react'
import { type ReactNode, Suspense } from 'react'
import { later } from '@/components/later'
import { cn } from '@/lib/cn'
import { standingWords, toneOf, worthSaying } from '@/lib/delivery'
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
  // What went wrong comes first; the others are behind the word.
  const shown = said.find(({ state }) => toneOf(state) === 'failed') ?? said[0]
  if (shown === undefined) return null
  const { icon, colour } = LOOKS[toneOf(shown.state)]
  const Icon = shown.state === 'read' ? CheckCheck : icon
  const look = cn('inline-flex min-w-0 items-center gap-1 rounded-small text-left text-xs', colour)
  const words = (
    <>
      <Icon aria-hidden="true" className="size-3 shrink-0" />
      {standingWords(shown)}
    </>
  )
  const alone = (
    <span data-slot="standing" data-state={shown.state} className={look}>
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
            data-state={shown.state}
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
