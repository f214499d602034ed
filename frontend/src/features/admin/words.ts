/** What an admin reads about an account: states, reasons, names of secrets and options. */

import type { AccountShown } from '@/api/shapes'

const NEW_CREDENTIALS = 'Copy the credentials again, save them in the set-up below, then send a test.'
const WAIT = 'It is tried again by itself. If it stays, send a test.'
const CONNECT = 'Press Connect in the set-up below, and agree to everything.'

/** A code: what is the matter, and what to do. */
const REASONS: Readonly<Record<string, readonly [words: string, todo: string]>> = {
  accessNotConfigured: ['The Gmail API is switched off in the project.', 'Switch it on at Google, then send a test.'],
  account_inactive: [
    'The app was removed from the workspace, or the workspace is closed.',
    'Install the app again and enter its new bot token.',
  ],
  account_suspended: ['The provider has suspended the account.', 'Look at the account at the provider.'],
  app_uninstalled: ['The app was removed from the workspace.', 'Install the app again and enter its new bot token.'],
  breaker_open: [
    'Sends are paused after failures.',
    'One is tried again by itself, or at once when a test works. Until then messages go by other channels.',
  ],
  connect: ['The provider could not be reached from here.', WAIT],
  dns: ['The provider’s name is not known here.', 'Check this machine’s DNS, then send a test.'],
  incomplete: ['Something is still missing.', 'Go through the set-up below.'],
  insufficientPermissions: ['You agreed to a part only.', CONNECT],
  invalid_auth: ['The provider does not know this token.', NEW_CREDENTIALS],
  invalid_client: ['The client’s ID and secret do not belong together.', NEW_CREDENTIALS],
  invalid_grant: ['The sign-in has ended: a new password, access taken back, or an app in Testing.', CONNECT],
  missing_scope: [
    'A permission is missing.',
    'Give the app every permission that the set-up names, then enter its credentials again or connect again.',
  ],
  no_number: ['No number is entered.', 'Enter our number in the set-up below.'],
  no_refresh_token: ['The provider gave no lasting permission.', CONNECT],
  not_authed: ['The provider saw no token.', NEW_CREDENTIALS],
  number_not_found: [
    'The provider has no such number, or this token may not see it.',
    'Copy the number’s ID again, and give the token’s user the account.',
  ],
  other_mailbox: ['Somebody signed in as another mailbox.', CONNECT],
  quality_red: ['It works, but people have complained.', 'Write less, and only what they asked for.'],
  rate_limited: ['The provider asks us to slow down.', WAIT],
  ratelimited: ['The provider asks us to slow down.', WAIT],
  sandbox_off: ['This account is simulated, and no sandbox runs here.', 'Start the demo: just up.'],
  secrets_unreadable: [
    'The secrets cannot be opened with this installation’s secret.',
    'Enter them again, or start with the THROUGHLINE_SECRET that was in use before.',
  ],
  timeout: ['The provider did not answer in time.', WAIT],
  tls: ['No safe connection came about.', 'Check this machine’s clock and certificates.'],
  token_expired: ['The token has run out.', 'Make one that does not run out, and enter it below.'],
  token_revoked: ['The token was revoked.', 'Install the app again and enter the new one.'],
  tokens_revoked: ['The token was revoked.', 'Install the app again and enter the new one.'],
  unauthorized: ['The provider does not know this token.', NEW_CREDENTIALS],
  unreachable: ['The provider could not be reached from here.', WAIT],
}

/** Why an account is as it is. An admin may see a code that has no words here: it is the provider's own. */
export function accountReason(code: string | null): string | null {
  if (code === null) return null
  return known(code)?.[0] ?? `The provider says: ${code.replaceAll('_', ' ')}.`
}

/** What to do about an account that does not work. */
export function whatToDo({ reason, status }: Pick<AccountShown, 'reason' | 'status'>): string {
  return (reason !== null && known(reason)?.[1]) || (status === 'needs_reauth' ? NEW_CREDENTIALS : WAIT)
}

function known(code: string): readonly [string, string] | undefined {
  return REASONS[code] ?? REASONS[code.split(':')[0] ?? '']
}

const ASIDE: Readonly<Record<string, string>> = {
  no_account: 'It names no account at the provider',
  no_form: 'It is no form',
  other_account: 'It is for another account at the provider',
  other_channel: 'It is for another channel',
  other_mailbox: 'It is about another mailbox',
  other_number: 'It is for a number that is not entered here',
  other_team: 'It is from another workspace',
  stranger: 'Somebody else wrote in a private thread',
  unknown_form: 'It has a form that we do not know',
  unknown_number: 'It is for a number that is not entered here',
  unknown_object: 'It is about something that we do not know',
  unreadable: 'It cannot be read',
}

/** Why something was set aside. */
export function asideWords(code: string): string {
  return ASIDE[code] ?? spoken(code)
}

/** Bytes as people read them. */
export function sizeWords(bytes: number): string {
  return bytes < 1024 ? `${bytes} bytes` : `${(bytes / 1024).toFixed(bytes < 10_240 ? 1 : 0)} KB`
}

export interface SecretWords {
  words: string
  /** Where it is found. */
  where: string
}

const SECRETS: Readonly<Record<string, SecretWords>> = {
  bot_token: { words: 'Bot token', where: 'Begins with xoxb-. OAuth & Permissions, Bot User OAuth Token.' },
  signing_secret: { words: 'Signing secret', where: 'Letters and digits. Basic Information, App Credentials.' },
  app_token: {
    words: 'App-level token',
    where: 'Begins with xapp-, for Socket Mode only. Basic Information, App-Level Tokens, scope connections:write.',
  },
}

export function secretWords(name: string): SecretWords {
  return SECRETS[name] ?? { words: spoken(name), where: '' }
}

const OPTIONS: Readonly<Record<string, string>> = {
  app: 'App',
  bot_id: 'Bot',
  bot_user: 'Bot’s user',
  markdown: 'Markdown',
  team: 'Workspace',
  team_name: 'Workspace’s name',
}

export function optionWords(name: string): string {
  return OPTIONS[name] ?? spoken(name)
}

/** Without a public address: Slack is asked, it does not call. */
export function isSocket({ options }: AccountShown): boolean {
  return options.socket === 'on'
}

/** The command that prints the app's manifest for this account. */
export function manifestCommand(account: AccountShown): string {
  const from = account.webhook_url.indexOf('/api/v1/')
  const base = from > 0 ? account.webhook_url.slice(0, from) : ''
  const address = isSocket(account) ? '--socket' : `--base-url ${base}`
  return `throughline slack manifest --account ${account.id} ${address}`
}

/** What is still missing before this account can hear and send. */
export function missing(account: AccountShown): string[] {
  const needed = ['bot_token', isSocket(account) ? 'app_token' : 'signing_secret']
  return account.secrets.filter(({ name, set }) => !set && needed.includes(name)).map(({ name }) => name)
}

function spoken(name: string): string {
  const words = name.replaceAll('_', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}
