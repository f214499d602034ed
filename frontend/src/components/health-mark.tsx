// How a channel is: a dot whose shape and colour say it, and the word beside it.
import { cn } from '@/lib/cn'
import { briefly, type Health, type HealthTone, healthTone, healthWord } from '@/lib/health'

const DOTS: Readonly<Record<HealthTone, string>> = {
  ok: 'bg-ok',
  attention: 'rounded-none rotate-45 bg-attention',
  failed: 'rounded-none bg-failed',
  still: 'ring-1 ring-inset ring-edge',
}

interface HealthMarkProps {
  health: Health
  /** For who writes, not for who runs it. */
  brief?: boolean
  className?: string
}

export function HealthMark({ health, brief = false, className }: HealthMarkProps) {
  return (
    <span
      data-slot="health"
      data-state={health}
      className={cn('inline-flex items-center gap-1.5 text-xs text-ink-soft', className)}
    >
      <span aria-hidden="true" className={cn('size-2 shrink-0 rounded-full', DOTS[healthTone(health)])} />
      {brief ? briefly(health) : healthWord(health)}
    </span>
  )
}
