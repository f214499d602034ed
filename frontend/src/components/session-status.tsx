// How the connection stands. The header's word is always there; the banner only while something is wrong.
import { CircleCheck, CloudOff, LoaderCircle } from 'lucide-react'
import { Alert } from '@/components/ui/alert'
import { cn } from '@/lib/cn'
import type { Link } from '@/lib/thread'

const LOOKS = {
  connecting: { word: 'Connecting', icon: LoaderCircle, tone: 'text-ink-soft' },
  live: { word: 'Live', icon: CircleCheck, tone: 'text-ok' },
  reconnecting: { word: 'Reconnecting', icon: LoaderCircle, tone: 'text-attention' },
  offline: { word: 'Offline', icon: CloudOff, tone: 'text-attention' },
} as const

export function SessionStatus({ link, className }: { link: Link; className?: string }) {
  const { word, icon: Icon, tone } = LOOKS[link]
  return (
    <span
      data-slot="session-status"
      data-state={link}
      className={cn('inline-flex items-center gap-1.5 text-xs font-medium', tone, className)}
    >
      <Icon aria-hidden="true" className="size-3.5" />
      {word}
    </span>
  )
}

export function LinkBanner({ link }: { link: Link }) {
  if (link === 'live' || link === 'connecting') return null
  return (
    <div className="measure mx-auto w-full shrink-0 px-4">
      <Alert role="status" look="attention" data-slot="link-banner" className="ml-(--gutter) items-center [&>svg]:mt-0">
        {link === 'offline' ? (
          <CloudOff aria-hidden="true" />
        ) : (
          <LoaderCircle aria-hidden="true" className="motion-safe:animate-spin" />
        )}
        <span>
          {link === 'offline' ? 'You are offline.' : 'Reconnecting…'} You can go on writing; messages are kept and sent
          in order.
        </span>
      </Alert>
    </div>
  )
}
