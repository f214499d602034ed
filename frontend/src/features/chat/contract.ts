/**
 * What the screens get from the hooks. One name, one file:
 *
 *   useConversations()      features/chat/useConversations     the list, live
 *   useConversation(id)     features/chat/useConversation      one conversation, live
 *   useStreaming(id)        features/chat/useConversation      only the open message: re-renders once a frame
 *   useMessage(id)          features/chat/useMessage           say, retry, remove, the countdown
 *   useAgent(id)            features/chat/useAgent             what the agent does; stop
 *   useWebSocket()          features/chat/useWebSocket         the link to the server
 *   useSeen(id)             features/chat/useSeen              marks read while visible; where the divider stands
 *   useDraft(id)            features/chat/useDraft             [text, setText], survives reload
 *   useAttachments(id)      features/chat/useAttachments       files for the next message; attach, retry, remove
 *   useFileLink(id)         features/chat/useFileLink          where a file's bytes are, for now
 *   useOthersTyping(id)     features/chat/useOthersTyping      names of others who are writing
 *   useNewConversation()    features/chat/useConversations     start one, get its id
 *   useDeliveries(id)       features/chat/useDeliveries        the ladder with times
 *   useTold(id, me)         features/chat/useTold              deliveries as they happen; why the talk moved
 *   useBindings(id)         features/chat/useBindings          the channels; move, mode, follow or pin
 *   useTitle(name)          features/chat/useTitle             document title with the unread count
 *   rowMaker(me)            features/chat/thread-rows          everything of a thread in order, with stable keys
 *   useSession(), useAbout()  api/session                      who is signed in; what the sign-in page shows
 *   settle(text, streaming)   lib/markdown      markdown that never shows half-open syntax
 */

import type { AgentState, OpenMessage, View } from '@/live/fold'
import type { OutboxItem, SayResult } from '@/live/outbox'
import type { Part } from '@/live/protocol'
import type { LinkState } from '@/live/socket'

export type {
  About,
  BindingShown,
  Bindings,
  ConversationShown,
  DeliveryShown,
  DemoUser,
  Follow,
  LimitsShown,
  Mode,
  NodeShown,
  UserShown,
} from '@/api/shapes'
export type { AgentState, Hop, MessageView, OpenMessage, Switch, View } from '@/live/fold'
export type { Fault, OutboxItem, SayResult } from '@/live/outbox'
export type { AuthorKind, ChannelName, DeliveryState, Part, Purpose, Role } from '@/live/protocol'
export type { LinkState } from '@/live/socket'

/** `since`: UTC milliseconds of the last change. */
export interface Link {
  readonly link: LinkState
  readonly since: number
}

export interface ConversationHook {
  /** Undefined until the first events are here. */
  readonly view: View | undefined
  readonly status: 'loading' | 'ready' | 'missing' | 'error'
  /** In the order they were written; none that `view` shows already. */
  readonly outbox: readonly OutboxItem[]
  readonly link: LinkState
  readonly hasEarlier: boolean
  /** Fetches about 200 earlier events; `everything` fetches all of them. Rejects with an ApiFault. */
  loadEarlier(everything?: boolean): Promise<void>
}

export interface MessageHook {
  say(text: string, parts?: readonly Part[]): Promise<SayResult>
  /** Sends a failed message again, under the same id. */
  retry(id: string): void
  /** Throws a failed or waiting message away. */
  remove(id: string): void
  /** Seconds until the limiter takes another message; null: now. Counts down by itself. */
  readonly wait: number | null
}

export interface AgentHook {
  readonly state: AgentState
  readonly open: OpenMessage | null
  readonly canStop: boolean
  /** Stop was pressed and the turn has not ended yet. */
  readonly stopping: boolean
  stop(): void
}

export interface SeenHook {
  /** The first message of others that was unread when the thread was opened or came back to the front; null: none. */
  readonly firstUnread: string | null
}

export type { SessionHook } from '@/api/session'
