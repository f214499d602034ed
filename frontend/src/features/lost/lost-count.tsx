// How many messages did not get through, where members see it from every screen. Nothing while there are none.
import { MailX } from 'lucide-react'
import { Link } from 'react-router'
import { Badge } from '@/components/ui/badge'
import { useLostCount } from './useLost'
import { countWords, totalWords } from './words'

interface LostCountProps {
  /** The place to look at them, for the sign in the header; without one, the number alone. */
  to?: string
}

export default function LostCount({ to }: LostCountProps) {
  const total = useLostCount() ?? 0
  if (total === 0) return null
  if (to === undefined) return <Badge className="ml-auto bg-failed-wash text-failed">{countWords(total)}</Badge>
  return (
    <Link
      to={to}
      aria-label={totalWords(total)}
      data-slot="lost-count"
      className="flex h-9 shrink-0 items-center gap-1.5 rounded-full bg-failed-wash px-2.5 text-sm font-medium text-failed tabular-nums max-sm:h-11"
    >
      <MailX aria-hidden="true" className="size-4" />
      {total >= 1000 ? '999+' : total}
    </Link>
  )
}
