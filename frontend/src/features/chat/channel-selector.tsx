// Every channel of this conversation: how it is, what comes there, and the way to go on there.
import { useId } from 'react'
import { useIdentities } from '@/api/identities'
import type { IdentityShown } from '@/api/shapes'
import { ChannelSign } from '@/components/channel-mark'
import { HealthMark } from '@/components/health-mark'
import { Button } from '@/components/ui/button'
import { Choice } from '@/components/ui/choice'
import { Skeleton } from '@/components/ui/skeleton'
import { channelName } from '@/lib/channels'
import { absent, activeOf, bindingName, isMany, isUsable, MODES } from './bindings'
import type { BindingShown, Bindings, Mode } from './contract'
import { Refusal } from './refusal'
import { type BindingsHook, useBindings } from './useBindings'

export default function ChannelSelector({ id }: { id: string }) {
  const heading = useId()
  const hook = useBindings(id)
  const { bindings, status, retry, fault } = hook
  const { data: own } = useIdentities()
  const others = bindings === undefined || own === undefined ? [] : absent(bindings, own.items)
  const beside = [...(bindings?.items ?? []), ...others].some(({ channel }) => channel === fault?.channel)
  return (
    <section aria-labelledby={heading} data-slot="channel-selector" className="space-y-3">
      <h3 id={heading} className="text-xs text-ink-soft">
        Channels
      </h3>
      {status === 'pending' && (
        <div role="status" aria-label="Loading the channels" className="appear-late space-y-2">
          <Skeleton className="h-4 w-3/4" />
          <Skeleton className="h-4 w-1/2" />
        </div>
      )}
      {status === 'error' && (
        <div role="alert" className="space-y-2 text-xs">
          <p>The channels could not be read.</p>
          <Button size="small" onClick={retry}>
            Try again
          </Button>
        </div>
      )}
      {bindings !== undefined && (
        <ul className="space-y-3">
          {bindings.items.map((binding) => (
            <Item key={binding.id} binding={binding} hook={hook} alone={!isMany(bindings) && others.length === 0} />
          ))}
          {others.map((identity) => (
            <Other key={identity.id} identity={identity} hook={hook} />
          ))}
        </ul>
      )}
      {fault && !beside && <Refusal fault={fault} />}
      {bindings !== undefined && isMany(bindings) && <Following bindings={bindings} hook={hook} />}
    </section>
  )
}

function Item({ binding, hook, alone }: { binding: BindingShown; hook: BindingsHook; alone: boolean }) {
  const name = bindingName(binding)
  const active = binding.mode === 'active'
  return (
    <li
      data-channel={binding.channel}
      data-state={binding.mode}
      className="rounded-card bg-raised p-2.5 ring-1 ring-hairline data-[state=active]:ring-(--channel)"
    >
      <div className="flex flex-wrap items-center justify-between gap-x-2 gap-y-1">
        <span className="inline-flex min-w-0 items-center gap-2 font-medium">
          <ChannelSign channel={binding.channel} className="size-3.5" />
          <span className="min-w-0 [overflow-wrap:anywhere]">{name}</span>
        </span>
        <Standing health={binding.health} simulated={binding.simulated} />
      </div>
      {alone ? (
        <p className="mt-1 text-xs text-ink-soft">Answers come here.</p>
      ) : (
        <div className="mt-2 space-y-2">
          <Choice
            aria-label={`What comes to ${name}`}
            value={binding.mode}
            disabled={hook.busy}
            onChange={(event) => void hook.setMode(binding, event.target.value as Mode)}
            className="w-full max-sm:h-11"
          >
            {MODES.map(({ mode, words }) => (
              <option key={mode} value={mode}>
                {words}
              </option>
            ))}
          </Choice>
          {binding.mode === 'off' && (
            <p className="text-xs text-ink-soft text-pretty">Nothing is sent there until you change this.</p>
          )}
          {!active && binding.mode !== 'off' && (
            <Button
              size="small"
              className="w-full max-sm:h-11"
              disabled={hook.busy || !isUsable(binding)}
              onClick={() => void hook.setMode(binding, 'active')}
            >
              Continue on {channelName(binding.channel)}
            </Button>
          )}
        </div>
      )}
      {hook.fault?.channel === binding.channel && <Refusal fault={hook.fault} className="mt-2" />}
    </li>
  )
}

/** How it is, and that it is a stand-in where it is one. */
function Standing({ health, simulated }: Pick<BindingShown, 'health' | 'simulated'>) {
  return (
    <span className="inline-flex items-center gap-2">
      {simulated && <span className="text-xs text-ink-soft">Simulated</span>}
      <HealthMark health={health} brief />
    </span>
  )
}

/** A channel of the person's that this conversation has not been on. */
function Other({ identity, hook }: { identity: IdentityShown; hook: BindingsHook }) {
  const name = channelName(identity.channel)
  return (
    <li data-channel={identity.channel} data-state="elsewhere" className="rounded-card p-2.5 ring-1 ring-hairline">
      <div className="flex flex-wrap items-center justify-between gap-x-2 gap-y-1">
        <span className="inline-flex min-w-0 items-center gap-2 font-medium">
          <ChannelSign channel={identity.channel} className="size-3.5" />
          {name}
        </span>
        <Standing health={identity.health} simulated={identity.simulated} />
      </div>
      <p className="mt-1 text-xs text-ink-soft">Linked, not used here yet.</p>
      <Button
        size="small"
        className="mt-2 w-full max-sm:h-11"
        disabled={hook.busy || !isUsable(identity)}
        onClick={() => void hook.join(identity.channel)}
      >
        Continue on {name}
      </Button>
      {hook.fault?.channel === identity.channel && <Refusal fault={hook.fault} className="mt-2" />}
    </li>
  )
}

function Following({ bindings, hook }: { bindings: Bindings; hook: BindingsHook }) {
  const group = useId()
  const active = activeOf(bindings)
  const place = active === undefined ? 'the channel I chose' : channelName(active.channel)
  const choices = [
    { follow: 'follow', words: 'Answers follow to where the person last wrote' },
    { follow: 'pin', words: `Answers stay on ${place} until somebody chooses again` },
  ] as const
  return (
    <fieldset className="space-y-1.5" disabled={hook.busy}>
      <legend className="mb-1.5 text-xs text-ink-soft">When the person writes elsewhere</legend>
      {choices.map(({ follow, words }) => (
        <label key={follow} className="flex items-start gap-2 text-xs">
          <input
            type="radio"
            name={group}
            checked={bindings.follow === follow}
            onChange={() => void hook.setFollow(follow)}
            className="mt-0.5 accent-(--accent)"
          />
          {words}
        </label>
      ))}
    </fieldset>
  )
}
