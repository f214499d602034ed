// A person's own channels: what is linked and in which order it is tried, codes on their way, and what can be linked.
import { CircleAlert, Link2 } from 'lucide-react'
import { type ReactNode, Suspense, useId, useState } from 'react'
import { ApiFault } from '@/api/http'
import { useIdentities } from '@/api/identities'
import type { IdentityShown } from '@/api/shapes'
import { ChannelSign } from '@/components/channel-mark'
import { later } from '@/components/later'
import { EmptyState, ListSkeleton, Trouble } from '@/components/loading-states'
import { Button } from '@/components/ui/button'
import { Codes } from './codes'
import { Unlink } from './unlink'
import { useLinking } from './useLinking'
import { useOrder } from './useOrder'
import { useReturn } from './useReturn'
import { quietWords } from './words'

const IdentityOrder = later(() => import('./identity-order'))
const LinkDialog = later(() => import('./link-dialog'))
const QuietHours = later(() => import('./quiet-hours'))

export function MyChannels() {
  const { data, status, error, refetch } = useIdentities()
  const linking = useLinking()
  if (status === 'pending') return <ListSkeleton what="your channels" rows={3} />
  if (status === 'error')
    return (
      <Trouble
        words="Your channels could not be read."
        id={error instanceof ApiFault ? error.requestId : undefined}
        onRetry={() => void refetch()}
      />
    )
  const own = data.items.filter((identity) => identity.status !== 'revoked')
  const alone = own.every((identity) => identity.channel === 'web')
  return (
    <div className="space-y-10">
      <Part title="Linked" words="Put first what you read first: this is the order in which we try to reach you.">
        {alone && (
          <EmptyState title="No other channel yet">
            <p className="mt-1">Link one below, and the same conversation goes on there.</p>
          </EmptyState>
        )}
        <Linked items={own} />
      </Part>
      {!alone && (
        <Part title="Quiet hours" words={quietWords(own)}>
          <Suspense fallback={<ListSkeleton what="quiet hours" rows={1} />}>
            <QuietHours hours={data.quiet} />
          </Suspense>
        </Part>
      )}
      {linking.links.length > 0 && (
        <Part title="Codes on their way" words="Each works once, for ten minutes.">
          <Codes links={linking.links} onOpen={linking.resume} />
        </Part>
      )}
      <Part title="Link another" words="You get a code, send it from there, and confirm here that it was you.">
        {data.linkable.length === 0 ? (
          <EmptyState title="Nothing to link yet">
            <p className="mt-1">No channel is switched on here. Ask whoever runs this.</p>
          </EmptyState>
        ) : (
          <ul className="grid gap-2 sm:grid-cols-2">
            {data.linkable.map(({ channel, label, simulated }) => (
              <li
                key={channel}
                className="flex min-h-14 items-center gap-3 rounded-card px-3 py-2 text-sm ring-1 ring-hairline"
              >
                <ChannelSign channel={channel} className="size-4" />
                <span className="min-w-0 flex-1">
                  <span className="block font-medium">{label}</span>
                  {simulated && <span className="block text-xs text-ink-soft">Simulated</span>}
                </span>
                <Button
                  className="max-sm:h-11"
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
        )}
      </Part>
      <Part title="Where nothing should come" words="">
        <p className="text-sm text-ink-soft text-pretty">
          Each conversation has its own say: open it, then its details, and choose “Do not contact me here” beside a
          channel. It holds until you change it; nobody else can. To hear nothing at all from us on a channel, unlink
          it.
        </p>
      </Part>
      {linking.open && (
        <Suspense>
          <LinkDialog linking={linking} />
        </Suspense>
      )}
    </div>
  )
}

function Linked({ items }: { items: readonly IdentityShown[] }) {
  const order = useOrder(items)
  const [leaving, setLeaving] = useState<IdentityShown | null>(null)
  const [left, setLeft] = useState('')
  const { mark, back } = useReturn()
  return (
    <div>
      <Suspense fallback={<ListSkeleton what="the order" rows={2} />}>
        <IdentityOrder
          items={order.items}
          onMove={(from, to) => {
            setLeft('')
            order.move(from, to)
          }}
          onUnlink={(identity) => {
            mark()
            setLeaving(identity)
          }}
        />
      </Suspense>
      <div className="mt-2 flex min-h-4 flex-wrap items-center gap-x-3 text-xs text-ink-soft">
        <p role="status">{left || order.said}</p>
        {order.undo !== null && left === '' && (
          <Button look="link" size="bare" className="text-xs" onClick={order.undo}>
            Undo
          </Button>
        )}
      </div>
      {order.fault !== null && (
        <p role="alert" className="flex items-start gap-1.5 text-sm text-failed">
          <CircleAlert aria-hidden="true" className="mt-0.5 size-4 shrink-0" />
          {order.fault}
        </p>
      )}
      <Unlink identity={leaving} onClose={() => setLeaving(null)} back={back} onDone={setLeft} />
    </div>
  )
}

function Part({ title, words, children }: { title: string; words: string; children: ReactNode }) {
  const heading = useId()
  return (
    <section aria-labelledby={heading}>
      <h2 id={heading} className="text-base font-semibold">
        {title}
      </h2>
      {words !== '' && <p className="mt-1 text-sm text-ink-soft text-pretty">{words}</p>}
      <div className="mt-4">{children}</div>
    </section>
  )
}
