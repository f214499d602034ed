// `/me/channels`: where a person can be reached, and in which order.
import { useSession } from '@/api/session'
import { Shell } from '@/app/shell'
import { MyChannels } from '@/features/channels/my-channels'
import { useTitle } from '@/features/chat/useTitle'
import NotFound from './not-found'

export default function MyChannelsRoute() {
  const { user } = useSession()
  useTitle('Your channels')
  // Members are not written to: they have no addresses here, and the server says so too.
  if (user?.kind !== 'person') return <NotFound />
  return (
    <Shell>
      <main id="main" tabIndex={-1} className="min-h-0 flex-1 overflow-y-auto outline-none">
        <div className="mx-auto max-w-2xl px-4 py-6 sm:px-6">
          <h1 className="mb-6 text-xl font-semibold tracking-tight">Your channels</h1>
          <MyChannels />
        </div>
      </main>
    </Shell>
  )
}
