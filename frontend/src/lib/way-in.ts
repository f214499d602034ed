// Addresses that open another channel's own app. They come from the server; what is not plainly one is not followed.

const ADDRESS = /(?:https:\/\/|sms:|mailto:)\S+/

/** The first such address in a sentence, or null. */
export function wayIn(words: string | null | undefined): string | null {
  return words?.match(ADDRESS)?.[0] ?? null
}

/** Whether a telephone's camera makes more of it than a click: mail is written where one is. */
export function isForCamera(address: string): boolean {
  return !address.startsWith('mailto:')
}

/** What a press on it does, in words. */
export function wayWords(name: string, address: string): string {
  if (address.startsWith('mailto:')) return 'Write the mail'
  return address.startsWith('sms:') ? 'Write the SMS' : `Open ${name}`
}
