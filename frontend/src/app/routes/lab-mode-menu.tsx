// On each pane: what comes there of the open conversation, and the way to go on there.
import { ChevronDown } from 'lucide-react'
import type { Mode } from '@/api/shapes'
import { ChannelSign } from '@/components/channel-mark'
import { Button } from '@/components/ui/button'
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuLabel,
  DropdownMenuRadioGroup,
  DropdownMenuRadioItem,
  DropdownMenuTrigger,
} from '@/components/ui/dropdown-menu'
import { MODES, modeWords } from '@/features/chat/bindings'
import { useBindings } from '@/features/chat/useBindings'
import { type Channel, channelName } from '@/lib/channels'

export default function LabModeMenu({ id, channel }: { id: string; channel: Channel }) {
  const { bindings, busy, fault, setMode } = useBindings(id)
  const binding = bindings?.items.find((item) => item.channel === channel)
  const name = channelName(channel)
  if (binding === undefined) {
    return (
      <span className="inline-flex h-9 items-center gap-2 px-3 text-xs font-medium">
        <ChannelSign channel={channel} className="size-4" />
        {name}
      </span>
    )
  }
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <Button
          look="quiet"
          size="small"
          data-slot="mode-menu"
          data-state={busy ? 'moving' : binding.mode}
          className="h-9 max-w-full gap-2 px-3 text-ink max-sm:h-11"
        >
          <ChannelSign channel={channel} className="size-4" />
          {name}
          <span className="truncate font-normal text-ink-soft">{fault?.words ?? modeWords(binding.mode)}</span>
          <ChevronDown aria-hidden="true" className="!size-3" />
        </Button>
      </DropdownMenuTrigger>
      <DropdownMenuContent align="center" className="max-w-[calc(100vw-1rem)]">
        <DropdownMenuLabel>This conversation, on {name}</DropdownMenuLabel>
        <DropdownMenuRadioGroup
          value={binding.mode}
          onValueChange={(mode) => mode !== binding.mode && void setMode(binding, mode as Mode)}
        >
          {MODES.map(({ mode, words }) => (
            <DropdownMenuRadioItem key={mode} value={mode} disabled={busy}>
              {mode === 'active' && binding.mode !== 'active' ? 'Continue here' : words}
            </DropdownMenuRadioItem>
          ))}
        </DropdownMenuRadioGroup>
        {fault && (
          <p role="alert" className="max-w-64 px-3 py-1.5 text-xs text-failed">
            {fault.words}
          </p>
        )}
      </DropdownMenuContent>
    </DropdownMenu>
  )
}
