// What shall go wrong in the simulated Slack, in words, and how our webhook answered it.
import { useId } from 'react'
import { Button } from '@/components/ui/button'
import { Choice } from '@/components/ui/choice'
import { clock } from '@/lib/moment'
import type { Delivery, Switches } from './workspace'

type Key = keyof Switches

interface Knob {
  key: Key
  words: string
  says: string
  /** The first one is the good day. */
  choices: readonly (readonly [value: string | number | boolean, words: string])[]
}

export const KNOBS: readonly Knob[] = [
  {
    key: 'fail',
    words: 'Refuse',
    says: 'Slack answers with an error and does nothing.',
    choices: [
      ['', 'no'],
      ['internal_error', 'a fault of its own'],
      ['channel_not_found', 'the place is gone'],
      ['token_revoked', 'the app was taken out'],
      ['msg_too_long', 'too long'],
    ],
  },
  {
    key: 'http',
    words: 'Break down',
    says: 'Slack answers with a page of HTML and does nothing.',
    choices: [
      [0, 'no'],
      [500, 'status 500'],
      [503, 'status 503'],
    ],
  },
  {
    key: 'delay_ms',
    words: 'Delay',
    says: 'Everything takes so much longer, both ways.',
    choices: [
      [0, 'no'],
      [500, 'half a second'],
      [2000, '2 seconds'],
      [5000, '5 seconds'],
    ],
  },
  {
    key: 'rate_limit',
    words: 'Slow us down',
    says: 'Slack asks us to wait before the next try.',
    choices: [
      [0, 'no'],
      [2, 'for 2 seconds'],
      [10, 'for 10 seconds'],
      [30, 'for 30 seconds'],
    ],
  },
  {
    key: 'hang_s',
    words: 'Hang',
    says: 'It takes effect, the answer comes late.',
    choices: [
      [0, 'no'],
      [10, '10 seconds'],
      [60, 'a minute'],
    ],
  },
  {
    key: 'lose_answer',
    words: 'Lose the answer',
    says: 'It takes effect, and we never hear so.',
    choices: [
      [false, 'no'],
      [true, 'yes'],
    ],
  },
  {
    key: 'duplicate',
    words: 'Say everything twice',
    says: 'Each event comes to us two times at once.',
    choices: [
      [false, 'no'],
      [true, 'yes'],
    ],
  },
  {
    key: 'reorder',
    words: 'Mix the order',
    says: 'Events are held and come newest first.',
    choices: [
      [0, 'no'],
      [3, 'three at a time'],
    ],
  },
]

/** The set that goes out: what is as on a good day is left out. */
export function withKnob(switches: Switches, { key, choices }: Knob, at: number): Switches {
  const next: Record<string, unknown> = { ...switches, [key]: choices[at]?.[0] }
  for (const knob of KNOBS) if (next[knob.key] === knob.choices[0]?.[0]) delete next[knob.key]
  return Object.fromEntries(Object.entries(next).filter(([, value]) => value !== undefined)) as Switches
}

/** Which choice stands. A value that none of them has was set by somebody else: -1. */
export function standing(switches: Switches, { key, choices }: Knob): number {
  const value = switches[key] ?? choices[0]?.[0]
  return choices.findIndex(([each]) => each === value)
}

interface SwitchPanelProps {
  switches: Switches
  deliveries: readonly Delivery[]
  onSwitches: (switches: Switches) => void
}

export default function SwitchPanel({ switches, deliveries, onSwitches }: SwitchPanelProps) {
  const wrong = KNOBS.filter((knob) => standing(switches, knob) !== 0).length
  return (
    <details data-slot="switches" className="shrink-0 border-b bg-sunk">
      <summary className="cursor-pointer px-4 py-2 text-sm font-medium -outline-offset-2">
        What shall go wrong
        <span data-state={wrong > 0 ? 'on' : 'off'} className="ml-2 text-xs font-normal text-ink-soft">
          {wrong === 0 ? 'Nothing: a good day' : wrong === 1 ? '1 thing goes wrong' : `${wrong} things go wrong`}
        </span>
      </summary>
      <div className="max-h-[45dvh] space-y-4 overflow-y-auto px-4 pt-1 pb-4">
        <div className="grid gap-x-6 gap-y-3 sm:grid-cols-2 2xl:grid-cols-4">
          {KNOBS.map((knob) => (
            <KnobChoice key={knob.key} knob={knob} switches={switches} onSwitches={onSwitches} />
          ))}
        </div>
        <Button size="small" disabled={wrong === 0} onClick={() => onSwitches({})}>
          Back to a good day
        </Button>
        <Deliveries deliveries={deliveries} />
      </div>
    </details>
  )
}

function KnobChoice({
  knob,
  switches,
  onSwitches,
}: {
  knob: Knob
  switches: Switches
  onSwitches: (switches: Switches) => void
}) {
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
        onChange={(event) => onSwitches(withKnob(switches, knob, Number(event.target.value)))}
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

function Deliveries({ deliveries }: { deliveries: readonly Delivery[] }) {
  return (
    <section aria-label="Events that Slack sent to us">
      <h2 className="text-xs font-medium text-ink-soft">Events that Slack sent to us</h2>
      {deliveries.length === 0 ? (
        <p className="mt-1 text-xs text-ink-soft">None yet.</p>
      ) : (
        <ol className="mt-1 space-y-0.5 text-xs tabular-nums">
          {deliveries.map(({ key, event, attempt, status, again }) => (
            <li key={key} className="flex flex-wrap gap-x-3">
              <code className="font-mono text-ink-soft">{event}</code>
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
