// Send all of it again: asked once, shown as it goes, and can be stopped.
import { RotateCcw } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { Button } from '@/components/ui/button'
import { Dialog, DialogClose, DialogContent, DialogTrigger } from '@/components/ui/dialog'
import { Wrong } from '@/features/admin/wrong'
import { useResendAll } from './useLost'
import { countWords } from './words'

export function ResendAll({ total, onStart }: { total: number; onStart: () => void }) {
  const { progress, fault, start, stop } = useResendAll()
  const running = progress !== null && !progress.over
  const stopping = useRef<HTMLButtonElement>(null)
  const said = useRef<HTMLParagraphElement>(null)
  const ran = useRef(false)
  // The button that was pressed goes each time: the focus goes to what came in its place.
  useEffect(() => {
    if (running) stopping.current?.focus()
    else if (ran.current) said.current?.focus()
    ran.current = running
  }, [running])
  return (
    <>
      {running ? (
        <Button ref={stopping} className="max-sm:h-11" onClick={stop}>
          Stop
        </Button>
      ) : (
        total > 1 && (
          <Dialog>
            <DialogTrigger asChild>
              <Button className="max-sm:h-11">
                <RotateCcw aria-hidden="true" />
                Send all again
              </Button>
            </DialogTrigger>
            <DialogContent title={`Send ${countWords(total)} messages again?`}>
              <p className="text-sm text-ink-soft text-pretty">
                Each goes out on the channel that is named beside it. Of those that are in doubt, people may get a
                second copy.
              </p>
              <div className="mt-4 flex flex-wrap justify-end gap-2">
                <DialogClose asChild>
                  <Button className="max-sm:h-11">Cancel</Button>
                </DialogClose>
                <DialogClose asChild>
                  <Button
                    look="accent"
                    className="max-sm:h-11"
                    onClick={() => {
                      onStart()
                      start()
                    }}
                  >
                    Send all again
                  </Button>
                </DialogClose>
              </div>
            </DialogContent>
          </Dialog>
        )
      )}
      {progress !== null && (
        <div className="w-full space-y-1.5" data-slot="resending" data-state={progress.over ? 'over' : 'running'}>
          <div
            role="progressbar"
            aria-label="Sent again"
            aria-valuenow={progress.taken + progress.gone}
            aria-valuemax={progress.of}
            className="h-1.5 overflow-hidden rounded-full bg-hover"
          >
            <div
              className="h-full origin-left rounded-full bg-accent transition-transform duration-(--calm)"
              style={{ transform: `scaleX(${(progress.taken + progress.gone) / Math.max(1, progress.of)})` }}
            />
          </div>
          <p ref={said} tabIndex={-1} role="status" className="rounded-small text-xs text-ink-soft tabular-nums">
            {`${progress.taken} of ${progress.of} sent again`}
            {progress.gone > 0 && `, ${progress.gone} not lost any more`}
          </p>
        </div>
      )}
      {fault !== null && (
        <div className="w-full">
          <Wrong fault={fault} />
        </div>
      )}
    </>
  )
}
