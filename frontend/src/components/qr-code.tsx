// An address for a telephone's camera. Dark on light whatever the theme is, with the quiet edge that readers need.
import { useMemo } from 'react'
import { encode } from 'uqr'
import { cn } from '@/lib/cn'

/** `label` says where it leads: for whoever cannot see it. */
export default function QrCode({ text, label, className }: { text: string; label: string; className?: string }) {
  const { size, path } = useMemo(() => drawn(text), [text])
  return (
    <svg
      role="img"
      aria-label={label}
      data-slot="qr-code"
      viewBox={`0 0 ${size} ${size}`}
      shapeRendering="crispEdges"
      className={cn('size-40 rounded-small bg-scan-ground text-scan', className)}
    >
      <path d={path} fill="currentColor" />
    </svg>
  )
}

/** Modules as one path: each row's dark runs. */
function drawn(text: string): { size: number; path: string } {
  const { size, data } = encode(text, { ecc: 'M', border: 4 })
  const runs: string[] = []
  for (const [y, row] of data.entries()) {
    for (let x = 0; x < row.length; x += 1) {
      if (!row[x]) continue
      const from = x
      while (row[x + 1]) x += 1
      runs.push(`M${from} ${y}h${x + 1 - from}v1H${from}z`)
    }
  }
  return { size, path: runs.join('') }
}
