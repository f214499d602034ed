// On a phone one pane is shown at a time; these lead from one to the next.
import { useEffect, useRef } from 'react'
import { ChannelSign } from '@/components/channel-mark'
import { Button } from '@/components/ui/button'
import { type Channel, channelName } from '@/lib/channels'

interface PaneTabsProps {
  panes: readonly { readonly name: string; readonly channel: Channel }[]
  shown: string
  onShow: (name: string) => void
}

export function PaneTabs({ panes, shown, onShow }: PaneTabsProps) {
  const row = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const tab = row.current?.querySelector<HTMLElement>(`#tab-${CSS.escape(shown)}`)
    // The chosen one is in sight, however many there are.
    if (tab && row.current) row.current.scrollLeft = tab.offsetLeft - (row.current.clientWidth - tab.clientWidth) / 2
  }, [shown])
  return (
    <div
      ref={row}
      role="tablist"
      aria-label="Panes"
      className="relative flex shrink-0 overflow-x-auto border-b [scrollbar-width:none] lg:hidden"
    >
      {panes.map(({ name, channel }, at) => (
        <Button
          key={name}
          role="tab"
          look="quiet"
          id={`tab-${name}`}
          aria-controls={`pane-${name}`}
          aria-selected={shown === name}
          tabIndex={shown === name ? 0 : -1}
          onClick={() => onShow(name)}
          onKeyDown={(event) => {
            const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
            const other = panes[(at + step + panes.length) % panes.length]
            if (step === 0 || other === undefined) return
            onShow(other.name)
            document.getElementById(`tab-${other.name}`)?.focus()
          }}
          className="h-11 flex-[1_0_auto] rounded-none px-3 -outline-offset-2 aria-selected:text-ink aria-selected:shadow-[inset_0_-2px_0_var(--accent)]"
        >
          <ChannelSign channel={channel} className="size-3.5" />
          {channelName(channel)}
        </Button>
      ))}
    </div>
  )
}
