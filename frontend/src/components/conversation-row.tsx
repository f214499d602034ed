// A conversation in a list: what it is about, its last words, where it went, and what is unread.
import { Link } from 'react-router'
import { Trace } from '@/components/line'
import { Moment } from '@/components/moment'
import { Badge } from '@/components/ui/badge'
import { cn } from '@/lib/cn'
import type { TraceNode } from '@/lib/line'
import { plainWords } from '@/lib/words'

export interface ConversationRowProps {
  to: string
  title: string
  preview: string
  updatedAt: string
  trace: readonly TraceNode[]
  unread: number
  /** The one that is open. */
  current: boolean
  /** Whom it is with, for members. */
  person?: string | undefined
}

export function ConversationRow({
  to,
  title,
  preview,
  updatedAt,
  trace,
  unread,
  current,
  person,
}: ConversationRowProps) {
  return (
    <li>
      <Link
        to={to}
        aria-current={current ? 'page' : undefined}
        className={cn(
          'block rounded-card px-3 py-2.5 transition-colors duration-(--quick) [--ground:var(--sunk)] hover:bg-hover hover:[--ground:var(--hover)]',
          current &&
            'bg-raised ring-1 ring-hairline [--ground:var(--raised)] hover:bg-raised hover:[--ground:var(--raised)]',
        )}
      >
        <span className="flex items-baseline gap-2">
          <span className={cn('min-w-0 flex-1 truncate text-sm', unread > 0 ? 'font-semibold' : 'font-medium')}>
            {title || 'New conversation'}
          </span>
          <Moment at={updatedAt} still className="shrink-0 text-xs text-ink-soft" />
        </span>
        {person && <span className="block truncate text-xs text-ink-soft">{person}</span>}
        <span className="mt-0.5 block truncate text-xs text-ink-soft">{plainWords(preview) || 'Nothing said yet'}</span>
        <span className="mt-1.5 flex h-5 items-center justify-between gap-2">
          <Trace nodes={trace} className="max-w-full" />
          {unread > 0 && (
            <Badge>
              {unread > 99 ? '99+' : unread}
              <span className="sr-only"> unread</span>
            </Badge>
          )}
        </span>
      </Link>
    </li>
  )
}
