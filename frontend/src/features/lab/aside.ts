/**
 * While a channel fails in the lab the others stand by: what somebody has on a mirror already is never sent again, so
 * that nothing would be seen of a failover. What was changed for that is written down, and undone once it is well.
 */

import type { Channel } from '@/lib/channels'
import type { Spot } from './knobs'

const KEY = 'throughline.lab.aside'

/** Bindings that were mirrors, by conversation. */
export type Aside = Readonly<Record<string, readonly string[]>>

interface Bound {
  readonly id: string
  readonly channel: Channel
  readonly mode: string
}

/** Where nothing that we send is taken now. */
export function failing<Where extends Spot>(spots: readonly Where[]): Where[] {
  return spots.filter(({ switches }) => Boolean(switches.fail) || Boolean(switches.http))
}

/** What to ask for so that nobody gets by a mirror what fails elsewhere. What fails itself shows nothing anyway. */
export function steppingAside(items: readonly Bound[], broken: readonly Channel[]): { id: string; mode: 'standby' }[] {
  return items
    .filter(({ mode, channel }) => mode === 'mirror' && !broken.includes(channel))
    .map(({ id }) => ({ id, mode: 'standby' }))
}

/** What to ask for once it is well. Where somebody chose another mode meanwhile, theirs stays. */
export function steppingBack(items: readonly Bound[], were: readonly string[]): { id: string; mode: 'mirror' }[] {
  return items
    .filter(({ id, mode }) => mode === 'standby' && were.includes(id))
    .map(({ id }) => ({ id, mode: 'mirror' }))
}

export function kept(): Aside {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(KEY) ?? '{}')
    if (typeof found !== 'object' || found === null) return {}
    return Object.fromEntries(
      Object.entries(found).filter(([, ids]) => Array.isArray(ids) && ids.every((id) => typeof id === 'string')),
    )
  } catch {
    return {}
  }
}

export function keep(conversation: string, ids: readonly string[]): void {
  const before = kept()
  write({ ...before, [conversation]: [...new Set([...(before[conversation] ?? []), ...ids])] })
}

export function forget(conversation: string): void {
  const { [conversation]: _, ...others } = kept()
  write(others)
}

function write(aside: Aside): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(aside))
  } catch {
    // Without storage the modes stay as they are until somebody changes them in a pane's menu.
  }
}
