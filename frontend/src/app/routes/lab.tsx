// `/lab`, in demo mode only: the web and the simulated Slack side by side, hanging on one line.
import { useCallback, useState } from 'react'
import { useSearchParams } from 'react-router'
import { useAbout, useSession } from '@/api/session'
import { Shell } from '@/app/shell'
import { ChannelSign } from '@/components/channel-mark'
import { EmptyState, ThreadSkeleton, Trouble } from '@/components/loading-states'
import { Button } from '@/components/ui/button'
import { ChatSession } from '@/features/chat/chat-session'
import { ConversationDetails } from '@/features/chat/conversation-details'
import { ConversationList } from '@/features/chat/conversation-list'
import { useConversations, useNewConversation } from '@/features/chat/useConversations'
import { useTitle } from '@/features/chat/useTitle'
import { SlackPane } from '@/features/lab/slack-pane'
import { SwitchPanel } from '@/features/lab/switch-panel'
import { useSlack } from '@/features/lab/useSlack'
import { type Channel, channelName } from '@/lib/channels'
import { cn } from '@/lib/cn'
import { modelWords } from '../model-words'
import NotFound from './not-found'

export default function LabRoute() {
  const { about, error } = useAbout()
  if (about === undefined) return error ? <Trouble words="The server does not answer." /> : null
  return about.demo ? (
    <Shell>
      <Lab />
    </Shell>
  ) : (
    <NotFound />
  )
}

const PANES = ['web', 'slack'] as const

function Lab() {
  const { user, tenantName } = useSession()
  const [pane, setPane] = useState<Channel>('web')
  const slack = useSlack()
  useTitle('Lab')
  if (user === null) return null
  return (
    <main id="main" tabIndex={-1} className="flex min-h-0 flex-1 flex-col outline-none">
      <h1 className="sr-only">Lab: the web and a simulated Slack, side by side</h1>
      <SwitchPanel
        switches={slack.workspace.switches}
        deliveries={slack.workspace.deliveries}
        onSwitches={(switches) => void slack.setSwitches(switches)}
      />
      <SharedLine />
      <div role="tablist" aria-label="Panes" className="flex shrink-0 border-b lg:hidden">
        {PANES.map((each) => (
          <Button
            key={each}
            role="tab"
            look="quiet"
            id={`tab-${each}`}
            aria-controls={`pane-${each}`}
            aria-selected={pane === each}
            tabIndex={pane === each ? 0 : -1}
            onClick={() => setPane(each)}
            onKeyDown={(event) => {
              if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return
              const other = each === 'web' ? 'slack' : 'web'
              setPane(other)
              document.getElementById(`tab-${other}`)?.focus()
            }}
            className="h-11 flex-1 rounded-none -outline-offset-2 aria-selected:text-ink aria-selected:shadow-[inset_0_-2px_0_var(--accent)]"
          >
            <ChannelSign channel={each} className="size-3.5" />
            {channelName(each)}
          </Button>
        ))}
      </div>
      <div className="flex min-h-0 flex-1">
        <div
          id="pane-web"
          role="tabpanel"
          aria-labelledby="tab-web"
          className={cn('min-w-0 flex-1 basis-0 lg:flex', pane === 'web' ? 'flex' : 'hidden')}
        >
          <WebPane />
        </div>
        <div
          id="pane-slack"
          role="tabpanel"
          aria-labelledby="tab-slack"
          className={cn('min-w-0 flex-1 basis-0 lg:flex lg:border-l', pane === 'slack' ? 'flex' : 'hidden')}
        >
          <SlackPane slack={slack} organisation={tenantName ?? ''} name={user.name} />
        </div>
      </div>
    </main>
  )
}

/** The panes hang on one line: it is one conversation. */
function SharedLine() {
  return (
    <div aria-hidden="true" data-slot="shared-line" className="relative hidden h-9 shrink-0 lg:flex">
      <span className="absolute top-1/2 right-1/4 left-1/4 h-0.5 -translate-y-1/2 bg-linear-to-r from-(--channel-web) to-(--channel-slack)" />
      {PANES.map((each) => (
        <span key={each} className="relative flex flex-1 items-center justify-center">
          <span className="inline-flex items-center gap-2 bg-paper px-3 text-xs font-medium">
            <ChannelSign channel={each} className="size-4" />
            {channelName(each)}
          </span>
        </span>
      ))}
    </div>
  )
}

const inLab = (id: string) => `/lab?c=${encodeURIComponent(id)}`

/** The chat itself: the conversation in the address, else the one that moved last. */
function WebPane() {
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
