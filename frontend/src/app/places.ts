/** Addresses of screens that more than one other screen leads to. */

export const MY_CHANNELS = '/me/channels'
export const FAILED = '/failed'
