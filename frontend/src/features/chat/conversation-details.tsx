// What is worth knowing beside a thread: where the line runs, what answers, and how to read the signs.
import { type ReactNode, Suspense } from 'react'
import { ChannelMark } from '@/components/channel-mark'
import { later } from '@/components/later'
import { Moment } from '@/components/moment'
import type { ChannelName, ConversationShown, View } from './contract'
import { useConversation } from './useConversation'

const ChannelSelector = later(() => import('./channel-selector'))

const STATUS: Readonly<Record<View['status'], string>> = {
  active: 'Open',
  escalated: 'With a person',
  ended: 'Ended; write to open it again',
}

interface ConversationDetailsProps {
  id: string
  shown: ConversationShown | undefined
  model: string
  /** Stands under the channels. */
  more?: ReactNode
}

export function ConversationDetails({ id, shown, model, more }: ConversationDetailsProps) {
  const { view } = useConversation(id)
  const channels = view ? channelsOf(view) : []
  return (
    <div data-slot="conversation-details" className="space-y-6 p-4 text-sm">
      <h2 className="h-4 text-xs font-medium text-ink-soft">Details</h2>
      <dl className="space-y-4">
        {view && <Fact term="State">{STATUS[view.status]}</Fact>}
        {shown && (
          <Fact term="Begun">
            <Moment at={shown.created_at} />
          </Fact>
        )}
        <Fact term="Answers come from">{model}</Fact>
        {view?.channel && (
          <Fact term="Replies go to">
            <ChannelMark channel={view.channel} />
          </Fact>
        )}
        {channels.length > 1 && (
          <Fact term="The line ran through">
            <ul className="space-y-1">
              {channels.map((channel) => (
                <li key={channel}>
                  <ChannelMark channel={channel} />
                </li>
              ))}
            </ul>
          </Fact>
        )}
      </dl>
      <Suspense>
        <ChannelSelector id={id} />
      </Suspense>
      {more}
      <p className="border-t pt-4 text-xs text-ink-soft text-pretty">
        On the line, a filled sign is a person’s message and an open one an answer. Its shape and colour say the
        channel.
      </p>
    </div>
  )
}

function Fact({ term, children }: { term: string; children: ReactNode }) {
  return (
    <div>
      <dt className="text-xs text-ink-soft">{term}</dt>
      <dd className="mt-0.5">{children}</dd>
    </div>
  )
}

function channelsOf(view: View): ChannelName[] {
  return [...new Set(view.messages.map((message) => message.channel))]
}
