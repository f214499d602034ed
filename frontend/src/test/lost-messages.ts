/** A server that holds messages that did not get through, and what it was asked: for tests of their screens. */

import { HttpResponse, http } from 'msw'
import { setupServer } from 'msw/node'
import type { DeliveryPolicy, LostPage, LostShown } from '@/api/shapes'

const API = `${location.origin}/api/v1`
export const LOST_URL = `${API}/deliveries/lost`
export const POLICY_URL = `${API}/admin/delivery`

export function lost(n: number, more: Partial<LostShown> = {}): LostShown {
  return {
    conversation: `c-${n}`,
    title: `Boat ${n}`,
    person_name: `Maya ${n}`,
    message: `m-${n}`,
    preview: `The boat number ${n} leaves at noon.`,
    binding: 'b-1',
    channel: 'whatsapp',
    state: 'dead',
    reason: 'window_closed',
    at: `2026-11-21T12:00:${String(n).padStart(2, '0')}.000Z`,
    attempts: 3,
    doubtful: false,
    tried: [
      { channel: 'whatsapp', state: 'dead', at: '2026-11-21T12:00:00.000Z' },
      { channel: 'sms', state: 'passed', at: '2026-11-21T12:00:00.000Z' },
    ],
    ...more,
  }
}

export class LostMessages {
  held: LostShown[] = []
  policy: DeliveryPolicy = {
    failover_after: 30,
    unseen_after: 30,
    give_up_after: 3600,
    doubt: 'failover',
    fallback: ['slack', 'gmail'],
    retries: 3,
    retry_ms: 1000,
  }
  /** Path and body of everything that changes something. */
  asked: unknown[] = []
  readonly server = setupServer(
    http.get(LOST_URL, ({ request }) => {
      const query = new URL(request.url).searchParams
      const from = Number(query.get('before') ?? 0)
      const most = Number(query.get('limit') ?? 2)
      const page: LostPage = {
        items: this.held.slice(from, from + most),
        total: this.held.length,
        next: this.held.length > from + most ? String(from + most) : null,
      }
      return HttpResponse.json(page)
    }),
    http.post(`${LOST_URL}/retry`, async ({ request }) => {
      const body = (await request.json()) as { all?: boolean; limit: number; items?: { message: string }[] }
      this.asked.push(body)
      const named = body.all
        ? this.held.slice(0, 1)
        : this.held.filter(({ message }) => body.items?.some((item) => item.message === message))
      this.held = this.held.filter((item) => !named.includes(item))
      const left = body.all ? this.held.length : 0
      const gone = (body.items?.length ?? named.length) - named.length
      return HttpResponse.json({ taken: named.length, gone, left, next: left > 0 ? 'more' : null })
    }),
    http.post(`${LOST_URL}/settle`, async ({ request }) => {
      const body = (await request.json()) as LostShown
      this.asked.push(body)
      this.held = this.held.filter(({ message }) => message !== body.message)
      return HttpResponse.json({ ...body, state: 'accepted', at: '2026-11-21T12:01:00.000Z' })
    }),
    http.get(POLICY_URL, () => HttpResponse.json(this.policy)),
    http.put(POLICY_URL, async ({ request }) => {
      const body = (await request.json()) as Partial<DeliveryPolicy>
      this.asked.push(body)
      this.policy = { ...this.policy, ...body }
      return HttpResponse.json(this.policy)
    }),
  )
}
