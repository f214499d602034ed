"""The providers' door: only what is signed comes in, it is durable before it is answered, and nobody learns why not."""

import asyncio
import io
import json
import logging
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import msgspec
import pytest
import pytest_asyncio
import structlog

from throughline import observe
from throughline.api.webhooks import MAX_BODY
from throughline.channels.slack.wire import MOST
from throughline.conversation.ids import TenantId, UserId
from throughline.ports import Tx

from .house import problem
from .webhooking import OFF, OURS, SECRET, THEIRS, Knocking, event, knocking

DEMO = TenantId("demo")
CANARY = "zebra-canary-7f3a"


@pytest_asyncio.fixture
async def door(tmp_path: Path) -> AsyncIterator[Knocking]:
    async with knocking(tmp_path / "data") as inside:
        yield inside


async def test_a_signed_message_is_in_the_log_when_the_answer_leaves(door: Knocking) -> None:
    answer = await door.knock(event("Hello"))

    assert (answer.status_code, answer.content) == (200, b"")
    assert await door.said() == [("demo", "Hello")]


async def test_the_handshake_is_answered_with_its_challenge(door: Knocking) -> None:
    answer = await door.knock(b'{"type":"url_verification","challenge":"3eZbrw1a"}')

    assert (answer.status_code, answer.text) == (200, "3eZbrw1a")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"


async def test_a_retry_is_taken_where_the_first_delivery_never_came(door: Knocking) -> None:
    await door.knock(event("late"), x_slack_retry_num="2", x_slack_retry_reason="http_timeout")

    assert await door.said() == [("demo", "late")]


async def test_a_hundred_deliveries_with_and_without_retry_headers_are_one_message(door: Knocking) -> None:
    body = event("once")
    answers = await asyncio.gather(
        *(door.knock(body, **({"x_slack_retry_num": str(n)} if n % 2 else {})) for n in range(100))
    )

    assert {a.status_code for a in answers} == {200}
    assert await door.said() == [("demo", "once")]


async def test_one_mention_that_comes_as_two_events_is_one_message(door: Knocking) -> None:
    place = {"channel": "C0ROOM", "channel_type": "channel"}
    await door.knock(event("<@U0BOT> hi", event=place | {"type": "app_mention"}, event_id="Ev1"))
    await door.knock(event("<@U0BOT> hi", event=place, event_id="Ev2"))

    assert len(await door.said()) == 1


async def test_an_answer_that_comes_before_its_question_is_in_the_same_talk(door: Knocking) -> None:
    root, answer = "1732199999.000100", "1732199999.000200"
    await door.knock(event("second", answer, event={"thread_ts": root}))
    await door.knock(event("first", root))

    assert await door.said() == [("demo", "second"), ("demo", "first")]
    rows = await door.home.store.read(lambda tx: tx.log.summaries(DEMO, None, UserId("demo-admin"), None, 10))
    assert len(rows) == 1


async def test_each_organisation_hears_only_what_came_to_its_own_account(door: Knocking) -> None:
    await door.knock(event("for demo"), OURS)
    await door.knock(event("for rival"), THEIRS)

    assert await door.said() == [("demo", "for demo"), ("rival", "for rival")]


async def test_another_accounts_signature_does_not_open_ours(door: Knocking) -> None:
    body = event("forged")
    stolen = door.signed(body, SECRET[::-1])
    answer = await door.http.post(f"/api/v1/channels/slack/webhook/{OURS}", content=body, headers=stolen)

    assert answer.status_code == 401
    assert await door.said() == []


@pytest.mark.parametrize(
    ("channel", "account"),
    [
        ("slack", "acc-unknown"),
        ("gmail", OURS),
        ("email", OURS),
        ("web", OURS),
        ("nonsense", OURS),
        ("slack", OFF),
        ("slack", "x" * 500),
        ("slack", "%00"),
        ("slack", "a%2Fb"),
        ("slack", "%ed%a0%80"),
    ],
)
async def test_unknown_foreign_and_disabled_accounts_look_the_same(
    door: Knocking, channel: str, account: str
) -> None:  # fmt: skip
    answer = await door.knock(event(), account, channel)

    assert answer.status_code == 404
    assert problem(answer)["code"] in {"unknown_account", "no_such_path"}
    assert await door.said() == []


async def test_switching_an_account_off_closes_its_door(door: Knocking) -> None:
    assert (await door.knock(event("one"))).status_code == 200
    account = await door.ends.lines.account(OURS)
    assert account is not None
    await door.home.store.write(lambda tx: tx.accounts.change(msgspec.structs.replace(account, enabled=False)))

    # Even while it is still taken as read: the transaction looks again.
    assert (await door.knock(event("two", "1732199999.000300"))).status_code == 404
    assert await door.said() == [("demo", "one")]


UNSIGNED: dict[str, dict[str, str]] = {
    "no signature": {"x_slack_signature": ""},
    "no timestamp": {"x_slack_request_timestamp": ""},
    "a word as time": {"x_slack_request_timestamp": "abc"},
    "a time beyond numbers": {"x_slack_request_timestamp": "9" * 400},
    "a time in other digits": {"x_slack_request_timestamp": "١٧٣٢٢٠٠٠٠٠".encode().decode("latin-1")},
    "another version": {"x_slack_signature": "v1=" + "0" * 64},
    "another signature": {"x_slack_signature": "v0=" + "0" * 64},
    "a signature that is no ascii": {"x_slack_signature": "v0=\xff\xfe"},
    "half a signature": {"x_slack_signature": "v0="},
}


@pytest.mark.parametrize("name", UNSIGNED)
async def test_what_is_not_signed_is_refused_without_a_reason(door: Knocking, name: str) -> None:
    body = event(CANARY)
    headers = door.signed(body) | {k.replace("_", "-"): v for k, v in UNSIGNED[name].items()}
    raw = [(k.encode(), v.encode("latin-1")) for k, v in headers.items() if v]
    answer = await door.http.post(f"/api/v1/channels/slack/webhook/{OURS}", content=body, headers=raw)

    said = problem(answer)
    assert (answer.status_code, said["code"]) == (401, "unverified")
    assert said["detail"] == "The request is not signed as it must be."
    assert CANARY not in answer.text
    assert (await door.said(), door.quarantined()) == ([], [])


@pytest.mark.parametrize("age", [301, -302, 10**9])
async def test_a_signature_is_good_for_five_minutes(door: Knocking, age: int) -> None:
    body = event()
    path = f"/api/v1/channels/slack/webhook/{OURS}"
    assert (await door.http.post(path, content=body, headers=door.signed(body, age=age))).status_code == 401
    assert (await door.http.post(path, content=body, headers=door.signed(body, age=299))).status_code == 200


async def test_a_changed_body_is_refused(door: Knocking) -> None:
    headers = door.signed(event("pay 10"))
    answer = await door.http.post(
        f"/api/v1/channels/slack/webhook/{OURS}", content=event("pay 99"), headers=headers
    )  # fmt: skip

    assert answer.status_code == 401


async def test_a_header_that_comes_twice_fits_nothing(door: Knocking) -> None:
    body = event()
    good = [(k.encode(), v.encode()) for k, v in door.signed(body).items()]
    for name, value in door.signed(body).items():
        if name == "content-type":
            continue
        twice = [*good, (name.encode(), value.encode())]
        answer = await door.http.post(f"/api/v1/channels/slack/webhook/{OURS}", content=body, headers=twice)
        assert answer.status_code == 401, name

    assert await door.said() == []


#: Signed and not understood: answered well, kept for an engineer, never a reason to come again.
ODD: dict[str, tuple[bytes, str]] = {
    "nothing at all": (b"", "application/json"),
    "no json": (b"{" + CANARY.encode(), "application/json"),
    "a list": (b"[]", "application/json"),
    "a number": (b"1e400", "application/json"),
    "no event": (b'{"type":"event_callback","team_id":"T0TEAM"}', "application/json"),
    "an event that is a word": (b'{"type":"event_callback","team_id":"T0TEAM","event":"x"}', "application/json"),
    "deep nesting": (b'{"a":' * 50_000 + b"1" + b"}" * 50_000, "application/json"),
    "deep lists": (b"[" * 100_000, "application/json"),
    "not utf-8": (b'{"type":"event_callback","event":{"type":"message","text":"\xff"}}', "application/json"),
    "another type": (event(CANARY), "application/x-www-form-urlencoded"),
    "a form without a payload": (b"a=b", "application/x-www-form-urlencoded"),
    "two payloads": (b"payload={}&payload={}", "application/x-www-form-urlencoded"),
    "another workspace": (event(authorizations=[{"team_id": "T0EVIL"}]), "application/json"),
    "as large as may be": (b" " * MOST, "application/json"),
}


@pytest.mark.parametrize("name", ODD)
async def test_what_is_signed_and_odd_is_kept_and_answered_well(door: Knocking, name: str) -> None:
    body, media_type = ODD[name]
    answer = await door.knock(body, content_type=media_type)

    assert (answer.status_code, answer.content) == (200, b"")
    assert len(door.quarantined()) == 1
    assert await door.said() == []


@pytest.mark.parametrize("media_type", ["", "text/plain", "application/json; charset=utf-16", "nonsense"])
async def test_the_signature_decides_and_not_the_content_type(door: Knocking, media_type: str) -> None:
    assert (await door.knock(event("plain"), content_type=media_type)).status_code == 200
    assert await door.said() == [("demo", "plain")]


async def test_characters_that_no_database_keeps_do_not_stop_a_message(door: Knocking) -> None:
    body = event("PLACE").replace(b"PLACE", b"a\\u0000b\\ud83d\\ude42c")
    assert (await door.knock(body)).status_code == 200

    assert await door.said() == [("demo", "ab\U0001f642c")]


async def test_a_broken_pair_is_answered_well_whatever_becomes_of_it(door: Knocking) -> None:
    assert (await door.knock(event("PLACE").replace(b"PLACE", b"a\\ud800b"))).status_code == 200


async def test_more_than_any_provider_sends_is_not_read(door: Knocking) -> None:
    answer = await door.knock(b" " * (MAX_BODY + 1))
    assert (answer.status_code, problem(answer)["code"]) == (413, "body_too_large")

    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 65_536
            assert sent <= 2 * MAX_BODY
            yield b" " * 65_536

    answer = await door.http.post(f"/api/v1/channels/slack/webhook/{OURS}", content=endless())
    assert answer.status_code == 413


async def test_a_store_that_is_down_is_a_503_and_never_a_200(door: Knocking) -> None:
    door.store.down = True
    answer = await door.knock(event("hold on"))
    assert (answer.status_code, problem(answer)["code"]) == (503, "busy")
    assert int(answer.headers["retry-after"]) >= 1
    door.store.down = False
    assert (await door.knock(event("hold on"), x_slack_retry_num="1")).status_code == 200

    assert await door.said() == [("demo", "hold on")]


async def test_an_account_whose_secrets_do_not_open_is_a_503(door: Knocking) -> None:
    def damage(tx: Tx) -> None:
        tx.accounts.seal(DEMO, OURS, "signing_secret", b"\x01 nothing that opens, and long enough", 1)

    await door.home.store.write(damage)
    door.ends.lines.forget(OURS)

    assert (await door.knock(event())).status_code == 503


async def test_nobody_is_sent_away_for_coming_often(door: Knocking) -> None:
    body = event("again")
    answers = [(await door.knock(body)).status_code for _ in range(650)]

    assert set(answers) == {200}


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
async def test_other_methods_are_not_taken(door: Knocking, method: str) -> None:
    answer = await door.http.request(method, f"/api/v1/channels/slack/webhook/{OURS}")

    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD, POST")


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_a_question_is_unsigned_where_the_provider_asks_none(door: Knocking, method: str) -> None:
    """Slack's handshake is a signed POST: whatever is asked for here by a plain GET is refused like any stranger."""
    answer = await door.http.request(
        method, f"/api/v1/channels/slack/webhook/{OURS}?hub.mode=subscribe&hub.verify_token=x&hub.challenge=7"
    )

    assert answer.status_code == 401
    assert (await door.said(), door.quarantined()) == ([], [])


async def test_a_question_to_an_account_that_is_not_there_is_a_404(door: Knocking) -> None:
    assert (await door.http.get("/api/v1/channels/slack/webhook/acc-unknown")).status_code == 404
    assert (await door.http.get(f"/api/v1/channels/slack/webhook/{OFF}")).status_code == 404


async def test_a_sign_in_is_not_asked_for_and_changes_nothing(door: Knocking) -> None:
    body = event("with a token")
    headers = door.signed(body) | {"authorization": "Bearer nonsense", "origin": "https://evil.test"}
    answer = await door.http.post(f"/api/v1/channels/slack/webhook/{OURS}", content=body, headers=headers)

    assert answer.status_code == 200


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """All that is logged, in JSON, at the most talkative level; as it was before afterwards."""
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    out = io.StringIO()
    observe.configure_logs("json", "DEBUG", out)
    yield out
    root.handlers[:] = before
    root.setLevel(level)
    structlog.reset_defaults()


async def test_the_log_has_the_reason_as_a_code_and_nothing_of_a_body(door: Knocking, lines: io.StringIO) -> None:
    await door.knock(event(CANARY))
    await door.knock(event(CANARY), x_slack_signature="v0=" + "0" * 64)
    await door.knock(b"{" + CANARY.encode())
    await door.knock(event(CANARY, event={"user": CANARY}))
    door.store.down = True
    await door.knock(event(CANARY, "1732199999.000400"))
    door.store.down = False

    written = lines.getvalue()
    assert CANARY not in written
    assert SECRET not in written
    why = [said["why"] for line in written.splitlines() if "why" in (said := json.loads(line))]
    assert why[:2] == ["bad_signature", "unreadable"]
