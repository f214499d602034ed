/** Names in the query cache that more than one room knows. */

/** The tenant's channels and their accounts, for admins. */
export const CHANNELS = ['admin', 'channels'] as const
