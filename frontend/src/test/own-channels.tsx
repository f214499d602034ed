/** A server that holds one person's addresses and codes, and what it was asked: for tests of their screens. */

import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { render } from '@testing-library/react'
import { HttpResponse, http } from 'msw'
import { setupServer } from 'msw/node'
import type { ReactNode } from 'react'
import { MemoryRouter } from 'react-router'
import { Keeper } from '@/api/keeper'
import { KeeperContext } from '@/api/session'
import type { IdentityList, LinkShown, UserShown } from '@/api/shapes'

const MAYA: UserShown = { id: 'u-1', kind: 'person', role: 'customer', name: 'Maya' }
const API = `${location.origin}/api/v1`
export const IDENTITIES_URL = `${API}/me/identities`
export const LINKS_URL = `${API}/me/links`
export const PREFERENCES_URL = `${API}/me/preferences`

export class OwnChannels {
  own: IdentityList = { items: [], linkable: [], quiet: null }
  links: LinkShown[] = []
  /** Method, path and body of everything that changes something. */
  asked: string[] = []
  /** Seconds that a fresh code lasts. */
  lasts = 600
  readonly cache = new QueryClient({ defaultOptions: { queries: { retry: false } } })
  readonly server = setupServer(
    http.post(`${API}/auth/refresh`, () => HttpResponse.json({ access_token: 'A', expires_in: 300, user: MAYA })),
    http.get(IDENTITIES_URL, () => HttpResponse.json(this.own)),
    http.delete(`${IDENTITIES_URL}/:id`, ({ params }) => {
      this.asked.push(`DELETE ${params.id}`)
      this.own = { ...this.own, items: this.own.items.filter(({ id }) => id !== params.id) }
      return new HttpResponse(null, { status: 204 })
    }),
    http.put(PREFERENCES_URL, async ({ request }) => {
      const { fallback, quiet } = (await request.json()) as {
        fallback?: string[]
        quiet?: { start: string; end: string; zone: string } | null
      }
      if (fallback === undefined) {
        this.asked.push(`PUT quiet ${quiet ? Object.values(quiet).join(' ') : 'off'}`)
        this.own = { ...this.own, quiet: quiet ?? null }
        return HttpResponse.json(this.own)
      }
      this.asked.push(`PUT ${fallback.join(' ')}`)
      this.own = { ...this.own, items: fallback.flatMap((id) => this.own.items.find((one) => one.id === id) ?? []) }
      return HttpResponse.json(this.own)
    }),
    http.get(LINKS_URL, () => HttpResponse.json({ items: this.links })),
    http.post(LINKS_URL, async ({ request }) => {
      const { channel } = (await request.json()) as { channel: 'whatsapp' }
      this.asked.push(`POST ${channel}`)
      const id = `l-${this.asked.length}`
      const expires_at = new Date(Date.now() + this.lasts * 1000).toISOString()
      this.links = [{ id, channel, state: 'open', expires_at, who: null }, ...this.links]
      const deep_link = channel === 'whatsapp' ? 'https://wa.me/447700900100?text=link%20BCDF2345' : null
      return HttpResponse.json(
        {
          id,
          channel,
          code: 'BCDF-2345',
          text: 'link BCDF-2345',
          expires_in: this.lasts,
          instructions: 'Write “link BCDF-2345” to us, then confirm here.',
          deep_link,
          places: [{ name: 'Harbour', deep_link }],
        },
        { status: 201 },
      )
    }),
    http.post(`${LINKS_URL}/:id/:verdict`, ({ params }) => {
      this.asked.push(`${params.verdict} ${params.id}`)
      this.links = this.links.filter(({ id }) => id !== params.id)
      return new HttpResponse(null, { status: 204 })
    }),
  )

  /** The sender of a code is known now. */
  claimed(who: string): void {
    this.links = this.links.map((link) => ({ ...link, state: 'claimed', who }))
  }

  async show(screen: ReactNode): Promise<void> {
    const keeper = new Keeper()
    await keeper.refresh()
    render(
      <MemoryRouter>
        <KeeperContext value={keeper}>
          <QueryClientProvider client={this.cache}>{screen}</QueryClientProvider>
        </KeeperContext>
      </MemoryRouter>,
    )
  }
}
