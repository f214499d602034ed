import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { upload } from './upload'

class FakeRequest {
  static last: FakeRequest
  readonly headers: Record<string, string> = {}
  readonly upload: { onprogress: ((event: { loaded: number }) => void) | null } = { onprogress: null }
  opened: string[] = []
  sent: unknown
  status = 0
  responseText = ''
  onload: (() => void) | null = null
  onerror: (() => void) | null = null
  onabort: (() => void) | null = null
  retryAfter: string | null = null

  constructor() {
    FakeRequest.last = this
  }

  open(...given: string[]) {
    this.opened = given
  }

  setRequestHeader(name: string, value: string) {
    this.headers[name] = value
  }

  getResponseHeader() {
    return this.retryAfter
  }

  send(body: unknown) {
    this.sent = body
  }

  abort() {
    this.onabort?.()
  }

  answer(status: number, responseText: string) {
    this.status = status
    this.responseText = responseText
    this.onload?.()
  }
}

const body = new Blob(['bytes'])
let control = new AbortController()
let progress: number[] = []
const start = () =>
  upload('/files', {
    body,
    type: 'image/png',
    token: 'T',
    signal: control.signal,
    onProgress: (sent) => progress.push(sent),
  })

beforeEach(() => {
  control = new AbortController()
  progress = []
  vi.stubGlobal('XMLHttpRequest', FakeRequest)
})
afterEach(() => vi.unstubAllGlobals())

test('bytes go up as they are, with the token, and the way is told', async () => {
  const done = start()
  expect(FakeRequest.last.opened).toEqual(['POST', '/files'])
  expect(FakeRequest.last.headers).toMatchObject({ 'Content-Type': 'image/png', Authorization: 'Bearer T' })
  expect(FakeRequest.last.sent).toBe(body)
  FakeRequest.last.upload.onprogress?.({ loaded: 3 })
  FakeRequest.last.answer(201, '{"id":"f"}')
  expect(await done).toEqual({ id: 'f' })
  expect(progress).toEqual([3])
})

test('a refusal is the server’s own, with how long to wait', async () => {
  const done = start()
  FakeRequest.last.retryAfter = '5'
  FakeRequest.last.answer(429, '{"code":"too_many_requests","detail":"Slow down.","status":429}')
  await expect(done).rejects.toMatchObject({ code: 'too_many_requests', status: 429, retryAfter: 5 })
})

test.each([
  ['the network', () => FakeRequest.last.onerror?.()],
  ['a page in between', () => FakeRequest.last.answer(502, '<html>')],
  ['an answer that is none', () => FakeRequest.last.answer(200, 'OK')],
])('%s is told as out of reach', async (_, happens) => {
  const done = start()
  happens()
  await expect(done).rejects.toMatchObject({ code: 'unreachable' })
})

test('called off, it stops, and is no fault of the server’s', async () => {
  const done = start()
  control.abort()
  await expect(done).rejects.toMatchObject({ name: 'AbortError' })
  await expect(start()).rejects.toMatchObject({ name: 'AbortError' })
})
