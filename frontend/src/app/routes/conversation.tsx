// `/c/:id`: the list on the left, the thread in the middle, what is worth knowing on the right.
import { Suspense, useCallback } from 'react'
import { useLocation, useNavigate } from 'react-router'
import { useAbout, useSession } from '@/api/session'
import { later } from '@/components/later'
import { ChatSession } from '@/features/chat/chat-session'
import { ConversationDetails } from '@/features/chat/conversation-details'
import { ConversationList } from '@/features/chat/conversation-list'
import { useConversations } from '@/features/chat/useConversations'
import { useTitle } from '@/features/chat/useTitle'
import { modelWords } from '../model-words'
import { MY_CHANNELS } from '../places'

const LinkOffers = later(() => import('@/features/channels/link-offers'))

export function Conversation({ id }: { id: string }) {
  const { user, limits } = useSession()
  const { about } = useAbout()
  const { items } = useConversations()
  const shown = items.find((item) => item.id === id)
  const title = shown?.title || 'New conversation'
  useTitle(title)

  const location = useLocation()
  const navigate = useNavigate()
  const ask = firstQuestion(location.state)
  const onAsked = useCallback(() => navigate('.', { replace: true, state: null }), [navigate])

  if (user === null) return null
  const member = user.kind === 'member'
  const list = <ConversationList current={id} member={member} />
  const offers = user.kind === 'person' && (
    <Suspense>
      <LinkOffers all={MY_CHANNELS} />
    </Suspense>
  )
  const details = <ConversationDetails id={id} shown={shown} model={modelWords(about)} more={offers} />
  return (
    <div className="flex min-h-0 flex-1">
      <div className="hidden w-72 shrink-0 overflow-y-auto border-r bg-sunk lg:block">{list}</div>
      <main id="main" tabIndex={-1} className="flex min-w-0 flex-1 outline-none">
        <ChatSession
          key={id}
          id={id}
          me={user}
          limits={limits ?? NO_LIMITS}
          model={modelWords(about)}
          title={title}
          ask={ask}
          onAsked={onAsked}
          list={list}
          details={details}
        />
      </main>
      <aside aria-label="Details" className="hidden w-64 shrink-0 overflow-y-auto border-l xl:block">
        {details}
      </aside>
    </div>
  )
}

/** Until the server has said them it decides alone. */
const NO_LIMITS = { message_characters: 0, messages_per_minute: 0, messages_per_day: 0 }

function firstQuestion(state: unknown): string | null {
  if (typeof state !== 'object' || state === null || !('ask' in state)) return null
  return typeof state.ask === 'string' ? state.ask : null
}
