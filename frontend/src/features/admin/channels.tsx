// The organisation's channels: one list, one detail. Which account is open stands in the address.
import { ChevronLeft } from 'lucide-react'
import { Suspense } from 'react'
import { Link } from 'react-router'
import { ApiFault } from '@/api/http'
import type { ChannelShown } from '@/api/shapes'
import { ChannelMark } from '@/components/channel-mark'
import { HealthMark } from '@/components/health-mark'
import { later } from '@/components/later'
import { EmptyState, ListSkeleton, Trouble } from '@/components/loading-states'
import { cn } from '@/lib/cn'
import { AccountDetail } from './account-detail'
import { guideOf } from './guides'
import { useAdminChannels, useNewAccount } from './useAccounts'
import { Wrong } from './wrong'

const NewAccount = later(() => import('./new-account'))

interface AdminChannelsProps {
  /** The account in the address; null: none is named. */
  chosen: string | null
  /** Somebody has just come back from its provider. */
  connected?: boolean
  /** The address of an account. */
  to: (account: string) => string
  onMade: (account: string) => void
}

export function AdminChannels({ chosen, connected = false, to, onMade }: AdminChannelsProps) {
  const { channels, status, error, retry } = useAdminChannels()
  if (status === 'pending') return <ListSkeleton what="the channels" rows={3} />
  if (status === 'error')
    return (
      <Trouble
        words="The channels could not be read."
        id={error instanceof ApiFault ? error.requestId : undefined}
        onRetry={retry}
      />
    )
  const all = channels.flatMap((channel) => channel.accounts.map((account) => ({ account, label: channel.label })))
  const open = all.find(({ account }) => account.id === chosen) ?? (chosen === null ? all[0] : undefined)
  return (
    <div className="grid gap-8 lg:grid-cols-[18rem_1fr]">
      {/* Side by side where there is room; on a phone the list, or the account that was picked from it. */}
      <nav aria-label="Channels and accounts" className={cn('space-y-6', chosen !== null && 'hidden lg:block')}>
        {channels.map((channel) => (
          <ChannelGroup key={channel.channel} channel={channel} open={open?.account.id} to={to} onMade={onMade} />
        ))}
      </nav>
      <div className={cn('min-w-0', chosen === null && all.length > 0 && 'hidden lg:block')}>
        {chosen !== null && (
          <Link
            to="/admin/channels"
            className="mb-2 -ml-1 inline-flex h-11 items-center gap-1 pr-3 text-sm text-accent lg:hidden"
          >
            <ChevronLeft aria-hidden="true" className="size-4" />
            All channels
          </Link>
        )}
        {open !== undefined ? (
          <AccountDetail
            key={open.account.id}
            account={open.account}
            label={open.label}
            connected={connected && open.account.id === chosen}
          />
        ) : chosen !== null ? (
          <EmptyState title="There is no such account here">
            <p className="mt-1">It may have been taken away. Pick one from the list.</p>
          </EmptyState>
        ) : (
          <EmptyState title="No account yet">
            <p className="mt-1">Connect a workspace, and this page leads you through it.</p>
          </EmptyState>
        )}
      </div>
    </div>
  )
}

interface ChannelGroupProps {
  channel: ChannelShown
  open: string | undefined
  to: (account: string) => string
  onMade: (account: string) => void
}

function ChannelGroup({ channel, open, to, onMade }: ChannelGroupProps) {
  const make = useNewAccount(channel.channel)
  const web = channel.channel === 'web'
  return (
    <section aria-label={channel.label}>
      <div className="flex h-11 items-center lg:h-8 justify-between">
        <h2 className="text-sm font-semibold">
          <ChannelMark channel={channel.channel} />
        </h2>
        {!web && (
          <Suspense>
            <NewAccount
              channel={channel}
              busy={make.isPending}
              onMake={(asked) => make.mutate(asked, { onSuccess: (account) => onMade(account.id) })}
            />
          </Suspense>
        )}
      </div>
      {web && <p className="mt-1 text-xs text-ink-soft">Built in: it needs no account.</p>}
      {!web && channel.accounts.length === 0 && <p className="mt-1 text-xs text-ink-soft">No account yet.</p>}
      <ul className="mt-1 space-y-1">
        {channel.accounts.map((account) => (
          <li key={account.id}>
            <Link
              to={to(account.id)}
              aria-current={account.id === open ? 'page' : undefined}
              data-state={account.status}
              className={cn(
                'block rounded-card px-3 py-2 transition-colors duration-(--quick) hover:bg-hover',
                account.id === open && 'bg-raised ring-1 ring-hairline hover:bg-raised',
              )}
            >
              <span className="block truncate text-sm font-medium">{account.name}</span>
              <span className="flex flex-wrap items-center gap-x-2">
                <HealthMark health={account.status} />
                {channel.providers.length > 1 && (
                  <span className="text-xs text-ink-soft">by {guideOf(account)?.provider ?? account.provider}</span>
                )}
              </span>
            </Link>
          </li>
        ))}
      </ul>
      <Wrong fault={make.error} />
    </section>
  )
}
