import { expect, test } from 'vitest'
import { mailPage, withoutQuote } from './mail-page'
import { EMPTY, hear, threadsOf } from './post'

const mail = (id: string, more: object = {}) => ({
  id,
  thread: 'T1',
  mailbox: 'us@harbour.example',
  person: 'maya@example.com',
  from: 'Harbour <us@harbour.example>',
  to: 'maya@example.com',
  subject: `About ${id}`,
  at: 10,
  text: 'words',
  html: '',
  mine: false,
  media: [],
  ...more,
})
const tell = (post: typeof EMPTY, event: string, data: unknown) => hear(post, event, JSON.stringify(data))
const start = tell(EMPTY, 'state', {
  ends: [{ id: 'us@harbour.example' }],
  people: [{ id: 'maya@example.com', name: 'Maya' }],
  threads: [
    { id: 'T1', mails: [mail('a'), mail('b', { at: 20 })] },
    { mails: [mail('x', { thread: 'T9', person: 'k' })] },
  ],
  switches: [],
  deliveries: [],
})
const threads = (post: typeof EMPTY) => threadsOf(post, 'us@harbour.example', 'maya@example.com')

test('mail comes in threads, the one that moved last first, and nobody else’s', () => {
  expect(threads(start).map(({ id, subject, mails }) => [id, subject, mails.length])).toEqual([['T1', 'About a', 2]])
  const more = tell(start, 'message', mail('c', { thread: 'T2', at: 30 }))
  expect(threads(more).map(({ id }) => id)).toEqual(['T2', 'T1'])
})

test('a mail told twice stands once', () => {
  expect(threads(tell(start, 'message', mail('b', { at: 20 })))[0]?.mails.length).toBe(2)
})

test.each(['', '{', '[]', 'null', '{"id":1}'])('what makes no sense changes nothing: %s', (data) => {
  expect([...hear(start, 'message', data).mails.keys()]).toEqual([...start.mails.keys()])
})

const HOSTILE =
  '<style>.a{color:red}</style><style>@import "//evil"</style><body class="b" style="margin:0">' +
  '<p class="a" style="color:#111;background:url(//evil/x)" onclick="x()">hi</p><p style="color:#111">ho</p>' +
  '<script>alert(1)</script><img src="//evil/p.gif" alt="A boat"><a href="https://evil.example/">go</a>' +
  '<form action="//evil"><button>b</button></form><base href="//evil"><iframe srcdoc="x"></iframe></body>'

test('a mail’s page runs nothing, loads nothing, leads nowhere', () => {
  const page = mailPage(HOSTILE, 'abc')
  expect(page).not.toMatch(/<script|<img|<base|<iframe|<form|onclick|url\(|@import|href=|src=/i)
  expect(page).toContain(`content="default-src 'none'; style-src 'nonce-abc'"`)
  expect(page).toContain('A boat')
  expect(page).toContain('title="https://evil.example/"')
})

test('its styles stand in one sheet with the page’s nonce, each once', () => {
  const page = mailPage(HOSTILE, 'abc')
  expect(page).toContain('<style nonce="abc">')
  expect(page).toContain('.a{color:red}')
  expect(page.match(/\{color:#111\}/g)).toHaveLength(1)
  expect(page).not.toMatch(/style=/)
})

test('a nonce that is none opens nothing', () => {
  expect(mailPage('<p style="color:red">x</p>', `"'><script>`)).toContain("style-src 'none'")
})

test.each([
  [
    'Yes, please.\n\nOn Sat, Nov 21, 2026 at 5:19 PM Harbour\n<us@harbour.example> wrote:\n\n> Shall we?',
    'Yes, please.',
  ],
  ['Fine\n\n> quoted', 'Fine'],
  ['-----Original Message-----\nFrom: x', '-----Original Message-----\nFrom: x'],
  ['Nothing quoted', 'Nothing quoted'],
])('%j says %j', (text, said) => {
  expect(withoutQuote(text).said).toBe(said)
})
