// A pane's place on the shared line: its part of the line with its sign on it, and the pane below.
import type { CSSProperties, ReactNode } from 'react'
import type { Channel } from '@/lib/channels'
import { cn } from '@/lib/cn'

interface PaneFrameProps {
  name: string
  channel: Channel
  /** Its neighbours on the line; undefined where the line ends. */
  before: Channel | undefined
  after: Channel | undefined
  /** Shown on a phone, where only one is. */
  open: boolean
  /** What stands on the line: the channel's sign and its mode. */
  sign: ReactNode
  children: ReactNode
}

const WIDTHS: Partial<Record<Channel, string>> = {
  web: 'lg:min-w-[24rem] lg:flex-[1.35_0_0%]',
  gmail: 'lg:min-w-80 lg:flex-[1.1_0_0%]',
}

export function PaneFrame({ name, channel, before, after, open, sign, children }: PaneFrameProps) {
  return (
    <div
      id={`pane-${name}`}
      role="tabpanel"
      aria-labelledby={`tab-${name}`}
      data-slot="lab-pane"
      data-channel={channel}
      className={cn(
        'group min-h-0 min-w-0 flex-1 flex-col lg:flex',
        WIDTHS[channel] ?? 'lg:min-w-[18rem] lg:flex-[1_0_0%]',
        open ? 'flex' : 'hidden',
      )}
    >
      <div
        data-slot="shared-line"
        style={
          {
            '--line-before': before && `var(--channel-${before})`,
            '--line-after': after && `var(--channel-${after})`,
          } as CSSProperties
        }
        className="relative flex h-11 shrink-0 items-center justify-center"
      >
        {before && (
          <span
            aria-hidden="true"
            className="absolute top-1/2 right-1/2 left-0 h-0.5 -translate-y-1/2 bg-linear-to-r from-[color-mix(in_oklab,var(--line-before),var(--channel))] to-(--channel)"
          />
        )}
        {after && (
          <span
            aria-hidden="true"
            className="absolute top-1/2 right-0 left-1/2 h-0.5 -translate-y-1/2 bg-linear-to-r from-(--channel) to-[color-mix(in_oklab,var(--line-after),var(--channel))]"
          />
        )}
        <span className="relative max-w-[calc(100%-2rem)] bg-paper">{sign}</span>
      </div>
      <div className="flex min-h-0 min-w-0 flex-1 border-t lg:border-l lg:group-first:border-l-0">{children}</div>
    </div>
  )
}
