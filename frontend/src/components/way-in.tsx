// The way into another channel's own app: one press here, or a telephone's camera.
import { ArrowUpRight, QrCode as Sign } from 'lucide-react'
import { Suspense, useId, useState } from 'react'
import { later } from '@/components/later'
import { Button } from '@/components/ui/button'
import { cn } from '@/lib/cn'
import { isForCamera, wayWords } from '@/lib/way-in'

const QrCode = later(() => import('./qr-code'))

interface WayInProps {
  /** What it opens: "WhatsApp". */
  name: string
  /** A deep link, already judged by `wayIn`. */
  address: string
  /** The picture is there at once, not behind a button. */
  shown?: boolean
  className?: string
}

export function WayIn({ name, address, shown = false, className }: WayInProps) {
  const [open, setOpen] = useState(shown)
  const picture = useId()
  const camera = isForCamera(address)
  return (
    <div data-slot="way-in" className={cn('space-y-3', className)}>
      <div className="flex flex-wrap gap-2">
        <Button asChild className="max-sm:h-11">
          <a href={address} target="_blank" rel="noopener noreferrer nofollow">
            {wayWords(name, address)}
            <ArrowUpRight aria-hidden="true" />
          </a>
        </Button>
        {camera && !shown && (
          <Button
            look="quiet"
            className="max-sm:h-11"
            aria-expanded={open}
            aria-controls={picture}
            onClick={() => setOpen(!open)}
          >
            <Sign aria-hidden="true" />
            {open ? 'Hide the code' : 'Use my phone'}
          </Button>
        )}
      </div>
      {camera && open && (
        <figure id={picture} className="flex flex-wrap items-center gap-3">
          <Suspense fallback={<span aria-hidden="true" className="size-40 shrink-0 rounded-small bg-hover" />}>
            <QrCode text={address} label={`QR code that opens ${name} on your phone`} className="shrink-0" />
          </Suspense>
          <figcaption className="min-w-32 flex-1 text-xs text-ink-soft text-pretty">
            Point your phone’s camera here: it opens our talk on {name}.
          </figcaption>
        </figure>
      )}
    </div>
  )
}
