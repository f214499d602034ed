/** The channels of a conversation: what each mode means, and what a change looks like before the server has said so. */

import type { BindingShown, Bindings, ChannelName, IdentityShown, Mode } from '@/api/shapes'
import { channelName } from '@/lib/channels'
import { wayIn } from '@/lib/way-in'
import type { Refused } from './asked'

export const MODES: readonly { mode: Mode; words: string }[] = [
  { mode: 'active', words: 'Answers come here' },
  { mode: 'mirror', words: 'Shown here too' },
  { mode: 'standby', words: 'Only if another fails' },
  { mode: 'off', words: 'Do not contact me here' },
]

export function modeWords(mode: Mode): string {
  return MODES.find((each) => each.mode === mode)?.words ?? ''
}

/** Channels where text can appear while it is written: left by the talk, they go on showing it. */
const SHOWN_ON: ReadonlySet<ChannelName> = new Set(['web', 'slack', 'telegram'])

/** The talk goes on at this binding; what was active steps back as the server will have it. */
export function moved(bindings: Bindings, id: string): Bindings {
  return {
    ...bindings,
    items: bindings.items.map((item) =>
      item.id === id
        ? { ...item, mode: 'active' }
        : item.mode === 'active'
          ? { ...item, mode: SHOWN_ON.has(item.channel) ? 'mirror' : 'standby' }
          : item,
    ),
  }
}

export function withMode(bindings: Bindings, id: string, mode: Mode): Bindings {
  if (mode === 'active') return moved(bindings, id)
  return { ...bindings, items: bindings.items.map((item) => (item.id === id ? { ...item, mode } : item)) }
}

export function activeOf(bindings: Bindings | undefined): BindingShown | undefined {
  return bindings?.items.find((item) => item.mode === 'active')
}

const STRANGER = { identity: '', label: '', mode: 'standby', health: 'up', simulated: false } as const

/** Without what was bound to addresses that are not the person's any more: nothing can go there. */
export function linked(bindings: Bindings, own: readonly IdentityShown[]): Bindings {
  const ids = new Set(own.map(({ id }) => id))
  const stays = ({ channel, identity }: BindingShown) =>
    channel === 'web' || ids.has(identity) || identity === STRANGER.identity
  return { ...bindings, items: bindings.items.filter(stays) }
}

/** The talk goes on at a channel that it was not on before. */
export function joined(bindings: Bindings, channel: ChannelName): Bindings {
  const id = `new ${channel}`
  const fresh: BindingShown = { ...STRANGER, id, channel }
  return moved({ ...bindings, items: [...bindings.items, fresh] }, id)
}

/** One of the person's channels that this conversation has not been on yet. */
export function absent(bindings: Bindings, own: readonly IdentityShown[]): IdentityShown[] {
  const here = new Set(bindings.items.map(({ channel }) => channel))
  return own.filter(({ channel, status }, at) => {
    const first = own.findIndex((one) => one.channel === channel && one.status === 'verified') === at
    return status === 'verified' && first && !here.has(channel)
  })
}

/** More than the web can carry this conversation. */
export function isMany(bindings: Bindings | undefined): boolean {
  return bindings?.items.some((item) => item.channel !== 'web') === true
}

/** Whether words can go there now. A channel without its first event may be up: nobody has written yet. */
export function isUsable({ health, channel }: Pick<BindingShown, 'health' | 'channel'>): boolean {
  return channel === 'web' || health === 'up' || health === 'degraded' || health === 'waiting_first_event'
}

/** "Slack", or with its label where that says more. */
export function bindingName({ channel, label }: BindingShown): string {
  const name = channelName(channel)
  return label === '' || label.toLowerCase() === channel || label === name ? name : `${name}, ${label}`
}

const REFUSALS: Readonly<Record<string, (name: string) => string>> = {
  window_closed: (name) => `${name} lets us write only for a while after you wrote there. Write to us there first.`,
  channel_off: (name) => `“Do not contact me here” holds for ${name}. Only the person can change that.`,
  channel_disabled: (name) => `${name} is switched off here. Choose another channel.`,
  not_linked: (name) => `${name} is not linked to this conversation.`,
  unknown_channel: (name) => `${name} is not linked to this conversation.`,
  unknown_binding: (name) => `${name} is not linked to this conversation any more.`,
  no_fallback: () => 'This is the only channel there is: answers need one to come on.',
  forbidden: (name) => `Only the person can change what may be written to them on ${name}.`,
  lost: () => 'The connection was lost. What holds is shown again once it is back.',
  offline: () => 'There is no connection now. Try again once it is back.',
  unreachable: () => 'The server could not be reached.',
  timeout: () => 'The server did not answer. Try again in a moment.',
}

/** Why a change was refused, and the way in that mends it, where there is one. */
export interface Fault {
  readonly words: string
  readonly channel: ChannelName
  /** A deep link into the channel's own app. */
  readonly address: string | null
}

export function faultOf({ code, detail }: Refused, channel: ChannelName, name: string): Fault {
  const address = code === 'window_closed' ? wayIn(detail) : null
  return { words: refusal(code, detail, name), channel, address }
}

/** Why a change was refused. The server's own sentence is the second best: it is plain words too. */
export function refusal(code: string, detail: string, name: string): string {
  return REFUSALS[code]?.(name) ?? (detail || `${name} could not be changed. Try again in a moment.`)
}
