import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { MOST_SECONDS, type Purpose, Recording } from './recording'

class FakeRecorder {
  static isTypeSupported = (type: string) => type === 'audio/webm;codecs=opus'
  static last: FakeRecorder
  state = 'inactive'
  mimeType = 'audio/webm;codecs=opus'
  ondataavailable: ((event: { data: Blob }) => void) | null = null
  onstop: (() => void) | null = null
  onerror: (() => void) | null = null

  readonly options: MediaRecorderOptions

  constructor(_: MediaStream, options: MediaRecorderOptions) {
    this.options = options
    FakeRecorder.last = this
  }

  start() {
    this.state = 'recording'
  }

  stop() {
    this.state = 'inactive'
    this.ondataavailable?.({ data: new Blob(['sound']) })
    this.onstop?.()
  }
}

const stopTrack = vi.fn()
const stream = { getTracks: () => [{ stop: stopTrack }] }
let done: [Blob, Purpose][] = []
let getUserMedia = vi.fn()

function recording(): Recording {
  return new Recording((blob, purpose) => done.push([blob, purpose]))
}
const refused = (name: string) => getUserMedia.mockRejectedValue(Object.assign(new Error('no'), { name }))
const statusOf = (of: Recording) => of.state.get().status

beforeEach(() => {
  vi.useFakeTimers()
  done = []
  stopTrack.mockClear()
  getUserMedia = vi.fn().mockResolvedValue(stream)
  vi.stubGlobal('MediaRecorder', FakeRecorder)
  vi.stubGlobal('AudioContext', undefined)
  vi.stubGlobal('navigator', { mediaDevices: { getUserMedia } })
})

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

test.each<Purpose>(['send', 'review'])(
  'what was recorded is handed on to %s it, and the microphone let go',
  async (purpose) => {
    const one = recording()
    expect(statusOf(one)).toBe('asking')
    await one.start()
    expect(one.state.get()).toEqual({ status: 'recording', since: Date.now() })
    expect(FakeRecorder.last.options).toEqual({ audioBitsPerSecond: 32_000, mimeType: 'audio/webm;codecs=opus' })
    one.finish(purpose)
    expect(done.map(([blob, why]) => [blob.type, blob.size, why])).toEqual([['audio/webm;codecs=opus', 5, purpose]])
    expect(stopTrack).toHaveBeenCalledOnce()
    expect(statusOf(one)).toBe('over')
  },
)

test('thrown away, nothing is handed on and the microphone is let go', async () => {
  const one = recording()
  await one.start()
  one.cancel()
  expect(done).toEqual([])
  expect(stopTrack).toHaveBeenCalledOnce()
  expect(statusOf(one)).toBe('over')
})

test('thrown away while the browser still asks, the microphone is let go as soon as it is given', async () => {
  const one = recording()
  const started = one.start()
  one.cancel()
  await started
  expect(stopTrack).toHaveBeenCalledOnce()
  expect(statusOf(one)).toBe('over')
})

test('after five minutes it ends by itself, to be listened to', async () => {
  const one = recording()
  await one.start()
  vi.advanceTimersByTime(MOST_SECONDS * 1_000 - 1)
  expect(done).toEqual([])
  vi.advanceTimersByTime(1)
  expect(done.map(([, purpose]) => purpose)).toEqual(['review'])
  one.finish('send')
  expect(done).toHaveLength(1)
})

test('a recorder that breaks keeps what it has', async () => {
  const one = recording()
  await one.start()
  FakeRecorder.last.onerror?.()
  expect(done.map(([, purpose]) => purpose)).toEqual(['review'])
})

test.each([
  ['NotAllowedError', /blocked for this page/],
  ['NotFoundError', /No microphone was found/],
  ['NotReadableError', /Another program may have it/],
])('%s is explained', async (name, words) => {
  refused(name)
  const one = recording()
  await one.start()
  expect(one.state.get()).toMatchObject({ status: 'refused', why: expect.stringMatching(words) })
  one.finish('send')
  expect(done).toEqual([])
})

test('without a secure address there is no microphone, and that is said', async () => {
  vi.stubGlobal('navigator', {})
  const one = recording()
  await one.start()
  expect(one.state.get()).toMatchObject({ status: 'refused', why: expect.stringContaining('https') })
})
