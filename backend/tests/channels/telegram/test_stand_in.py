"""The adapter and the stand-in meet: written apart, from the same published facts, they understand each other."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator

import msgspec
import pytest

from tests.sandbox.telegram_stage import BOT, GROUP, KOFI, MAYA, SECRET, TOKEN, USERNAME, Stage, stage
from throughline.channels.telegram.channel import Telegram
from throughline.channels.telegram.client import Client
from throughline.conversation.channel import (
    Accepted,
    Ambiguous,
    Enclosed,
    Media,
    NotSent,
    Outcome,
    Place,
    RawRequest,
    Reading,
    Refused,
    Reply,
)
from throughline.observe import spawn

from .given import NOW, OpenLine, line, piece, post

PLACE = Place(str(MAYA))


@pytest.fixture
async def telegram() -> AsyncIterator[Telegram]:
    channel = Telegram(Client(total=30, connect=15))
    yield channel
    await channel.close()


@pytest.fixture
async def other() -> AsyncIterator[Stage]:
    async with stage() as found:
        await found.put("/_ctl/limits", scale=0)
        yield found


def at(other: Stage, cursor: str | None = None, **options: str) -> OpenLine:
    given = line(f"{other.base}/telegram/api/", **options)
    account = msgspec.structs.replace(given.account, cursor=cursor)
    return OpenLine(account, given.base_url, {"bot_token": TOKEN, "webhook_secret": SECRET})


def taken(outcome: Outcome) -> str:
    assert isinstance(outcome, Accepted), outcome
    return outcome.remote


async def heard(telegram: Telegram, other: Stage) -> Reading:
    """The next webhook."""
    headers, body = await asyncio.wait_for(other.receiver.got.get(), 20)
    reading = telegram.read(RawRequest("POST", "/", "", headers, body), at(other), NOW)
    assert isinstance(reading, Reading), reading
    return reading


async def listening(telegram: Telegram, other: Stage, texts: int, cursor: str | None = None) -> list[Reading]:
    """Poll until that many messages came; the readings that brought them."""
    found: list[Reading] = []
    enough = asyncio.Event()

    async def take(reading: Reading) -> Reply:
        found.append(reading)
        if sum(len(one.inbound) for one in found) >= texts:
            enough.set()
        return Reply()

    task = spawn(telegram.listen(at(other, cursor, polling="on"), take, asyncio.Event()), "listening")
    try:
        await asyncio.wait_for(enough.wait(), 30)
    finally:
        task.cancel()
        await asyncio.wait({task})
    return found


async def test_a_webhook_brings_a_message_and_an_answer_goes_back(telegram: Telegram) -> None:
    async with stage(hooked=True) as other:
        await other.say("Is 1 < 2 & 3?")
        (inbound,) = (await heard(telegram, other)).inbound
        (out,) = telegram.render(post("Yes: **1 < 2**, [see](https://e.example?a=1&b=2).\n\n```py\nx = 1\n```"))
        taken(await telegram.send(at(other), Place(inbound.sender.address, inbound.thread), out))
        (_, shown) = await other.shown()

        assert (inbound.text, inbound.sender.name) == ("Is 1 < 2 & 3?", "Maya Lindqvist")
        assert (inbound.sender.address, inbound.thread, inbound.at) == (str(MAYA), None, NOW)
        assert shown["text"] == "Yes: 1 < 2, see.\n\nx = 1"


async def test_a_post_is_edited_until_it_stands_and_taken_away(telegram: Telegram, other: Stage) -> None:
    await other.say()
    remote = taken(await telegram.send(at(other), PLACE, piece("One")))
    for text in ("One two", "One <b>two</b> three", "One <b>two</b> three"):
        assert taken(await telegram.edit(at(other), PLACE, remote, piece(text))) == remote
    assert [m["text"] for m in await other.shown()] == ["hi", "One two three"]

    for _ in range(2):
        assert taken(await telegram.remove(at(other), PLACE, remote)) == remote
    assert [m["text"] for m in await other.shown()] == ["hi"]
    assert await telegram.edit(at(other), PLACE, remote, piece("x")) == Refused("message_not_found")


async def test_who_never_pressed_start_or_has_blocked_us_gets_nothing(telegram: Telegram, other: Stage) -> None:
    never = await telegram.send(at(other), PLACE, piece())
    await other.say("/start")
    await other.put(f"/_ctl/people/{MAYA}", name="Maya", blocked=[BOT])
    blocked = await telegram.send(at(other), PLACE, piece())

    assert (never, blocked) == (Refused("not_started"), Refused("blocked"))
    assert await telegram.send(at(other), Place("999"), piece()) == Refused("no_chat")
    assert await telegram.send(at(other), Place("x"), piece()) == Refused("bad_address")


async def test_too_many_says_when(telegram: Telegram) -> None:
    async with stage() as other:
        await other.say()
        outcomes = [await telegram.send(at(other), PLACE, piece()) for _ in range(4)]

        assert outcomes[3] == NotSent("rate_limited", 1.0)
        assert len(await other.shown()) == 4


async def test_html_that_telegram_refuses_is_refused_for_good(telegram: Telegram, other: Stage) -> None:
    await other.say()

    assert await telegram.send(at(other), PLACE, piece("<b>x")) == Refused("bad_entities")
    assert await telegram.send(at(other), PLACE, piece("x" * 4_097)) == Refused("too_long")


@pytest.mark.parametrize("switch", ["lose_answer", "cut"])
async def test_a_lost_answer_is_ambiguous_and_asked_once(telegram: Telegram, other: Stage, switch: str) -> None:
    await other.say()
    await other.post("/_lab/switches", app=str(BOT), **{switch: True})
    outcome = await telegram.send(at(other), PLACE, piece())

    assert isinstance(outcome, Ambiguous)
    assert [m["text"] for m in await other.shown()] == ["hi", "Hello."]


async def test_it_shows_that_it_types(telegram: Telegram, other: Stage) -> None:
    await other.say()
    for status in ("working", "waiting", "done"):
        taken(await telegram.status(at(other), PLACE, status))

    assert [t["person"] for t in (await other.get("/_lab/state"))["typing"]] == [str(MAYA)]
    assert [r["method"] for r in (await other.get("/_ctl/requests"))["requests"]] == ["sendChatAction"]


async def test_a_deep_link_arrives_as_the_command_that_links(telegram: Telegram, other: Stage) -> None:
    await other.say("/start")
    await other.say("/start K7Q-2MXP")
    found = await listening(telegram, other, 2)

    assert [i.text for reading in found for i in reading.inbound] == ["/start", "link K7Q-2MXP"]


async def test_polling_goes_on_where_the_cursor_is(telegram: Telegram, other: Stage) -> None:
    await other.say("one")
    await other.say("two")
    first = await listening(telegram, other, 2)
    await other.say("three")
    further = await listening(telegram, other, 1, first[-1].cursor)

    assert [i.text for reading in first for i in reading.inbound] == ["one", "two"]
    assert [i.text for reading in further for i in reading.inbound] == ["three"]


async def test_what_could_not_be_taken_comes_again(telegram: Telegram, other: Stage) -> None:
    await other.say("keep me")
    telegram = Telegram(Client(total=30, connect=15), sleep=_at_once)
    answers = [Reply(503), Reply(503), Reply()]
    found: list[Reading] = []
    done = asyncio.Event()

    async def take(reading: Reading) -> Reply:
        found.append(reading)
        if len(found) == 3:
            done.set()
        return answers[len(found) - 1]

    task = spawn(telegram.listen(at(other, polling="on"), take, asyncio.Event()), "listening")
    try:
        await asyncio.wait_for(done.wait(), 30)
    finally:
        task.cancel()
        await asyncio.wait({task})
        await telegram.close()
    assert found == [found[0]] * 3


async def test_polling_takes_the_place_of_a_webhook(telegram: Telegram, other: Stage) -> None:
    await other.bot(webhook_url="http://127.0.0.1:9/nobody")
    await other.say("still here")
    telegram = Telegram(Client(total=30, connect=15), sleep=_at_once)
    found = await listening(telegram, other, 1)
    await telegram.close()

    assert [i.text for i in found[0].inbound] == ["still here"]
    assert (await other.done("getWebhookInfo"))["url"] == ""


async def test_a_button_is_shown_pressed_and_answered(telegram: Telegram, other: Stage) -> None:
    await other.say()
    buttons = json.dumps([{"id": "day:5", "title": "Friday"}, {"id": "day:7", "title": "Sunday"}])
    taken(await telegram.send(at(other), PLACE, piece("When?", buttons=buttons)))
    shown = (await other.shown())[-1]
    await other.post("/_lab/press", end=str(BOT), person=str(MAYA), message=shown["id"], button="day:7")
    inbound = [i for reading in await listening(telegram, other, 2) for i in reading.inbound][-1]
    asked = [r for r in (await other.get("/_ctl/requests"))["requests"] if r["method"] == "answerCallbackQuery"]

    assert (inbound.text, inbound.pressed, inbound.sender.address) == ("Sunday", "day:7", str(MAYA))
    assert all(r["status"] == 200 for r in asked)


async def test_a_mention_in_a_group_is_answered_there(telegram: Telegram, other: Stage) -> None:
    await other.say("lunch?", group=-GROUP)
    await other.say(f"@{USERNAME} now?", group=-GROUP, person=str(KOFI))
    (inbound,) = (await listening(telegram, other, 1))[0].inbound
    taken(await telegram.send(at(other), Place(inbound.sender.address, inbound.thread), piece("Now.")))
    shown = (await other.shown())[-1]

    assert (inbound.text, inbound.group, inbound.thread, inbound.group_name) == ("now?", True, str(-GROUP), "Crew")
    assert (shown["chat"], shown["text"]) == (str(-GROUP), "Now.")


async def test_a_voice_note_is_fetched(telegram: Telegram, other: Stage) -> None:
    body = bytes(range(256)) * 40
    await other.say("", file={"kind": "voice", "body": base64.b64encode(body).decode(), "media_type": "audio/ogg"})
    (inbound,) = (await listening(telegram, other, 1))[0].inbound
    (media,) = inbound.media
    got = bytearray()
    async with telegram.fetch(at(other), media) as found:
        assert not isinstance(found, Outcome), found
        assert found.media_type == "audio/ogg"
        async for chunk in found.chunks():
            got += chunk

    assert (bytes(got), media.size, media.voice) == (body, len(body), True)
    async with telegram.fetch(at(other), Media("gone", "image", "image/jpeg")) as gone:
        assert isinstance(gone, Refused)


async def test_files_go_by_their_address(telegram: Telegram, other: Stage) -> None:
    await other.say()
    file = Enclosed("f", "image", "image/png", "map.png", 10, "https://files.example/f?sig=1")
    for out in telegram.render(post("See", "agent", "Agent", None, file)):
        taken(await telegram.send(at(other), PLACE, out))

    assert [m["media"] for m in (await other.shown())[1:]] == [
        [], [{"media_type": "", "name": "f", "url": "https://files.example/f?sig=1"}],
    ]  # fmt: skip


async def test_a_probe_finds_the_bot_and_sets_its_webhook_once(telegram: Telegram, other: Stage) -> None:
    polled = await telegram.probe(at(other, polling="on"))
    hooked = await telegram.probe(at(other))
    info = await other.done("getWebhookInfo")
    again = await telegram.probe(at(other))
    await other.bot(webhook_url="https://elsewhere.example/x")
    elsewhere = await telegram.probe(at(other))
    other_bot = await telegram.probe(at(other, bot="5"))
    await other.bot(revoked=True)
    revoked = await telegram.probe(at(other))

    assert (polled.health, polled.options) == ("up", {"bot": str(BOT), "username": USERNAME})
    assert (hooked.health, again.health) == ("up", "up")
    assert info["url"] == "https://talk.example.org/api/v1/channels/telegram/webhook/a-1"
    assert info["allowed_updates"] == ["message", "callback_query"]
    assert (elsewhere.health, elsewhere.reason) == ("degraded", "webhook_elsewhere")
    assert (other_bot.health, other_bot.reason) == ("needs_reauth", "other_bot")
    assert (revoked.health, revoked.reason) == ("needs_reauth", "unauthorized")


async def _at_once(_seconds: float) -> None:
    await asyncio.sleep(0)
