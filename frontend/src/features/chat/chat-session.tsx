// A conversation, open: its line, what the agent does, and the place to answer. Everything it shows comes from hooks.
import { Info, PanelLeft, Search } from 'lucide-react'
import { type ReactNode, Suspense, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { Link } from 'react-router'
import { AgentStatus } from '@/components/agent-status'
import { Announcer } from '@/components/announcer'
import { prepareAnswers } from '@/components/answer-text'
import { DropZone } from '@/components/drop-zone'
import { FindBar } from '@/components/find-bar'
import type { Hit } from '@/components/found-words'
import { isTyping } from '@/components/keyboard-help'
import { later } from '@/components/later'
import { ThreadSkeleton, Trouble } from '@/components/loading-states'
import { MessageList, type MessageListHandle } from '@/components/message-list'
import { LinkBanner } from '@/components/session-status'
import { Button } from '@/components/ui/button'
import { Dialog, DialogTrigger, SheetContent } from '@/components/ui/dialog'
import { type FilePart, partsHeight } from '@/lib/files'
import type { LostRow } from '@/lib/thread'
import { Composer } from './composer'
import type { LimitsShown, UserShown } from './contract'
import { rowMaker } from './thread-rows'
import { useAgent } from './useAgent'
import { useAttachments } from './useAttachments'
import { useChannels } from './useChannels'
import { useConversation } from './useConversation'
import { useMessage } from './useMessage'
import { useOthersTyping } from './useOthersTyping'
import { useSeen } from './useSeen'
import { useTold } from './useTold'

const ChannelMenu = later(() => import('./channel-menu'))
const MessageLadder = later(() => import('./ladder'))
const SendAgain = later(() => import('./lost'))
const Parts = later(() => import('./parts'))

interface ChatSessionProps {
  id: string
  me: UserShown
  limits: LimitsShown
  model: string
  title: string
  /** Said as soon as the conversation is open: the question it was started with. */
  ask: string | null
  onAsked: () => void
  list: ReactNode
  details: ReactNode
  /** The list and the details have no place beside the thread, however wide the window is. */
  narrow?: boolean
}

export function ChatSession({
  id,
  me,
  limits,
  model,
  title,
  ask,
  onAsked,
  list,
  details,
  narrow = false,
}: ChatSessionProps) {
  const { view, status, outbox, link, hasEarlier, loadEarlier } = useConversation(id)
  const { say, retry, remove, wait } = useMessage(id)
  const agent = useAgent(id)
  const others = useOthersTyping(id)
  const { firstUnread } = useSeen(id)
  const { add } = useAttachments(id)
  const [finding, setFinding] = useState(false)
  const [searching, setSearching] = useState(false)
  const [hit, setHit] = useState<Hit | undefined>()
  const thread = useRef<MessageListHandle>(null)
  const field = useRef<HTMLTextAreaElement>(null)

  const makeRows = useMemo(() => rowMaker(me), [me])
  const { told, moves } = useTold(id, me)
  const { data: bindings } = useChannels(id)
  const many = bindings?.items.some(({ channel }) => channel !== 'web') === true
  const rows = useMemo(
    () => (view ? makeRows(view, outbox, firstUnread, told, moves) : []),
    [view, outbox, firstUnread, told, moves, makeRows],
  )
  const badges = many || rows.some((row) => (row.kind === 'message' ? row.channel !== 'web' : row.kind === 'switch'))
  const ladder = useCallback(
    (message: string) => (
      <Suspense>
        <MessageLadder conversation={id} message={message} />
      </Suspense>
    ),
    [id],
  )

  // Only a member can have something sent again.
  const lost = useCallback(
    ({ message }: LostRow) => (
      <Suspense>
        <SendAgain conversation={id} message={message} />
      </Suspense>
    ),
    [id],
  )
  const attached = useCallback(
    (parts: readonly FilePart[]) => (
      <Suspense fallback={<div style={{ height: partsHeight(parts) }} />}>
        <Parts parts={parts} />
      </Suspense>
    ),
    [],
  )
  useEffect(prepareAnswers, [])
  useEffect(() => {
    if (status === 'ready' && !somethingIsOpen()) field.current?.focus({ preventScroll: true })
  }, [status])
  useAskOnce(status === 'ready' ? ask : null, say, onAsked)

  const find = () => {
    setFinding(true)
    if (!hasEarlier) return
    setSearching(true)
    loadEarlier(true).then(
      () => setSearching(false),
      () => setSearching(false),
    )
  }
  const keys = useRef({ find, stop: agent.stop, canStop: agent.canStop })
  keys.current = { find, stop: agent.stop, canStop: agent.canStop }
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || somethingIsOpen()) return
      if (event.key === 'Escape' && keys.current.canStop) keys.current.stop()
      else if (event.key.toLowerCase() === 'f' && (event.ctrlKey || event.metaKey)) {
        event.preventDefault()
        keys.current.find()
      } else if (event.key === '/' && !isTyping(event.target)) {
        event.preventDefault()
        field.current?.focus()
      }
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [])

  const name = view?.open?.agent ?? lastAgent(view?.messages) ?? ''
  const early = useRef(loadEarlier)
  early.current = loadEarlier
  const loadMore = useMemo(() => () => void early.current().catch(() => undefined), [])

  return (
    <DropZone data-slot="chat-session" className="relative flex min-h-0 min-w-0 flex-1 flex-col" onFiles={add}>
      <SessionBar
        title={status === 'missing' ? 'Nothing here' : title}
        list={list}
        details={details}
        narrow={narrow}
        onFind={find}
      />
      {finding && (
        <FindBar
          rows={rows}
          searching={searching}
          onHit={(row, words) => {
            setHit(row === undefined ? undefined : { id: row, words })
            if (row) thread.current?.show(row)
          }}
          onClose={() => {
            setFinding(false)
            setHit(undefined)
            field.current?.focus()
          }}
        />
      )}
      {status === 'ready' && view ? (
        <MessageList
          key={id}
          ref={thread}
          rows={rows}
          whole={link === 'live' || link === 'connecting'}
          hasEarlier={hasEarlier}
          loadEarlier={loadMore}
          badges={badges}
          ladder={ladder}
          attached={attached}
          {...(me.kind === 'member' && { lost })}
          onRetry={retry}
          onRemove={remove}
          hit={hit}
        />
      ) : (
        <div className="min-h-0 flex-1 overflow-y-auto">
          {status === 'loading' && <ThreadSkeleton />}
          {status === 'missing' && (
            <div className="measure mx-auto p-4">
              <Trouble words="There is no such conversation here. It may be gone, or belong to somebody else." />
              <Button className="ml-4" asChild>
                <Link to="/">To your conversations</Link>
              </Button>
            </div>
          )}
          {status === 'error' && (
            <div className="measure mx-auto p-4">
              <Trouble
                words="This conversation could not be read."
                onRetry={() => window.location.reload()}
                retry="Load it again"
              />
            </div>
          )}
        </div>
      )}
      <LinkBanner link={link} />
      <div className="measure mx-auto flex min-h-7 w-full shrink-0 flex-wrap items-center justify-between gap-x-4 px-4 pl-[calc(var(--gutter)+1rem)]">
        <AgentStatus state={agent.state} name={name} others={others} />
        {many && status === 'ready' && (
          <Suspense>
            <ChannelMenu id={id} />
          </Suspense>
        )}
      </div>
      {status !== 'missing' && (
        <Composer
          id={id}
          ref={field}
          say={say}
          limits={limits}
          running={agent.canStop}
          onStop={agent.stop}
          wait={wait}
          model={model}
        />
      )}
      <Announcer key={`${id}-${status}`} rows={rows} />
    </DropZone>
  )
}

/** A dialog or a menu has the keyboard: nothing behind it may take that. */
function somethingIsOpen(): boolean {
  return document.querySelector('[role=dialog], [role=menu]') !== null
}

function SessionBar({
  title,
  list,
  details,
  narrow,
  onFind,
}: {
  title: string
  list: ReactNode
  details: ReactNode
  narrow: boolean
  onFind: () => void
}) {
  return (
    <div className="flex h-12 shrink-0 items-center gap-1 border-b px-2 sm:px-4">
      <Side
        title="Conversations"
        side="left"
        className={narrow ? '' : 'lg:hidden'}
        icon={<PanelLeft aria-hidden="true" />}
      >
        {list}
      </Side>
      <h1 className="min-w-0 flex-1 truncate px-1 text-sm font-medium">{title}</h1>
      <Button
        look="quiet"
        size="icon"
        aria-label="Find in this conversation"
        aria-keyshortcuts="Control+F Meta+F"
        onClick={onFind}
      >
        <Search aria-hidden="true" />
      </Button>
      <Side title="Details" side="right" className={narrow ? '' : 'xl:hidden'} icon={<Info aria-hidden="true" />}>
        {details}
      </Side>
    </div>
  )
}

function Side({
  title,
  side,
  className,
  icon,
  children,
}: {
  title: string
  side: 'left' | 'right'
  className: string
  icon: ReactNode
  children: ReactNode
}) {
  return (
    <Dialog>
      <DialogTrigger asChild>
        <Button look="quiet" size="icon" className={className} aria-label={title}>
          {icon}
        </Button>
      </DialogTrigger>
      <SheetContent title={title} side={side}>
        {children}
      </SheetContent>
    </Dialog>
  )
}

/** Says the first question once, however often React runs the effect. */
function useAskOnce(ask: string | null, say: (text: string) => Promise<unknown>, onAsked: () => void) {
  const asked = useRef(false)
  useEffect(() => {
    if (ask === null || asked.current) return
    asked.current = true
    onAsked()
    void say(ask)
  }, [ask, say, onAsked])
}

function lastAgent(messages: readonly { author: string; name: string }[] | undefined): string | undefined {
  return messages?.findLast((message) => message.author === 'agent')?.name
}
