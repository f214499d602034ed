// What became of a message on a channel, in words that need no manual. States and reasons come as codes.
import { type Channel, channelName } from './channels'

export type Reached =
  | 'pending'
  | 'sending'
  | 'streaming'
  | 'accepted'
  | 'delivered'
  | 'read'
  | 'not_sent'
  | 'ambiguous'
  | 'held'
  | 'refused'
  | 'passed'
  | 'superseded'
  | 'dead'

/** Where one message stands on one channel. `reason` is a code. */
export interface Standing {
  channel: Channel
  state: Reached
  reason?: string | undefined
}

/** `ok`: it is there; `going`: nobody needs to do anything; `unsure`: it may be there; `failed`: it is not. */
export type Tone = 'going' | 'ok' | 'unsure' | 'failed'

const TONES: Readonly<Record<Reached, Tone>> = {
  pending: 'going',
  sending: 'going',
  streaming: 'going',
  accepted: 'ok',
  delivered: 'ok',
  read: 'ok',
  not_sent: 'going',
  ambiguous: 'unsure',
  held: 'unsure',
  refused: 'failed',
  passed: 'going',
  superseded: 'going',
  dead: 'failed',
}

export function toneOf(state: Reached): Tone {
  return TONES[state]
}

/** Beside a message: one glance. */
export function standingWords({ channel, state, reason }: Standing): string {
  const name = channelName(channel)
  switch (state) {
    case 'pending':
    case 'sending':
      return `On its way to ${name}`
    case 'streaming':
      return `Appearing in ${name}`
    case 'accepted':
      return channel === 'web' ? 'Delivered' : `In ${name}`
    case 'delivered':
      return channel === 'web' ? 'Delivered' : `Delivered to ${name}`
    case 'read':
      return channel === 'web' ? 'Read' : `Read in ${name}`
    case 'not_sent':
      return `On its way to ${name}, not taken yet`
    case 'ambiguous':
    case 'held':
      return `Not confirmed by ${name}`
    case 'refused':
    case 'dead':
      return `Not delivered to ${name}${reason === undefined ? '' : `: ${reasonWords(reason)}`}`
    case 'passed':
      return `Passed on by ${name}`
    case 'superseded':
      return `Not needed in ${name}`
  }
}

const REASONS: Readonly<Record<string, string>> = {
  account_inactive: 'the account is switched off there',
  already_there: 'the person has it on another channel',
  bad_answer: 'the answer made no sense',
  breaker_open: 'the channel has been failing and is left alone for a while',
  cannot_dm_bot: 'one cannot write to that address',
  channel_not_found: 'the place is gone',
  connection: 'the connection broke',
  connection_lost: 'the connection broke',
  disabled: 'the channel is switched off here',
  down: 'the channel is down',
  failover: 'it went to another channel instead',
  internal_error: 'the provider had a fault',
  invalid_auth: 'the credentials are not right any more',
  is_archived: 'the place is archived',
  lost_answer: 'no answer came back',
  missing_scope: 'a permission is missing',
  move: 'the talk moved on',
  moved: 'the talk moved on',
  msg_too_long: 'it is too long for the channel',
  no_answer: 'no answer came back',
  no_echo: 'no sign of it came back in time',
  no_streaming: 'it cannot appear bit by bit there',
  not_authed: 'the credentials are not right any more',
  not_in_channel: 'we are not a member of that place',
  not_streaming: 'the channel ended the live text',
  off: 'the person does not want to be written to there',
  rate_limited: 'the channel asked us to slow down',
  ratelimited: 'the channel asked us to slow down',
  redirected: 'the address leads elsewhere',
  restarted: 'the server was restarted on the way',
  restricted_action: 'the workspace does not allow it',
  server_error: 'the provider had a fault',
  service_unavailable: 'the provider is not available',
  fatal_error: 'the provider had a fault',
  stopped_by_user: 'the person stopped it',
  timeout: 'the answer took too long',
  token_expired: 'the credentials have run out',
  token_revoked: 'the credentials were taken back',
  too_late: 'it was too late to be of use',
  too_long: 'it is too long for the channel',
  turn_ended: 'the answer ended without words',
  unreachable: 'the channel could not be reached',
  user_not_found: 'the address is gone',
  waited_too_long: 'it could not be taken for too long',
  window_closed: 'the channel lets us write only after the person has',
}

/** Why, as the end of a sentence. What has no words here is not shown as a code: see `stepWords` for what happened. */
export function reasonWords(code: string): string {
  return REASONS[code] ?? 'something went wrong on the way'
}

/** What stands beside a message: other channels than the web where there are any, and the web where it is alone. */
export function worthSaying(standings: readonly Standing[]): readonly Standing[] {
  const others = standings.filter(({ channel }) => channel !== 'web')
  return others.length > 0 ? others : standings
}
