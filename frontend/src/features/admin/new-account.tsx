// "Connect" beside a channel: makes an account at once, or asks by whom where several provide the channel.
import { Plus } from 'lucide-react'
import type { ChannelShown } from '@/api/shapes'
import { Button } from '@/components/ui/button'
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuLabel,
  DropdownMenuTrigger,
} from '@/components/ui/dropdown-menu'
import { guideOf } from './guides'

interface NewAccountProps {
  channel: ChannelShown
  busy: boolean
  onMake: (asked: { name: string; provider?: string }) => void
}

export default function NewAccount({ channel, busy, onMake }: NewAccountProps) {
  const button = (
    <Button
      look="quiet"
      size="small"
      className="max-lg:h-11 max-lg:px-3"
      disabled={busy}
      aria-label={`Connect ${channel.label}`}
    >
      <Plus aria-hidden="true" />
      Connect
    </Button>
  )
  if (channel.providers.length < 2)
    return (
      <Button
        look="quiet"
        size="small"
        className="max-lg:h-11 max-lg:px-3"
        disabled={busy}
        aria-label={`Connect ${channel.label}`}
        onClick={() => onMake({ name: channel.label })}
      >
        <Plus aria-hidden="true" />
        Connect
      </Button>
    )
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>{button}</DropdownMenuTrigger>
      <DropdownMenuContent align="end" className="max-w-72">
        <DropdownMenuLabel>Who provides {channel.label}?</DropdownMenuLabel>
        {channel.providers.map((provider) => {
          const guide = guideOf({ channel: channel.channel, provider })
          const name = guide?.provider ?? provider
          return (
            <DropdownMenuItem
              key={provider}
              className="block pl-3"
              onSelect={() => onMake({ name: `${channel.label} by ${name}`, provider })}
            >
              <span className="block font-medium">{name}</span>
              <span className="block text-xs text-ink-soft">{guide?.pitch}</span>
            </DropdownMenuItem>
          )
        })}
      </DropdownMenuContent>
    </DropdownMenu>
  )
}
