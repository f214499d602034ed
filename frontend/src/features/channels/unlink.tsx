// Letting go of an address: what it means, before it is done.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { CircleAlert } from 'lucide-react'
import { IDENTITIES } from '@/api/keys'
import { useKeeper } from '@/api/session'
import type { IdentityShown } from '@/api/shapes'
import { Alert } from '@/components/ui/alert'
import { Button } from '@/components/ui/button'
import { Dialog, DialogClose, DialogContent } from '@/components/ui/dialog'
import { faultWords, identityName } from './words'

interface UnlinkProps {
  identity: IdentityShown | null
  onClose: () => void
  /** Where the keyboard goes back to. */
  back: (event: Event) => void
  onDone: (words: string) => void
}

export function Unlink({ identity, onClose, back, onDone }: UnlinkProps) {
  const keeper = useKeeper()
  const cache = useQueryClient()
  const { mutate, isPending, error, reset } = useMutation({
    mutationFn: ({ id }: IdentityShown) =>
      keeper.ask<void>(`/api/v1/me/identities/${encodeURIComponent(id)}`, { method: 'DELETE' }),
    onSuccess: async (_, gone) => {
      await cache.invalidateQueries({ queryKey: IDENTITIES })
      void cache.invalidateQueries({ queryKey: ['bindings'] })
      onDone(`${identityName(gone)} is not linked any more.`)
      onClose()
    },
  })
  const close = () => {
    reset()
    onClose()
  }
  const name = identity === null ? '' : identityName(identity)
  return (
    <Dialog open={identity !== null} onOpenChange={(to) => !to && close()}>
      <DialogContent title={`Unlink ${name}?`} onCloseAutoFocus={back}>
        <ul className="list-disc space-y-1.5 pl-5 text-sm text-ink-soft text-pretty">
          <li>Nothing of yours is sent there any more; conversations go on at your other addresses.</li>
          <li>Whoever writes from there begins anew, as somebody we do not know.</li>
          <li>Nothing that was said is deleted.</li>
          <li>This cannot be undone by a click: to have it back, link it again with a new code.</li>
        </ul>
        {error !== null && (
          <Alert className="mt-3">
            <CircleAlert aria-hidden="true" />
            {faultWords(error)}
          </Alert>
        )}
        <div className="mt-6 flex flex-wrap justify-end gap-2">
          <DialogClose asChild>
            <Button className="max-sm:h-11">Keep it</Button>
          </DialogClose>
          <Button
            look="accent"
            className="max-sm:h-11"
            disabled={isPending}
            onClick={() => identity !== null && mutate(identity)}
          >
            Unlink
          </Button>
        </div>
      </DialogContent>
    </Dialog>
  )
}
