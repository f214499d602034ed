// One address of a person's: what it is, how it stands, where it comes in the order, and the way to let go of it.
import { ArrowDown, ArrowUp, GripVertical } from 'lucide-react'
import type { ComponentProps, CSSProperties, Ref } from 'react'
import type { IdentityShown } from '@/api/shapes'
import { ChannelSign } from '@/components/channel-mark'
import { HealthMark } from '@/components/health-mark'
import { Button } from '@/components/ui/button'
import { cn } from '@/lib/cn'
import { identityName, statusWords } from './words'

interface IdentityRowProps {
  identity: IdentityShown
  at: number
  of: number
  onMove: (to: number) => void
  onUnlink: () => void
  /** What dragging needs, where there is dragging. */
  handle?: ComponentProps<'button'>
  itemRef?: Ref<HTMLLIElement>
  style?: CSSProperties | undefined
  lifted?: boolean
}

export function IdentityRow({ identity, at, of, onMove, onUnlink, handle, itemRef, style, lifted }: IdentityRowProps) {
  const name = identityName(identity)
  const web = identity.channel === 'web'
  const against = statusWords(identity.status)
  return (
    <li
      ref={itemRef}
      style={style}
      data-channel={identity.channel}
      data-state={lifted ? 'lifted' : 'at-rest'}
      className={cn(
        'flex flex-wrap items-center gap-x-2 rounded-card bg-raised pt-2 pr-2 pb-1 pl-1 sm:pb-2 ring-1 ring-hairline sm:flex-nowrap sm:gap-3 sm:pr-3',
        lifted && 'relative z-10 shadow-float',
      )}
    >
      <button
        type="button"
        aria-label={`Move ${name}`}
        className="grid size-9 shrink-0 cursor-grab touch-none place-items-center rounded-small text-ink-faint hover:bg-hover hover:text-ink active:cursor-grabbing max-sm:size-11"
        {...handle}
      >
        <GripVertical aria-hidden="true" className="size-4" />
      </button>
      <span aria-hidden="true" className="w-4 shrink-0 text-center text-xs text-ink-soft tabular-nums max-sm:hidden">
        {at + 1}
      </span>
      <ChannelSign channel={identity.channel} className="size-4" />
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-baseline gap-x-2 text-sm">
          <span className="font-medium">{identity.label}</span>
          {identity.address !== '' && (
            <span className="text-ink-soft tabular-nums [overflow-wrap:anywhere]">{identity.address}</span>
          )}
        </p>
        <p className="mt-0.5 flex flex-wrap items-center gap-x-3 text-xs text-ink-soft">
          <HealthMark health={identity.health} brief />
          {web && <span>How you sign in</span>}
          {against !== '' && <span className="text-attention">{against}</span>}
          {identity.simulated && <span>Simulated</span>}
        </p>
      </div>
      <div className="flex shrink-0 items-center justify-end gap-1 max-sm:w-full">
        <Step words={`Move ${name} up`} off={at === 0} onStep={() => onMove(at - 1)}>
          <ArrowUp aria-hidden="true" />
        </Step>
        <Step words={`Move ${name} down`} off={at === of - 1} onStep={() => onMove(at + 1)}>
          <ArrowDown aria-hidden="true" />
        </Step>
        <span className="flex w-18 shrink-0 justify-end">
          {!web && (
            <Button
              look="quiet"
              size="small"
              className="max-sm:h-11 max-sm:px-3"
              aria-label={`Unlink ${name}`}
              onClick={onUnlink}
            >
              Unlink
            </Button>
          )}
        </span>
      </div>
    </li>
  )
}

/** At the end of the list it stays in place and says so: the focus must not fall off. */
function Step({
  words,
  off,
  onStep,
  children,
}: Pick<ComponentProps<'button'>, 'children'> & { words: string; off: boolean; onStep: () => void }) {
  return (
    <Button
      look="quiet"
      size="icon"
      className="max-sm:h-11 max-sm:w-11"
      aria-label={words}
      aria-disabled={off}
      onClick={() => !off && onStep()}
    >
      {children}
    </Button>
  )
}
