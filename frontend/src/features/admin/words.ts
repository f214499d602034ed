/** What an admin reads about an account: states, reasons, names of secrets and options. */

import type { AccountShown } from '@/api/shapes'

const REASONS: Readonly<Record<string, string>> = {
  account_inactive: 'The app was removed from the workspace, or the workspace is closed.',
  app_uninstalled: 'The app was removed from the workspace.',
  incomplete: 'Something is still missing: see which secrets are not set.',
  invalid_auth: 'The provider does not know this token.',
  missing_scope: 'The app lacks a permission. Update it from the manifest and install it again.',
  not_authed: 'The provider saw no token.',
  rate_limited: 'The provider asks us to slow down.',
  ratelimited: 'The provider asks us to slow down.',
  sandbox_off: 'This account is simulated, and no sandbox runs here.',
  secrets_unreadable: 'The secrets cannot be opened with this installation’s secret. Enter them again.',
  timeout: 'The provider did not answer in time.',
  token_expired: 'The token has run out.',
  token_revoked: 'The token was revoked. Install the app again and enter the new one.',
  tokens_revoked: 'The token was revoked. Install the app again and enter the new one.',
  unreachable: 'The provider could not be reached from here.',
}

/** Why an account is as it is. An admin may see a code that has no words here: it is the provider's own. */
export function accountReason(code: string | null): string | null {
  return code === null ? null : (REASONS[code] ?? `The provider says: ${code.replaceAll('_', ' ')}.`)
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
