import { useQueryClient } from '@tanstack/react-query'
import { useMemo, useRef } from 'react'
import { ApiFault } from '@/api/http'
import { useKeeper } from '@/api/session'
import type { Bindings, Mode } from '@/api/shapes'
import { useTalk } from '@/features/chat/context'
import { bindingsKey } from '@/features/chat/keys'
import { bindingsPath } from '@/features/chat/useChannels'
import { useNewConversation } from '@/features/chat/useConversations'
import { refusing, withSwitch } from '@/features/lab/knobs'
import { ownerOf } from '@/features/lab/phones'
import { threadsOf } from '@/features/lab/post'
import type { World } from '@/features/lab/tour'
import type { StandIns } from '@/features/lab/useStandIns'
import { customerOf } from '@/features/lab/workspace'
import type { Channel } from '@/lib/channels'

const LOOK_MS = 150
/** Until something that was sent is there, and until it is answered; then the tour goes on, or says that it cannot. */
const ARRIVES_MS = 20_000
const ANSWERS_MS = 30_000

/** What the tour does, done by the same calls as a person's own presses. */
export function useLabWorld(
  standIns: StandIns,
  who: { organisation: string; name: string },
  onBegun: (id: string) => void,
): World {
  const keeper = useKeeper()
  const talk = useTalk()
  const cache = useQueryClient()
  const { start } = useNewConversation()
  // The tour takes a minute: what it looks at is what is shown then, not what was shown at its beginning.
  const now = useRef({ standIns, who, start, onBegun })
  now.current = { standIns, who, start, onBegun }

  return useMemo(() => {
    /** Since when mails count as the tour's. */
    let began = 0

    const bind = async (conversation: string, channel: Channel): Promise<boolean> => {
      try {
        const { items } = await keeper.ask<Bindings>(bindingsPath(conversation))
        const binding = items.find((item) => item.channel === channel)
        if (binding === undefined) return false
        if (binding.mode === 'active') return true
        await keeper.ask(bindingsPath(conversation), {
          method: 'PUT',
          body: { items: [{ id: binding.id, mode: 'active' }] },
        })
        await cache.invalidateQueries({ queryKey: bindingsKey(conversation) })
        return true
      } catch (thrown) {
        if (!(thrown instanceof ApiFault)) throw thrown
        return false
      }
    }

    const setModes = async (conversation: string, items: readonly { id: string; mode: Mode }[]): Promise<void> => {
      if (items.length === 0) return
      await keeper.ask(bindingsPath(conversation), { method: 'PUT', body: { items } })
      await cache.invalidateQueries({ queryKey: bindingsKey(conversation) })
    }

    /** Nobody else gets what is said, unless it fails over to them; gives the modes as they were. */
    const standBy = async (conversation: string): Promise<readonly { id: string; mode: Mode }[]> => {
      const { items } = await keeper.ask<Bindings>(bindingsPath(conversation))
      const mirrors = items.filter(({ mode }) => mode === 'mirror')
      await setModes(
        conversation,
        mirrors.map(({ id }) => ({ id, mode: 'standby' })),
      )
      return mirrors.map(({ id, mode }) => ({ id, mode }))
    }

    const byPhone = (channel: Channel, text: string): Promise<boolean> => {
      const spot = now.current.standIns.spots.find(({ end }) => end.channel === channel)
      const person = spot && ownerOf(spot.phones.picture, now.current.who.name)
      return spot && person ? spot.phones.say(spot.end, person, text) : Promise.resolve(false)
    }

    const byMail = async (text: string): Promise<boolean> => {
      const newest = () => {
        const { post, mailbox } = now.current.standIns
        const person = personOf(post.picture.people, now.current.who.name)
        const [thread] = person === undefined ? [] : threadsOf(post.picture, mailbox, person.id)
        const fresh = thread?.mails.some((mail) => !mail.mine && mail.at >= began)
        return thread && person && fresh ? { thread: thread.id, mailbox, person: person.id } : undefined
      }
      const there = await found(newest, ARRIVES_MS)
      return there === undefined ? false : now.current.standIns.post.write({ ...there, text })
    }

    const inSlack = async (conversation: string, text: string): Promise<boolean> => {
      const { who: me } = now.current
      const message = () =>
        [...now.current.standIns.slack.workspace.messages.values()].findLast((one) => one.conversation === conversation)
      const there = await found(message, ARRIVES_MS)
      const { slack } = now.current.standIns
      const person = customerOf(slack.workspace, me.organisation, me.name)
      return there && person ? slack.say(person.id, text, there.thread_ts ?? there.ts) : false
    }

    return {
      async begin() {
        began = Date.now()
        try {
          const id = await now.current.start()
          now.current.onBegun(id)
          return id
        } catch (thrown) {
          if (!(thrown instanceof ApiFault)) throw thrown
          return null
        }
      },
      async go(conversation, channel) {
        if (await bind(conversation, channel)) return true
        // Some channels let us write only to who has written there: the customer says hello first.
        if (!(await byPhone(channel, 'Hello'))) return false
        await pause(3_000)
        return bind(conversation, channel)
      },
      async say(conversation, channel, text) {
        if (channel === 'gmail') return byMail(text)
        if (channel === 'slack') return inSlack(conversation, text)
        if (channel !== 'web') return byPhone(channel, text)
        const said = await talk.say(conversation, text)
        return said.kind === 'sent' || said.kind === 'queued'
      },
      async fail(conversation, channel) {
        const spot = () => now.current.standIns.switches.find((one) => one.channel === channel)
        const before = await standBy(conversation).catch(ignored)
        const broken = spot()
        broken?.onSwitches(refusing(broken))
        return async () => {
          const mended = spot()
          mended?.onSwitches(withSwitch(mended.switches, 'fail', undefined))
          await setModes(conversation, before ?? []).catch(ignored)
        }
      },
      async answer(conversation) {
        const count = () =>
          talk.thread(conversation)?.view.messages.filter(({ author }) => author === 'agent').length ?? 0
        const before = count()
        const done = () => (count() > before && talk.thread(conversation)?.view.open === null ? true : undefined)
        await found(done, ANSWERS_MS)
      },
    }
  }, [keeper, talk, cache])
}

/** Without the modes the story goes on, a little less clear. */
function ignored(thrown: unknown): undefined {
  if (!(thrown instanceof ApiFault)) throw thrown
}

function personOf<Person extends { name: string }>(people: readonly Person[], name: string): Person | undefined {
  return people.find((person) => person.name === name) ?? people[0]
}

/** Look again and again until it is there; undefined: it did not come in time. */
async function found<Value>(look: () => Value | undefined, ms: number): Promise<Value | undefined> {
  for (const end = Date.now() + ms; ; await pause(LOOK_MS)) {
    const value = look()
    if (value !== undefined || Date.now() >= end) return value
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
