// What shall go wrong at each stand-in, in words, and how our webhook answered it.
import { useEffect, useId, useState } from 'react'
import { ChannelSign } from '@/components/channel-mark'
import { Button } from '@/components/ui/button'
import { Choice } from '@/components/ui/choice'
import { channelName } from '@/lib/channels'
import { clock } from '@/lib/moment'
import { type Knob, knobsOf, SLOWEST, type Spot, STEP, standing, withSwitch, wrongs } from './knobs'
import type { Delivery, Switches } from './weather'

export interface SwitchSpot extends Spot {
  readonly deliveries: readonly Delivery[]
  readonly onSwitches: (switches: Switches) => void
}

export default function SwitchPanel({ spots }: { spots: readonly SwitchSpot[] }) {
  const [chosen, setChosen] = useState<string | null>(null)
  const shown = spots.find(({ key }) => key === chosen) ?? spots[0]
  const all = spots.reduce((sum, { switches }) => sum + wrongs(switches), 0)
  return (
    <details data-slot="switches" className="min-w-0 flex-1">
      <summary className="flex min-h-11 cursor-pointer flex-wrap items-center gap-x-2 px-4 py-2 text-sm font-medium -outline-offset-2">
        What shall go wrong
        <span
          data-state={all > 0 ? 'on' : 'off'}
          className="text-xs font-normal text-ink-soft data-[state=on]:text-failed"
        >
          {all === 0 ? 'Nothing: a good day' : all === 1 ? '1 thing goes wrong' : `${all} things go wrong`}
        </span>
      </summary>
      <div className="max-h-[45dvh] space-y-4 overflow-y-auto px-4 pt-1 pb-4">
        {spots.length > 1 && (
          <fieldset className="flex flex-wrap gap-1">
            <legend className="sr-only">Where</legend>
            {spots.map(({ key, channel, switches }) => (
              <Button
                key={key}
                look="quiet"
                size="small"
                aria-pressed={key === shown?.key}
                onClick={() => setChosen(key)}
                className="h-9 px-3 aria-pressed:bg-hover aria-pressed:text-ink max-sm:h-11"
              >
                <ChannelSign channel={channel} className="!size-3" />
                {channelName(channel)}
                {wrongs(switches) > 0 && <span className="text-failed tabular-nums">{wrongs(switches)}</span>}
              </Button>
            ))}
          </fieldset>
        )}
        {shown && <SpotKnobs key={shown.key} spot={shown} />}
      </div>
    </details>
  )
}

function SpotKnobs({ spot }: { spot: SwitchSpot }) {
  const { provider, switches, onSwitches, channel, deliveries } = spot
  return (
    <>
      <div className="grid gap-x-6 gap-y-3 sm:grid-cols-2 xl:grid-cols-4">
        <DelaySlider switches={switches} onSwitches={onSwitches} />
        {knobsOf(provider).map((knob) => (
          <KnobChoice key={knob.key} knob={knob} switches={switches} onSwitches={onSwitches} />
        ))}
      </div>
      <Button size="small" className="max-sm:h-11" disabled={wrongs(switches) === 0} onClick={() => onSwitches({})}>
        Back to a good day
      </Button>
      <Deliveries name={channelName(channel)} deliveries={deliveries} />
    </>
  )
}

interface KnobProps {
  switches: Switches
  onSwitches: (switches: Switches) => void
}

const SETTLES_MS = 250

/** Moves freely; what it came to rest at is set. */
function DelaySlider({ switches, onSwitches }: KnobProps) {
  const id = useId()
  const set = switches.delay_ms ?? 0
  const [at, setAt] = useState(set)
  const [moved, setMoved] = useState(false)
  useEffect(() => {
    if (!moved) setAt(set)
  }, [set, moved])
  useEffect(() => {
    if (!moved) return
    const timer = setTimeout(() => {
      setMoved(false)
      onSwitches(withSwitch(switches, 'delay_ms', at))
    }, SETTLES_MS)
    return () => clearTimeout(timer)
  }, [moved, at, switches, onSwitches])
  return (
    <div className="flex flex-wrap items-center justify-between gap-x-3 gap-y-1">
      <label htmlFor={id} className="text-sm font-medium">
        Delay
      </label>
      <output htmlFor={id} className="text-xs text-ink-soft tabular-nums">
        {at === 0 ? 'no' : `${(at / 1000).toLocaleString('en')} s`}
      </output>
      <input
        id={id}
        type="range"
        min={0}
        max={SLOWEST}
        step={STEP}
        value={at}
        aria-describedby={`${id}-says`}
        aria-valuetext={at === 0 ? 'no delay' : `${at / 1000} seconds`}
        onChange={(event) => {
          setAt(Number(event.target.value))
          setMoved(true)
        }}
        className="h-6 w-full accent-(--accent) max-sm:h-11"
      />
      <p id={`${id}-says`} className="w-full text-xs text-ink-soft">
        Everything takes so much longer, both ways.
      </p>
    </div>
  )
}

function KnobChoice({ knob, switches, onSwitches }: KnobProps & { knob: Knob }) {
  const id = useId()
  const at = standing(switches, knob)
  return (
    <div className="flex flex-wrap items-center justify-between gap-x-3 gap-y-1">
      <label htmlFor={id} className="text-sm font-medium">
        {knob.words}
      </label>
      <Choice
        id={id}
        aria-describedby={`${id}-says`}
        data-state={at === 0 ? 'off' : 'on'}
        value={at}
        onChange={(event) => onSwitches(withSwitch(switches, knob.key, knob.choices[Number(event.target.value)]?.[0]))}
        className="max-sm:h-11"
      >
        {at < 0 && <option value={-1}>{String(switches[knob.key])}</option>}
        {knob.choices.map(([value, words], index) => (
          <option key={String(value)} value={index}>
            {words}
          </option>
        ))}
      </Choice>
      <p id={`${id}-says`} className="w-full text-xs text-ink-soft">
        {knob.says}
      </p>
    </div>
  )
}

function Deliveries({ name, deliveries }: { name: string; deliveries: readonly Delivery[] }) {
  const title = `Events that ${name} sent to us`
  return (
    <section aria-label={title}>
      <h2 className="text-xs font-medium text-ink-soft">{title}</h2>
      {deliveries.length === 0 ? (
        <p className="mt-1 text-xs text-ink-soft">None yet.</p>
      ) : (
        <ol className="mt-1 space-y-0.5 text-xs tabular-nums">
          {deliveries.map(({ key, event, attempt, status, again }) => (
            <li key={key} className="flex flex-wrap gap-x-3">
              <code className="max-w-full truncate font-mono text-ink-soft">{event}</code>
              <span>{attempt <= 1 ? 'first try' : `try ${attempt}`}</span>
              <span className={status === 'ok' ? 'text-ok' : 'text-failed'}>
                {status === 'ok' ? 'taken' : `not taken: ${status.replaceAll('_', ' ')}`}
              </span>
              {again !== null && <span className="text-ink-soft">again at {clock(again)}</span>}
            </li>
          ))}
        </ol>
      )}
    </section>
  )
}
