"""What Twilio's list of messages says of a send in doubt, and of what nobody heard, of both of its channels."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from msgspec.structs import replace
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client as TwiliosClient

from tests.channels.scripted import answer, scripted
from tests.sandbox.twilio_stage import ANA, SMS, WHATSAPP, TwilioStage, stage
from throughline.channels.sms.channel import Sms
from throughline.channels.whatsapp_twilio.channel import WhatsAppTwilio
from throughline.channels.whatsapp_twilio.listed import MANY, PAGE
from throughline.conversation.channel import Accepted, Ambiguous, Consent, Inbound, NotSent, Piece, Reading, Refused
from throughline.ports import Backfills, Seeks

from .given import ACCOUNT, MARK, NOW, PLACE, SECRETS, THEM, TOKEN, US, OpenLine, account, file, line, piece

END: dict[str, Any] = {"account_sid": ACCOUNT, "auth_token": TOKEN}
Twilio = WhatsAppTwilio | Sms
SID = "SM" + "9" * 32


@pytest.fixture(params=[WhatsAppTwilio, Sms], ids=["whatsapp", "sms"])
async def channel(request: pytest.FixtureRequest) -> AsyncIterator[Twilio]:
    made: Twilio = request.param()
    yield made
    await made.close()


@pytest.fixture
async def twilio() -> AsyncIterator[TwilioStage]:
    async with stage(**END) as found:
        yield found


def ours(channel: Twilio) -> str:
    return WHATSAPP if channel.capabilities.channel == "whatsapp" else SMS


def at(twilio: TwilioStage, channel: Twilio, **options: str) -> OpenLine:
    held = account({"numbers": ours(channel), **options}, channel.capabilities.channel, "simulated")
    return replace(OpenLine(held, f"{twilio.base}/api/"), secrets=SECRETS)


def now(twilio: TwilioStage) -> int:
    return int(twilio.phone.ledger.clock.wall() * 1000)


async def missed(channel: Twilio, at: OpenLine, since: int) -> tuple[list[Inbound], list[Consent], object]:
    heard: list[Inbound] = []
    consents: list[Consent] = []
    why: object = None

    async def turn(kind: str) -> None:
        assert kind == "history"

    async for found in channel.missed(at, since, (), turn):
        if isinstance(found, Reading):
            heard += found.inbound
            consents += found.consents
        else:
            why = found
    return heard, consents, why


def listed(**fields: Any) -> dict[str, Any]:
    """A message as the list has it."""
    made = format_datetime(datetime.fromtimestamp(NOW / 1000, UTC))
    return {
        "sid": SID, "body": "Hello.", "direction": "outbound-api", "date_created": made, "date_sent": made,
        "from": f"whatsapp:{US}", "to": f"whatsapp:{THEM}", "num_media": "0", "status": "sent", "error_code": None,
        "messaging_service_sid": None,
    } | fields  # fmt: skip


def page(*messages: Mapping[str, Any], more: str | None = None) -> dict[str, Any]:
    return {"messages": messages, "next_page_uri": more}


# ----------------------------------------------------------------------------------------------- a send in doubt


def test_both_seek_and_backfill(channel: Twilio) -> None:
    assert isinstance(channel, Seeks)
    assert isinstance(channel, Backfills)


async def test_a_message_whose_answer_was_lost_is_found_by_its_words(channel: Twilio, twilio: TwilioStage) -> None:
    await twilio.says(end=ours(channel))
    place = replace(PLACE, address=f"{ours(channel)}/{ANA}")
    await twilio.lab("switches", end=ours(channel), method="messages", lose_answer=True, times=1)
    assert isinstance(await channel.send(at(twilio, channel), place, piece("Grüße, at nine.")), Ambiguous)

    found = await channel.seek(at(twilio, channel), place, piece("Grüße, at nine."), now(twilio))

    assert isinstance(found, Accepted)
    assert found.remote in {m["id"] for m in await twilio.messages() if m["from"] == "us"}
    assert await channel.seek(at(twilio, channel), place, piece("At ten."), now(twilio)) is None


@pytest.mark.parametrize(
    ("answers", "found"),
    [
        ([page(listed())], Accepted(SID)),
        ([page(listed(status="queued"))], Accepted(SID)),
        ([page(listed(status="undelivered", error_code=63016))], Refused("window_closed")),
        ([page(listed(status="failed", error_code=30001))], NotSent("queue_full")),
        ([page()], None),
        ([page(listed(), listed(sid="SM" + "8" * 32))], None),
        ([page(listed(body="Hello. "))], None),
        ([page(listed(direction="inbound"))], None),
        ([page(listed(num_media="1"))], None),
        ([page(listed(date_created="Mon, 01 Jan 2024 00:00:00 +0000"))], None),
        ([page(listed(date_created="soon"))], None),
        ([page(listed(sid="<sid>"))], None),
        ([page(listed(), more="/x?Page=1&PageToken=PA1"), page()], Accepted(SID)),
        ([page(listed(), more="/x?Page=1&PageToken=PA1"), page(listed(sid="SM" + "8" * 32))], None),
        ([page(listed(), more="https://evil.example/x?Page=1")] * 9, None),
        ([{"messages": "none"}], None),
        ([{"code": 20003}], None),
    ],
    ids=["sent", "queued", "failed", "never queued", "none", "two", "other words", "theirs", "a picture", "older",
         "no date", "no sid", "two pages", "two on two pages", "no end", "no list", "an error"],
)  # fmt: skip
async def test_only_one_message_with_just_these_words_is_ours(answers: Sequence[object], found: object) -> None:
    channel = WhatsAppTwilio()
    async with scripted("/") as provider:
        asked = iter(answers)
        provider.otherwise = lambda writer: answer(next(asked))(writer)  # noqa: PLW0108 - one for each request

        assert await channel.seek(line(provider.base), PLACE, piece(), NOW) == found

        assert all(request.path.startswith("/2010-04-01/Accounts/") for request in provider.asked)
    await channel.close()


async def test_what_twilio_fills_in_itself_cannot_be_known_by_its_words() -> None:
    channel = WhatsAppTwilio()
    async with scripted("/") as provider:
        found = await channel.seek(line(provider.base), PLACE, Piece("Hello.", "template", MARK), NOW)
        assert (found, provider.asked) == (None, [])
    await channel.close()


async def test_a_picture_is_known_by_its_caption() -> None:
    channel, sent = Sms(), Piece("Look", "media", MARK, {"caption": "Look"}, (file(),))
    shown = listed(body="Look", num_media="1", messaging_service_sid="MG" + "1" * 32)
    async with scripted("/") as provider:
        provider.otherwise = answer(page(shown))
        by_service = await channel.seek(line(provider.base, messaging_service="MG" + "1" * 32), PLACE, sent, NOW)
        other = await channel.seek(line(provider.base, messaging_service="MG" + "2" * 32), PLACE, sent, NOW)
    await channel.close()

    assert (by_service, other) == (Accepted(SID), None)
    assert "From" not in dict(parse_qsl(urlsplit(provider.asked[0].path).query))


class Caught(TwilioHttpClient):  # type: ignore[misc]
    """Twilio's own client, which asks nobody."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: tuple[str, dict[str, str]] = ("", {})

    def request(self, method: str, url: str, params: Any = None, *_: Any, **__: Any) -> Response:
        self.asked = urlsplit(url).path, {name: str(value) for name, value in (params or {}).items()}
        return Response(200, '{"messages": [], "next_page_uri": null}')


async def test_the_list_is_asked_for_as_twilios_own_library_does() -> None:
    caught, channel = Caught(), WhatsAppTwilio()
    since = datetime.fromtimestamp(NOW / 1000 - 60, UTC)
    TwiliosClient(ACCOUNT, TOKEN, http_client=caught).messages.list(
        to=f"whatsapp:{THEM}", from_=f"whatsapp:{US}", date_sent_after=since, page_size=PAGE
    )
    async with scripted("/") as provider:
        provider.otherwise = answer(page())
        await channel.seek(line(provider.base), PLACE, piece(), NOW)
    await channel.close()

    (asked,) = provider.asked
    there = urlsplit(asked.path)
    assert (asked.verb, there.path, dict(parse_qsl(there.query))) == ("GET", *caught.asked)


# ---------------------------------------------------------------------------------------- what nobody has heard


async def test_what_was_said_meanwhile_is_heard_in_order_with_its_time(channel: Twilio, twilio: TwilioStage) -> None:
    end, clock = ours(channel), twilio.phone.ledger.clock
    begun = clock.wall()
    before = await twilio.says("before", end=end)
    clock.wall = lambda: begun + 60
    names = [await twilio.says("one", end=end), await twilio.says("two", end=end)]
    await twilio.says("elsewhere", end=SMS if end == WHATSAPP else WHATSAPP)
    await channel.send(at(twilio, channel), replace(PLACE, address=f"{end}/{ANA}"), piece("ours"))

    heard, _, why = await missed(channel, at(twilio, channel), round((begun + 30) * 1000))

    assert before not in {i.key for i in heard}
    assert [(i.key, i.ref, i.text, i.sender.address) for i in heard] == [
        (name, name, text, f"{end}/{ANA}") for name, text in zip(names, ("one", "two"), strict=True)
    ]
    assert {i.at for i in heard} == {int(begun + 60) * 1000}
    assert why is None


async def test_what_was_attached_can_be_fetched(twilio: TwilioStage) -> None:
    channel = WhatsAppTwilio()
    await twilio.says("look", media=[{"sample": "image"}])
    (inbound,), _, _ = await missed(channel, at(twilio, channel), now(twilio))
    async with channel.fetch(at(twilio, channel), inbound.media[0]) as found:
        assert not isinstance(found, Accepted | NotSent | Refused | Ambiguous)
        assert found.media_type == inbound.media[0].media_type
        assert b"".join([chunk async for chunk in found.chunks()])
    await channel.close()


async def test_more_than_a_page_is_heard(channel: Twilio, twilio: TwilioStage) -> None:
    names = [await twilio.says(f"{n}", end=ours(channel)) for n in range(PAGE + 5)]

    heard, _, why = await missed(channel, at(twilio, channel), now(twilio))

    assert [i.key for i in heard] == names
    assert why is None


async def test_a_stop_that_was_taken_back_since_is_not_believed(twilio: TwilioStage) -> None:
    channel = Sms()
    for said in ("STOP", "START", "Hello"):
        await twilio.says(said, end=SMS)

    heard, consents, _ = await missed(channel, at(twilio, channel), now(twilio))
    await channel.close()

    assert [i.text for i in heard] == ["Hello"]
    assert [(c.address, c.off) for c in consents] == [(f"{SMS}/{ANA}", False)]


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (answer({"code": 20429}, 429, headers=[("Retry-After", "7")]), NotSent("ratelimited", 7.0)),
        (answer({"code": 20003}, 401), Refused("bad_credential", auth=True)),
        (answer("oops", 502), Ambiguous("http_502")),
        (answer({}), Ambiguous("no_messages")),
        (answer(page(more="/x?Page=1&PageToken=PA1")), Ambiguous("too_many")),
        (answer(page({"sid": 5}, {"direction": "inbound"}, {"direction": "inbound", "sid": SID, "from": 7})), None),
    ],
    ids=["429", "401", "502", "no list", "no end", "strange messages"],
)
async def test_an_answer_that_is_none_ends_it_and_says_so(given: Any, why: object) -> None:
    channel = WhatsAppTwilio()
    async with scripted("/") as provider:
        provider.otherwise = given
        heard, _, said = await missed(channel, line(provider.base, numbers=US), NOW)
    await channel.close()

    assert (heard, said) == ([], why)
    assert len(provider.asked) <= MANY
