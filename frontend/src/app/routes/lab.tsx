// `/lab`, in demo mode only: every channel that the tenant has, side by side, hanging on one line.
import { Play } from 'lucide-react'
import { type ReactNode, Suspense, useCallback, useMemo, useState } from 'react'
import { useSearchParams } from 'react-router'
import { useAbout, useSession } from '@/api/session'
import { Shell } from '@/app/shell'
import { ChannelMark } from '@/components/channel-mark'
import { later } from '@/components/later'
import { ThreadSkeleton, Trouble } from '@/components/loading-states'
import { Button } from '@/components/ui/button'
import { useConversations } from '@/features/chat/useConversations'
import { useTitle } from '@/features/chat/useTitle'
import { PaneFrame } from '@/features/lab/pane-frame'
import { PaneTabs } from '@/features/lab/pane-tabs'
import { type Step, storyFor } from '@/features/lab/tour'
import { TourBar } from '@/features/lab/tour-bar'
import { type StandIns, useStandIns } from '@/features/lab/useStandIns'
import { useTour } from '@/features/lab/useTour'
import type { Channel } from '@/lib/channels'
import { useLabWorld } from './lab-world'
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
const ModeMenu = later(() => import('./lab-mode-menu'))
const SlackPane = later(() => import('@/features/lab/slack-pane'))
const PhonePane = later(() => import('@/features/lab/phone-pane'))
const MailPane = later(() => import('@/features/lab/mail-pane'))
const Failing = later(() => import('./lab-failing'))
const SwitchPanel = later(() => import('@/features/lab/switch-panel'))

interface Pane {
  readonly name: string
  readonly channel: Channel
  readonly shown: ReactNode
}

function Lab() {
  const { user, tenantName } = useSession()
  const [search, setSearch] = useSearchParams()
  const { items } = useConversations()
  const standIns = useStandIns()
  const [open, setOpen] = useState('web')
  useTitle('Lab')
  const organisation = tenantName ?? ''
  const name = user?.name ?? ''
  const panes = panesOf(standIns, organisation, name)
  const conversation = search.get('c') ?? items[0]?.id

  const show = useCallback((pane: string) => {
    setOpen(pane)
    document
      .getElementById(`pane-${pane}`)
      ?.scrollIntoView({ inline: 'nearest', block: 'nearest', behavior: scrolls() })
  }, [])
  const onBegun = useCallback((id: string) => setSearch({ c: id }), [setSearch])
  const world = useLabWorld(standIns, { organisation, name }, onBegun)
  const channels = [...standIns.channels].sort().join()
  const story = useMemo(() => storyFor(new Set(channels.split(',') as Channel[])), [channels])
  const look = (channel: Channel) => show(panes.find((pane) => pane.channel === channel)?.name ?? 'web')
  const onStep = ({ channel }: Step) => look(channel)
  const { tour, told, run, pause, stop } = useTour(story, world, onStep)
  if (user === null) return null
  const playing = tour.status === 'playing' || tour.status === 'paused'

  return (
    <main id="main" tabIndex={-1} className="flex min-h-0 flex-1 flex-col outline-none">
      <h1 className="sr-only">Lab: every channel side by side</h1>
      <div className="flex shrink-0 items-start border-b bg-sunk">
        <Suspense fallback={<div className="h-11 flex-1" />}>
          <SwitchPanel spots={standIns.switches} />
        </Suspense>
        {user.kind === 'person' && !playing && standIns.ready && (
          <Button look="quiet" className="h-11 rounded-none -outline-offset-2" onClick={run}>
            <Play aria-hidden="true" />
            <span className="max-sm:sr-only">Run the 60-second tour</span>
          </Button>
        )}
      </div>
      <TourBar story={told} tour={tour} onPause={pause} onStop={stop} />
      {conversation !== undefined && !playing && (
        <Suspense fallback={null}>
          <Failing
            key={conversation}
            id={conversation}
            spots={standIns.switches}
            ready={standIns.ready}
            world={world}
            reader={user.kind === 'person' ? 'person' : 'member'}
            onLook={look}
          />
        </Suspense>
      )}
      {standIns.status === 'error' && (
        <Trouble words="The simulated channels could not be found." onRetry={standIns.retry} />
      )}
      <PaneTabs panes={panes} shown={open} onShow={setOpen} />
      <div className="flex min-h-0 min-w-0 flex-1 lg:overflow-x-auto lg:overflow-y-hidden">
        {panes.map(({ name: pane, channel, shown }, at) => (
          <PaneFrame
            key={pane}
            name={pane}
            channel={channel}
            before={panes[at - 1]?.channel}
            after={panes[at + 1]?.channel}
            open={open === pane}
            sign={
              <Suspense fallback={<ChannelMark channel={channel} className="h-9 px-3 text-xs font-medium" />}>
                {conversation === undefined ? (
                  <ChannelMark channel={channel} className="h-9 px-3 text-xs font-medium" />
                ) : (
                  <ModeMenu id={conversation} channel={channel} />
                )}
              </Suspense>
            }
          >
            <Suspense fallback={<ThreadSkeleton />}>{shown}</Suspense>
          </PaneFrame>
        ))}
      </div>
    </main>
  )
}

/** The panes in the order in which they hang on the line: what most people use comes first. */
function panesOf(standIns: StandIns, organisation: string, name: string): Pane[] {
  const { there, slack, post, mailbox, spots } = standIns
  const phones = spots.map(({ phones: stand, provider, end }) => ({
    name: `${provider}-${end.channel}${spots.filter((other) => other.end.channel === end.channel).length > 1 ? `-${end.id.replace(/\W/g, '')}` : ''}`,
    channel: end.channel,
    shown: <PhonePane phones={stand} end={end} organisation={organisation} name={name} />,
  }))
  const of = (channel: Channel) => phones.filter((pane) => pane.channel === channel)
  return [
    { name: 'web', channel: 'web', shown: <WebPane /> },
    ...(there === undefined || there.includes('slack')
      ? [
          {
            name: 'slack',
            channel: 'slack' as const,
            shown: <SlackPane slack={slack} organisation={organisation} name={name} />,
          },
        ]
      : []),
    ...of('whatsapp'),
    ...(there?.includes('gmail')
      ? [{ name: 'gmail', channel: 'gmail' as const, shown: <MailPane post={post} mailbox={mailbox} name={name} /> }]
      : []),
    ...of('telegram'),
    ...of('sms'),
  ]
}

function scrolls(): ScrollBehavior {
  return window.matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth'
}
