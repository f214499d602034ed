// `/admin/channels`: our ends of channels, for admins.
import { useNavigate, useSearchParams } from 'react-router'
import { useSession } from '@/api/session'
import { Shell } from '@/app/shell'
import { AdminChannels } from '@/features/admin/channels'
import { useTitle } from '@/features/chat/useTitle'
import NotFound from './not-found'

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
        </div>
      </main>
    </Shell>
  )
}
