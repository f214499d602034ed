"""Slack's own calls, down to the socket: what is asked, how often, and what each of Slack's answers means."""

import gzip
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.channels.scripted import Answering, Scripted, answer, drop, scripted
from throughline.channels.slack import answers
from throughline.channels.slack.channel import Slack
from throughline.conversation.channel import Accepted, Ambiguous, NotSent, Outcome, Place, Refused

from .given import DIRECT, MARK, line, piece

ROOT = Place("T0TEAM/U0ANA")
GROUP = Place("T0TEAM/U0ANA", "C0GENERAL:1732200020.000300")
TS = "1732200001.000500"
METADATA = {
    "event_type": "throughline_message",
    "event_payload": {"conversation": MARK[0], "message": MARK[1], "piece": MARK[2], "thread": "1732199999.000100"},
}
POSTED = answer({"ok": True, "channel": "D0ANA", "ts": TS})
OPENED = answer({"ok": True, "channel": {"id": "D0ANA"}})
DONE = answer({"ok": True})


def no(code: str) -> Answering:
    return answer({"ok": False, "error": code})


@pytest.fixture
async def provider() -> AsyncIterator[Scripted]:
    async with scripted() as script:
        script.by_method = {"conversations.open": OPENED}
        script.otherwise = POSTED
        yield script


# ------------------------------------------------------------------------------------------------------------ posting


async def test_a_post_says_where_what_and_whose_and_shows_no_previews(slack: Slack, provider: Scripted) -> None:
    outcome = await slack.send(line(provider.base), DIRECT, piece("**Hello**"))

    assert outcome == Accepted(TS)
    (asked,) = provider.asked
    assert (asked.verb, asked.path) == ("POST", "/api/chat.postMessage")
    assert asked.headers["authorization"] == "Bearer xoxb-1-2-abc"
    assert asked.json == {
        "channel": "D0ANA", "thread_ts": "1732199999.000100", "markdown_text": "**Hello**", "metadata": METADATA,
        "unfurl_links": False, "unfurl_media": False,
    }  # fmt: skip


async def test_a_persons_words_go_as_text_that_slack_does_not_read_into(slack: Slack, provider: Scripted) -> None:
    await slack.send(line(provider.base), DIRECT, piece("*Maya* · web\nhi", "mrkdwn"))

    asked = provider.asked[0].json
    assert (asked["text"], asked["parse"], asked["link_names"]) == ("*Maya* · web\nhi", "none", False)
    assert "markdown_text" not in asked


async def test_where_markdown_is_switched_off_it_goes_in_slacks_marks(slack: Slack, provider: Scripted) -> None:
    await slack.send(line(provider.base, markdown="off"), DIRECT, piece("**Hello**"))

    assert provider.asked[0].json["text"] == "*Hello*"


async def test_a_first_post_finds_the_direct_message_once_and_opens_a_thread(slack: Slack, provider: Scripted) -> None:
    at = line(provider.base)
    first, second = await slack.send(at, ROOT, piece()), await slack.send(at, ROOT, piece())

    assert first == second == Accepted(TS, f"D0ANA:{TS}")
    assert provider.methods() == ["conversations.open", "chat.postMessage", "chat.postMessage"]
    assert provider.asked[0].json == {"users": "U0ANA"}
    assert "thread_ts" not in provider.asked[1].json
    assert "thread" not in provider.asked[1].json["metadata"]["event_payload"]


async def test_a_direct_message_that_is_gone_is_looked_for_again(slack: Slack, provider: Scripted) -> None:
    provider.otherwise = no("channel_not_found")
    assert await slack.send(line(provider.base), ROOT, piece()) == Refused("channel_not_found")
    provider.otherwise = POSTED
    assert await slack.send(line(provider.base), ROOT, piece()) == Accepted(TS, f"D0ANA:{TS}")

    assert provider.methods().count("conversations.open") == 2


@pytest.mark.parametrize(
    ("answering", "outcome"),
    [
        (drop, NotSent("reset")),
        (answer("oops", 500), NotSent("http_500")),
        (answer({"ok": True}), NotSent("no_channel")),
        (answer({"ok": True, "channel": "D1"}), NotSent("no_channel")),
        (no("user_not_found"), Refused("user_not_found")),
        (no("ratelimited"), NotSent("ratelimited")),
    ],
)
async def test_where_the_place_is_not_found_nothing_was_said(
    slack: Slack, provider: Scripted, answering: Answering, outcome: Outcome
) -> None:
    provider.by_method["conversations.open"] = answering

    assert await slack.send(line(provider.base), ROOT, piece()) == outcome
    assert provider.methods() == ["conversations.open"]


async def test_two_accounts_do_not_share_a_place(slack: Slack, provider: Scripted) -> None:
    import msgspec

    one = line(provider.base)
    other = msgspec.structs.replace(one, account=msgspec.structs.replace(one.account, id="a-2"))
    await slack.send(one, ROOT, piece())
    await slack.send(other, ROOT, piece())

    assert provider.methods().count("conversations.open") == 2


async def test_taken_without_an_id_is_ambiguous(slack: Slack, provider: Scripted) -> None:
    provider.otherwise = DONE

    assert await slack.send(line(provider.base), DIRECT, piece()) == Ambiguous("no_ts")


async def test_without_a_token_nobody_is_asked(slack: Slack, provider: Scripted) -> None:
    import msgspec

    for token in ("", "xoxb-\r\nX-Evil: 1", "xoxb-ü"):
        bad = msgspec.structs.replace(line(provider.base), secrets={"bot_token": token})
        outcome = await slack.send(bad, DIRECT, piece())
        assert isinstance(outcome, Refused)
        assert outcome.auth
    assert provider.asked == []


async def test_no_cookie_of_one_account_reaches_another(slack: Slack, provider: Scripted) -> None:
    provider.otherwise = answer({"ok": True, "ts": TS}, headers=[("Set-Cookie", "d=secret; Path=/")])
    for _ in range(2):
        await slack.send(line(provider.base), DIRECT, piece())

    assert all("cookie" not in asked.headers for asked in provider.asked)


# -------------------------------------------------------------------------------------------------- what codes mean


CODES: dict[str, Any] = {
    "channel_not_found": Refused("channel_not_found"),
    "not_in_channel": Refused("not_in_channel"),
    "is_archived": Refused("is_archived"),
    "msg_too_long": Refused("msg_too_long"),
    "missing_scope": Refused("missing_scope"),
    "some_code_of_tomorrow": Refused("some_code_of_tomorrow"),
    "Not A Code <script>": Refused("unknown"),
    "invalid_auth": Refused("invalid_auth", auth=True),
    "not_authed": Refused("not_authed", auth=True),
    "token_revoked": Refused("token_revoked", auth=True),
    "token_expired": Refused("token_expired", auth=True),
    "account_inactive": Refused("account_inactive", auth=True),
    "ratelimited": NotSent("ratelimited"),
    "request_timeout": NotSent("request_timeout"),
    "streaming_state_conflict": NotSent("streaming_state_conflict"),
    "internal_error": Ambiguous("internal_error"),
    "fatal_error": Ambiguous("fatal_error"),
    "service_unavailable": Ambiguous("service_unavailable"),
}


@pytest.mark.parametrize("code", CODES)
async def test_a_code_of_slacks_means(slack: Slack, provider: Scripted, code: str) -> None:
    provider.otherwise = no(code)

    assert await slack.send(line(provider.base), DIRECT, piece()) == CODES[code]


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        (400, {"ok": False, "error": "invalid_auth"}, Refused("invalid_auth", auth=True)),
        (404, "<html>not here</html>", Refused("http_404")),
        (403, {"detail": "a proxy says no"}, Refused("http_403")),
        (408, {"ok": False}, Ambiguous("http_408")),
        (200, {"ok": "true"}, Ambiguous("no_ok")),
        (201, {"ok": True}, Ambiguous("no_ok")),
        (200, {"ok": False}, Refused("unknown")),
        (200, {"ok": False, "error": ["x"]}, Refused("unknown")),
    ],
)
async def test_an_unusual_answer_means(
    slack: Slack, provider: Scripted, status: int, body: object, outcome: Outcome
) -> None:
    provider.otherwise = answer(body, status)

    assert await slack.send(line(provider.base), DIRECT, piece()) == outcome


# ---------------------------------------------------------------------------------------------------------- streaming


async def test_a_stream_is_started_appended_and_stopped_with_the_mark(slack: Slack, provider: Scripted) -> None:
    at = line(provider.base)
    started = await slack.start(at, DIRECT, "He")
    appended = await slack.append(at, DIRECT, TS, "llo")
    stopped = await slack.stop(at, DIRECT, TS, ".", piece())

    assert started == appended == stopped == Accepted(TS)
    assert [(asked.method, asked.json) for asked in provider.asked] == [
        ("chat.startStream", {"channel": "D0ANA", "thread_ts": "1732199999.000100", "markdown_text": "He"}),
        ("chat.appendStream", {"channel": "D0ANA", "ts": TS, "markdown_text": "llo"}),
        ("chat.stopStream", {"channel": "D0ANA", "ts": TS, "markdown_text": ".", "metadata": METADATA}),
    ]


async def test_in_a_channel_a_stream_names_whom_it_is_for(slack: Slack, provider: Scripted) -> None:
    await slack.start(line(provider.base), GROUP, "")

    assert provider.asked[0].json == {
        "channel": "C0GENERAL", "thread_ts": "1732200020.000300", "recipient_team_id": "T0TEAM",
        "recipient_user_id": "U0ANA",
    }  # fmt: skip


async def test_nothing_more_to_say_asks_nobody(slack: Slack, provider: Scripted) -> None:
    assert await slack.append(line(provider.base), DIRECT, TS, "") == Accepted(TS)
    assert provider.asked == []
    await slack.stop(line(provider.base), DIRECT, TS, "", None)
    assert provider.asked[0].json == {"channel": "D0ANA", "ts": TS}


@pytest.mark.parametrize(
    ("code", "at_start", "later"),
    [
        ("unknown_method", Refused("no_streaming"), Refused("no_streaming")),
        ("feature_disabled", Refused("no_streaming"), Refused("no_streaming")),
        ("method_deprecated", Refused("no_streaming"), Refused("no_streaming")),
        ("channel_type_not_supported", Refused("no_streaming"), Refused("no_streaming")),
        ("message_not_in_streaming_state", Refused("message_not_in_streaming_state"), Refused("not_streaming")),
        ("stopped_by_user", Refused("stopped_by_user"), Refused("stopped_by_user")),
        ("ratelimited", NotSent("ratelimited"), NotSent("ratelimited")),
        ("token_revoked", Refused("token_revoked", auth=True), Refused("token_revoked", auth=True)),
        ("internal_error", Ambiguous("internal_error"), Ambiguous("internal_error")),
    ],
)
async def test_a_streams_refusal_is_told_in_the_ports_words(
    slack: Slack, provider: Scripted, code: str, at_start: Outcome, later: Outcome
) -> None:
    provider.otherwise = no(code)
    at = line(provider.base)

    assert await slack.start(at, DIRECT, "x") == at_start
    assert await slack.append(at, DIRECT, TS, "x") == later
    assert await slack.stop(at, DIRECT, TS, "x", piece()) == later


async def test_a_stream_whose_start_was_not_answered_is_ambiguous_and_asked_once(
    slack: Slack, provider: Scripted
) -> None:
    provider.otherwise = drop

    assert await slack.start(line(provider.base), DIRECT, "x") == Ambiguous("reset")
    assert await slack.append(line(provider.base), DIRECT, TS, "x") == Ambiguous("reset")
    assert len(provider.asked) == 2


# ----------------------------------------------------------------------------------------------- what stands already


async def test_what_stands_is_set_anew_and_taken_away(slack: Slack, provider: Scripted) -> None:
    at = line(provider.base)

    assert await slack.edit(at, DIRECT, TS, piece("new")) == Accepted(TS)
    assert await slack.remove(at, DIRECT, TS) == Accepted(TS)
    assert [(asked.method, asked.json) for asked in provider.asked] == [
        ("chat.update", {"channel": "D0ANA", "ts": TS, "markdown_text": "new", "metadata": METADATA}),
        ("chat.delete", {"channel": "D0ANA", "ts": TS}),
    ]


async def test_what_is_gone_is_away(slack: Slack, provider: Scripted) -> None:
    provider.otherwise = no("message_not_found")

    assert await slack.remove(line(provider.base), DIRECT, TS) == Accepted(TS)
    assert await slack.edit(line(provider.base), DIRECT, TS, piece()) == Refused("message_not_found")


# -------------------------------------------------------------------------------------------------------- the status


@pytest.mark.parametrize(("status", "told"), [("working", "processing"), ("waiting", "suspended"), ("done", "active")])
async def test_a_status_is_the_sessions(slack: Slack, provider: Scripted, status: str, told: str) -> None:
    assert await slack.status(line(provider.base), DIRECT, status) == Accepted("1732199999.000100")
    assert provider.asked[0].json == {"channel_id": "D0ANA", "thread_ts": "1732199999.000100", "status": told}


async def test_where_there_are_no_sessions_the_older_status_is_used_from_then_on(
    slack: Slack, provider: Scripted
) -> None:
    provider.by_method["agents.sessions.setStatus"] = no("feature_disabled")
    for status in ("working", "done"):
        assert await slack.status(line(provider.base), DIRECT, status) == Accepted("1732199999.000100")

    assert provider.methods() == ["agents.sessions.setStatus", *["assistant.threads.setStatus"] * 2]
    assert [asked.json["status"] for asked in provider.asked[1:]] == ["is writing…", ""]


async def test_a_status_needs_a_thread_and_a_known_word(slack: Slack, provider: Scripted) -> None:
    assert isinstance(await slack.status(line(provider.base), ROOT, "working"), Refused)
    assert isinstance(await slack.status(line(provider.base), DIRECT, "dancing"), Refused)
    assert provider.asked == []


async def test_a_packed_answer_is_neither_asked_for_nor_unpacked(slack: Slack, provider: Scripted) -> None:
    """A few bytes can be a gigabyte once they are unpacked."""
    bomb = gzip.compress(b'{"ok": true, "ts": "1.1", "x": "' + b"0" * 50_000_000 + b'"}')
    provider.otherwise = answer(bomb, headers=[("Content-Encoding", "gzip")], kind="application/json")

    assert await slack.send(line(provider.base), DIRECT, piece()) == Ambiguous("bad_json")
    assert provider.asked[0].headers["accept-encoding"] == "identity"


def test_no_code_is_in_two_classes() -> None:
    classes = (answers._LATER, answers._AUTH, answers._BROKEN, answers._OVER, answers._NO_STREAMS)

    assert sum(map(len, classes)) == len(frozenset().union(*classes))
