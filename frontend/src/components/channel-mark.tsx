// A channel's sign and name together: the same shape and colour that its nodes have on the line.
import { type Channel, channelName } from '@/lib/channels'
import { nodePath } from '@/lib/line'

export function ChannelMark({ channel }: { channel: Channel }) {
  return (
    <span data-channel={channel} className="inline-flex items-center gap-2">
      <svg viewBox="0 0 14 14" aria-hidden="true" className="size-3.5 text-(--channel)">
        <path d={nodePath(channel, 7, 7)} fill="currentColor" />
      </svg>
      {channelName(channel)}
    </span>
  )
}
