import 'fake-indexeddb/auto'
import { IDBFactory } from 'fake-indexeddb'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type Box, openBox } from './box'
import { Outbox } from './outbox'
import type { ClientFrame } from './protocol'

type Say = Extract<ClientFrame, { t: 'say' }>

let sent: Say[] = []
let live = true
let box: Promise<Box>
let suspected = 0
const running: Outbox[] = []

function outbox(): Outbox {
  const made = new Outbox({
    user: 'u-1',
    box,
    isLive: () => live,
    send: (frame) => {
      if (!live) return false
      if (frame.t === 'say') sent.push(frame)
      return true
    },
    suspect: () => {
      suspected += 1
    },
  })
  running.push(made)
  return made
}

beforeEach(() => {
  // IndexedDB answers by setImmediate; only what the outbox itself waits with is under our hand.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
  vi.stubGlobal('indexedDB', new IDBFactory())
  vi.stubGlobal('BroadcastChannel', undefined)
  sent = []
  live = true
  suspected = 0
  box = openBox('u-1')
})

afterEach(() => {
  for (const one of running.splice(0)) one.stop()
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

/** Let the browser's own work go on until it holds; no time passes. */
async function until(holds: () => void | Promise<void>): Promise<void> {
  for (let turn = 0; turn < 500; turn += 1) {
    try {
      await holds()
      return
    } catch {
      await new Promise(setImmediate)
    }
  }
  await holds()
}
const states = (of: Outbox) => of.items.get().map((item) => `${item.text}:${item.state}`)
const kept = async () => (await (await box).all()).map((item) => item.text)
const ack = (of: Outbox, say: Say | undefined) => of.answered({ t: 'ack', id: say?.id ?? '', c: say?.c ?? '', seq: 1 })

test('a message shows at once, is kept before it is sent, and is forgotten when it is durable', async () => {
  const mine = outbox()
  const result = mine.say('c-1', 'Hello')
  expect(states(mine)).toEqual(['Hello:sending'])
  await until(() => expect(sent).toHaveLength(1))
  expect(await kept()).toEqual(['Hello'])
  ack(mine, sent[0])
  expect(await result).toEqual({ kind: 'sent', id: sent[0]?.id })
  expect(states(mine)).toEqual(['Hello:sent'])
  expect(await kept()).toEqual([])
  mine.shown(new Set([sent[0]?.id ?? '']))
  expect(states(mine)).toEqual([])
})

test('messages of one conversation go one after the other, in the order they were written', async () => {
  const mine = outbox()
  void mine.say('c-1', 'one')
  void mine.say('c-1', 'two')
  void mine.say('c-2', 'elsewhere')
  await until(() => expect(sent.map((say) => say.text).sort()).toEqual(['elsewhere', 'one']))
  ack(
    mine,
    sent.find((say) => say.text === 'one'),
  )
  await until(() => expect(sent.map((say) => say.text)).toContain('two'))
})

test('three messages written without a link are sent once each, in order, when it is back', async () => {
  live = false
  const mine = outbox()
  const results = await Promise.all(['one', 'two', 'three'].map((text) => mine.say('c-1', text)))
  expect(results.map((result) => result.kind)).toEqual(['queued', 'queued', 'queued'])
  expect(states(mine)).toEqual(['one:waiting', 'two:waiting', 'three:waiting'])
  live = true
  mine.flush()
  for (const text of ['one', 'two', 'three']) {
    await until(() => expect(sent.at(-1)?.text).toBe(text))
    ack(mine, sent.at(-1))
  }
  await until(() => expect(states(mine)).toEqual(['one:sent', 'two:sent', 'three:sent']))
  expect(sent).toHaveLength(3)
})

test('"waiting" is not said before the box has the message, whatever the link does meanwhile', async () => {
  live = false
  const real = await box
  let take = () => {}
  const taken = new Promise<void>((resolve) => {
    take = resolve
  })
  box = Promise.resolve({
    all: () => real.all(),
    put: (item) => taken.then(() => real.put(item)),
    remove: (id) => real.remove(id),
    close: () => real.close(),
  })
  const mine = outbox()
  void mine.say('c-1', 'one')
  mine.lost(false)
  await until(() => expect(states(mine)).toEqual(['one:sending']))
  take()
  await until(() => expect(states(mine)).toEqual(['one:waiting']))
  expect(await kept()).toEqual(['one'])
})

test('what waits survives the tab, and the next visit sends it under the same id', async () => {
  live = false
  const before = outbox()
  await before.say('c-1', 'kept')
  const id = before.items.get()[0]?.id
  before.stop()
  box = openBox('u-1')
  live = true
  const after = outbox()
  await after.start()
  expect(after.items.get()[0]?.id).toBe(id)
  await until(() => expect(sent.map((say) => say.id)).toEqual([id]))
})

test('a link lost in mid-send repeats under the same id', async () => {
  const mine = outbox()
  const result = mine.say('c-1', 'again')
  await until(() => expect(sent).toHaveLength(1))
  live = false
  mine.lost(false)
  expect(await result).toMatchObject({ kind: 'queued' })
  expect(states(mine)).toEqual(['again:waiting'])
  live = true
  mine.flush()
  await until(() => expect(sent).toHaveLength(2))
  expect(sent[1]).toEqual(sent[0])
})

test('a refusal for good fails with its reason, and does not hold up the next one', async () => {
  const mine = outbox()
  const first = mine.say('c-1', 'bad')
  void mine.say('c-1', 'good')
  await until(() => expect(sent).toHaveLength(1))
  mine.answered({ t: 'nack', id: sent[0]?.id ?? '', code: 'too_long', detail: 'Too long.' })
  expect(await first).toMatchObject({ kind: 'failed', fault: { code: 'too_long', detail: 'Too long.' } })
  await until(() => expect(sent.at(-1)?.text).toBe('good'))
  expect(states(mine)).toEqual(['bad:failed', 'good:sending'])
})

test('retry sends a failed one under its own id; delete forgets it', async () => {
  const mine = outbox()
  const result = mine.say('c-1', 'bad')
  await until(() => expect(sent).toHaveLength(1))
  mine.answered({ t: 'nack', id: sent[0]?.id ?? '', code: 'unsupported', detail: 'No.' })
  await result
  await mine.retry(sent[0]?.id ?? '')
  await until(() => expect(sent).toHaveLength(2))
  expect(sent[1]?.id).toBe(sent[0]?.id)
  mine.answered({ t: 'nack', id: sent[1]?.id ?? '', code: 'unsupported', detail: 'No.' })
  await until(() => expect(states(mine)).toEqual(['bad:failed']))
  await mine.remove(sent[0]?.id ?? '')
  expect(states(mine)).toEqual([])
  expect(await kept()).toEqual([])
})

test('over the limit, the words are given back and nothing is kept', async () => {
  const mine = outbox()
  const result = mine.say('c-1', 'the thirty-first')
  await until(() => expect(sent).toHaveLength(1))
  mine.answered({ t: 'nack', id: sent[0]?.id ?? '', code: 'rate_limited', detail: 'Slow down.', retry_after: 12 })
  expect(await result).toEqual({ kind: 'limited', retry_after: 12, text: 'the thirty-first', parts: [] })
  expect(states(mine)).toEqual([])
  expect(await kept()).toEqual([])
})

test('over the limit, what waited for the link waits on and goes when its time has come', async () => {
  live = false
  const mine = outbox()
  await mine.say('c-1', 'late')
  live = true
  mine.flush()
  await until(() => expect(sent).toHaveLength(1))
  mine.answered({ t: 'nack', id: sent[0]?.id ?? '', code: 'rate_limited', detail: 'Slow down.', retry_after: 12 })
  await until(() => expect(mine.items.get()[0]?.not_before).toBe(Date.now() + 12_000))
  // The timer is armed by the sender's next look; only then does time pass.
  await until(() => expect(vi.getTimerCount()).toBeGreaterThan(0))
  vi.advanceTimersByTime(12_000)
  await until(() => expect(sent).toHaveLength(2))
  expect(sent[1]?.id).toBe(sent[0]?.id)
})

test('a server that keeps nothing at the moment is asked again', async () => {
  const mine = outbox()
  const result = mine.say('c-1', 'busy')
  await until(() => expect(sent).toHaveLength(1))
  mine.answered({ t: 'nack', id: sent[0]?.id ?? '', code: 'busy', detail: 'Later.', retry_after: 2 })
  expect(await result).toMatchObject({ kind: 'queued' })
  await until(() => expect(vi.getTimerCount()).toBeGreaterThan(0))
  vi.advanceTimersByTime(2_000)
  await until(() => expect(sent).toHaveLength(2))
})

test('a frame that the server would not take is not sent again', async () => {
  const mine = outbox()
  const result = mine.say('c-1', 'poison')
  await until(() => expect(sent).toHaveLength(1))
  mine.lost(true)
  expect(await result).toMatchObject({ kind: 'failed', fault: { code: 'frame_refused' } })
  mine.flush()
  expect(await kept()).toEqual(['poison'])
  expect(sent).toHaveLength(1)
})

test('no answer in ten seconds puts the link under suspicion', async () => {
  const mine = outbox()
  void mine.say('c-1', 'anyone?')
  await until(() => expect(sent).toHaveLength(1))
  vi.advanceTimersByTime(10_000)
  expect(suspected).toBe(1)
})

describe('two tabs', () => {
  test('one of them sends; the other sees that it was sent', async () => {
    live = false
    const first = outbox()
    await first.say('c-1', 'once')
    const second = outbox()
    await second.start()
    expect(states(second)).toEqual(['once:waiting'])
    live = true
    first.flush()
    second.flush()
    await until(() => expect(sent).toHaveLength(1))
    ack(first, sent[0])
    ack(second, sent[0])
    await until(async () => expect(await kept()).toEqual([]))
    first.flush()
    second.flush()
    expect(sent).toHaveLength(1)
  })
})

test('without IndexedDB messages still go', async () => {
  vi.stubGlobal('indexedDB', {
    open() {
      throw new DOMException('closed', 'SecurityError')
    },
  })
  box = openBox('u-2')
  const mine = outbox()
  const result = mine.say('c-1', 'Hello')
  await until(() => expect(sent).toHaveLength(1))
  ack(mine, sent[0])
  expect(await result).toMatchObject({ kind: 'sent' })
})

test('files go with their message by name, wait with it, and are named again when it is tried again', async () => {
  const part = { id: 'f-1', type: 'image', name: 'roof.png', media_type: 'image/png', size: 9 } as const
  live = false
  const mine = outbox()
  expect(await mine.say('c-1', '', [part])).toMatchObject({ kind: 'queued' })
  const later = outbox()
  await later.start()
  expect(later.items.get()).toMatchObject([{ text: '', parts: [part], state: 'waiting' }])
  mine.stop()
  box = openBox('u-1')
  live = true
  const next = outbox()
  await next.start()
  await until(() => expect(sent).toHaveLength(1))
  expect(sent[0]).toMatchObject({ text: '', attachments: ['f-1'] })
  next.answered({ t: 'nack', id: sent[0]?.id ?? '', code: 'unknown_file', detail: 'Gone.' })
  await until(() => expect(next.items.get()).toMatchObject([{ state: 'failed' }]))
  await next.retry(sent[0]?.id ?? '')
  await until(() => expect(sent).toHaveLength(2))
  expect(sent[1]).toEqual(sent[0])
})

test('a message without files names none', async () => {
  const mine = outbox()
  void mine.say('c-1', 'Hello')
  await until(() => expect(sent).toHaveLength(1))
  expect(sent[0]).not.toHaveProperty('attachments')
})
