/** Names in the query cache that more than one room knows. */

/** The tenant's channels and their accounts, for admins. */
export const CHANNELS = ['admin', 'channels'] as const

/** What did not get through, for members; and how patient the organisation is, for admins. */
export const LOST = ['lost'] as const
export const PATIENCE = ['admin', 'delivery'] as const

/** A person's own addresses, and the codes of theirs that something may still become of. */
export const IDENTITIES = ['own', 'identities'] as const
export const LINKS = ['own', 'links'] as const
/** How far one code has come, as the socket told it. */
export const linkKey = (link: string) => ['own', 'link', link] as const
