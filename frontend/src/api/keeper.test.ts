import { HttpResponse, http } from 'msw'
import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { ApiFault, ask } from './http'
import { Keeper } from './keeper'

const USER = { id: 'u-1', kind: 'person', role: 'customer', name: 'Carla' }
const origin = location.origin
const problem = (status: number, code: string, more: object = {}) =>
  HttpResponse.json(
    { type: 'about:blank', title: code, status, code, detail: `${code}.`, hint: 'Do.', request_id: 'r-1', ...more },
    { status },
  )

let tokens = 0
let refreshes = 0
let cookie = true
const server = setupServer(
  http.post(`${origin}/api/v1/auth/refresh`, () => {
    refreshes += 1
    if (!cookie) return problem(401, 'signed_out')
    tokens += 1
    return HttpResponse.json({ access_token: `A${tokens}`, expires_in: 300, user: USER })
  }),
  http.post(`${origin}/api/v1/auth/login`, async ({ request }) => {
    const given = (await request.json()) as { password: string; cookie: boolean }
    if (given.password !== 'demo' || !given.cookie) return problem(401, 'bad_credentials')
    cookie = true
    tokens += 1
    return HttpResponse.json({ access_token: `A${tokens}`, expires_in: 300, user: USER })
  }),
  http.post(`${origin}/api/v1/auth/logout`, () => {
    cookie = false
    return new HttpResponse(null, { status: 204 })
  }),
  http.get(`${origin}/api/v1/auth/me`, ({ request }) =>
    request.headers.get('Authorization') === `Bearer A${tokens}`
      ? HttpResponse.json({ ok: true })
      : problem(401, 'signed_out'),
  ),
)

let keeper: Keeper
beforeAll(() => server.listen({ onUnhandledRequest: 'error' }))
afterAll(() => server.close())
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  vi.stubGlobal('BroadcastChannel', undefined)
  tokens = refreshes = 0
  cookie = true
  localStorage.setItem('throughline.signed-in', 'yes')
  keeper = new Keeper()
})
afterEach(() => {
  keeper.stop()
  server.resetHandlers()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

test('a visit takes up the session that the cookie holds', async () => {
  expect(keeper.state.get().status).toBe('checking')
  await keeper.start()
  expect(keeper.state.get()).toMatchObject({ status: 'in', user: USER })
})

test('a stranger asks the server for nothing', async () => {
  localStorage.clear()
  await keeper.start()
  expect(keeper.state.get()).toMatchObject({ status: 'out', why: 'never' })
  expect(refreshes).toBe(0)
})

test('without a cookie nobody is signed in, and that is no error', async () => {
  cookie = false
  await keeper.start()
  expect(keeper.state.get()).toMatchObject({ status: 'out', why: 'never' })
})

test('the token is refreshed before it ends, and the signed-in user stays the same object', async () => {
  await keeper.start()
  const before = keeper.state.get()
  await vi.advanceTimersByTimeAsync(239_999)
  expect(refreshes).toBe(1)
  vi.advanceTimersByTime(1)
  await vi.waitFor(() => expect(tokens).toBe(2))
  expect(keeper.state.get()).toBe(before)
})

test('a token that ran out is refreshed once for all who noticed, and each request made again', async () => {
  await keeper.start()
  tokens += 1
  const answers = await Promise.all([1, 2, 3].map(() => keeper.ask('/api/v1/auth/me')))
  expect(answers).toEqual([{ ok: true }, { ok: true }, { ok: true }])
  expect(refreshes).toBe(2)
})

test('a session that ended elsewhere signs out', async () => {
  await keeper.start()
  tokens += 1
  cookie = false
  await expect(keeper.ask('/api/v1/auth/me')).rejects.toMatchObject({ status: 401 })
  expect(keeper.state.get()).toMatchObject({ status: 'out', why: 'ended' })
})

test('a server out of reach does not sign anybody out', async () => {
  await keeper.start()
  server.use(http.post(`${origin}/api/v1/auth/refresh`, () => HttpResponse.error()))
  expect(await keeper.refresh()).toBe(false)
  expect(keeper.state.get().status).toBe('in')
})

test('wrong credentials change nothing and say so', async () => {
  cookie = false
  await keeper.start()
  await expect(keeper.signIn('a@b.c', 'wrong')).rejects.toMatchObject({
    code: 'bad_credentials',
    hint: 'Do.',
    requestId: 'r-1',
  })
  expect(keeper.state.get().status).toBe('out')
  await keeper.signIn('a@b.c', 'demo')
  expect(keeper.state.get().status).toBe('in')
})

test('signing out holds although the server cannot be told', async () => {
  await keeper.start()
  server.use(http.post(`${origin}/api/v1/auth/logout`, () => HttpResponse.error()))
  await keeper.signOut()
  expect(keeper.state.get()).toMatchObject({ status: 'out', why: 'asked' })
})

test('what is no problem document becomes a fault in plain words', async () => {
  server.use(
    http.get(
      `${origin}/api/v1/x`,
      () => new HttpResponse('<h1>Bad gateway</h1>', { status: 502, headers: { 'Retry-After': '7' } }),
    ),
  )
  const fault = await ask('/api/v1/x').catch((error: unknown) => error)
  expect(fault).toBeInstanceOf(ApiFault)
  expect(fault).toMatchObject({
    code: 'unreachable',
    status: 502,
    retryAfter: 7,
    message: 'The server could not answer that.',
  })
})
