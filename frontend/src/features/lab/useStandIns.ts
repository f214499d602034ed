import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useKeeper } from '@/api/session'
import type { Channel } from '@/lib/channels'
import type { PhoneEnd } from './phones'
import type { SwitchSpot } from './switch-panel'
import { usePhones } from './usePhones'
import { usePost } from './usePost'
import { useSlack } from './useSlack'
import { holdsAt } from './weather'

/** A phone-like place of the tenant: which stand-in, and which of its ends. */
export interface PhoneSpot {
  readonly phones: ReturnType<typeof usePhones>
  readonly provider: 'meta' | 'twilio' | 'telegram'
  readonly end: PhoneEnd
}

/** Every stand-in at which the tenant has an end, live. `there`: undefined while that is not known yet. */
export function useStandIns() {
  const keeper = useKeeper()
  const { data, status, refetch } = useQuery({
    queryKey: ['lab', 'providers'],
    queryFn: () => keeper.ask<{ providers: string[] }>('/lab/all/providers'),
    staleTime: Number.POSITIVE_INFINITY,
  })
  const there = data?.providers
  const slack = useSlack(there?.includes('slack') === true)
  const post = usePost(there?.includes('gmail') === true)
  const meta = usePhones('meta', there?.includes('meta') === true)
  const twilio = usePhones('twilio', there?.includes('twilio') === true)
  const telegram = usePhones('telegram', there?.includes('telegram') === true)

  const spots: PhoneSpot[] = [
    ...meta.picture.ends.map((end) => ({ phones: meta, provider: 'meta' as const, end })),
    ...telegram.picture.ends.map((end) => ({ phones: telegram, provider: 'telegram' as const, end })),
    ...twilio.picture.ends.map((end) => ({ phones: twilio, provider: 'twilio' as const, end })),
  ]
  const mailbox = post.picture.ends[0] ?? ''
  const phoneSwitches = usePhoneSwitches(spots)
  const { setSwitches } = post
  const onMail = useMemo(() => (wanted: object) => void setSwitches(mailbox, wanted), [setSwitches, mailbox])
  const onSlack = useMemo(() => (wanted: object) => void slack.setSwitches(wanted), [slack.setSwitches])
  const switches: SwitchSpot[] = [
    ...(there?.includes('slack')
      ? [
          {
            key: 'slack',
            channel: 'slack' as const,
            provider: 'slack' as const,
            switches: slack.workspace.switches,
            deliveries: slack.workspace.deliveries,
            onSwitches: onSlack,
          },
        ]
      : []),
    ...phoneSwitches,
    ...(mailbox !== ''
      ? [
          {
            key: 'gmail',
            channel: 'gmail' as const,
            provider: 'gmail' as const,
            switches: holdsAt(post.picture.switches, mailbox),
            deliveries: post.picture.deliveries,
            onSwitches: onMail,
          },
        ]
      : []),
  ]
  const channels: ReadonlySet<Channel> = new Set<Channel>([
    'web',
    ...(there?.includes('slack') ? (['slack'] as const) : []),
    ...(there?.includes('gmail') ? (['gmail'] as const) : []),
    ...spots.map(({ end }) => end.channel),
  ])
  const lines = [
    ...(there?.includes('slack') ? [slack.line] : []),
    ...(there?.includes('gmail') ? [post.line] : []),
    ...(there?.includes('meta') ? [meta.line] : []),
    ...(there?.includes('twilio') ? [twilio.line] : []),
    ...(there?.includes('telegram') ? [telegram.line] : []),
  ]
  /** Everything has said what it has: nothing more will turn up. */
  const ready = lines.length > 0 && lines.every((line) => line === 'live')
  return { there, ready, status, retry: () => void refetch(), slack, post, mailbox, spots, switches, channels }
}

export type StandIns = ReturnType<typeof useStandIns>

/** The same answers to a press as long as an end is the same: the panel's slider waits for them. */
function usePhoneSwitches(spots: readonly PhoneSpot[]): SwitchSpot[] {
  const kept = useMemo(() => new Map<string, SwitchSpot['onSwitches']>(), [])
  return spots.map(({ phones, provider, end }) => {
    const key = `${provider}/${end.id}`
    const onSwitches = kept.get(key) ?? ((wanted) => void phones.setSwitches(end.id, wanted))
    kept.set(key, onSwitches)
    return {
      key,
      channel: end.channel,
      provider,
      switches: holdsAt(phones.picture.switches, end.id),
      deliveries: phones.picture.deliveries,
      onSwitches,
    }
  })
}
