// Linking a channel, start to end: choose, send the code from there, say that it was you.
import { Check, CircleAlert, LoaderCircle } from 'lucide-react'
import type { ReactNode } from 'react'
import { useIdentities } from '@/api/identities'
import type { ChannelName, LinkableShown } from '@/api/shapes'
import { ChannelSign } from '@/components/channel-mark'
import { Alert } from '@/components/ui/alert'
import { Button } from '@/components/ui/button'
import { Dialog, DialogClose, DialogContent } from '@/components/ui/dialog'
import { Skeleton } from '@/components/ui/skeleton'
import { channelName } from '@/lib/channels'
import { Left, LinkCode } from './link-code'
import { spoken, titleOf } from './phase-words'
import type { Linking, Phase } from './useLinking'
import { faultWords, senderWords } from './words'

export default function LinkDialog({ linking }: { linking: Linking }) {
  const { phase, open, close } = linking
  const { data } = useIdentities()
  const linkable = data?.linkable ?? []
  return (
    <Dialog open={open} onOpenChange={(to) => !to && close()}>
      <DialogContent title={titleOf(phase)} data-at={phase.at} onCloseAutoFocus={linking.back}>
        <Face phase={phase} linking={linking} linkable={linkable} />
        {/* One polite sentence per step; the countdown is not read out. */}
        <p role="status" className="sr-only">
          {spoken(phase)}
        </p>
      </DialogContent>
    </Dialog>
  )
}

function Face({ phase, linking, linkable }: { phase: Phase; linking: Linking; linkable: readonly LinkableShown[] }) {
  switch (phase.at) {
    case 'choose':
      return <Choose linkable={linkable} onChoose={linking.begin} />
    case 'making':
      return (
        <div className="space-y-3">
          <Skeleton className="h-4 w-4/5" />
          <Skeleton className="h-16 w-full" />
          <Skeleton className="h-9 w-40" />
        </div>
      )
    case 'unmade':
      return (
        <>
          <Alert>
            <CircleAlert aria-hidden="true" />
            {faultWords(phase.fault)}
          </Alert>
          <Ways>
            <DialogClose asChild>
              <Button>Close</Button>
            </DialogClose>
            <Button look="accent" onClick={() => linking.anew(phase.channel)}>
              Try again
            </Button>
          </Ways>
        </>
      )
    case 'open':
      return (
        <>
          {phase.made === undefined ? (
            <p className="flex flex-wrap justify-between gap-2 text-sm text-ink-soft text-pretty">
              This code was shown once, where it was made. It still works if you have it; otherwise make a new one.
              <Left ms={phase.left} />
            </p>
          ) : (
            <LinkCode made={phase.made} left={phase.left} simulated={isSimulated(linkable, phase.channel)} />
          )}
          <div className="mt-5 flex flex-wrap items-center justify-between gap-x-2 border-t pt-4">
            <p className="flex items-center gap-2 text-sm text-ink-soft">
              <LoaderCircle aria-hidden="true" className="size-4 motion-safe:animate-spin" />
              Waiting for the code…
            </p>
            <Button look="quiet" className="-mr-2 px-2 max-sm:h-11" onClick={() => linking.anew(phase.channel)}>
              New code
            </Button>
          </div>
        </>
      )
    case 'expired':
      return (
        <Ending
          words="Nothing was linked. A code lasts ten minutes, so that nobody finds an old one."
          more={<Anew phase={phase} linking={linking} />}
        />
      )
    case 'claimed':
      return (
        <>
          <p className="flex items-start gap-3 rounded-card bg-sunk p-4 text-base ring-1 ring-hairline">
            <ChannelSign channel={phase.channel} className="mt-1 size-4" />
            <span className="[overflow-wrap:anywhere]">
              <strong className="font-semibold">{senderWords(phase)}</strong> wrote the code. Is that you?
            </span>
          </p>
          <p className="mt-3 text-sm text-ink-soft text-pretty">
            If you confirm, what comes from there is yours from now on, and answers may go there. If it is not you, say
            so: then nothing is linked.
          </p>
          {linking.fault !== null && (
            <Alert className="mt-3">
              <CircleAlert aria-hidden="true" />
              {faultWords(linking.fault)}
            </Alert>
          )}
          <Ways>
            <Button className="max-sm:h-11" disabled={linking.busy} onClick={() => linking.say('refuse')}>
              Not me
            </Button>
            <Button
              look="accent"
              className="max-sm:h-11"
              disabled={linking.busy}
              onClick={() => linking.say('confirm')}
            >
              Yes, that is me
            </Button>
          </Ways>
        </>
      )
    case 'confirmed':
      return (
        <>
          <p className="flex items-start gap-2 text-sm">
            <Check aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-ok" />
            <span>
              {phase.who ?? channelName(phase.channel)} is yours now. Write there and it is a conversation of yours;
              your other channels were told.
            </span>
          </p>
          <Ways>
            <DialogClose asChild>
              <Button look="accent" className="max-sm:h-11">
                Done
              </Button>
            </DialogClose>
          </Ways>
        </>
      )
    case 'refused':
      return (
        <Ending
          words="Nothing was linked, and the code is used up. Keep a new one to yourself."
          more={<Anew phase={phase} linking={linking} />}
        />
      )
    case 'over':
      return (
        <Ending
          words="It was used, taken back, or its time is over. Your list shows what is linked."
          more={<Anew phase={phase} linking={linking} />}
        />
      )
  }
}

function Choose({
  linkable,
  onChoose,
}: {
  linkable: readonly LinkableShown[]
  onChoose: (channel: ChannelName) => void
}) {
  if (linkable.length === 0)
    return <p className="text-sm text-ink-soft">No channel is switched on here yet. Ask whoever runs this.</p>
  return (
    <>
      <p className="text-sm text-ink-soft">Where do you want to write from? You get a code to send from there.</p>
      <ul className="mt-4 grid gap-2 sm:grid-cols-2">
        {linkable.map(({ channel, label, simulated }) => (
          <li key={channel}>
            <Button className="h-auto min-h-11 w-full justify-start py-2" onClick={() => onChoose(channel)}>
              <ChannelSign channel={channel} className="size-4" />
              <span className="text-left">
                {label}
                {simulated && <span className="block text-xs font-normal text-ink-soft">Simulated</span>}
              </span>
            </Button>
          </li>
        ))}
      </ul>
    </>
  )
}

function Ending({ words, more }: { words: string; more: ReactNode }) {
  return (
    <>
      <p className="text-sm text-ink-soft text-pretty">{words}</p>
      <Ways>
        <DialogClose asChild>
          <Button className="max-sm:h-11">Close</Button>
        </DialogClose>
        {more}
      </Ways>
    </>
  )
}

function Anew({ phase, linking }: { phase: { channel: ChannelName }; linking: Linking }) {
  return (
    <Button look="accent" className="max-sm:h-11" onClick={() => linking.anew(phase.channel)}>
      Make a new code
    </Button>
  )
}

function Ways({ children }: { children: ReactNode }) {
  return <div className="mt-6 flex flex-wrap justify-end gap-2">{children}</div>
}

function isSimulated(linkable: readonly LinkableShown[], channel: ChannelName): boolean {
  return linkable.some((one) => one.channel === channel && one.simulated)
}
