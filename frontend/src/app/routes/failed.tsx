// `/failed`: what did not get through, for members.
import { Suspense } from 'react'
import { useSession } from '@/api/session'
import { Shell } from '@/app/shell'
import { later } from '@/components/later'
import { ListSkeleton } from '@/components/loading-states'
import { useTitle } from '@/features/chat/useTitle'
import NotFound from './not-found'

const LostList = later(() => import('@/features/lost/lost-list'))

export default function FailedRoute() {
  const { user } = useSession()
  useTitle('Did not get through')
  // To everybody else the page is not there: the server refuses its data as well.
  if (user?.kind !== 'member') return <NotFound />
  return (
    <Shell>
      <main id="main" tabIndex={-1} className="min-h-0 flex-1 overflow-y-auto outline-none">
        <div className="mx-auto max-w-3xl px-4 py-6 sm:px-6">
          <h1 className="text-xl font-semibold tracking-tight">Did not get through</h1>
          <p className="mt-1 mb-4 text-sm text-ink-soft text-pretty">
            Messages that no channel of their person took, and messages of which nobody knows whether they arrived.
          </p>
          <Suspense fallback={<ListSkeleton what="what did not get through" rows={3} />}>
            <LostList />
          </Suspense>
        </div>
      </main>
    </Shell>
  )
}
