// When nothing rings: two times of day, by the clock of where the person is. Fetched when the page is there.
import { CircleAlert } from 'lucide-react'
import { type FormEvent, useId, useState } from 'react'
import { Button } from '@/components/ui/button'
import { Input } from '@/components/ui/input'
import { type Hours, useQuiet } from './useQuiet'
import { faultWords } from './words'

const USUAL = { start: '22:00', end: '07:00' }

interface QuietHoursProps {
  hours: Hours | null
  /** Where this browser is: an IANA name. */
  here?: string
}

export default function QuietHours({ hours, here = zoneHere() }: QuietHoursProps) {
  const [written, setWritten] = useState<Partial<Hours>>({})
  const [said, setSaid] = useState('')
  const quiet = useQuiet()
  const id = useId()
  const { start, end } = { ...USUAL, ...hours, ...written }
  const wrong = start === '' || end === '' || start === end
  const same = hours !== null && hours.start === start && hours.end === end && hours.zone === here
  const keep = (wanted: Hours | null, words: string) => {
    if (quiet.isPending) return
    setSaid('')
    quiet.mutate(wanted, {
      onSuccess: () => {
        setWritten({})
        setSaid(words)
      },
    })
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!wrong && !same) keep({ start, end, zone: here }, `Quiet from ${start} to ${end}.`)
  }
  const times = [
    { name: 'start', label: 'From', value: start },
    { name: 'end', label: 'to', value: end },
  ] as const
  return (
    <form data-slot="quiet-hours" className="space-y-3" onSubmit={submit} noValidate>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        {times.map(({ name, label, value }) => (
          <span key={name} className="flex items-center gap-2">
            <label htmlFor={`${id}-${name}`} className="text-sm">
              {label}
            </label>
            <Input
              id={`${id}-${name}`}
              type="time"
              value={value}
              required
              aria-describedby={`${id}-zone`}
              aria-invalid={wrong || undefined}
              onChange={(event) => {
                setSaid('')
                setWritten((now) => ({ ...now, [name]: event.target.value }))
              }}
              className="w-33 px-2 tabular-nums max-sm:h-11"
            />
          </span>
        ))}
        <Button type="submit" className="h-10 max-sm:h-11" disabled={wrong || same || quiet.isPending}>
          {hours === null ? 'Keep quiet' : 'Save'}
        </Button>
        {hours !== null && (
          <Button
            look="quiet"
            className="h-10 max-sm:h-11"
            disabled={quiet.isPending}
            onClick={() => keep(null, 'Quiet hours are off.')}
          >
            Switch off
          </Button>
        )}
      </div>
      <p id={`${id}-zone`} className="text-xs text-ink-soft text-pretty">
        {wrong ? (
          <span className="text-failed">Two times of day that are not the same.</span>
        ) : (
          zoneWords(hours, start, end, here)
        )}
      </p>
      <p role="status" className="min-h-4 text-xs text-ink-soft">
        {said}
      </p>
      {quiet.error !== null && (
        <p role="alert" className="flex items-start gap-1.5 text-sm text-failed">
          <CircleAlert aria-hidden="true" className="mt-0.5 size-4 shrink-0" />
          Quiet hours are as they were. {faultWords(quiet.error)}
        </p>
      )}
    </form>
  )
}

function zoneWords(hours: Hours | null, start: string, end: string, here: string): string {
  if (hours !== null && hours.zone !== here)
    return `Kept for ${place(hours.zone)}. This browser is in ${place(here)}: save to use its time.`
  return start > end ? `Until the next morning, by the time in ${place(here)}.` : `By the time in ${place(here)}.`
}

/** "America/New York". */
function place(zone: string): string {
  return zone.replaceAll('_', ' ')
}

function zoneHere(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone
}
