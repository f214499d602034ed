import { useQueryClient } from '@tanstack/react-query'
import { useCallback, useMemo, useState } from 'react'
import { ApiFault } from '@/api/http'
import { useIdentities } from '@/api/identities'
import { useKeeper } from '@/api/session'
import type { BindingShown, Bindings, BindingsAsked, ChannelName, Follow, Mode } from '@/api/shapes'
import { channelName } from '@/lib/channels'
import type { Refused } from './asked'
import { bindingName, type Fault, faultOf, joined, linked, moved, withMode } from './bindings'
import { useTalk } from './context'
import { bindingsKey } from './keys'
import { bindingsPath, useChannels } from './useChannels'

export interface BindingsHook {
  readonly bindings: Bindings | undefined
  readonly status: 'pending' | 'error' | 'success'
  readonly retry: () => void
  /** Something was asked and is not answered yet. */
  readonly busy: boolean
  /** Why the last change was refused, in words. */
  readonly fault: Fault | null
  /** Go on at a channel of the person's that this conversation was not on yet. */
  join(channel: ChannelName): Promise<void>
  setMode(binding: BindingShown, mode: Mode): Promise<void>
  setFollow(follow: Follow): Promise<void>
}

/** The channels of a conversation. A change shows at once, and is taken back when the server refuses it. */
export function useBindings(id: string): BindingsHook {
  const keeper = useKeeper()
  const talk = useTalk()
  const cache = useQueryClient()
  const { data, status, refetch } = useChannels(id)
  const { data: own } = useIdentities()
  const bindings = useMemo(() => (data && own ? linked(data, own.items) : data), [data, own])
  const [busy, setBusy] = useState(false)
  const [fault, setFault] = useState<Fault | null>(null)

  const change = useCallback(
    async (
      to: (now: Bindings) => Bindings,
      channel: ChannelName,
      name: string,
      ask: () => Promise<Refused | undefined>,
    ) => {
      const key = bindingsKey(id)
      await cache.cancelQueries({ queryKey: key })
      const before = cache.getQueryData<Bindings>(key)
      if (before === undefined) return
      setFault(null)
      setBusy(true)
      cache.setQueryData(key, to(before))
      const refused = await ask()
      setBusy(false)
      if (refused !== undefined) {
        cache.setQueryData(key, before)
        setFault(faultOf(refused, channel, name))
      }
      await cache.invalidateQueries({ queryKey: key })
    },
    [cache, id],
  )
  const put = useCallback(
    async (asked: BindingsAsked): Promise<Refused | undefined> => {
      try {
        await keeper.ask<Bindings>(bindingsPath(id), { method: 'PUT', body: asked })
        return undefined
      } catch (thrown) {
        if (!(thrown instanceof ApiFault)) throw thrown
        return { code: thrown.code, detail: `${thrown.message} ${thrown.hint}`.trim() }
      }
    },
    [keeper, id],
  )
  const setMode = useCallback(
    (binding: BindingShown, mode: Mode) =>
      change(
        (now) => (mode === 'active' ? moved(now, binding.id) : withMode(now, binding.id, mode)),
        binding.channel,
        bindingName(binding),
        () => (mode === 'active' ? talk.bind(id, binding.channel) : put({ items: [{ id: binding.id, mode }] })),
      ),
    [change, put, talk, id],
  )
  const join = useCallback(
    (channel: ChannelName) =>
      change(
        (now) => joined(now, channel),
        channel,
        channelName(channel),
        () => talk.bind(id, channel),
      ),
    [change, talk, id],
  )
  const setFollow = useCallback(
    (follow: Follow) =>
      change(
        (now) => ({ ...now, follow }),
        'web',
        'That',
        () => put({ follow }),
      ),
    [change, put],
  )
  return { bindings, status, retry: () => void refetch(), busy, fault, join, setMode, setFollow }
}
