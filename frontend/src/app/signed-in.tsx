import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { Navigate, Outlet, useLocation } from 'react-router'
import { useKeeper, useSession } from '@/api/session'
import type { UserShown } from '@/api/shapes'
import { TalkContext } from '@/features/chat/context'
import { Talk } from '@/features/chat/talk'

/** The way in: whoever is not signed in is asked to, and comes back to where they wanted to go. */
export function SignedIn() {
  const { status, user } = useSession()
  const { pathname, search, hash } = useLocation()
  if (status === 'checking') return null
  if (user === null) {
    const wanted = pathname + search + hash
    return <Navigate replace to={wanted === '/' ? '/login' : `/login?to=${encodeURIComponent(wanted)}`} />
  }
  return <Talking key={user.id} user={user} />
}

/** One live link per signed-in user, for all screens. */
function Talking({ user }: { user: UserShown }) {
  const keeper = useKeeper()
  const cache = useQueryClient()
  const [talk, setTalk] = useState<Talk | null>(null)
  useEffect(() => {
    const fresh = new Talk(user, keeper, cache, (end) => {
      if (end === 'old_client') location.reload()
      else keeper.ended()
    })
    fresh.start()
    setTalk(fresh)
    return () => {
      fresh.stop()
      setTalk(null)
      // What one user read is not left behind for the next one.
      cache.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'about' })
    }
  }, [user, keeper, cache])
  if (talk === null) return null
  return (
    <TalkContext value={talk}>
      <Outlet />
    </TalkContext>
  )
}
