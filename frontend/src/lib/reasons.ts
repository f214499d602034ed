// Why something did not get through: codes of ours and of providers, in words. Fetched when somebody asks.

const REASONS: ReadonlyMap<string, string> = new Map(
  [
    ['the credentials are not right any more', 'invalid_auth invalid_token not_authed no_token not_allowed_token_type'],
    ['the credentials were taken back', 'token_revoked account_inactive org_login_required'],
    ['the credentials have run out', 'token_expired'],
    ['a permission is missing', 'missing_scope restricted_action'],
    ['the place is gone', 'channel_not_found message_not_found no_thread'],
    ['the place is archived', 'is_archived'],
    ['we are not a member of that place', 'not_in_channel'],
    ['the address is gone', 'user_not_found bad_address bad_url'],
    ['the channel asked us to slow down', 'ratelimited rate_limited message_limit_exceeded pair_rate'],
    ['it is too long since the person last wrote there', 'window_closed'],
    ['the person cannot be reached there', 'undeliverable opted_out'],
    ['one of us has seen it there', 'said_by_member'],
    ['it was about to leave when a backup was restored', 'restored'],
    ['the person wants nothing to ring at this hour', 'quiet_hours'],
    ['our end of the channel is shut', 'account account_down'],
    ['the approved words for it are missing', 'template no_template bad_template'],
    ['the channel did not take the file', 'media'],
    ['it is too long for the channel', 'msg_too_long msg_blocks_too_long too_big'],
    ['the channel is switched off here', 'disabled no_channel'],
    ['the channel could not be reached', 'unreachable connect'],
    ['the connection broke', 'connection cut cut_off lost disconnected'],
    ['the answer took too long', 'timeout request_timeout'],
    ['the answer made no sense', 'bad_answer bad_json not_json no_ok no_ts redirect html'],
    ['the provider had a fault', 'internal_error fatal_error service_unavailable unknown_error server_error'],
    ['no sign of it came back in time', 'no_echo not_confirmed'],
    ['it was not taken in time', 'not_sent'],
    ['nobody had it open', 'not_seen'],
    ['the channel refused it', 'refused'],
    ['the channel has trouble', 'breaker_open'],
    ['the channel ended the live text', 'not_streaming no_streaming'],
    ['the person stopped it', 'stopped_by_user'],
    ['the talk moved on', 'move'],
    ['the person does not want to be written to there', 'off'],
    ['it could not be taken for too long', 'given_up too_late'],
    ['the person has it on another channel', 'already_there'],
  ].flatMap(([words = '', codes = '']) => codes.split(' ').map((code) => [code, words] as const)),
)

/** Why, as the end of a sentence. What has no words here is not shown as a code: see `stepWords` for what happened. */
export function reasonWords(code: string): string {
  // A provider's number may stand behind the word: `undeliverable_131026`.
  return REASONS.get(code) ?? REASONS.get(code.replace(/_\d+$/, '')) ?? 'something went wrong on the way'
}
