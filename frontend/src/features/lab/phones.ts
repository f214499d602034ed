/** A phone-like stand-in (WhatsApp, Telegram, SMS) as the lab shows it: what its stream tells, folded. */

import type { Channel } from '@/lib/channels'
import { type Loose, list, number, parsed, text } from './loose'
import { type Delivery, type Switches, setsOf, tried } from './weather'

export type Status = 'sent' | 'delivered' | 'read' | 'failed'

/** Our side of it: a number or a bot. */
export interface PhoneEnd {
  readonly id: string
  readonly channel: Channel
  /** As people see it: a number, or `@name`. */
  readonly shown: string
}

export interface PhonePerson {
  readonly id: string
  readonly name: string
}

export interface PhoneMessage {
  readonly id: string
  readonly end: string
  readonly person: string
  /** By the person whose phone it is, not by us. */
  readonly mine: boolean
  readonly text: string
  /** Telegram's: what was sent, in its few tags. Empty: the text says all. */
  readonly html: string
  /** Milliseconds since 1970. */
  readonly at: number
  readonly status: Status | null
  /** The provider's code of what went wrong. */
  readonly error: string
  readonly buttons: readonly { readonly id: string; readonly title: string }[]
  readonly media: readonly { readonly type: string; readonly name: string }[]
  readonly edited: boolean
  readonly deleted: boolean
}

export interface Phones {
  readonly ends: readonly PhoneEnd[]
  readonly people: readonly PhonePerson[]
  readonly messages: ReadonlyMap<string, PhoneMessage>
  /** Until when our side is shown as typing (milliseconds since 1970), by `end/person`. */
  readonly typing: ReadonlyMap<string, number>
  readonly switches: ReadonlyMap<string, Switches>
  readonly deliveries: readonly Delivery[]
}

export const EMPTY: Phones = {
  ends: [],
  people: [],
  messages: new Map(),
  typing: new Map(),
  switches: new Map(),
  deliveries: [],
}

const CHANNELS: Readonly<Record<string, Channel>> = { whatsapp: 'whatsapp', sms: 'sms', telegram: 'telegram' }
const STATUSES: ReadonlySet<string> = new Set<Status>(['sent', 'delivered', 'read', 'failed'])

/** One event of the stream, taken in. A name that is not known, or data that is no JSON, changes nothing. */
export function hear(phones: Phones, event: string, data: string): Phones {
  const given = parsed(data)
  if (given === undefined) return phones
  switch (event) {
    case 'state':
      return stateOf(given)
    case 'message':
      return withMessage(phones, given)
    case 'typing':
      return withTyping(phones, given)
    case 'switches':
      return { ...phones, switches: setsOf(given) }
    case 'delivery':
      return { ...phones, deliveries: tried(phones.deliveries, given) }
    default:
      return phones
  }
}

/** What this person and this end have said to each other, oldest first; what was deleted is gone. */
export function talkOf(phones: Phones, end: string, person: string): readonly PhoneMessage[] {
  return [...phones.messages.values()]
    .filter((message) => message.end === end && message.person === person && !message.deleted)
    .sort((a, b) => a.at - b.at)
}

export function typingKey(end: string, person: string): string {
  return `${end}/${person}`
}

/** Whose phone it is: the one of that name, else the first. */
export function ownerOf(phones: Phones, name: string): PhonePerson | undefined {
  return phones.people.find((person) => person.name === name) ?? phones.people[0]
}

function stateOf(given: Loose): Phones {
  const start: Phones = {
    ...EMPTY,
    ends: list(given.ends).map((end) => ({
      id: text(end.id),
      // Telegram's has only bots.
      channel: CHANNELS[text(end.channel)] ?? 'telegram',
      shown: text(end.number) || (text(end.username) && `@${text(end.username)}`) || text(end.label),
    })),
    people: list(given.people).map((person) => ({ id: text(person.id), name: text(person.name) })),
    switches: setsOf(given.switches),
  }
  const said = list(given.messages).reduce(withMessage, start)
  const typing = list(given.typing).reduce(withTyping, said)
  return { ...typing, deliveries: list(given.deliveries).reduce(tried, [] as readonly Delivery[]) }
}

function withMessage(phones: Phones, given: Loose): Phones {
  const message: PhoneMessage = {
    id: text(given.id),
    end: text(given.end),
    // In a group our own words name the group where a person would stand.
    person: text(given.person),
    mine: given.from === 'person',
    text: text(given.text),
    html: text(given.html),
    at: number(given.at),
    status: STATUSES.has(text(given.status)) ? (given.status as Status) : null,
    error: text(given.error) || (number(given.error) > 0 ? String(number(given.error)) : ''),
    buttons: list(given.buttons).map((button) => ({ id: text(button.id), title: text(button.title) })),
    media: list(given.media).map((file) => ({ type: text(file.media_type), name: text(file.name) })),
    edited: given.edited === true,
    deleted: given.deleted === true,
  }
  if (message.id === '' || message.end === '') return phones
  const messages = new Map(phones.messages).set(message.id, message)
  if (message.mine) return { ...phones, messages }
  const typing = new Map(phones.typing)
  typing.delete(typingKey(message.end, message.person))
  return { ...phones, messages, typing }
}

function withTyping(phones: Phones, given: Loose): Phones {
  const key = typingKey(text(given.end), text(given.person))
  return { ...phones, typing: new Map(phones.typing).set(key, number(given.until)) }
}
