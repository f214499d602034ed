// The top of every signed-in screen: where one is, what answers, how the connection stands, who one is.
import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { Wordmark } from '@/components/logo'
import { SessionStatus } from '@/components/session-status'
import type { Link as LinkState } from '@/lib/thread'

interface AppHeaderProps {
  tenant: string
  /** Which model answers, said plainly. */
  model: string
  link: LinkState
  /** What waits for whoever this is. */
  waiting?: ReactNode
  account: ReactNode
}

export function AppHeader({ tenant, model, link, waiting, account }: AppHeaderProps) {
  return (
    <header className="flex h-12 shrink-0 items-center gap-3 border-b px-3 sm:px-4">
      <Link to="/" className="flex rounded-small text-base">
        <Wordmark />
      </Link>
      {tenant !== '' && (
        <span className="hidden min-w-0 items-center gap-3 text-sm text-ink-soft sm:flex">
          <span aria-hidden="true" className="h-4 w-px bg-hairline" />
          <span className="truncate">{tenant}</span>
        </span>
      )}
      <div className="ml-auto flex min-w-0 items-center gap-3">
        <span className="hidden rounded-full px-2.5 py-0.5 text-xs text-ink-soft ring-1 ring-hairline md:inline">
          {model}
        </span>
        <SessionStatus link={link} />
        {waiting}
        {account}
      </div>
    </header>
  )
}
