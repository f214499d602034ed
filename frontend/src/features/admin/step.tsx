// One step of a set-up: a number that becomes a tick, or turns while something is waited for.
import { Check, LoaderCircle } from 'lucide-react'
import type { ReactNode } from 'react'
import { CopyButton } from '@/components/copy-button'
import { cn } from '@/lib/cn'

interface StepProps {
  number: number
  title: string
  done: boolean
  live?: boolean
  children: ReactNode
}

export function Step({ number, title, done, live = false, children }: StepProps) {
  return (
    <li data-state={done ? 'done' : live ? 'waiting' : 'open'} className="flex gap-3">
      <span
        aria-hidden="true"
        className={cn(
          'grid size-6 shrink-0 place-items-center rounded-full text-xs font-semibold ring-1 ring-inset',
          done ? 'bg-accent text-on-accent ring-accent' : 'text-ink-soft ring-edge',
        )}
      >
        {done ? (
          <Check className="size-3.5" />
        ) : live ? (
          <LoaderCircle className="size-3.5 motion-safe:animate-spin" />
        ) : (
          number
        )}
      </span>
      <div className="min-w-0 flex-1 space-y-3">
        <h4 className="text-sm font-medium">
          {title}
          <span className="sr-only">{done ? ', done' : ''}</span>
        </h4>
        {children}
      </div>
    </li>
  )
}

export function Copied({ label, text, what }: { label: string; text: string; what: string }) {
  return (
    <div className="flex items-center gap-2 rounded-small bg-sunk py-1 pr-1 pl-3 ring-1 ring-hairline">
      <input
        readOnly
        aria-label={label}
        value={text}
        onFocus={(event) => event.target.select()}
        className="min-w-0 flex-1 truncate bg-transparent font-mono text-xs outline-none focus-visible:outline-2"
      />
      <CopyButton text={text} what={what} />
    </div>
  )
}
