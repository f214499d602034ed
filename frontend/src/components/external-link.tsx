// A link in somebody's words. One that leaves this place asks first and says where it leads.
import { ExternalLink as Away } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { Button } from '@/components/ui/button'
import { Dialog, DialogClose, DialogContent } from '@/components/ui/dialog'
import { readLink } from '@/lib/links'

export function ExternalLink({ href, children }: { href: string | undefined; children: ReactNode }) {
  const [asking, setAsking] = useState(false)
  const to = readLink(href, window.location.origin)
  if (to.kind === 'inert') return <span data-slot="inert-link">{children}</span>
  if (to.kind === 'here') return <a href={to.path}>{children}</a>
  return (
    <>
      <a
        href={to.href}
        target="_blank"
        rel="noopener noreferrer nofollow"
        onClick={(event) => {
          event.preventDefault()
          setAsking(true)
        }}
        onAuxClick={(event) => {
          event.preventDefault()
          setAsking(true)
        }}
      >
        {children}
      </a>
      <Dialog open={asking} onOpenChange={setAsking}>
        <DialogContent title="Leave Throughline?">
          <p className="text-sm text-ink-soft">This link leads to</p>
          <p className="mt-1 text-base font-semibold break-all">{to.host}</p>
          <p className="mt-2 rounded-small bg-sunk p-2 font-mono text-xs break-all text-ink-soft">{to.href}</p>
          <div className="mt-6 flex flex-wrap justify-end gap-2">
            <DialogClose asChild>
              <Button>Stay here</Button>
            </DialogClose>
            <Button look="accent" asChild>
              <a href={to.href} target="_blank" rel="noopener noreferrer nofollow" onClick={() => setAsking(false)}>
                Open in a new tab
                <Away aria-hidden="true" />
              </a>
            </Button>
          </div>
        </DialogContent>
      </Dialog>
    </>
  )
}
