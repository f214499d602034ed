// By the composer: where answers go, and one press to go on elsewhere.
import { ChevronDown } from 'lucide-react'
import { ChannelSign } from '@/components/channel-mark'
import { HealthMark } from '@/components/health-mark'
import { Button } from '@/components/ui/button'
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuLabel,
  DropdownMenuRadioGroup,
  DropdownMenuRadioItem,
  DropdownMenuTrigger,
} from '@/components/ui/dropdown-menu'
import { channelName } from '@/lib/channels'
import { activeOf, bindingName } from './bindings'
import { Refusal } from './refusal'
import { useBindings } from './useBindings'

export default function ChannelMenu({ id }: { id: string }) {
  const { bindings, busy, fault, setMode } = useBindings(id)
  if (bindings === undefined) return null
  const active = activeOf(bindings)
  return (
    <div data-slot="channel-menu" className="ml-auto flex min-w-0 flex-wrap items-center justify-end gap-x-2">
      {fault && <Refusal fault={fault} />}
      <DropdownMenu>
        <DropdownMenuTrigger asChild>
          <Button look="quiet" size="small" data-state={busy ? 'moving' : 'at-rest'} className="-mr-2 gap-1.5">
            <span>Answers go to</span>
            {active ? (
              <span data-channel={active.channel} className="inline-flex items-center gap-1 text-(--channel)">
                <ChannelSign channel={active.channel} className="!size-3" />
                {channelName(active.channel)}
              </span>
            ) : (
              'nobody yet'
            )}
            <ChevronDown aria-hidden="true" className="!size-3" />
          </Button>
        </DropdownMenuTrigger>
        <DropdownMenuContent align="end" className="max-w-[calc(100vw-1rem)]">
          <DropdownMenuLabel>Continue on</DropdownMenuLabel>
          <DropdownMenuRadioGroup
            value={active?.id ?? ''}
            onValueChange={(chosen) => {
              const binding = bindings.items.find((item) => item.id === chosen)
              if (binding !== undefined && binding.mode !== 'active') void setMode(binding, 'active')
            }}
          >
            {bindings.items.map((binding) => (
              <DropdownMenuRadioItem key={binding.id} value={binding.id} disabled={busy}>
                <span className="flex w-full min-w-0 items-center gap-3">
                  <span data-channel={binding.channel} className="inline-flex min-w-0 items-center gap-2">
                    <ChannelSign channel={binding.channel} className="size-3.5" />
                    <span className="truncate">{bindingName(binding)}</span>
                  </span>
                  <HealthMark health={binding.health} brief className="ml-auto" />
                </span>
              </DropdownMenuRadioItem>
            ))}
          </DropdownMenuRadioGroup>
        </DropdownMenuContent>
      </DropdownMenu>
    </div>
  )
}
