"""What Slack sends, read: recorded payloads, and what people, bots and strangers do with them."""

import json
from urllib.parse import urlencode

import pytest

from throughline.channels.slack import wire
from throughline.channels.slack.plain import plain
from throughline.conversation.channel import Address, Halt, Inbound, Reading, Receipt, Reply, Unverified
from throughline.conversation.ids import ConversationId, MessageId

from .given import FIXTURES, NOW, OPTIONS, SECRET, callback, fixture, signed, spoken

ANA = Address("T0TEAM/U0ANA")
DM = "D0ANA:1732199999.000100"
ROOM = "C0GENERAL:1732200020.000300"
ECHO = "1732200001.000500"


def read(body: bytes, **options: str) -> Reading:
    """What a signed request with this body says."""
    reading = wire.read(signed(body), SECRET, OPTIONS | options, NOW)
    assert isinstance(reading, Reading)
    return reading


def heard(body: bytes) -> Inbound:
    """The one message in it."""
    (inbound,) = read(body).inbound
    return inbound


def receipt(thread: str) -> Reading:
    ours = Receipt("accepted", ConversationId("c-1"), MessageId("m-1"), ECHO, thread)
    return Reading(receipts=(ours,))


def spoke(
    key: str, text: str, thread: str, who: Address = ANA, *, answers: bool = False, group: bool = False,
    overheard: bool = False,
) -> Reading:  # fmt: skip
    inbound = Inbound(f"T0TEAM:{key}", who, text, thread, answers=answers, group=group, overheard=overheard)
    return Reading(inbound=(inbound,))


MENTION = spoke(ROOM, "what does the plan (https://example.com/plans?a=1&b=2) cost?", ROOM, group=True)
READINGS = {
    "message_im": spoke(DM, "Where is my order <4711>?", DM),
    "message_im_thread": spoke("D0ANA:1732200010.000200", "and the other one", DM, answers=True),
    "app_mention": MENTION,
    "message_channel_mention": MENTION,
    "message_channel_thread": spoke(
        "C0GENERAL:1732200030.000400", "I would like to know as well", ROOM, Address("T0TEAM/U0BEN"),
        answers=True, group=True, overheard=True,
    ),
    "message_channel_chatter": Reading(),
    "message_own_bot": receipt(DM),
    "message_metadata_posted": receipt(f"D0ANA:{ECHO}"),
    "message_metadata_foreign": Reading(),
    "message_changed": Reading(),
    "message_deleted": Reading(),
    "message_other_bot": Reading(),
    "message_slackbot": Reading(),
    "message_file_share": spoke("D0ANA:1732200044.000100", "see this", "D0ANA:1732200044.000100"),
    "message_file_only": spoke("D0ANA:1732200045.000100", "[file: report.pdf]", "D0ANA:1732200045.000100"),
    "message_thread_broadcast": spoke("C0GENERAL:1732200046.000100", "for all", ROOM, answers=True, group=True),
    "message_slack_connect": spoke(
        "C0SHARED:1732200047.000300", "hello from outside", "C0SHARED:1732200047.000300",
        Address("T0TEAM/W0FOREIGN", "Olga"), group=True,
    ),
    "agent_session_stopped": Reading(halts=(Halt("event:Ev08ABCDEF12", DM),)),
    "tokens_revoked": Reading(ended="tokens_revoked"),
    "tokens_revoked_user": Reading(),
    "app_uninstalled": Reading(ended="app_uninstalled"),
    "app_home_opened": Reading(),
    "channel_created": Reading(quarantine="unknown_event"),
    "url_verification": Reading(reply=Reply(body=b"3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P")),
    "app_rate_limited": Reading(quarantine="app_rate_limited"),
    "block_actions_stop": Reading(
        halts=(Halt(f"action:{ECHO}:throughline_stop:U0ANA:1732200055.123456", DM),)
    ),
    "block_actions_other": Reading(quarantine="unknown_action"),
    "view_submission": Reading(quarantine="unknown_interaction"),
}  # fmt: skip


@pytest.mark.parametrize("name", READINGS)
def test_a_recorded_payload_is_read(name: str) -> None:
    assert read(fixture(name)) == READINGS[name]


def test_every_recorded_payload_has_an_expectation() -> None:
    assert {path.stem for path in FIXTURES.glob("*.json")} == set(READINGS)


@pytest.mark.parametrize("name", READINGS)
def test_a_socket_brings_the_same(name: str) -> None:
    assert wire.read_payload(fixture(name), OPTIONS) == READINGS[name]


@pytest.mark.parametrize("name", [name for name in READINGS if name.startswith(("block_", "view_"))])
def test_a_click_comes_as_a_form(name: str) -> None:
    body = urlencode({"payload": fixture(name).decode()}).encode()
    request = signed(body, content_type="application/x-www-form-urlencoded; charset=utf-8")

    assert wire.read(request, SECRET, OPTIONS, NOW) == READINGS[name]


@pytest.mark.parametrize("body", [b"", b"command=%2Fhelp&text=", b"payload={}&payload={}", b"payload=%FF", b"a=" * 99])
def test_a_form_that_is_no_click_is_set_aside(body: bytes) -> None:
    reading = wire.read(signed(body, content_type="application/x-www-form-urlencoded"), SECRET, OPTIONS, NOW)

    assert isinstance(reading, Reading)
    assert reading.quarantine in {"unknown_form", "unreadable"}


def test_a_mention_its_message_and_their_retries_are_one() -> None:
    retried = signed(fixture("app_mention"), more={"x-slack-retry-num": "1", "x-slack-retry-reason": "http_timeout"})
    again = wire.read(retried, SECRET, OPTIONS, NOW)

    assert isinstance(again, Reading)
    keys = {reading.inbound[0].key for reading in (again, *(read(fixture(n)) for n in ("app_mention",
            "message_channel_mention")))}  # fmt: skip
    assert keys == {f"T0TEAM:{ROOM}"}


def test_the_handshake_is_answered_only_when_it_is_signed() -> None:
    request = signed(fixture("url_verification"), more={"x-slack-signature": "v0=" + "0" * 64})

    assert wire.read(request, SECRET, OPTIONS, NOW) == Unverified("bad_signature")


def test_a_body_without_end_is_refused_before_it_is_hashed() -> None:
    assert wire.read(signed(b" " * (wire.MOST + 1)), SECRET, OPTIONS, NOW) == Unverified("too_big")


def test_another_workspace_of_the_same_app_is_set_aside() -> None:
    """One signing secret serves all installations of an app; an account is one of them."""
    assert read(fixture("message_im"), team="T0OTHER") == Reading(quarantine="other_team")
    assert read(fixture("block_actions_stop"), team="T0OTHER") == Reading(quarantine="other_team")
    assert read(callback(spoken(), authorizations=[], team_id=None)) == Reading(quarantine="no_team")


def test_without_authorizations_the_outer_team_counts() -> None:
    assert heard(callback(spoken(), authorizations=None)).sender.address == "T0TEAM/U0ANA"


def test_our_bot_is_known_by_slacks_word_before_anybody_set_it() -> None:
    reading = wire.read(signed(fixture("message_own_bot")), SECRET, {}, NOW)

    assert reading == receipt(DM)


def test_an_echo_without_our_mark_says_nothing() -> None:
    assert read(callback(spoken(bot_id="B0BOT", user="U0BOT"))) == Reading()
    assert (
        read(callback(spoken(user="U0BOT", metadata={"event_type": "deploy", "event_payload": {"a": [1]}})))
        == Reading()
    )


def test_an_echo_of_a_reply_knows_its_thread_though_slack_does_not_say_it() -> None:
    """`message_metadata_posted` has no `thread_ts`: our own mark says which thread a post went into."""
    marked = json.loads(fixture("message_metadata_posted"))
    marked["event"]["metadata"]["event_payload"]["thread"] = "1732199999.000100"

    assert read(json.dumps(marked).encode()) == receipt(DM)


HOSTILE = {
    "no_event": b'{"type": "event_callback", "team_id": "T0TEAM"}',
    "no_type": b"{}",
    "null": b"null",
    "list": b"[]",
    "number": b"1",
    "empty": b"",
    "not_json": b"<html>",
    "not_utf8": b'{"type": "event_callback", "x": "\xff"}',
    "deep": b'{"type": "event_callback", "team_id": "T0TEAM", "event": ' + b"[" * 50_000 + b"]" * 50_000 + b"}",
    "deep_unknown_field": b'{"type": "event_callback", "z": ' + b'{"a":' * 50_000 + b"1" + b"}" * 50_000 + b"}",
    "lone_surrogate": callback(spoken("\ud800")),
    "event_is_text": callback({}).replace(b'"event": {}', b'"event": "message"'),
    "event_without_channel": callback({"type": "message", "user": "U1", "ts": "1.1", "text": "x"}),
    "user_is_an_object": callback(spoken(user={"id": "U1"})),
    "channel_with_a_colon": callback(spoken(channel="D1:2")),
    "ts_is_a_path": callback(spoken(ts="../../etc/passwd")),
    "ts_in_other_digits": callback(spoken(ts="１.１")),
    "user_with_a_slash": callback(spoken(user="U1/T2")),
    "team_with_a_slash": callback(spoken(), authorizations=[{"team_id": "T1/U2"}]),
    "stopped_without_thread": callback({"type": "agent_session_stopped", "channel": "D1"}),
    "stopped_without_event_id": callback(
        {"type": "agent_session_stopped", "channel": "D1", "thread_ts": "1.1"}, event_id=""
    ),
    "challenge_missing": b'{"type": "url_verification"}',
    "challenge_huge": json.dumps({"type": "url_verification", "challenge": "x" * 5_000}).encode(),
    "nan": b'{"type": NaN}',
    "twice": b'{"type": "event_callback"} {"type": "event_callback"}',
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_signed_and_not_understood_is_set_aside_and_answered_200(name: str) -> None:
    reading = read(HOSTILE[name], team="")

    assert reading.quarantine
    assert (reading.reply, reading.inbound, reading.receipts, reading.halts) == (Reply(), (), (), ())


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("a &lt;b&gt; &amp;amp; c", "a <b> &amp; c"),
        ("hi <@U1> and <@U2|ana>", "hi @U1 and @ana"),
        ("<#C1|general> <#C1> <#C1|>", "#general #C1 #C1"),
        ("<!here> <!channel> <!subteam^S1|@ops> <!subteam^S1>", "@here @channel @ops @S1"),
        ("<!date^1392734382^{date}|Feb 18, 2014>", "Feb 18, 2014"),
        ("<https://a.example|docs> <https://a.example>", "docs (https://a.example) https://a.example"),
        ("<https://a.example/|a.example>", "https://a.example/"),
        ("<mailto:a@b.example|a@b.example> <tel:+49123|call>", "a@b.example call (+49123)"),
        ("<javascript:alert(1)|click>", "click (javascript:alert(1))"),
        ("<https://a.example?x=1&amp;y=2|x &lt;3>", "x <3 (https://a.example?x=1&y=2)"),
        ("1 < 2 <", "1 < 2 <"),
        ("<> <|> <@>", "<> <|> @"),
        ("nul\0", "nul"),
        ("&lt;!channel&gt;", "<!channel>"),
    ],
)
def test_slacks_marks_become_plain_words(written: str, read_as: str) -> None:
    assert plain(written) == read_as


@pytest.mark.parametrize(
    ("written", "kept"),
    [("<@U0BOT>  hello", "hello"), ("hello <@U0BOT|bot> you", "hello you"), ("<@U0BOT>", "@U0BOT"),
     ("<@U0BOT> <@U1>", "@U1")],
)  # fmt: skip
def test_in_a_group_our_own_name_is_taken_out(written: str, kept: str) -> None:
    mention = spoken(written, type="app_mention", channel="C0GENERAL", channel_type="channel")

    assert heard(callback(mention)).text == kept


def test_in_a_direct_message_our_own_name_stays() -> None:
    assert heard(callback(spoken("<@U0BOT> hello"))).text == "@U0BOT hello"


@pytest.mark.parametrize("text", ["", "   ", "\0", None])
def test_a_message_without_a_word_is_none(text: str | None) -> None:
    assert read(callback(spoken() | {"text": text})) == Reading()


def test_long_text_is_read_whole() -> None:
    assert len(heard(callback(spoken("x" * 40_000))).text) == 40_000


def test_a_thousand_files_are_ten_names() -> None:
    files = [{"name": "n" * 500}] * 1_000

    assert len(heard(callback(spoken("", subtype="file_share", files=files))).text) < 2_500


@pytest.mark.parametrize("token", ["<", "<@", "<https://a|", "&", "&amp;lt;", "<>", "<!date^"])
def test_a_megabyte_of_marks_is_read_in_no_time(token: str) -> None:
    """Linear in any text: the test's own time limit holds it."""
    assert plain(token * 150_000)
