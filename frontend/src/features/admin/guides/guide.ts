/** How an admin gets from nothing to the first event at one provider: data, drawn by `guided.tsx`. */

import type { ReactNode } from 'react'
import type { AccountShown } from '@/api/shapes'

/** A secret or an option, as a form asks for it. */
export interface Field {
  readonly label: string
  /** What it is, or where it is found. */
  readonly help: string
  readonly example?: string
  /** Only these values; the first one holds where nothing is set. */
  readonly choices?: readonly (readonly [value: string, words: string])[]
  /** Whoever sets up makes it up: a button does, and it is shown until the page is left. */
  readonly made?: true
  readonly long?: true
}

/** What a step shows to be copied to the provider. */
export type Copy = 'webhook' | 'redirect'

export interface Step {
  readonly title: string
  readonly words: ReactNode
  readonly copies?: readonly Copy[]
  readonly secrets?: readonly string[]
  readonly options?: readonly string[]
  /** The button that leads to the provider's own page. */
  readonly connect?: true
}

export interface Guide {
  /** Who provides it, as people say it. */
  readonly provider: string
  /** One sentence for who has to choose a provider. */
  readonly pitch: string
  readonly steps: readonly Step[]
  readonly secrets: Readonly<Record<string, Field>>
  readonly options: Readonly<Record<string, Field>>
  /** Options that say how it behaves: any time, after the set-up. */
  readonly settings: readonly string[]
  /** Options that the test fills in, and their names. */
  readonly told: Readonly<Record<string, string>>
  /** Secrets and options without which it neither hears nor sends. */
  readonly needs: (account: AccountShown) => readonly string[]
  /** How to make the first event happen. */
  readonly hello: string
  /** Whether the provider has to reach our address. */
  readonly called: (account: AccountShown) => boolean
}

export function isSet(account: AccountShown, name: string): boolean {
  return (account.options[name] ?? '') !== '' || account.secrets.some((secret) => secret.name === name && secret.set)
}

/** What is still missing, by label. */
export function lacks(guide: Guide, account: AccountShown): string[] {
  return guide
    .needs(account)
    .filter((name) => !isSet(account, name))
    .map((name) => guide.secrets[name]?.label ?? guide.options[name]?.label ?? name)
}

/** Whether a step is behind us: its own fields are set; one without fields, when everything is there. */
export function isDone(guide: Guide, step: Step, account: AccountShown): boolean {
  const asked = [...(step.secrets ?? []), ...(step.options ?? [])]
  const needed = guide.needs(account).filter((name) => asked.includes(name))
  if (step.connect) return isSet(account, 'refresh_token')
  return needed.length > 0 ? needed.every((name) => isSet(account, name)) : lacks(guide, account).length === 0
}

/** Where we are reached: the webhook's address up to its path. */
export function baseOf(account: AccountShown): string {
  const from = account.webhook_url.indexOf('/api/v1/')
  return from > 0 ? account.webhook_url.slice(0, from) : ''
}

export function copied(copy: Copy, account: AccountShown): { label: string; text: string; what: string } {
  return copy === 'webhook'
    ? { label: 'Webhook address', text: account.webhook_url, what: 'the webhook address' }
    : {
        label: 'Redirect address',
        text: `${baseOf(account)}/oauth/${account.channel}/callback`,
        what: 'the redirect address',
      }
}

/** A word that nobody guesses: letters, digits, `-` and `_`, as every provider takes them. */
export function madeUp(bytes = 24): string {
  const random = crypto.getRandomValues(new Uint8Array(bytes))
  return btoa(String.fromCharCode(...random))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}

export const ANSWERS: Field = {
  label: 'Answers come',
  help: 'This channel cannot show text while it is written.',
  choices: [
    ['final', 'as one message, when finished'],
    ['sentences', 'sentence by sentence'],
  ],
}
export const ALLOW: Field = {
  label: 'Who may write',
  help: 'Numbers with commas between; empty: everybody. Somebody else is told so once a day.',
  example: '+447700900123, +14155550100',
  long: true,
}
export const WELCOME: Field = {
  label: 'Welcome',
  help: 'Said once to somebody who writes for the first time. Empty: a short greeting of ours; off: nothing.',
  example: 'Hello, this is Harbour Travel. How can we help?',
  long: true,
}
