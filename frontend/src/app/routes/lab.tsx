// `/lab`, in demo mode only: the web and the simulated Slack side by side, hanging on one line.
import { Suspense, useState } from 'react'
import { useAbout, useSession } from '@/api/session'
import { Shell } from '@/app/shell'
import { ChannelSign } from '@/components/channel-mark'
import { later } from '@/components/later'
import { ThreadSkeleton, Trouble } from '@/components/loading-states'
import { Button } from '@/components/ui/button'
import { useTitle } from '@/features/chat/useTitle'
import { useSlack } from '@/features/lab/useSlack'
import { type Channel, channelName } from '@/lib/channels'
import { cn } from '@/lib/cn'
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

const WebPane = later(() => import('./lab-web-pane'))
const SlackPane = later(() => import('@/features/lab/slack-pane'))
const SwitchPanel = later(() => import('@/features/lab/switch-panel'))

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
      <Suspense fallback={<div className="h-9 border-b bg-sunk" />}>
        <SwitchPanel
          switches={slack.workspace.switches}
          deliveries={slack.workspace.deliveries}
          onSwitches={(switches) => void slack.setSwitches(switches)}
        />
      </Suspense>
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
          <Suspense fallback={<ThreadSkeleton />}>
            <WebPane />
          </Suspense>
        </div>
        <div
          id="pane-slack"
          role="tabpanel"
          aria-labelledby="tab-slack"
          className={cn('min-w-0 flex-1 basis-0 lg:flex lg:border-l', pane === 'slack' ? 'flex' : 'hidden')}
        >
          <Suspense fallback={<ThreadSkeleton />}>
            <SlackPane slack={slack} organisation={tenantName ?? ''} name={user.name} />
          </Suspense>
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
