// Why a channel could not be changed, and what mends it: where only the person can open the talk, the way to do so.
import { CircleAlert } from 'lucide-react'
import { WayIn } from '@/components/way-in'
import { channelName } from '@/lib/channels'
import { cn } from '@/lib/cn'
import type { Fault } from './bindings'

export function Refusal({ fault: { words, channel, address }, className }: { fault: Fault; className?: string }) {
  return (
    <div className={cn('space-y-2', className)}>
      <p role="alert" className="flex items-start gap-1.5 text-xs text-failed">
        <CircleAlert aria-hidden="true" className="mt-0.5 size-3.5 shrink-0" />
        {words}
      </p>
      {address !== null && <WayIn name={channelName(channel)} address={address} />}
    </div>
  )
}
