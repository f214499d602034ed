import type { Problem } from './shapes'

/** A refusal by the server, or `unreachable` when it could not be asked. `retry_after` is in seconds. */
export class ApiFault extends Error {
  override readonly name = 'ApiFault'
  readonly code: string
  readonly status: number
  readonly hint: string
  readonly retryAfter: number | undefined
  readonly requestId: string | undefined

  constructor(problem: Partial<Problem> & Pick<Problem, 'code' | 'detail' | 'status'>) {
    super(problem.detail)
    this.code = problem.code
    this.status = problem.status
    this.hint = problem.hint ?? ''
    this.retryAfter = problem.retry_after
    this.requestId = problem.request_id
  }
}

export interface Ask {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly body?: unknown
  readonly token?: string | undefined
  readonly idempotencyKey?: string
  readonly signal?: AbortSignal
}

/** One request to our own origin: JSON in, JSON out; everything but a 2xx rejects with an ApiFault. */
export async function ask<Answer>(path: string, given: Ask = {}): Promise<Answer> {
  const text = await (await open(path, given, 'application/json')).text()
  return (text === '' ? undefined : JSON.parse(text)) as Answer
}

/** An answer that goes on: its body, to be read as it comes. Everything but a 2xx rejects with an ApiFault. */
export async function follow(path: string, given: Ask = {}): Promise<ReadableStream<Uint8Array>> {
  const { body } = await open(path, given, 'text/event-stream')
  if (body === null) throw new ApiFault({ code: 'unreachable', status: 0, detail: 'The server said nothing.' })
  return body
}

async function open(path: string, given: Ask, accept: string): Promise<Response> {
  const headers = new Headers({ Accept: accept })
  if (given.body !== undefined) headers.set('Content-Type', 'application/json')
  if (given.token !== undefined) headers.set('Authorization', `Bearer ${given.token}`)
  if (given.idempotencyKey !== undefined) headers.set('Idempotency-Key', given.idempotencyKey)
  let response: Response
  try {
    response = await fetch(path, {
      method: given.method ?? 'GET',
      headers,
      credentials: 'same-origin',
      body: given.body === undefined ? null : JSON.stringify(given.body),
      signal: given.signal ?? null,
    })
  } catch (cause) {
    if (given.signal?.aborted) throw cause
    throw new ApiFault({ code: 'unreachable', status: 0, detail: 'The server could not be reached.' })
  }
  if (!response.ok) throw faultOf(response.status, response.headers.get('Retry-After'), await response.text())
  return response
}

/** What a refusal says of itself. `retryAfter` is the header of that name. */
export function faultOf(status: number, retryAfter: string | null, text: string): ApiFault {
  const header = Number(retryAfter)
  const waits = header > 0 ? { retry_after: header } : {}
  try {
    const problem = JSON.parse(text) as Partial<Problem>
    if (typeof problem.code === 'string' && typeof problem.detail === 'string') {
      return new ApiFault({ ...waits, ...problem, code: problem.code, detail: problem.detail, status })
    }
  } catch {
    // Not JSON: something between us and the server answered.
  }
  const code = status >= 500 ? 'unreachable' : 'refused'
  return new ApiFault({ ...waits, code, status, detail: 'The server could not answer that.' })
}
