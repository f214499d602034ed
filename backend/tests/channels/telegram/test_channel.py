"""What Telegram answers, what it becomes, and that the token is told to nobody."""

import asyncio

import pytest

from tests.channels.scripted import Answering, answer, nobody, scripted
from throughline.channels.telegram.channel import Telegram
from throughline.channels.telegram.client import Client
from throughline.channels.telegram.credentials import bot, complete, wrong
from throughline.channels.telegram.polling import Polling
from throughline.conversation.channel import Accepted, Ambiguous, Media, NotSent, Outcome, Reading, Refused, Reply

from .given import BOT, PLACE, SECRETS, line, piece

TOKEN = SECRETS["bot_token"]


def refused(code: int, words: str, **parameters: object) -> Answering:
    return answer({"ok": False, "error_code": code, "description": words, "parameters": parameters}, code)


@pytest.mark.parametrize(
    ("answering", "outcome"),
    [
        (refused(429, "Too Many Requests: retry after 7", retry_after=7), NotSent("rate_limited", 7.0)),
        (refused(429, "Too Many Requests", retry_after="x"), NotSent("rate_limited", None)),
        (refused(429, "Too Many Requests", retry_after=True), NotSent("rate_limited", None)),
        (refused(429, "Too Many Requests", retry_after=1e99), NotSent("rate_limited", 3_600.0)),
        (refused(403, "Forbidden: bot was blocked by the user"), Refused("blocked")),
        (refused(403, "Forbidden: user is deactivated"), Refused("deactivated")),
        (refused(403, "Forbidden: something new"), Refused("forbidden")),
        (refused(400, "Bad Request: group chat was upgraded to a supergroup chat"), Refused("group_moved")),
        (refused(400, "Bad Request: something new"), Refused("http_400")),
        (refused(413, "Request Entity Too Large"), Refused("http_413")),
        (refused(404, "Not Found"), Refused("unauthorized", auth=True)),
        (answer({"ok": True}, 200), Ambiguous("http_200")),
        (answer({"ok": True, "result": {"message_id": "x"}}), Ambiguous("no_message_id")),
        (answer({"ok": True, "result": []}), Ambiguous("no_message_id")),
        (answer("<html>", 403), Ambiguous("broken_answer")),
    ],
)
async def test_an_answer_becomes_an_outcome(answering: Answering, outcome: Outcome) -> None:
    telegram = Telegram(Client(total=10, connect=5))
    async with scripted() as provider:
        provider.otherwise = answering
        assert await telegram.send(line(provider.base), PLACE, piece()) == outcome
        await telegram.close()


async def test_a_message_goes_out_without_a_preview() -> None:
    telegram = Telegram(Client(total=10, connect=5))
    async with scripted() as provider:
        provider.otherwise = answer({"ok": True, "result": {"message_id": 1}})
        await telegram.send(line(provider.base), PLACE, piece("<b>x</b>"))
        await telegram.close()
        (asked,) = provider.asked

    assert asked.path == f"/api/bot{TOKEN}/sendMessage"
    assert asked.json == {
        "chat_id": 550_123, "text": "<b>x</b>", "parse_mode": "HTML", "link_preview_options": {"is_disabled": True},
    }  # fmt: skip


@pytest.mark.parametrize("path", ["../../x", "", "x" * 2_000, 7, None])
async def test_a_strange_path_of_a_file_is_not_asked_for(path: object) -> None:
    telegram = Telegram(Client(total=10, connect=5))
    async with scripted() as provider:
        provider.otherwise = answer({"ok": True, "result": {"file_path": path}})
        async with telegram.fetch(line(provider.base), Media("f", "image", "image/png")) as found:
            assert found == Refused("no_file")
        await telegram.close()

        assert provider.methods() == ["getFile"]


async def test_the_token_is_told_to_nobody(capfd: pytest.CaptureFixture[str]) -> None:
    telegram = Telegram(Client(total=10, connect=5))
    telling: list[object] = []
    async with scripted() as provider:
        for answering in (refused(401, f"Unauthorized {TOKEN}"), refused(500, TOKEN), answer("<html>")):
            provider.otherwise = answering
            at = line(provider.base)
            telling += [await telegram.send(at, PLACE, piece()), await telegram.probe(at)]
            async with telegram.fetch(at, Media("f", "image", "image/png")) as found:
                telling.append(found)
    telling.append(await telegram.send(line(nobody()), PLACE, piece()))
    await telegram.close()
    out = capfd.readouterr()

    assert TOKEN.partition(":")[2] not in repr(telling) + out.out + out.err


async def test_an_unknown_status_asks_nobody() -> None:
    telegram = Telegram()

    assert await telegram.status(line(nobody()), PLACE, "dancing") == Refused("unknown_status")
    assert await telegram.status(line(nobody()), PLACE, "done") == Accepted("done")


# ------------------------------------------------------------------------------------------------------------ polling


@pytest.mark.parametrize(
    ("failed", "least", "most"),
    [
        (NotSent("connect"), 0.5, 1.0),
        (NotSent("rate_limited", 40.0), 40.0, 40.0),
        (Ambiguous("http_502"), 0.5, 1.0),
        (Refused("unauthorized", auth=True), 60.0, 60.0),
        (Refused("conflict"), 0.5, 1.0),
    ],
)
async def test_after_a_failed_poll_it_waits(failed: NotSent | Ambiguous | Refused, least: float, most: float) -> None:
    pauses, called = await _polled(failed)

    assert least <= pauses[0] <= most
    assert called == (["deleteWebhook"] * 3 if failed == Refused("conflict") else [])


async def test_the_pauses_grow_to_half_a_minute() -> None:
    pauses, _ = await _polled(Ambiguous("timeout"), count=8)

    assert pauses == [0.75 * min(30.0, 2.0**n) for n in range(8)]


async def test_a_bug_of_ours_does_not_make_it_deaf() -> None:
    pauses, _ = await _polled(ValueError("ours"))

    assert len(pauses) == 3


async def _polled(failed: NotSent | Ambiguous | Refused | Exception, count: int = 3) -> tuple[list[float], list[str]]:
    """Poll against a provider that always fails; the pauses, and what else was asked."""
    pauses: list[float] = []
    called: list[str] = []
    enough = asyncio.Event()

    async def news(_offset: int | None) -> NotSent | Ambiguous | Refused:
        if isinstance(failed, Exception):
            raise failed
        return failed

    async def call(method: str, _asked: object) -> NotSent:
        called.append(method)
        return NotSent("connect")

    async def take(_reading: Reading) -> Reply:
        return Reply()

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) >= count:
            enough.set()
            raise asyncio.CancelledError

    polling = Polling(news, call, take, BOT, {}, None, sleep=sleep, jitter=lambda: 0.5)
    with pytest.raises(asyncio.CancelledError):
        await polling.run()
    return pauses, called


# -------------------------------------------------------------------------------------------------------- credentials

RIGHT: list[tuple[str, str]] = [
    ("bot_token", TOKEN), ("webhook_secret", SECRETS["webhook_secret"]), ("bot", BOT), ("username", "harbour_bot"),
    ("polling", "on"), ("polling", "off"), ("welcome", "anything at all"),
]  # fmt: skip
WRONG: list[tuple[str, str]] = [
    ("bot_token", "abc"), ("bot_token", "1:x"), ("bot_token", f"{TOKEN}\n"), ("bot_token", f"{TOKEN}/../x"),
    ("webhook_secret", "short"), ("webhook_secret", "with a space in the middle"), ("bot", "x"), ("bot", ""),
    ("username", "@harbour_bot"), ("polling", "yes"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value"), RIGHT)
def test_what_may_be_right_is_taken(name: str, value: str) -> None:
    assert wrong(name, value) is None


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_what_cannot_be_right_is_told_in_words(name: str, value: str) -> None:
    words = wrong(name, value)

    assert words
    assert value not in words or len(value) < 4


@pytest.mark.parametrize(
    ("options", "secrets", "whole"),
    [({}, ["bot_token"], False), ({}, ["bot_token", "webhook_secret"], True), ({"polling": "on"}, ["bot_token"], True),
     ({"polling": "on"}, ["webhook_secret"], False)],
)  # fmt: skip
def test_a_token_and_one_way_to_be_heard_are_enough(options: dict[str, str], secrets: list[str], whole: bool) -> None:
    assert complete(options, secrets) is whole


@pytest.mark.parametrize(
    ("token", "options", "known"), [(TOKEN, {}, BOT), (TOKEN, {"bot": "5"}, "5"), ("x:y", {}, ""), ("", {}, "")]
)
def test_the_bots_id_stands_in_its_token(token: str, options: dict[str, str], known: str) -> None:
    assert bot(token, options) == known
