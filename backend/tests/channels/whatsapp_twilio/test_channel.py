"""What really goes to Twilio: one request for one intent, its fields, its credential."""

from collections.abc import AsyncIterator, Mapping
from urllib.parse import parse_qs, parse_qsl

import pytest
from msgspec.structs import replace

from tests.channels.scripted import Answering, Scripted, answer, drop, scripted
from throughline.channels.whatsapp_twilio import wire
from throughline.channels.whatsapp_twilio.channel import WhatsAppTwilio
from throughline.channels.whatsapp_twilio.client import Client
from throughline.channels.whatsapp_twilio.twilio import ours
from throughline.conversation.channel import Accepted, Ambiguous, NotSent, Piece, Place, Probe, Reading, Refused

from .given import ACCOUNT, MARK, PLACE, PUBLIC, THEM, US, OpenLine, account, file, form, line, piece, signed, status

SID = "SM" + "9" * 32
QUEUED = answer({"sid": SID, "status": "queued"}, 201)
HOOK = f"{PUBLIC}/api/v1/channels/whatsapp/webhook/a-1"
TEMPLATE = "HX" + "0a" * 16


@pytest.fixture
async def channel() -> AsyncIterator[WhatsAppTwilio]:
    made = WhatsAppTwilio(Client(total=30, connect=15))
    yield made
    await made.close()


@pytest.fixture
async def provider() -> AsyncIterator[Scripted]:
    async with scripted() as script:
        script.otherwise = QUEUED
        yield script


def fields(provider: Scripted) -> dict[str, str]:
    (asked,) = provider.asked
    pairs = parse_qsl(asked.body.decode(), keep_blank_values=True, strict_parsing=True)
    assert len(dict(pairs)) == len(pairs)
    return dict(pairs)


async def test_a_message_is_one_post_with_these_fields(channel: WhatsAppTwilio, provider: Scripted) -> None:
    outcome = await channel.send(line(provider.base), PLACE, piece("Grüße & 50 % + 👋\nHi"))
    (asked,) = provider.asked
    said = fields(provider)

    assert outcome == Accepted(SID)
    assert (asked.verb, asked.path) == ("POST", f"/api/2010-04-01/Accounts/{ACCOUNT}/Messages.json")
    assert asked.headers["content-type"] == "application/x-www-form-urlencoded"
    assert asked.headers["authorization"].startswith("Basic ")
    assert said.pop("StatusCallback").startswith(f"{HOOK}?mid=c-1.m-1.0&sig=")
    assert said == {
        "From": f"whatsapp:{US}", "To": f"whatsapp:{THEM}", "Body": "Grüße & 50 % + 👋\nHi", "ValidityPeriod": "120",
    }  # fmt: skip


async def test_what_the_callback_is_told_comes_back_as_a_receipt(channel: WhatsAppTwilio, provider: Scripted) -> None:
    """Round trip: the address that went out is the one that proves the message."""
    open_line = line(provider.base)
    await channel.send(open_line, PLACE, replace(piece(), mark=(MARK[0], MARK[1], 3)))
    query = fields(provider)["StatusCallback"].partition("?")[2]
    reading = wire.read(signed(status("delivered"), query=query), ours(open_line))

    assert isinstance(reading, Reading)
    (receipt,) = reading.receipts
    assert (receipt.conversation, receipt.message, receipt.state) == (MARK[0], MARK[1], "delivered")


async def test_somebody_without_a_number_is_written_to_by_their_id(channel: WhatsAppTwilio, provider: Scripted) -> None:
    await channel.send(line(provider.base), Place(f"{US}/US.134912"), piece())

    assert fields(provider)["To"] == "whatsapp:US.134912"


async def test_from_is_the_number_that_they_wrote_to(channel: WhatsAppTwilio, provider: Scripted) -> None:
    await channel.send(line(provider.base), Place(f"+442079460000/{THEM}"), piece())

    assert fields(provider)["From"] == "whatsapp:+442079460000"


@pytest.mark.parametrize("address", ["", THEM, f"{US}/", f"/{THEM}", f"{US}/{THEM}/x", f"{US}/ana@example.com", "a/b"])
async def test_an_address_that_is_none_asks_nobody(channel: WhatsAppTwilio, provider: Scripted, address: str) -> None:
    assert await channel.send(line(provider.base), Place(address), piece()) == Refused("bad_address")
    assert provider.asked == []


async def test_a_file_goes_as_its_signed_link(channel: WhatsAppTwilio, provider: Scripted) -> None:
    sent = Piece("plan.pdf", "media", MARK, files=(file(),))

    assert await channel.send(line(provider.base), PLACE, sent) == Accepted(SID)
    said = fields(provider)
    assert said["MediaUrl"] == file().url
    assert "Body" not in said


async def test_a_picture_has_its_words_under_it(channel: WhatsAppTwilio, provider: Scripted) -> None:
    photo = file("cat.jpg", "image/jpeg")
    sent = Piece("Look", "media", MARK, {"caption": "Look"}, files=(photo,))
    await channel.send(line(provider.base), PLACE, sent)

    assert (fields(provider)["MediaUrl"], fields(provider)["Body"]) == (photo.url, "Look")


async def test_a_template_goes_by_its_sid_and_its_variables(channel: WhatsAppTwilio, provider: Scripted) -> None:
    sent = Piece('"Hi"\n\n there', "template", MARK)

    assert await channel.send(line(provider.base, content_template=TEMPLATE), PLACE, sent) == Accepted(SID)
    said = fields(provider)
    assert (said["ContentSid"], said["ContentVariables"]) == (TEMPLATE, '{"1": "\\"Hi\\" there"}')
    assert "Body" not in said


async def test_a_piece_may_name_its_own_template(channel: WhatsAppTwilio, provider: Scripted) -> None:
    other = "HX" + "bb" * 16
    sent = Piece("Hi", "template", MARK, {"name": other, "variables": '{"2": "x"}'})
    await channel.send(line(provider.base, content_template=TEMPLATE), PLACE, sent)

    assert fields(provider)["ContentSid"] == other
    assert fields(provider)["ContentVariables"] == '{"2": "x"}'


@pytest.mark.parametrize(
    ("sent", "reason"),
    [(Piece("Hi", "template", MARK), "no_template"), (Piece("x", "media", MARK), "no_media")],
)
async def test_what_cannot_be_said_asks_nobody(
    channel: WhatsAppTwilio, provider: Scripted, sent: Piece, reason: str
) -> None:
    assert await channel.send(line(provider.base), PLACE, sent) == Refused(reason)
    assert provider.asked == []


@pytest.mark.parametrize(
    ("secrets", "options", "reason"),
    [
        ({}, {}, "no_token"),
        ({"auth_token": "a\nb"}, {}, "bad_credential"),
        ({"auth_token": "é" * 32}, {}, "bad_credential"),
        (None, {"account_sid": "../../Accounts"}, "no_account_sid"),
        (None, {"account_sid": ""}, "no_account_sid"),
    ],
)
async def test_a_credential_that_cannot_be_one_asks_nobody(
    channel: WhatsAppTwilio, provider: Scripted, secrets: Mapping[str, str] | None, options: dict[str, str], reason: str
) -> None:
    open_line = line(provider.base, **options)
    open_line = open_line if secrets is None else replace(open_line, secrets=secrets)

    assert await channel.send(open_line, PLACE, piece()) == Refused(reason, auth=True)
    assert provider.asked == []


@pytest.mark.parametrize(
    ("mode", "public", "told"),
    [
        ("real", "https://talk.example.org", True),
        ("real", "http://127.0.0.1:8000", False),
        ("simulated", "http://127.0.0.1:8000", True),
    ],
)
async def test_a_real_twilio_is_not_told_an_address_on_this_machine(
    channel: WhatsAppTwilio, provider: Scripted, mode: str, public: str, told: bool
) -> None:
    """It would refuse the whole message (21609)."""
    held = account(mode="real" if mode == "real" else "simulated")
    await channel.send(OpenLine(held, provider.base, public_url=public), PLACE, piece())

    assert ("StatusCallback" in fields(provider)) is told


async def test_a_piece_without_a_mark_has_no_callback(channel: WhatsAppTwilio, provider: Scripted) -> None:
    await channel.send(line(provider.base), PLACE, Piece("Hi"))

    assert "StatusCallback" not in fields(provider)


async def test_closed_window_is_a_refusal_with_that_reason(channel: WhatsAppTwilio, provider: Scripted) -> None:
    provider.otherwise = answer({"code": 63016, "message": "outside the allowed window", "status": 400}, 400)

    assert await channel.send(line(provider.base), PLACE, piece()) == Refused("window_closed")


# ------------------------------------------------------------------------------------------------------------- typing


async def test_typing_is_shown_under_their_message(channel: WhatsAppTwilio, provider: Scripted) -> None:
    provider.otherwise = answer({"success": True})
    outcome = await channel.status(line(provider.base), PLACE, "working")
    (asked,) = provider.asked

    assert outcome == Accepted(PLACE.ref or "")
    assert (asked.verb, asked.path) == ("POST", "/api/v2/Indicators/Typing.json")
    assert parse_qs(asked.body.decode()) == {"messageId": [PLACE.ref], "channel": ["whatsapp"]}


@pytest.mark.parametrize(
    ("place", "status_", "outcome"),
    [
        (Place(PLACE.address), "working", Refused("no_message")),
        (PLACE, "dancing", Refused("unknown_status")),
        (PLACE, "waiting", Accepted(PLACE.ref or "")),
        (PLACE, "done", Accepted(PLACE.ref or "")),
    ],
)
async def test_nothing_is_asked_where_there_is_nothing_to_show(
    channel: WhatsAppTwilio, provider: Scripted, place: Place, status_: str, outcome: object
) -> None:
    assert await channel.status(line(provider.base), place, status_) == outcome
    assert provider.asked == []


async def test_typing_that_is_refused_is_no_more_than_that(channel: WhatsAppTwilio, provider: Scripted) -> None:
    provider.otherwise = answer({"code": 20404, "status": 404}, 404)

    assert await channel.status(line(provider.base), PLACE, "working") == Refused("twilio_20404")


# -------------------------------------------------------------------------------------------------------------- probe


@pytest.mark.parametrize(
    ("answering", "probe"),
    [
        (answer({"sid": ACCOUNT, "status": "active"}), Probe("up")),
        (answer({"sid": ACCOUNT, "status": "suspended"}), Probe("needs_reauth", "account_suspended")),
        (answer({"sid": ACCOUNT, "status": "closed"}), Probe("needs_reauth", "account_closed")),
        (answer({"sid": ACCOUNT}), Probe("down", "no_status")),
        (answer({"code": 20003}, 401), Probe("needs_reauth", "bad_credential")),
        (answer({"code": 20404}, 404), Probe("down", "twilio_20404")),
        (answer({}, 429), Probe("degraded", "ratelimited")),
        (answer("oops", 503), Probe("down", "http_503")),
        (drop, Probe("down", "reset")),
    ],
)
async def test_a_probe_tells_whether_the_token_works(
    channel: WhatsAppTwilio, provider: Scripted, answering: Answering, probe: Probe
) -> None:
    provider.otherwise = answering

    assert await channel.probe(line(provider.base)) == probe
    (asked,) = provider.asked
    assert (asked.verb, asked.path) == ("GET", f"/api/2010-04-01/Accounts/{ACCOUNT}.json")


async def test_a_lost_answer_is_ambiguous_and_a_limit_is_not(channel: WhatsAppTwilio, provider: Scripted) -> None:
    provider.otherwise = drop
    assert await channel.send(line(provider.base), PLACE, piece()) == Ambiguous("reset")
    provider.otherwise = answer({"code": 20429}, 429, headers=[("Retry-After", "2")])
    assert await channel.send(line(provider.base), PLACE, piece()) == NotSent("ratelimited", 2.0)


def test_what_it_reads_goes_by_the_lines_own_address(channel: WhatsAppTwilio) -> None:
    reading = channel.read(signed(form()), line(), 0)

    assert isinstance(reading, Reading)
    assert reading.inbound[0].sender.address == PLACE.address
