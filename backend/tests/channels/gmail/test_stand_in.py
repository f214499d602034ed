"""The channel against the stand-in: a talk by mail, lost answers, lost history, tokens that end, and the sign-in."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest
import pytest_asyncio

from tests.sandbox.gmail_stage import ACCOUNT, ANA, BOX, CLIENT, REFRESH, SECRET, TOPIC, Stage, raw, stage, watched
from throughline.channels.gmail.channel import Gmail
from throughline.conversation.channel import (
    Accepted,
    Ambiguous,
    NotSent,
    Piece,
    Place,
    RawRequest,
    Reading,
    Refused,
    Reply,
    Unverified,
)

from .given import MARK, OpenLine, account, post

OURS = {"client_id": CLIENT, "mailbox": BOX, "name": "Acme Support", "poll_s": "300"}


def line(of: Stage, cursor: str | None = None, **options: str) -> OpenLine:
    known = msgspec.structs.replace(account("simulated", cursor), options=OURS | options, created_at=0)
    return OpenLine(known, f"{of.base}/gmail/api/", {"client_secret": SECRET, "refresh_token": REFRESH})


def said(text: str = "It is **on its way**.") -> Piece:
    (piece,) = Gmail().render(post(text))
    return piece


class Ear:
    """What was brought; `nudge` asks for a look."""

    def __init__(self) -> None:
        self.readings: list[Reading] = []
        self.nudge = asyncio.Event()
        self._came = asyncio.Event()

    async def take(self, reading: Reading) -> Reply:
        self.readings.append(reading)
        self._came.set()
        return reading.reply

    async def until(self, number: int) -> Reading:
        """The reading of that number."""
        async with asyncio.timeout(20):
            while len(self.readings) <= number:
                self._came.clear()
                await self._came.wait()
        return self.readings[number]


@asynccontextmanager
async def listening(gmail: Gmail, at: OpenLine) -> AsyncIterator[Ear]:
    ear = Ear()
    task = asyncio.ensure_future(gmail.listen(at, ear.take, ear.nudge))
    try:
        yield ear
    finally:
        task.cancel()
        await asyncio.wait({task})
        assert task.cancelled()


@pytest_asyncio.fixture
async def standing() -> AsyncIterator[Stage]:
    async with stage() as found:
        yield found


@pytest_asyncio.fixture
async def gmail() -> AsyncIterator[Gmail]:
    channel = Gmail()
    yield channel
    await channel.close()


async def test_a_talk_by_mail_stays_in_one_thread_on_both_sides(standing: Stage, gmail: Gmail) -> None:
    at = line(standing)
    async with listening(gmail, at) as ear:
        assert (await ear.until(0)).cursor
        await standing.write("Where is my parcel?", subject="Parcel 17")
        ear.nudge.set()
        (asked,) = (await ear.until(1)).inbound
        assert (asked.sender.address, asked.text, asked.trust) == (ANA, "Where is my parcel?", "verified")
        place = Place(ANA, asked.thread, asked.ref)
        laid = await gmail.prepare(at, place, said())
        assert isinstance(laid, Accepted)
        sent = await gmail.release(at, place, said(), laid.remote)
        assert isinstance(sent, Accepted)
        assert sent.thread is None
        ear.nudge.set()
        echo = await ear.until(2)
        (receipt,) = echo.receipts
        assert (receipt.conversation, receipt.message, receipt.remote) == (MARK[0], MARK[1], sent.remote)
        assert receipt.state == "accepted"

        thanks = await standing.write("Thank you!", thread=asked.thread)
        ear.nudge.set()
        (answered,) = (await ear.until(3)).inbound
        assert (answered.thread, answered.text, answered.answers) == (asked.thread, "Thank you!", True)
        # The answer went to the address behind the plus.
        assert answered.conversation == MARK[0]
        assert thanks


async def test_a_mail_looks_as_it_should_to_who_gets_it(standing: Stage, gmail: Gmail) -> None:
    sent = await gmail.send(line(standing), Place(ANA), said())

    assert isinstance(sent, Accepted)
    assert sent.thread
    headers = dict(await standing.headers(sent.remote))
    assert headers["From"] == f"Acme Support <{BOX}>"
    assert headers["Subject"] == "Parcel 17"
    assert headers["Auto-Submitted"] == "auto-generated"
    assert "+c_" in headers["Reply-To"]
    (thread,) = (await standing.get("/_lab/state"))["threads"]
    (mail,) = thread["mails"]
    assert "It is on its way." in mail["text"]
    assert "<strong>on its way</strong>" in mail["html"]


async def test_a_second_mail_before_any_answer_joins_the_first(standing: Stage, gmail: Gmail) -> None:
    at = line(standing)
    first = await gmail.send(at, Place(ANA), said("One."))
    assert isinstance(first, Accepted)
    place = Place(ANA, first.thread)
    laid = await gmail.prepare(at, place, said("Two."))
    assert isinstance(laid, Accepted)
    second = await gmail.release(at, place, said("Two."), laid.remote)

    assert isinstance(second, Accepted)
    (thread,) = (await standing.get("/_lab/state"))["threads"]
    assert len(thread["mails"]) == 2


@pytest.mark.parametrize("broken", ["lose_answer", "cut"])
async def test_a_lost_answer_does_not_make_one_mail_two(standing: Stage, gmail: Gmail, broken: str) -> None:
    at, place = line(standing), Place(ANA)
    laid = await gmail.prepare(at, place, said())
    assert isinstance(laid, Accepted)
    assert await gmail.sent(at, place, said(), laid.remote) == NotSent("not_there")
    await standing.switch(method="drafts.send", times=1, **{broken: True})
    assert isinstance(await gmail.release(at, place, said(), laid.remote), Ambiguous)

    assert await gmail.release(at, place, said(), laid.remote) == Refused("no_draft")
    found = await gmail.sent(at, place, said(), laid.remote)
    assert isinstance(found, Accepted)
    assert found.thread
    (thread,) = (await standing.get("/_lab/state"))["threads"]
    assert len(thread["mails"]) == 1


@pytest.mark.parametrize("broken", ["drop_request", "html"])
async def test_a_release_that_was_never_done_is_done_by_the_next(standing: Stage, gmail: Gmail, broken: str) -> None:
    at, place = line(standing), Place(ANA)
    laid = await gmail.prepare(at, place, said())
    assert isinstance(laid, Accepted)
    await standing.switch(method="drafts.send", times=1, **{broken: True})
    assert isinstance(await gmail.release(at, place, said(), laid.remote), Ambiguous)

    assert isinstance(await gmail.release(at, place, said(), laid.remote), Accepted)


async def test_a_thread_that_is_gone_does_not_keep_a_mail_back(standing: Stage, gmail: Gmail) -> None:
    at = line(standing)
    place = Place(ANA, "18c0ffee0badc0de", '{"id":"<q@mail.example.com>","references":[],"subject":"Parcel 17"}')
    laid = await gmail.prepare(at, place, said())
    assert isinstance(laid, Accepted)

    assert isinstance(await gmail.release(at, place, said(), laid.remote), Accepted)


async def test_a_large_mail_is_uploaded(standing: Stage, gmail: Gmail) -> None:
    at = line(standing)
    place = Place(ANA)
    piece = msgspec.structs.replace(said(), text="word " * 300_000)
    laid = await gmail.prepare(at, place, piece)
    assert isinstance(laid, Accepted)

    assert isinstance(await gmail.release(at, place, piece, laid.remote), Accepted)
    assert any("/upload/" in asked["path"] for asked in await standing.requests())


async def test_history_that_is_gone_is_made_up_for_by_a_look_at_the_week(standing: Stage, gmail: Gmail) -> None:
    await standing.write("One.", subject="First")
    await standing.write("Two.", subject="Second")
    async with listening(gmail, line(standing, cursor="1")) as ear:
        reading = await ear.until(0)
        last = reading if reading.cursor else await ear.until(1)

    assert [one.text for one in reading.inbound] == ["One.", "Two."]
    assert last.cursor
    again = line(standing, cursor=last.cursor)
    async with listening(gmail, again) as ear:
        await standing.write("Three.", subject="Third")
        ear.nudge.set()
        assert [one.text for one in (await ear.until(0)).inbound] == ["Three."]


async def test_an_access_token_that_ended_is_refreshed_once_and_the_call_is_made_again(
    standing: Stage, gmail: Gmail
) -> None:
    at = line(standing)
    assert (await gmail.probe(at)).health == "up"
    await standing.advance(3_700)
    before = len(await standing.requests())

    assert isinstance(await gmail.send(at, Place(ANA), said()), Accepted)
    paths = [asked["path"] for asked in (await standing.requests())[before:]]
    assert [urlsplit(path).path.rpartition("/")[2] for path in paths] == ["send", "token", "send"]


async def test_a_sign_in_that_was_taken_back_is_told_by_everything(standing: Stage, gmail: Gmail) -> None:
    at = line(standing)
    await standing.post("/_ctl/revoke", mailbox=BOX)

    assert await gmail.send(at, Place(ANA), said()) == Refused("invalid_grant", auth=True)
    assert (await gmail.probe(at)).health == "needs_reauth"
    async with listening(gmail, at) as ear:
        assert (await ear.until(0)).ended == "invalid_grant"


async def test_a_probe_names_the_mailbox_and_knows_another_one(standing: Stage, gmail: Gmail) -> None:
    probe = await gmail.probe(line(standing))
    assert (probe.health, probe.options) == ("up", {"mailbox": BOX})
    other = await gmail.probe(line(standing, mailbox="other@example.com"))
    assert (other.health, other.reason) == ("needs_reauth", "other_mailbox")


async def test_an_admin_connects_gmail_by_one_button(standing: Stage, gmail: Gmail) -> None:
    at = msgspec.structs.replace(line(standing), secrets={"client_secret": SECRET})
    back, verifier = "http://127.0.0.1:9/back", "v" * 64
    page = gmail.consent(at, back, "state-1", verifier)
    asked = {name: values[0] for name, values in parse_qs(urlsplit(page).query).items()}
    assert asked["code_challenge_method"] == "S256"
    assert (asked["access_type"], asked["prompt"]) == ("offline", "consent")
    agreed = await standing.http.post("/oauth/auth", data=asked)
    assert agreed.status_code == 302, agreed.text
    returned = parse_qs(urlsplit(agreed.headers["location"]).query)
    assert returned["state"] == ["state-1"]

    granted = await gmail.exchange(at, back, returned["code"][0], verifier)
    assert not isinstance(granted, Refused | NotSent)
    assert granted.options == {"mailbox": BOX}
    assert [*granted.secrets] == ["refresh_token"]
    assert granted.secrets["refresh_token"] not in repr(granted)
    connected = msgspec.structs.replace(at, secrets={"client_secret": SECRET, **granted.secrets})
    assert (await gmail.probe(connected)).health == "up"
    # A code is good once.
    assert isinstance(await gmail.exchange(at, back, returned["code"][0], verifier), Refused)


async def test_a_watch_is_asked_for_and_its_pushes_are_believed_once_the_keys_are_here(gmail: Gmail) -> None:
    async with watched(push_audience="https://us/push") as standing:
        at = line(standing, topic=TOPIC, push_account=ACCOUNT, push_audience="https://us/push")
        async with listening(gmail, at) as ear:
            await ear.until(0)
            # Gmail sends one as soon as it watches.
            headers, body = await asyncio.wait_for(standing.receiver.got.get(), 20)
        request = RawRequest("POST", "/", "", headers, body)
        now = int(standing.gmail.clock.wall() * 1000)
        assert gmail.read(request, at, now) == Reading(nudge=True)
        stranger = msgspec.structs.replace(request, headers={"authorization": "Bearer a.b.c"})
        assert isinstance(gmail.read(stranger, at, now), Unverified)
        assert Gmail().read(request, at, now) == Unverified("unknown_key")


async def test_drafts_that_a_crash_left_are_swept_after_a_day_and_nobody_elses(standing: Stage, gmail: Gmail) -> None:
    at = line(standing)
    laid = await gmail.prepare(at, Place(ANA), said())
    assert isinstance(laid, Accepted)
    await standing.call("drafts.create", body={"message": {"raw": raw()}})
    assert await gmail._drafts.sweep(at) == 0
    later = standing.gmail.clock.wall() + 2 * 86_400
    standing.gmail.clock.wall = lambda: later
    assert await gmail._drafts.sweep(at) == 1
    assert await gmail.release(at, Place(ANA), said(), laid.remote) == Refused("no_draft")
