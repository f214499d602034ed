"""Where a call goes: addresses that are none, places that cannot be found, and how much is remembered."""

from collections.abc import AsyncIterator

import pytest

from tests.channels.scripted import Scripted, answer, scripted
from throughline.channels.slack import channel as module
from throughline.channels.slack.channel import Slack
from throughline.conversation.channel import Accepted, Ambiguous, NotSent, Place, Refused

from .given import DIRECT, line, piece

TS = "1732200001.000500"
GONE = answer({"ok": False, "error": "user_not_found"})


@pytest.fixture
async def provider() -> AsyncIterator[Scripted]:
    async with scripted() as script:
        script.by_method = {"conversations.open": answer({"ok": True, "channel": {"id": "D0ANA"}})}
        script.otherwise = answer({"ok": True, "channel": "D0ANA", "ts": TS})
        yield script


@pytest.mark.parametrize(
    "base", ["http://[::1", "http://", "nonsense", "", "ftp://127.0.0.1/", "http://127.0.0.1:99999/"]
)
async def test_an_address_that_is_none_is_an_outcome(slack: Slack, base: str) -> None:
    outcome = await slack.send(line(base), DIRECT, piece())

    assert isinstance(outcome, NotSent | Refused)
    assert outcome.reason in {"bad_address", "connect", "dns"}


async def test_nothing_is_done_about_a_message_whose_place_is_not_found(slack: Slack, provider: Scripted) -> None:
    provider.by_method["conversations.open"] = GONE
    at, root = line(provider.base), Place("T0TEAM/U0ANA")

    assert await slack.start(at, root, "x") == Refused("user_not_found")
    assert await slack.append(at, root, TS, "x") == Refused("user_not_found")
    assert await slack.edit(at, root, TS, piece()) == Refused("user_not_found")
    assert set(provider.methods()) == {"conversations.open"}


async def test_a_stream_can_begin_a_thread(slack: Slack, provider: Scripted) -> None:
    outcome = await slack.start(line(provider.base), Place("T0TEAM/U0ANA"), "Hello")

    assert outcome == Accepted(TS, f"D0ANA:{TS}")
    assert provider.asked[1].json == {"channel": "D0ANA", "markdown_text": "Hello"}


async def test_places_are_remembered_up_to_a_number(
    slack: Slack, provider: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_REMEMBERED", 2)
    for user in ("U1", "U2", "U3", "U3", "U1"):
        await slack.send(line(provider.base), Place(f"T0TEAM/{user}"), piece())

    found = [asked.json["users"] for asked in provider.asked if asked.method == "conversations.open"]
    assert found == ["U1", "U2", "U3", "U1"]


async def test_a_status_that_fails_says_how(slack: Slack, provider: Scripted) -> None:
    provider.otherwise = answer("oops", 500)

    assert await slack.status(line(provider.base), DIRECT, "working") == Ambiguous("http_500")
