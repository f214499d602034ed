// The conversations of the signed-in, newest first, and the way to a new one.
import { Plus } from 'lucide-react'
import { Link } from 'react-router'
import { ConversationRow } from '@/components/conversation-row'
import { EmptyState, ListSkeleton, Trouble } from '@/components/loading-states'
import { Button } from '@/components/ui/button'
import { useConversations } from './useConversations'

interface ConversationListProps {
  current?: string | undefined
  member: boolean
  /** Where a row leads. */
  to?: (id: string) => string
}

export function ConversationList({ current, member, to }: ConversationListProps) {
  const { items, status, error, retry, hasMore, loadMore } = useConversations()
  const requestId = error && 'requestId' in error ? String(error.requestId ?? '') : undefined
  return (
    <nav
      aria-label="Conversations"
      data-slot="conversation-list"
      className="flex min-h-full flex-col p-2 [--ground:var(--sunk)]"
    >
      <div className="flex h-8 shrink-0 items-center justify-between pr-1 pl-3">
        <h2 className="text-sm font-semibold">Conversations</h2>
        {!member && (
          <Button look="quiet" size="tiny" aria-label="New conversation" className="[[data-slot=sheet]_&]:mr-8" asChild>
            <Link to="/">
              <Plus aria-hidden="true" />
            </Link>
          </Button>
        )}
      </div>
      {status === 'pending' && <ListSkeleton what="the conversations" />}
      {status === 'error' && <Trouble words="The conversations could not be read." id={requestId} onRetry={retry} />}
      {status === 'success' && items.length === 0 && (
        <EmptyState title="No conversations yet">
          <p className="mt-1">
            {member ? 'They appear here as soon as somebody writes.' : 'Ask something, and it begins.'}
          </p>
        </EmptyState>
      )}
      <ul className="mt-2 space-y-1">
        {items.map((item) => (
          <ConversationRow
            key={item.id}
            to={to?.(item.id) ?? `/c/${item.id}`}
            title={item.title}
            preview={item.preview}
            updatedAt={item.updated_at}
            trace={item.trace}
            unread={item.unread}
            current={item.id === current}
            person={member ? item.person_name : undefined}
          />
        ))}
      </ul>
      {hasMore && (
        <Button look="quiet" className="mt-2 self-start" onClick={() => void loadMore().catch(() => undefined)}>
          Show older ones
        </Button>
      )}
    </nav>
  )
}
