// Codes on their way: where each stands, and the way back to it. Nothing is shown where there is none.
import { CircleHelp } from 'lucide-react'
import type { LinkShown } from '@/api/shapes'
import { ChannelMark } from '@/components/channel-mark'
import { Button } from '@/components/ui/button'
import { channelName } from '@/lib/channels'
import { Left } from './link-code'
import { useNow } from './useNow'
import { senderWords } from './words'

interface CodesProps {
  links: readonly LinkShown[]
  onOpen: (link: LinkShown) => void
}

export function Codes({ links, onOpen }: CodesProps) {
  const now = useNow(links.length > 0)
  const standing = links.filter((link) => link.state === 'claimed' || Date.parse(link.expires_at) > now)
  if (standing.length === 0) return null
  return (
    <ul aria-label="Codes on their way" className="space-y-2">
      {standing.map((link) => (
        <li
          key={link.id}
          data-state={link.state}
          className="flex flex-wrap items-center justify-between gap-x-3 gap-y-2 rounded-card bg-raised px-3 py-2 text-sm ring-1 ring-hairline data-[state=claimed]:bg-attention-wash"
        >
          {link.state === 'claimed' ? (
            <span className="flex min-w-0 items-start gap-2">
              <CircleHelp aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-attention" />
              <span className="[overflow-wrap:anywhere]">
                {senderWords(link)} wrote your {channelName(link.channel)} code.
              </span>
            </span>
          ) : (
            <span className="flex flex-wrap items-center gap-x-3">
              <ChannelMark channel={link.channel} />
              <Left ms={Date.parse(link.expires_at) - now} />
            </span>
          )}
          <Button
            size="small"
            className="max-sm:h-11 max-sm:px-3"
            aria-label={link.state === 'claimed' ? 'Is that you?' : `Show the ${channelName(link.channel)} code`}
            onClick={() => onOpen(link)}
          >
            {link.state === 'claimed' ? 'Is that you?' : 'Show'}
          </Button>
        </li>
      ))}
    </ul>
  )
}
