/** The simulated mail as the lab shows it: threads of mails, folded from its stream. Values in, values out. */

import { type Loose, list, number, parsed, text } from './loose'
import { type Delivery, type Switches, setsOf, tried } from './weather'

export interface Mail {
  readonly id: string
  readonly thread: string
  readonly mailbox: string
  /** The person at the other end; empty: nobody who is known. */
  readonly person: string
  readonly from: string
  readonly to: string
  readonly subject: string
  /** Milliseconds since 1970. */
  readonly at: number
  readonly text: string
  readonly html: string
  /** The person wrote it, not we. */
  readonly mine: boolean
  readonly media: readonly { readonly type: string; readonly name: string }[]
}

export interface MailThread {
  readonly id: string
  readonly subject: string
  /** Oldest first, never empty. */
  readonly mails: readonly Mail[]
  readonly last: number
}

export interface Post {
  /** Addresses of our mailboxes. */
  readonly ends: readonly string[]
  readonly people: readonly { readonly id: string; readonly name: string }[]
  readonly mails: ReadonlyMap<string, Mail>
  readonly switches: ReadonlyMap<string, Switches>
  readonly deliveries: readonly Delivery[]
}

export const EMPTY: Post = { ends: [], people: [], mails: new Map(), switches: new Map(), deliveries: [] }

/** One event of the stream, taken in. A name that is not known, or data that is no JSON, changes nothing. */
export function hear(post: Post, event: string, data: string): Post {
  const given = parsed(data)
  if (given === undefined) return post
  switch (event) {
    case 'state':
      return stateOf(given)
    case 'message':
      return withMail(post, given)
    case 'switches':
      return { ...post, switches: setsOf(given) }
    case 'delivery':
      return { ...post, deliveries: tried(post.deliveries, given) }
    default:
      return post
  }
}

/** The threads of this person with this mailbox, the one that moved last first. */
export function threadsOf(post: Post, mailbox: string, person: string): MailThread[] {
  const found = new Map<string, Mail[]>()
  for (const mail of post.mails.values()) {
    if (mail.mailbox !== mailbox) continue
    const thread = found.get(mail.thread)
    if (thread === undefined) found.set(mail.thread, [mail])
    else thread.push(mail)
  }
  return [...found]
    .filter(([, mails]) => mails.some((mail) => mail.person === person))
    .map(([id, mails]) => {
      mails.sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1))
      return { id, subject: mails[0]?.subject ?? '', mails, last: mails.at(-1)?.at ?? 0 }
    })
    .sort((a, b) => b.last - a.last)
}

function stateOf(given: Loose): Post {
  const start: Post = {
    ...EMPTY,
    ends: list(given.ends).map((end) => text(end.id)),
    people: list(given.people).map((person) => ({ id: text(person.id), name: text(person.name) })),
    switches: setsOf(given.switches),
    deliveries: list(given.deliveries).reduce(tried, [] as readonly Delivery[]),
  }
  return list(given.threads)
    .flatMap(({ mails }) => list(mails))
    .reduce(withMail, start)
}

function withMail(post: Post, given: Loose): Post {
  const mail: Mail = {
    id: text(given.id),
    thread: text(given.thread),
    mailbox: text(given.mailbox),
    person: text(given.person),
    from: text(given.from),
    to: text(given.to),
    subject: text(given.subject),
    at: number(given.at),
    text: text(given.text),
    html: text(given.html),
    mine: given.mine === true,
    media: list(given.media).map((file) => ({ type: text(file.media_type), name: text(file.name) })),
  }
  return mail.id === '' || mail.thread === '' ? post : { ...post, mails: new Map(post.mails).set(mail.id, mail) }
}
