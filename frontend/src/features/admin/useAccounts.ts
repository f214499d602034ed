import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { ApiFault } from '@/api/http'
import { CHANNELS } from '@/api/keys'
import { useKeeper } from '@/api/session'
import type {
  AccountAsked,
  AccountShown,
  ChannelName,
  Channels,
  Connecting,
  Manifest,
  Quarantine,
  Retried,
  Tested,
} from '@/api/shapes'
import { newId } from '@/lib/ids'
import { saveAs } from '@/lib/save-as'

/** `last in` and `last out` move without a frame: they are looked up again so often. */
const LOOK_MS = 10_000

/** The organisation's channels and accounts; refetched when an account changes its state. */
export function useAdminChannels() {
  const keeper = useKeeper()
  const { data, status, error, refetch } = useQuery({
    queryKey: CHANNELS,
    queryFn: () => keeper.ask<Channels>('/api/v1/admin/channels'),
    refetchInterval: LOOK_MS,
  })
  return { channels: data?.items ?? [], status, error, retry: () => void refetch() }
}

const path = ({ channel, id }: Pick<AccountShown, 'channel' | 'id'>, more = '') =>
  `/api/v1/admin/channels/${channel}/accounts/${encodeURIComponent(id)}${more}`

export type Act = 'enable' | 'disable'

/** What can be done with one account. Each resolves when the list shows it. */
export function useAccount(account: AccountShown) {
  const keeper = useKeeper()
  const cache = useQueryClient()
  const fresh = () => cache.invalidateQueries({ queryKey: CHANNELS })
  const change = useMutation({
    mutationFn: (asked: AccountAsked) => keeper.ask<AccountShown>(path(account), { method: 'PUT', body: asked }),
    onSuccess: fresh,
  })
  const act = useMutation({
    mutationFn: (what: Act) => keeper.ask<AccountShown>(path(account, `/${what}`), { method: 'POST', body: {} }),
    onSuccess: fresh,
  })
  const test = useMutation({
    mutationFn: () => keeper.ask<Tested>(path(account, '/test'), { method: 'POST', body: {} }),
    onSettled: fresh,
  })
  const remove = useMutation({
    mutationFn: () => keeper.ask<void>(path(account), { method: 'DELETE' }),
    onSuccess: fresh,
  })
  const manifest = useMutation({
    mutationFn: () => keeper.ask<Manifest>(path(account, '/manifest')),
    onSuccess: ({ name, text }) => saveAs(name, text, 'application/json'),
  })
  const connect = useMutation({
    mutationFn: () => keeper.ask<Connecting>(path(account, '/connect'), { method: 'POST', body: {} }),
    // The page is left here; it comes back by itself.
    onSuccess: ({ url }) => window.location.assign(url),
  })
  return { change, act, test, remove, manifest, connect }
}

/** What came in signed and was not understood, newest first; each can be read again. */
export function useQuarantine(account: Pick<AccountShown, 'channel' | 'id'>) {
  const keeper = useKeeper()
  const cache = useQueryClient()
  const key = ['quarantine', account.id]
  const { data, status, error, refetch } = useQuery({
    queryKey: key,
    queryFn: () => keeper.ask<Quarantine>(path(account, '/quarantine')),
    refetchInterval: 3 * LOOK_MS,
  })
  const retry = useMutation({
    mutationFn: (n: number) =>
      keeper.ask<Retried>(path(account, `/quarantine/${n}/retry`), { method: 'POST', body: {} }),
    onSettled: () => cache.invalidateQueries({ queryKey: key }),
  })
  return { items: data?.items ?? [], status, error, again: () => void refetch(), retry }
}

/** Make an account of a channel; resolves to it. */
export function useNewAccount(channel: ChannelName) {
  const keeper = useKeeper()
  const cache = useQueryClient()
  return useMutation({
    mutationFn: (asked: Pick<AccountAsked, 'name' | 'provider'>) =>
      keeper.ask<AccountShown>(`/api/v1/admin/channels/${channel}/accounts`, {
        method: 'POST',
        body: asked,
        idempotencyKey: newId(),
      }),
    onSuccess: () => cache.invalidateQueries({ queryKey: CHANNELS }),
  })
}

/** A refusal in words: what, and what to do about it. */
export function faultWords(fault: unknown): string {
  if (!(fault instanceof ApiFault)) return 'That did not work. Try again.'
  if (fault.code === 'unreachable') return 'The server could not be reached. Try again in a moment.'
  return [fault.message, fault.hint].filter((words) => words !== '').join(' ')
}
