"""Every error of Slack's that the stand-in gives, provoked; and its table against Slack's published lists."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from slack_sdk.errors import SlackApiError

from sandbox.slack.published import COMMON, METHODS

from .slack_stage import ADA, APP_TOKEN, BOT, GENERAL, SECRET, TEAM, TOKEN, Stage, stage

#: Codes in Slack's published lists (github.com/slack-ruby/slack-api-ref, docs.slack.dev, slack_sdk), for what we give.
PUBLISHED_COMMON = frozenset(
    [
        "access_denied",
        "account_inactive",
        "accesslimited",
        "deprecated_endpoint",
        "ekm_access_denied",
        "enterprise_is_restricted",
        "fatal_error",
        "internal_error",
        "invalid_arg_name",
        "invalid_arguments",
        "invalid_array_arg",
        "invalid_auth",
        "invalid_charset",
        "invalid_form_data",
        "invalid_json",
        "invalid_post_type",
        "is_bot",
        "json_not_object",
        "method_deprecated",
        "missing_post_type",
        "missing_scope",
        "no_permission",
        "not_allowed_token_type",
        "not_authed",
        "org_login_required",
        "ratelimited",
        "request_timeout",
        "service_unavailable",
        "team_added_to_org",
        "token_expired",
        "token_revoked",
        "two_factor_setup_required",
        "unknown_method",
    ]
)
_SENT = """channel_not_found channel_type_not_supported duplicate_channel_not_found duplicate_message_not_found
    invalid_blocks invalid_blocks_format invalid_chunks invalid_metadata_format invalid_metadata_schema is_archived
    message_limit_exceeded messages_tab_disabled metadata_must_be_sent_from_app metadata_too_large
    msg_blocks_too_long msg_too_long no_text not_in_channel rate_limited restricted_action team_not_found
    too_many_attachments"""
PUBLISHED = {
    "api.test": "",
    "auth.test": "",
    "auth.revoke": "",
    "apps.connections.open": "forbidden_team insecure_request missing_args",
    "conversations.open": """channel_not_found invalid_user_combination method_not_supported_for_channel_type
        not_enough_users too_many_users user_disabled user_not_found user_not_visible users_list_not_supplied""",
    "conversations.info": "channel_not_found",
    "conversations.history": """channel_not_found invalid_cursor invalid_metadata_keys invalid_ts_latest
        invalid_ts_oldest not_in_channel""",
    "conversations.replies": """channel_not_found invalid_cursor invalid_metadata_keys invalid_ts_latest
        invalid_ts_oldest not_in_channel thread_not_found""",
    "users.info": "user_not_found user_not_visible",
    "chat.postMessage": _SENT + " markdown_text_conflict as_user_not_supported",
    "chat.update": """block_mismatch cant_broadcast_message cant_update_message channel_not_found edit_window_closed
        external_channel_migrating invalid_attachments invalid_blocks invalid_blocks_format invalid_metadata_format
        invalid_metadata_schema is_inactive markdown_text_conflict message_not_found metadata_must_be_sent_from_app
        metadata_too_large msg_blocks_too_long msg_too_long no_text streaming_state_conflict team_not_found
        too_many_attachments update_failed""",
    "chat.delete": """cant_delete_message channel_not_found compliance_exports_prevent_deletion message_not_found""",
    "chat.startStream": _SENT + " missing_recipient_team_id missing_recipient_user_id user_not_found",
    "chat.appendStream": _SENT + """ message_not_found message_not_in_streaming_state message_not_owned_by_app
        stopped_by_user""",
    "chat.stopStream": _SENT + """ attachment_payload_limit_exceeded cannot_reply_to_message invalid_status
        message_not_found message_not_in_streaming_state message_not_owned_by_app stopped_by_user""",
    "agents.sessions.setStatus": """channel_not_found feature_disabled internal_error invalid_status not_authorized
        thread_ts_not_allowed thread_ts_required user_not_found""",
    "assistant.threads.setStatus": "channel_not_found invalid_thread_ts",
    "assistant.threads.setSuggestedPrompts": "channel_not_found invalid_thread_ts message_not_found",
}  # fmt: skip
BAD_TS = "1.000001"


def test_no_code_is_ours() -> None:
    assert set(METHODS) == set(PUBLISHED)
    assert COMMON <= PUBLISHED_COMMON
    ours = {name: found.errors - set(PUBLISHED[name].split()) for name, found in METHODS.items()}
    assert {name: codes for name, codes in ours.items() if codes} == {}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def slack() -> AsyncIterator[Stage]:
    async with stage() as found:
        await found.put("/_ctl/tiers", scale=0)
        away = {"team": {"id": TEAM, "name": "Team One"}, "bot_user": "UBOT2", "bot_id": "B2", "signing_secret": SECRET}
        await found.put("/_ctl/apps/A2", **away, bot_token="xoxb-two")
        await found.put("/_ctl/apps/A3", **away, bot_token="xoxb-gone", inactive=True)
        await found.put("/_ctl/apps/A4", **away, bot_token="xoxb-poor", scopes=["users:read"])
        await found.put("/_ctl/channels/COLD", team=TEAM, name="old", members=[BOT], archived=True)
        await found.put("/_ctl/channels/CAWAY", team=TEAM, name="away", members=[ADA])
        await found.put("/_ctl/channels/CBOTH", team=TEAM, name="both", members=[BOT, "UBOT2"])
        yield found


@pytest.mark.parametrize(
    ("code", "method", "args"),
    [
        ("unknown_method", "chat.sing", {}),
        ("not_authed", "auth.test", {"_token": ""}),
        ("invalid_auth", "auth.test", {"_token": "xoxb-nobody"}),
        ("account_inactive", "auth.test", {"_token": "xoxb-gone"}),
        ("missing_scope", "chat.postMessage", {"_token": "xoxb-poor", "channel": GENERAL, "text": "x"}),
        ("not_allowed_token_type", "chat.postMessage", {"_token": APP_TOKEN, "channel": GENERAL, "text": "x"}),
        ("not_allowed_token_type", "apps.connections.open", {}),
        ("invalid_auth", "api.test", {"error": "invalid_auth"}),
        ("users_list_not_supplied", "conversations.open", {}),
        ("user_not_found", "conversations.open", {"users": "UNOBODY"}),
        ("channel_not_found", "conversations.open", {"channel": "D0"}),
        ("channel_not_found", "conversations.info", {"channel": "C0"}),
        ("user_not_found", "users.info", {"user": "UNOBODY"}),
        ("channel_not_found", "conversations.history", {"channel": "C0"}),
        ("not_in_channel", "conversations.history", {"channel": "CAWAY"}),
        ("invalid_arguments", "conversations.history", {"channel": GENERAL, "limit": "many"}),
        ("invalid_cursor", "conversations.history", {"channel": GENERAL, "cursor": "dXNlcg=="}),
        ("thread_not_found", "conversations.replies", {"channel": GENERAL, "ts": BAD_TS}),
        ("channel_not_found", "chat.postMessage", {"channel": "C0", "text": "x"}),
        ("channel_not_found", "chat.postMessage", {"text": "x"}),
        ("not_in_channel", "chat.postMessage", {"channel": "CAWAY", "text": "x"}),
        ("is_archived", "chat.postMessage", {"channel": "COLD", "text": "x"}),
        ("no_text", "chat.postMessage", {"channel": GENERAL}),
        ("markdown_text_conflict", "chat.postMessage", {"channel": GENERAL, "text": "x", "markdown_text": "y"}),
        ("msg_too_long", "chat.postMessage", {"channel": GENERAL, "markdown_text": "x" * 12_001}),
        ("invalid_metadata_format", "chat.postMessage", {"channel": GENERAL, "text": "x", "metadata": "{"}),
        ("invalid_metadata_format", "chat.postMessage", {"channel": GENERAL, "text": "x", "metadata": {"id": 1}}),
        (
            "metadata_too_large",
            "chat.postMessage",
            {"channel": GENERAL, "text": "x", "metadata": {"event_type": "e", "event_payload": {"x": "y" * 16_000}}},
        ),
        ("invalid_blocks_format", "chat.postMessage", {"channel": GENERAL, "blocks": "nothing"}),
        ("invalid_blocks", "chat.postMessage", {"channel": GENERAL, "blocks": [{"text": "no type"}]}),
        (
            "msg_blocks_too_long",
            "chat.postMessage",
            {"channel": GENERAL, "blocks": [{"type": "markdown", "text": "x" * 13_201}]},
        ),
        ("invalid_arguments", "chat.postMessage", {"channel": GENERAL, "text": "x", "thread_ts": "yesterday"}),
        ("invalid_arguments", "chat.postMessage", {"channel": GENERAL, "text": ["x"]}),
        ("message_not_found", "chat.update", {"channel": GENERAL, "ts": BAD_TS, "text": "x"}),
        ("message_not_found", "chat.delete", {"channel": GENERAL, "ts": BAD_TS}),
        ("message_not_found", "chat.appendStream", {"channel": GENERAL, "ts": BAD_TS, "markdown_text": "x"}),
        ("message_not_found", "chat.stopStream", {"channel": GENERAL, "ts": BAD_TS}),
        ("missing_recipient_team_id", "chat.startStream", {"channel": GENERAL}),
        ("missing_recipient_user_id", "chat.startStream", {"channel": GENERAL, "recipient_team_id": TEAM}),
        (
            "user_not_found",
            "chat.startStream",
            {"channel": GENERAL, "recipient_team_id": TEAM, "recipient_user_id": GENERAL},
        ),
        ("is_archived", "chat.startStream", {"channel": "COLD"}),
        ("not_in_channel", "chat.startStream", {"channel": "CAWAY"}),
        ("thread_ts_required", "agents.sessions.setStatus", {"channel_id": GENERAL, "status": "active"}),
        (
            "invalid_status",
            "agents.sessions.setStatus",
            {"channel_id": GENERAL, "thread_ts": BAD_TS, "status": "asleep"},
        ),
        ("not_authorized", "agents.sessions.setStatus", {"channel_id": "CAWAY", "status": "active"}),
        ("invalid_thread_ts", "assistant.threads.setStatus", {"channel_id": GENERAL, "status": "x"}),
        (
            "invalid_arguments",
            "assistant.threads.setStatus",
            {"channel_id": GENERAL, "thread_ts": BAD_TS, "status": "x", "loading_messages": ["x"] * 11},
        ),
        ("invalid_arguments", "assistant.threads.setSuggestedPrompts", {"channel_id": GENERAL, "prompts": []}),
    ],
)
@pytest.mark.asyncio(loop_scope="module")
async def test_an_error_is_slacks_own(slack: Stage, code: str, method: str, args: dict[str, Any]) -> None:
    assert (await slack.call(method, **args))["error"] == code
    assert (await slack.requests())[-1]["done"] is False


@pytest.mark.parametrize(
    ("code", "method", "args"),
    [
        ("cant_update_message", "chat.update", {"text": "x"}),
        ("cant_delete_message", "chat.delete", {}),
        ("message_not_owned_by_app", "chat.appendStream", {"markdown_text": "x"}),
        ("message_not_owned_by_app", "chat.stopStream", {}),
    ],
)
@pytest.mark.asyncio(loop_scope="module")
async def test_others_messages_stay_theirs(slack: Stage, code: str, method: str, args: dict[str, Any]) -> None:
    ts = (await slack.call("chat.postMessage", channel="CBOTH", text="mine"))["ts"]

    assert (await slack.call(method, _token="xoxb-two", channel="CBOTH", ts=ts, **args))["error"] == code


@pytest.mark.parametrize(
    ("code", "args"),
    [
        ("no_text", {}),
        ("markdown_text_conflict", {"markdown_text": "x", "text": "y"}),
        ("msg_too_long", {"text": "x" * 4_001}),
        ("msg_too_long", {"markdown_text": "x" * 12_001}),
        ("invalid_metadata_format", {"text": "x", "metadata": "[]"}),
    ],
)
@pytest.mark.asyncio(loop_scope="module")
async def test_an_edit_has_its_limits(slack: Stage, code: str, args: dict[str, Any]) -> None:
    ts = (await slack.call("chat.postMessage", channel=GENERAL, text="one"))["ts"]

    assert (await slack.call("chat.update", channel=GENERAL, ts=ts, **args))["error"] == code


@pytest.mark.asyncio(loop_scope="module")
async def test_what_is_in_a_closed_channel_stays_as_it_is(slack: Stage) -> None:
    await slack.put("/_ctl/channels/CEND", team=TEAM, name="end", members=[BOT])
    ts = (await slack.call("chat.postMessage", channel="CEND", text="one"))["ts"]
    await slack.put("/_ctl/channels/CEND", team=TEAM, name="end", members=[BOT], archived=True)

    assert (await slack.call("chat.update", channel="CEND", ts=ts, text="two"))["error"] == "is_inactive"


@pytest.mark.asyncio(loop_scope="module")
async def test_sockets_are_asked_for_by_post(slack: Stage) -> None:
    headers = {"authorization": f"Bearer {APP_TOKEN}"}
    assert (await slack.http.get("/api/apps.connections.open", headers=headers)).json()["error"] == "insecure_request"


@pytest.mark.asyncio(loop_scope="module")
async def test_the_sdk_raises_what_it_is_told(slack: Stage) -> None:
    with pytest.raises(SlackApiError) as caught:
        await slack.client.chat_postMessage(channel="C0", text="x")
    assert (caught.value.response.status_code, caught.value.response["error"]) == (200, "channel_not_found")
    assert TOKEN not in str(await slack.requests())
