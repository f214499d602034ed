// The lab's fail switch, shown for what it is: the others stand by, somebody asks, and the line says where it went.
import { skipToken, useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useRef, useState } from 'react'
import { ApiFault } from '@/api/http'
import { useKeeper } from '@/api/session'
import type { Bindings } from '@/api/shapes'
import { activeOf } from '@/features/chat/bindings'
import type { Hop } from '@/features/chat/contract'
import { bindingsKey, threadKey } from '@/features/chat/keys'
import type { Thread } from '@/features/chat/thread'
import { bindingsPath, useChannels } from '@/features/chat/useChannels'
import { failing, forget, keep, kept, steppingAside, steppingBack } from '@/features/lab/aside'
import { FailNote } from '@/features/lab/fail-note'
import { passesAtOnce, withSwitch } from '@/features/lab/knobs'
import type { SwitchSpot } from '@/features/lab/switch-panel'
import type { World } from '@/features/lab/tour'
import type { Channel } from '@/lib/channels'
import { hopWords } from '@/lib/hops'

const QUESTION = 'What happens when a channel fails?'

interface LabFailingProps {
  id: string
  spots: readonly SwitchSpot[]
  /** All that is set at the stand-ins is known. */
  ready: boolean
  world: World
  reader: 'person' | 'member'
  onLook: (channel: Channel) => void
}

export default function LabFailing({ id, spots, ready, world, reader, onLook }: LabFailingProps) {
  const { data: bindings } = useChannels(id)
  const { data: hops = null } = useQuery<Thread, Error, readonly Hop[] | null>({
    queryKey: threadKey(id),
    queryFn: skipToken,
    select: ({ answered, view }) => (answered ? view.hops : null),
  })
  const [asking, setAsking] = useState<'no' | 'yes' | 'failed'>('no')
  const active = activeOf(bindings)
  const broken = failing(spots)
  const spot = broken.find(({ channel }) => channel === active?.channel) ?? broken[0]
  const stepAside = useAside(id, ready, broken.map(({ channel }) => channel).join(), active?.id)
  const went = useWent(hops, spot)
  if (spot === undefined) return null
  const { channel, switches, onSwitches } = spot

  const ask = async () => {
    setAsking('yes')
    const there = await world.go(id, channel)
    // Where the talk has just left, it would go on showing what is said.
    if (there) await stepAside()
    setAsking(there && (await world.say(id, channel, QUESTION)) ? 'no' : 'failed')
  }
  return (
    <FailNote
      channel={channel}
      atOnce={passesAtOnce(spot)}
      active={active?.channel}
      went={
        went && {
          channel: went.to,
          words: hopWords({ from: went.origin, to: went.to, reason: went.reason, late: went.late, reader }),
        }
      }
      asking={asking}
      // A mail would go on with the newest talk by mail, whichever that is.
      onAsk={reader === 'person' && channel !== 'gmail' ? () => void ask() : undefined}
      onLook={onLook}
      onHeal={() => onSwitches(withSwitch(withSwitch(switches, 'fail', undefined), 'http', undefined))}
    />
  )
}

/** The newest hop away from the broken channel since it is broken. */
function useWent(hops: readonly Hop[] | null, spot: SwitchSpot | undefined): Hop | null {
  const key = spot?.key ?? ''
  const since = useRef({ key: '', seq: 0 })
  if (hops === null) return null
  if (since.current.key !== key) since.current = { key, seq: hops.at(-1)?.seq ?? 0 }
  return hops.findLast(({ origin, seq }) => origin === spot?.channel && seq > since.current.seq) ?? null
}

/** Mirrors stand by while something is broken, and mirror again afterwards. Gives the way to do it now. */
function useAside(id: string, ready: boolean, broken: string, active: string | undefined): () => Promise<void> {
  const keeper = useKeeper()
  const cache = useQueryClient()
  const queue = useRef(Promise.resolve())

  const put = useCallback(
    async (conversation: string, wanted: (items: Bindings['items']) => { id: string; mode: string }[]) => {
      const { items } = await keeper.ask<Bindings>(bindingsPath(conversation))
      const asked = wanted(items)
      if (asked.length === 0) return
      await keeper.ask(bindingsPath(conversation), { method: 'PUT', body: { items: asked } })
      await cache.invalidateQueries({ queryKey: bindingsKey(conversation) })
    },
    [keeper, cache],
  )
  const inTurn = useCallback((what: () => Promise<void>) => {
    queue.current = queue.current.then(what).catch((thrown) => {
      // It then shows a little less; each pane says its mode.
      if (!(thrown instanceof ApiFault)) throw thrown
    })
    return queue.current
  }, [])
  const aside = useCallback(
    () =>
      inTurn(async () => {
        await put(id, (items) => {
          const asked = steppingAside(items, broken.split(',') as Channel[])
          const ids = asked.map((each) => each.id)
          // Before anything changes: a tab may be closed at any moment.
          if (ids.length > 0) keep(id, ids)
          return asked
        })
      }),
    [id, broken, put, inTurn],
  )
  // Once for each move: who lets one mirror again by hand means it.
  useEffect(() => {
    if (ready && broken !== '' && active !== undefined) void aside()
  }, [ready, broken, active, aside])
  useEffect(() => {
    if (!ready || broken !== '') return
    void inTurn(async () => {
      for (const [conversation, were] of Object.entries(kept())) {
        try {
          await put(conversation, (items) => steppingBack(items, were))
        } catch (thrown) {
          if (!(thrown instanceof ApiFault)) throw thrown
          // Somebody else's, or gone: nothing is to be undone there. Else there is a next time.
          if (thrown.status !== 404) continue
        }
        forget(conversation)
      }
    })
  }, [ready, broken, put, inTurn])
  return aside
}
