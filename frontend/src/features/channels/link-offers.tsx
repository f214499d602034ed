// Beside a conversation: what is not linked yet, codes on their way, and the way to all of one's channels.
import { Link2 } from 'lucide-react'
import { Suspense } from 'react'
import { Link } from 'react-router'
import { useIdentities } from '@/api/identities'
import { ChannelSign } from '@/components/channel-mark'
import { later } from '@/components/later'
import { Button } from '@/components/ui/button'
import { Codes } from './codes'
import { useLinking } from './useLinking'

const LinkDialog = later(() => import('./link-dialog'))

export default function LinkOffers({ all }: { all: string }) {
  const { data } = useIdentities()
  const linking = useLinking()
  if (data === undefined) return null
  const has = new Set(data.items.map(({ channel }) => channel))
  const offers = data.linkable.filter(({ channel }) => !has.has(channel))
  return (
    <section aria-label="More channels" data-slot="link-offers" className="space-y-3">
      {offers.length > 0 && (
        <>
          <h3 className="text-xs text-ink-soft">Not linked</h3>
          <ul className="space-y-1">
            {offers.map(({ channel, label }) => (
              <li key={channel} className="flex items-center justify-between gap-2">
                <span className="inline-flex min-w-0 items-center gap-2">
                  <ChannelSign channel={channel} className="size-3.5" />
                  {label}
                </span>
                <Button
                  size="small"
                  className="max-sm:h-11 max-sm:px-3"
                  aria-label={`Link ${label}…`}
                  aria-haspopup="dialog"
                  onClick={() => linking.begin(channel)}
                >
                  <Link2 aria-hidden="true" />
                  Link…
                </Button>
              </li>
            ))}
          </ul>
        </>
      )}
      <Codes links={linking.links} onOpen={linking.resume} />
      <p className="text-xs">
        <Link to={all} className="inline-flex items-center text-accent underline underline-offset-3 max-sm:min-h-11">
          All your channels
        </Link>
      </p>
      {linking.open && (
        <Suspense>
          <LinkDialog linking={linking} />
        </Suspense>
      )}
    </section>
  )
}
