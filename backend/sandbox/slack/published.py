"""What Slack publishes of each method: its tier, its scope, and the errors of its list that this stand-in gives.

Held against Slack's own lists by a test. A method may give no other code than the ones here.
"""

from msgspec import Struct

from sandbox.slack.tiers import OFTEN, POST_WORKSPACE, SOCKETS, T2, T3, T4, Tier

#: Given before a method is looked at.
COMMON = frozenset({
    "account_inactive", "fatal_error", "internal_error", "invalid_arguments", "invalid_auth", "invalid_charset",
    "invalid_form_data", "invalid_json", "invalid_post_type", "json_not_object", "missing_scope",
    "not_allowed_token_type", "not_authed", "ratelimited", "request_timeout", "service_unavailable", "token_revoked",
    "unknown_method",
})  # fmt: skip
_POST = frozenset({
    "channel_not_found", "invalid_blocks", "invalid_blocks_format", "invalid_metadata_format", "is_archived",
    "markdown_text_conflict", "metadata_too_large", "msg_blocks_too_long", "msg_too_long", "no_text", "not_in_channel",
})  # fmt: skip
_STREAM = frozenset({
    "channel_not_found", "invalid_blocks", "invalid_chunks", "is_archived", "msg_blocks_too_long", "msg_too_long",
    "no_text", "not_in_channel",
})  # fmt: skip
_HISTORY = frozenset({"channel_not_found", "invalid_cursor", "not_in_channel"})


class Published(Struct, frozen=True):
    """One method."""

    tier: Tier
    scope: str = ""
    errors: frozenset[str] = frozenset()


METHODS = {
    "api.test": Published(T4),
    "auth.test": Published(OFTEN),
    "auth.revoke": Published(T3),
    "apps.connections.open": Published(SOCKETS, "connections:write", frozenset({"insecure_request"})),
    "conversations.open": Published(
        T3, "im:write", frozenset({"channel_not_found", "user_not_found", "users_list_not_supplied"})
    ),
    "conversations.info": Published(T3, "im:read", frozenset({"channel_not_found"})),
    "conversations.history": Published(T3, "im:history", _HISTORY),
    "conversations.replies": Published(T3, "im:history", _HISTORY | {"thread_not_found"}),
    "users.info": Published(T4, "users:read", frozenset({"user_not_found"})),
    "chat.postMessage": Published(POST_WORKSPACE, "chat:write", _POST),
    "chat.update": Published(
        T3, "chat:write",
        (_POST - {"is_archived", "not_in_channel"})
        | {"cant_update_message", "is_inactive", "message_not_found", "streaming_state_conflict"},
    ),
    "chat.delete": Published(
        T3, "chat:write", frozenset({"cant_delete_message", "channel_not_found", "message_not_found"})
    ),
    "chat.startStream": Published(
        T2, "chat:write",
        _STREAM | {"missing_recipient_team_id", "missing_recipient_user_id", "user_not_found"},
    ),
    "chat.appendStream": Published(
        T4, "chat:write",
        _STREAM | {"message_not_found", "message_not_in_streaming_state", "message_not_owned_by_app",
                   "stopped_by_user"},
    ),
    "chat.stopStream": Published(
        T2, "chat:write",
        _STREAM | {"invalid_blocks_format", "invalid_metadata_format", "invalid_status", "message_not_found",
                   "message_not_in_streaming_state", "message_not_owned_by_app", "metadata_too_large",
                   "stopped_by_user"},
    ),
    "agents.sessions.setStatus": Published(
        T3, "chat:write", frozenset({"channel_not_found", "invalid_status", "not_authorized", "thread_ts_required"})
    ),
    "assistant.threads.setStatus": Published(
        OFTEN, "chat:write", frozenset({"channel_not_found", "invalid_thread_ts"})
    ),
    "assistant.threads.setSuggestedPrompts": Published(
        OFTEN, "assistant:write", frozenset({"channel_not_found", "invalid_thread_ts"})
    ),
}  # fmt: skip
