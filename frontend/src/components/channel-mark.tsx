// A channel's sign and name together: the same shape and colour that its nodes have on the line.
import { type Channel, channelName } from '@/lib/channels'
import { cn } from '@/lib/cn'
import { nodePath } from '@/lib/line'

export function ChannelMark({ channel, className }: { channel: Channel; className?: string }) {
  return (
    <span data-channel={channel} className={cn('inline-flex items-center gap-2', className)}>
      <ChannelSign channel={channel} className="size-3.5" />
      {channelName(channel)}
    </span>
  )
}

/** The sign alone; a word must stand beside it. */
export function ChannelSign({ channel, className }: { channel: Channel; className?: string }) {
  return (
    <svg
      viewBox="0 0 14 14"
      aria-hidden="true"
      data-channel={channel}
      className={cn('shrink-0 text-(--channel)', className)}
    >
      <path d={nodePath(channel, 7, 7)} fill="currentColor" />
    </svg>
  )
}
