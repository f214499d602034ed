// `/admin/channels`: our ends of channels, for admins.
import { type ReactNode, Suspense, useId } from 'react'
import { useNavigate, useSearchParams } from 'react-router'
import { useSession } from '@/api/session'
import { Shell } from '@/app/shell'
import { later } from '@/components/later'
import { ListSkeleton } from '@/components/loading-states'
import { AdminChannels } from '@/features/admin/channels'
import { useTitle } from '@/features/chat/useTitle'
import NotFound from './not-found'

const LostList = later(() => import('@/features/lost/lost-list'))
const Patience = later(() => import('@/features/admin/patience'))

const place = (account: string) => `/admin/channels?account=${encodeURIComponent(account)}`

export default function AdminChannelsRoute() {
  const { user } = useSession()
  const [search] = useSearchParams()
  const navigate = useNavigate()
  useTitle('Channels')
  // To everybody else the page is not there: the server refuses its data as well.
  if (user?.role !== 'admin' && user?.role !== 'owner') return <NotFound />
  return (
    <Shell>
      <main id="main" tabIndex={-1} className="min-h-0 flex-1 overflow-y-auto outline-none">
        <div className="mx-auto max-w-5xl px-4 py-6 sm:px-6">
          <h1 className="mb-6 text-xl font-semibold tracking-tight">Channels</h1>
          <AdminChannels
            chosen={search.get('account')}
            connected={search.has('connected')}
            to={place}
            onMade={(account) => void navigate(place(account))}
          />
          <Part title="Did not get through" words="What no channel of its person took, or of which nobody knows.">
            <LostList />
          </Part>
          <Part title="Patience" words="When a message goes by another channel, and when it is given up.">
            <Patience />
          </Part>
        </div>
      </main>
    </Shell>
  )
}

function Part({ title, words, children }: { title: string; words: string; children: ReactNode }) {
  const heading = useId()
  return (
    <section aria-labelledby={heading} className="mt-12 border-t pt-8">
      <h2 id={heading} className="text-lg font-semibold">
        {title}
      </h2>
      <p className="mt-1 mb-4 text-sm text-ink-soft text-pretty">{words}</p>
      <Suspense fallback={<ListSkeleton what={title.toLowerCase()} rows={3} />}>{children}</Suspense>
    </section>
  )
}
