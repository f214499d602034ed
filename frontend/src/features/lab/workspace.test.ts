import { describe, expect, test } from 'vitest'
import { customerOf, EMPTY, hear, isRunning, threadsOf, type Workspace } from './workspace'

const say = (ts: string, more: object = {}) => ({
  ts,
  channel: 'D1',
  thread_ts: null,
  user: 'U0MAYA',
  name: 'Maya Lindqvist',
  bot: false,
  text: `words of ${ts}`,
  streaming: false,
  edited: false,
  deleted: false,
  ...more,
})
const STATE = {
  apps: [
    { id: 'A1', name: 'throughline', team: { id: 'T1', name: 'Harbour Travel' } },
    { id: 'A2', name: 'throughline', team: { id: 'T2', name: 'Northwind Cabins' } },
  ],
  people: [
    { id: 'U0KOFI', name: 'Kofi Mensah', team: 'T2' },
    { id: 'U0MAYA', name: 'Maya Lindqvist', team: 'T1' },
  ],
  channels: [
    { id: 'D1', kind: 'im', team: 'T1', members: ['U0MAYA', 'UBOT'] },
    { id: 'D2', kind: 'im', team: 'T2', members: ['U0KOFI', 'UBOT'] },
  ],
  messages: [say('10.1'), say('11.1', { thread_ts: '10.1', bot: true }), say('12.1', { channel: 'D2' })],
  statuses: [{ channel: 'D1', thread_ts: '10.1', status: 'processing', title: '', text: '', prompts: [] }],
  switches: [
    { app: 'A1', method: '*', duplicate: true },
    { app: '*', method: '*', delay_ms: 500 },
  ],
  deliveries: [{ event_id: 'Ev1', number: 1, status: 'ok', again_at: null }],
}
const tell = (workspace: Workspace, event: string, data: unknown) => hear(workspace, event, JSON.stringify(data))
const start = tell(EMPTY, 'state', STATE)
const maya = customerOf(start, 'Harbour Travel', 'Maya Lindqvist')
const threads = (workspace: Workspace) => (maya === undefined ? [] : threadsOf(workspace, maya))

describe('the simulated Slack', () => {
  test('has its customer in the organisation’s own workspace', () => {
    expect(maya?.id).toBe('U0MAYA')
    expect(customerOf(start, 'Northwind Cabins', 'Somebody')?.id).toBe('U0KOFI')
  })

  test('shows the threads of that customer and of nobody else', () => {
    expect(threads(start).map(({ root, messages }) => [root, messages.length])).toEqual([['10.1', 2]])
  })

  test('grows as it is told, one message standing once', () => {
    const streamed = ['A', 'A b', 'A b c'].reduce(
      (now, text) => tell(now, 'message', say('13.1', { thread_ts: '10.1', bot: true, text, streaming: true })),
      start,
    )
    const [thread] = threads(streamed)
    expect(thread?.messages.map(({ text }) => text)).toEqual(['words of 10.1', 'words of 11.1', 'A b c'])
    expect(thread && isRunning(thread)).toBe(true)
  })

  test('the thread that moved last is first, and what was deleted is gone', () => {
    const more = tell(start, 'message', say('20.1'))
    expect(threads(more).map(({ root }) => root)).toEqual(['20.1', '10.1'])
    expect(threads(tell(more, 'message', say('20.1', { deleted: true }))).map(({ root }) => root)).toEqual(['10.1'])
  })

  test('a session says when nobody works any more', () => {
    expect(threads(start).map(isRunning)).toEqual([true])
    const active = tell(start, 'status', { channel: 'D1', thread_ts: '10.1', status: 'active' })
    expect(threads(active).map(isRunning)).toEqual([false])
  })

  test('switches are those for everything', () => {
    expect(start.switches).toMatchObject({ delay_ms: 500, duplicate: false })
    expect(tell(start, 'switches', []).switches).toEqual({})
  })

  test('tries of one event are told apart, the newest first', () => {
    const again = tell(start, 'delivery', { event_id: 'Ev1', number: 2, status: 'http_timeout', again_at: 5_000 })
    expect(again.deliveries.map(({ attempt, status, again: at }) => [attempt, status, at])).toEqual([
      [2, 'http_timeout', 5_000],
      [1, 'ok', null],
    ])
  })

  test.each(['', '{', '[]', 'null', '7', '{"ts":1}'])('what makes no sense changes nothing: %s', (data) => {
    expect([...hear(start, 'message', data).messages.keys()]).toEqual([...start.messages.keys()])
    expect(hear(start, 'no such event', data)).toBe(start)
  })
})
