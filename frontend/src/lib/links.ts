// Where a link in a message would lead. What is not plainly a place to go to is inert.

export type Destination =
  | { kind: 'inert' }
  | { kind: 'here'; path: string }
  | { kind: 'away'; href: string; host: string }

const INERT: Destination = { kind: 'inert' }

/** Judge an address found in somebody's words, seen from `origin`. */
export function readLink(address: string | undefined, origin: string): Destination {
  if (!address) return INERT
  let url: URL
  try {
    url = new URL(address, origin)
  } catch {
    return INERT
  }
  if (url.protocol === 'mailto:') return { kind: 'away', href: url.href, host: url.pathname }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return INERT
  if (url.origin === origin) return { kind: 'here', path: url.pathname + url.search + url.hash }
  return { kind: 'away', href: url.href, host: url.host }
}
