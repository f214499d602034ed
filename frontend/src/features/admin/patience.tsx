// How patient we are with channels: when a message goes by another one, when it is given up, what doubt means.
import { ArrowDown, ArrowUp } from 'lucide-react'
import { type FormEvent, useId, useState } from 'react'
import { ApiFault } from '@/api/http'
import type { ChannelName, DeliveryPolicy } from '@/api/shapes'
import { ChannelSign } from '@/components/channel-mark'
import { ListSkeleton, Trouble } from '@/components/loading-states'
import { Button } from '@/components/ui/button'
import { Input } from '@/components/ui/input'
import { CHANNELS, channelName } from '@/lib/channels'
import { usePatience } from './usePatience'
import { Wrong } from './wrong'

/** A number of the form: how the server counts it, and how it is shown. */
interface Count {
  name: 'failover_after' | 'unseen_after' | 'give_up_after' | 'retries' | 'retry_ms'
  label: string
  unit: string
  help: string
  /** One shown unit is so many of the server's. */
  by: number
  min: number
  max: number
}

const COUNTS: readonly Count[] = [
  {
    name: 'failover_after',
    label: 'Goes by another channel after',
    unit: 'seconds',
    help: 'Where a channel does not take it. A refusal is passed on at once.',
    by: 1,
    min: 1,
    max: 3600,
  },
  {
    name: 'unseen_after',
    label: 'Leaves the web after',
    unit: 'seconds',
    help: 'Where no tab of the person showed it.',
    by: 1,
    min: 1,
    max: 86_400,
  },
  {
    name: 'give_up_after',
    label: 'Is given up after',
    unit: 'minutes',
    help: 'Where there is no other channel. Then it comes to the list above.',
    by: 60,
    min: 1,
    max: 10_080,
  },
  {
    name: 'retries',
    label: 'Account counts as failing after',
    unit: 'tries',
    help: 'Of one message that surely did not leave.',
    by: 1,
    min: 1,
    max: 10,
  },
  {
    name: 'retry_ms',
    label: 'First pause between tries',
    unit: 'seconds',
    help: 'It doubles with each. What the provider says goes first.',
    by: 1000,
    min: 0.1,
    max: 30,
  },
]

const DOUBTS: readonly (readonly [DeliveryPolicy['doubt'], string, string])[] = [
  ['failover', 'Goes by another channel', 'The person may get it on both.'],
  ['resend', 'Is sent there again', 'The person may get it twice there.'],
  ['hold', 'Waits for one of us to say', 'It stands in the list above until somebody does.'],
]

export default function Patience() {
  const { policy, status, error, again, save } = usePatience()
  if (status === 'error')
    return (
      <Trouble
        words="The rules of delivery could not be read."
        id={error instanceof ApiFault ? error.requestId : undefined}
        onRetry={again}
      />
    )
  if (policy === undefined) return <ListSkeleton what="the rules of delivery" rows={3} />
  return <PatienceForm policy={policy} save={save} />
}

interface FormProps {
  policy: DeliveryPolicy
  save: ReturnType<typeof usePatience>['save']
}

/** What is written lies over what holds, until it is saved. */
function PatienceForm({ policy, save }: FormProps) {
  const [written, setWritten] = useState<Readonly<Record<string, string>>>({})
  const [chosen, setChosen] = useState<DeliveryPolicy['doubt'] | null>(null)
  const [moved, setMoved] = useState<readonly string[] | null>(null)
  const doubt = chosen ?? policy.doubt
  const held = whole(policy.fallback)
  const order = moved ?? held
  const doubtName = useId()
  const changed: Partial<DeliveryPolicy> = {}
  let wrong = false
  for (const { name, by, min, max } of COUNTS) {
    const text = written[name]
    if (text === undefined) continue
    const value = Number(text.replace(',', '.'))
    if (text.trim() === '' || !(value >= min && value <= max)) wrong = true
    else if (Math.round(value * by) !== policy[name]) changed[name] = Math.round(value * by)
  }
  if (doubt !== policy.doubt) changed.doubt = doubt
  if (order.join() !== held.join()) changed.fallback = [...order]
  const nothing = Object.keys(changed).length === 0
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (nothing || wrong || save.isPending) return
    save.mutate(changed, {
      onSuccess: () => {
        setWritten({})
        setChosen(null)
        setMoved(null)
      },
    })
  }
  return (
    <form data-slot="patience" className="space-y-8" onSubmit={submit} autoComplete="off" noValidate>
      <div className="grid gap-x-8 gap-y-5 sm:grid-cols-2">
        {COUNTS.map((count) => (
          <CountField
            key={count.name}
            count={count}
            value={written[count.name] ?? String(policy[count.name] / count.by)}
            onValue={(value) => setWritten((now) => ({ ...now, [count.name]: value }))}
          />
        ))}
      </div>
      <fieldset>
        <legend className="text-sm font-medium">A message that may have arrived, but was not confirmed</legend>
        <div className="mt-2 space-y-1">
          {DOUBTS.map(([value, words, help]) => (
            <label
              key={value}
              className="flex min-h-11 items-center gap-3 rounded-small px-2 hover:bg-hover sm:min-h-9"
            >
              <input
                type="radio"
                name={doubtName}
                value={value}
                checked={doubt === value}
                onChange={() => setChosen(value)}
                className="size-4 shrink-0 accent-accent"
              />
              <span className="text-sm">
                {words}. <span className="text-ink-soft">{help}</span>
              </span>
            </label>
          ))}
        </div>
      </fieldset>
      <Order order={order} onOrder={setMoved} />
      <Wrong fault={save.error} />
      <div className="flex items-center gap-3">
        <Button type="submit" className="max-sm:h-11" disabled={nothing || wrong || save.isPending}>
          {save.isPending ? 'Saving' : 'Save rules'}
        </Button>
        <span role="status" className="text-xs text-ink-soft">
          {save.isSuccess && nothing ? 'Saved. It holds from now on.' : ''}
        </span>
      </div>
    </form>
  )
}

/** Channels that nobody named come after the others, by name: here they can be moved as well. */
function whole(named: readonly string[]): readonly string[] {
  const others = Object.keys(CHANNELS).filter((channel) => !named.includes(channel))
  return [...named, ...others.sort()]
}

function CountField({ count, value, onValue }: { count: Count; value: string; onValue: (value: string) => void }) {
  const id = useId()
  const given = Number(value.replace(',', '.'))
  const bad = value.trim() === '' || !(given >= count.min && given <= count.max)
  return (
    <div>
      <label htmlFor={id} className="text-sm font-medium">
        {count.label}
      </label>
      <div className="mt-1 flex items-center gap-2">
        <Input
          id={id}
          inputMode="decimal"
          value={value}
          maxLength={8}
          aria-describedby={`${id}-help`}
          aria-invalid={bad || undefined}
          onChange={(event) => onValue(event.target.value)}
          className="w-24 tabular-nums"
        />
        <span className="text-sm text-ink-soft">{count.unit}</span>
      </div>
      <p id={`${id}-help`} className="mt-1 text-xs text-ink-soft">
        {bad ? (
          <span className="text-failed">
            From {count.min.toLocaleString('en')} to {count.max.toLocaleString('en')} {count.unit}.
          </span>
        ) : (
          count.help
        )}
      </p>
    </div>
  )
}

function Order({ order, onOrder }: { order: readonly string[]; onOrder: (order: readonly string[]) => void }) {
  const [said, setSaid] = useState('')
  const move = (from: number, to: number) => {
    const next = [...order]
    const [channel = ''] = next.splice(from, 1)
    next.splice(to, 0, channel)
    onOrder(next)
    setSaid(`${channelName(channel as ChannelName)} is number ${to + 1} of ${order.length}.`)
  }
  return (
    <section aria-label="Order of channels">
      <h3 className="text-sm font-medium">Where it goes instead</h3>
      <p className="mt-1 text-xs text-ink-soft text-pretty">
        The first of these that the person has. Who has an order of their own is reached by that one.
      </p>
      <ol className="mt-2 max-w-sm divide-y divide-hairline rounded-card ring-1 ring-hairline">
        {order.map((channel, at) => {
          const name = channelName(channel as ChannelName)
          return (
            <li key={channel} className="flex items-center gap-3 py-1 pr-1 pl-3 text-sm">
              <span aria-hidden="true" className="w-4 text-center text-xs text-ink-soft tabular-nums">
                {at + 1}
              </span>
              <ChannelSign channel={channel as ChannelName} className="size-3.5" />
              <span className="flex-1">{name}</span>
              <Button
                look="quiet"
                size="icon"
                className="max-sm:size-11"
                aria-label={`Move ${name} up`}
                aria-disabled={at === 0}
                onClick={() => at > 0 && move(at, at - 1)}
              >
                <ArrowUp aria-hidden="true" />
              </Button>
              <Button
                look="quiet"
                size="icon"
                className="max-sm:size-11"
                aria-label={`Move ${name} down`}
                aria-disabled={at === order.length - 1}
                onClick={() => at < order.length - 1 && move(at, at + 1)}
              >
                <ArrowDown aria-hidden="true" />
              </Button>
            </li>
          )
        })}
      </ol>
      <p role="status" className="sr-only">
        {said}
      </p>
    </section>
  )
}
