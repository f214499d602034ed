"""What really goes to Twilio for an SMS."""

from collections.abc import AsyncIterator
from urllib.parse import parse_qsl

import pytest

from tests.channels.scripted import Scripted, answer, scripted
from tests.channels.whatsapp_twilio.given import ACCOUNT, MARK, PUBLIC, US, file, piece
from throughline.channels.sms.channel import Sms
from throughline.channels.whatsapp_twilio.client import Client
from throughline.channels.whatsapp_twilio.media import File
from throughline.conversation.channel import Accepted, Media, Piece, Place, Probe, Reading, Refused

from .given import PLACE, THEM, form, line, signed

SID = "SM" + "9" * 32
SERVICE = "MG" + "ab" * 16


@pytest.fixture
async def channel() -> AsyncIterator[Sms]:
    made = Sms(Client(total=30, connect=15))
    yield made
    await made.close()


@pytest.fixture
async def provider() -> AsyncIterator[Scripted]:
    async with scripted() as script:
        script.otherwise = answer({"sid": SID, "status": "queued"}, 201)
        yield script


def fields(provider: Scripted) -> dict[str, str]:
    (asked,) = provider.asked
    return dict(parse_qsl(asked.body.decode(), keep_blank_values=True, strict_parsing=True))


async def test_a_message_is_one_post_with_these_fields(channel: Sms, provider: Scripted) -> None:
    outcome = await channel.send(line(provider.base), PLACE, piece("Grüße + 5%"))
    said = fields(provider)

    assert outcome == Accepted(SID)
    assert provider.asked[0].path == f"/api/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    assert said.pop("StatusCallback").startswith(f"{PUBLIC}/api/v1/channels/sms/webhook/a-1?mid=c-1.m-1.0&sig=")
    assert said == {"From": US, "To": THEM, "Body": "Grüße + 5%"}


async def test_a_messaging_service_sends_in_our_numbers_place(channel: Sms, provider: Scripted) -> None:
    await channel.send(line(provider.base, messaging_service=SERVICE), PLACE, piece())
    said = fields(provider)

    assert said["MessagingServiceSid"] == SERVICE
    assert "From" not in said


async def test_a_picture_goes_as_its_signed_link(channel: Sms, provider: Scripted) -> None:
    photo = file("cat.jpg", "image/jpeg")
    await channel.send(line(provider.base), PLACE, Piece("cat.jpg", "media", MARK, files=(photo,)))

    assert fields(provider)["MediaUrl"] == photo.url
    assert "Body" not in fields(provider)


@pytest.mark.parametrize("address", ["", THEM, f"{US}/US.134912", f"{US}/whatsapp:{THEM}", f"{US}/83475"])
async def test_an_address_that_is_no_number_asks_nobody(channel: Sms, provider: Scripted, address: str) -> None:
    assert await channel.send(line(provider.base), Place(address), piece()) == Refused("bad_address")
    assert provider.asked == []


async def test_a_media_piece_without_a_file_asks_nobody(channel: Sms, provider: Scripted) -> None:
    assert await channel.send(line(provider.base), PLACE, Piece("x", "media", MARK)) == Refused("no_media")
    assert provider.asked == []


async def test_who_has_left_is_a_refusal_with_that_reason(channel: Sms, provider: Scripted) -> None:
    provider.otherwise = answer({"code": 21610, "status": 400}, 400)

    assert await channel.send(line(provider.base), PLACE, piece()) == Refused("opted_out")


async def test_a_probe_and_a_file_go_to_the_same_api(channel: Sms, provider: Scripted) -> None:
    provider.otherwise = answer({"sid": ACCOUNT, "status": "active"})
    assert await channel.probe(line(provider.base)) == Probe("up")
    provider.otherwise = answer(b"GIF89a", kind="image/gif")
    async with channel.fetch(line(provider.base), Media(f"{provider.base}x", "image", "image/gif")) as found:
        assert isinstance(found, File)
        assert b"".join([chunk async for chunk in found.chunks()]) == b"GIF89a"


def test_what_it_reads_goes_by_the_lines_own_address(channel: Sms) -> None:
    reading = channel.read(signed(form()), line(), 0)

    assert isinstance(reading, Reading)
    assert reading.inbound[0].sender.address == PLACE.address


def test_it_shows_no_typing_and_needs_marked_commands(channel: Sms) -> None:
    assert channel.capabilities.marked_commands
    assert not channel.capabilities.typing
    assert not hasattr(channel, "status")


def test_it_knows_its_credentials(channel: Sms) -> None:
    assert channel.wrong("messaging_service", "x")
    assert channel.wrong("messaging_service", SERVICE) is None
    assert channel.complete({"account_sid": ACCOUNT, "numbers": US}, {"auth_token"})
