// The lab's left side: the chat itself.
import { useCallback } from 'react'
import { useSearchParams } from 'react-router'
import { useAbout, useSession } from '@/api/session'
import { EmptyState, ThreadSkeleton, Trouble } from '@/components/loading-states'
import { Button } from '@/components/ui/button'
import { ChatSession } from '@/features/chat/chat-session'
import { ConversationDetails } from '@/features/chat/conversation-details'
import { ConversationList } from '@/features/chat/conversation-list'
import { useConversations, useNewConversation } from '@/features/chat/useConversations'
import { modelWords } from '../model-words'

const inLab = (id: string) => `/lab?c=${encodeURIComponent(id)}`

/** The conversation in the address, else the one that moved last. */
export default function WebPane() {
  const { user, limits } = useSession()
  const { about } = useAbout()
  const { items, status, retry } = useConversations()
  const { start, starting } = useNewConversation()
  const [search, setSearch] = useSearchParams()
  const wanted = search.get('c')
  const id = wanted ?? items[0]?.id
  const onAsked = useCallback(() => undefined, [])
  if (user === null) return null
  if (id === undefined) {
    if (status === 'pending') return <ThreadSkeleton />
    if (status === 'error') return <Trouble words="The conversations could not be read." onRetry={retry} />
    return (
      <div className="p-4">
        <EmptyState title="No conversation yet">
          <p className="mt-1">Begin one here, or write in Slack: then it appears here as well.</p>
        </EmptyState>
        {user.kind === 'person' && (
          <Button
            look="accent"
            className="ml-4"
            disabled={starting}
            onClick={() => void start().then((fresh) => setSearch({ c: fresh }))}
          >
            Begin one
          </Button>
        )}
      </div>
    )
  }
  const shown = items.find((item) => item.id === id)
  const model = modelWords(about)
  return (
    <ChatSession
      key={id}
      id={id}
      me={user}
      limits={limits ?? { message_characters: 0, messages_per_minute: 0, messages_per_day: 0 }}
      model={model}
      title={shown?.title || 'New conversation'}
      ask={null}
      onAsked={onAsked}
      list={<ConversationList current={id} member={user.kind === 'member'} to={inLab} />}
      details={<ConversationDetails id={id} shown={shown} model={model} />}
      narrow
    />
  )
}
