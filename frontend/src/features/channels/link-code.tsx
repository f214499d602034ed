// A code, large enough to be typed from across a table, and every way to get it to where it has to be sent from.
import { Link } from 'react-router'
import { CopyButton } from '@/components/copy-button'
import { WayIn } from '@/components/way-in'
import { channelName } from '@/lib/channels'
import { wayIn } from '@/lib/way-in'
import type { Made } from './useLinks'
import { howTo, leftSpoken, leftWords } from './words'

/** `left`: milliseconds until it runs out. */
export function LinkCode({ made, left, simulated }: { made: Made; left: number; simulated: boolean }) {
  const name = channelName(made.channel)
  const places = made.places.map((place) => ({ ...place, address: wayIn(place.deep_link) }))
  const many = places.length > 1
  return (
    <div data-slot="link-code" className="space-y-5">
      <div>
        <p className="text-sm text-ink-soft text-pretty">
          {howTo(made.channel)}. They prove that the address is yours.
        </p>
        <div className="mt-3 rounded-card bg-sunk p-4 ring-1 ring-hairline">
          <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
            <input
              readOnly
              aria-label="Your code"
              value={made.code}
              onFocus={(event) => event.target.select()}
              className="w-48 rounded-small bg-transparent font-mono text-xl font-semibold tracking-[0.08em]"
            />
            <Left ms={left} />
          </div>
          <p className="mt-3 flex flex-wrap items-center justify-between gap-x-4 gap-y-1 border-t pt-2 text-sm">
            <span>
              <span className="text-ink-soft">Write </span>
              <code className="font-mono text-sm select-all">{made.text}</code>
            </span>
            <CopyButton text={made.text} what="what to write" className="max-sm:h-11 max-sm:px-3" />
          </p>
        </div>
      </div>
      {places.map(({ name: place, address }) =>
        address === null ? null : (
          <section key={place + address} aria-label={place}>
            {many && <h3 className="mb-2 text-xs font-medium text-ink-soft">{place}</h3>}
            <WayIn name={name} address={address} shown={!many} />
          </section>
        ),
      )}
      {simulated && (
        <p className="text-xs text-ink-soft text-pretty">
          This {name} is simulated: write the words in its pane of{' '}
          <Link to="/lab" className="text-accent underline underline-offset-3">
            the lab
          </Link>{' '}
          instead. Nothing leaves this machine.
        </p>
      )}
      <p className="text-xs text-ink-soft text-pretty">
        The code works once. You may close this window: the code stays in your list until its time is over. A wrong or
        late one is answered there and links nothing.
      </p>
    </div>
  )
}

/** Ticks for eyes; for ears it says the minutes when asked. */
export function Left({ ms }: { ms: number }) {
  return (
    <span
      role="timer"
      aria-live="off"
      aria-label={`Works for ${leftSpoken(ms)} more`}
      className="text-xs text-ink-soft"
    >
      <span aria-hidden="true" className="tabular-nums">
        {leftWords(ms)} left
      </span>
    </span>
  )
}
