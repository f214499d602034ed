import { useCallback, useMemo, useState } from 'react'
import type { ChannelName, LinkShown } from '@/api/shapes'
import { type Made, useLinks, useMade, useNewLink, useToldState, useVerdict, type Verdict } from './useLinks'
import { useNow } from './useNow'
import { type Return, useReturn } from './useReturn'

/** Where the dialog stands. */
export type Phase =
  | { readonly at: 'choose' }
  | { readonly at: 'making'; readonly channel: ChannelName }
  | { readonly at: 'unmade'; readonly channel: ChannelName; readonly fault: unknown }
  /** `made` is there only where this page made the code: it is told once. `left`: milliseconds. */
  | { readonly at: 'open'; readonly channel: ChannelName; readonly made: Made | undefined; readonly left: number }
  | { readonly at: 'expired'; readonly channel: ChannelName }
  | { readonly at: 'claimed'; readonly channel: ChannelName; readonly who: string | null }
  | { readonly at: 'confirmed' | 'refused' | 'over'; readonly channel: ChannelName; readonly who: string | null }

export interface Linking {
  readonly open: boolean
  readonly phase: Phase
  /** A verdict is on its way. */
  readonly busy: boolean
  /** Why the last verdict was not taken. */
  readonly fault: unknown
  /** Codes on their way, newest first. */
  readonly links: readonly LinkShown[]
  /** Open the dialog: all channels to choose from. */
  choose(): void
  /** Open it with a code for this channel: the one that still stands, else a new one. */
  begin(channel: ChannelName): void
  anew(channel: ChannelName): void
  /** Open it with a code that was made before. */
  resume(link: LinkShown): void
  say(verdict: Verdict): void
  /** The code goes on counting. */
  close(): void
  /** Where the keyboard goes back to. */
  readonly back: Return['back']
}

/** From a code to a linked address. */
export function useLinking(): Linking {
  const [open, setOpen] = useState(false)
  const [channel, setChannel] = useState<ChannelName | null>(null)
  const [link, setLink] = useState<LinkShown | null>(null)
  const { links, known } = useLinks(open)
  const { mutate: makeOne, reset: unmake, error: unmade } = useNewLink()
  const { mutate: judge, reset: unjudge, error: fault, isPending: busy } = useVerdict()
  const told = useToldState(link?.id ?? null)
  const madeOf = useMade()
  const now = useNow(open && link !== null)
  const { mark, back } = useReturn()

  const turnTo = useCallback(
    (wanted: ChannelName | null, which: LinkShown | null) => {
      if (!open) mark()
      unmake()
      unjudge()
      setChannel(wanted)
      setLink(which)
      setOpen(true)
    },
    [open, mark, unmake, unjudge],
  )
  const choose = useCallback(() => turnTo(null, null), [turnTo])
  const resume = useCallback((which: LinkShown) => turnTo(which.channel, which), [turnTo])
  const anew = useCallback(
    (wanted: ChannelName) => {
      turnTo(wanted, null)
      makeOne(wanted, {
        onSuccess: ({ id, expires_in }) => {
          const expires_at = new Date(Date.now() + expires_in * 1000).toISOString()
          setLink({ id, channel: wanted, state: 'open', expires_at, who: null })
        },
      })
    },
    [turnTo, makeOne],
  )
  const begin = useCallback(
    (wanted: ChannelName) => {
      const standing = links.find((one) => one.channel === wanted && one.state === 'open' && madeOf(one.id))
      if (standing === undefined) anew(wanted)
      else resume(standing)
    },
    [links, madeOf, anew, resume],
  )
  const listed = link === null ? undefined : links.find(({ id }) => id === link.id)
  const say = useCallback(
    (verdict: Verdict) => {
      if (link === null) return
      // Who it was is not told any more once it is settled.
      if (listed !== undefined) setLink(listed)
      judge({ link: link.id, verdict })
    },
    [judge, link, listed],
  )
  const close = useCallback(() => setOpen(false), [])

  const phase = useMemo<Phase>(() => {
    if (link === null) {
      if (channel === null) return { at: 'choose' }
      return unmade === null ? { at: 'making', channel } : { at: 'unmade', channel, fault: unmade }
    }
    const { channel: on } = link
    const who = listed?.who ?? link.who
    if (told === 'confirmed' || told === 'refused') return { at: told, channel: on, who }
    if (listed?.state === 'claimed') return { at: 'claimed', channel: on, who }
    const made = madeOf(link.id)
    const left = (made?.until ?? Date.parse(link.expires_at)) - now
    if (left <= 0 && link.state === 'open') return { at: 'expired', channel: on }
    if (known && listed === undefined) return { at: 'over', channel: on, who }
    return link.state === 'claimed' ? { at: 'claimed', channel: on, who } : { at: 'open', channel: on, made, left }
  }, [link, channel, unmade, told, listed, known, madeOf, now])

  return { open, phase, busy, fault, links, choose, begin, anew, resume, say, close, back }
}
