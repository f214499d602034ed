"""The adapters and the stand-in meet: written apart, from the same published facts, they understand each other."""

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from msgspec.structs import replace

from sandbox.phones import samples
from tests.sandbox.twilio_stage import ANA, SMS, WHATSAPP, TwilioStage, stage
from throughline.channels.sms.channel import Sms
from throughline.channels.whatsapp_twilio.channel import WhatsAppTwilio
from throughline.channels.whatsapp_twilio.client import Client
from throughline.channels.whatsapp_twilio.media import File
from throughline.conversation.channel import (
    Accepted,
    NotSent,
    Outcome,
    Piece,
    Place,
    Probe,
    RawRequest,
    Reading,
    Receipt,
    Refused,
)

from .given import ACCOUNT, MARK, NOW, PUBLIC, SECRETS, SHARED, TOKEN, OpenLine, account, path, piece, post

END: dict[str, Any] = {"account_sid": ACCOUNT, "auth_token": TOKEN}
TO, BY_SMS = Place(f"{WHATSAPP}/{ANA}"), Place(f"{SMS}/{ANA}")
Channel = WhatsAppTwilio | Sms


@pytest.fixture
async def whatsapp() -> AsyncIterator[WhatsAppTwilio]:
    channel = WhatsAppTwilio(Client(total=30, connect=15))
    yield channel
    await channel.close()


@pytest.fixture
async def sms() -> AsyncIterator[Sms]:
    channel = Sms(Client(total=30, connect=15))
    yield channel
    await channel.close()


@pytest.fixture
async def twilio() -> AsyncIterator[TwilioStage]:
    async with stage(**END, webhook_url=f"{PUBLIC}{path()}") as found:
        yield found


@pytest.fixture
async def texts() -> AsyncIterator[TwilioStage]:
    async with stage(**END, webhook_url=f"{PUBLIC}{path('sms')}") as found:
        yield found


def at(twilio: TwilioStage, channel: Channel, **options: str) -> OpenLine:
    name = channel.capabilities.channel
    held = account({"numbers": WHATSAPP if name == "whatsapp" else SMS, **options}, name, "simulated")
    return replace(OpenLine(held, f"{twilio.base}/api/"), secrets=SECRETS)


async def heard(twilio: TwilioStage, channel: Channel, **options: str) -> Reading:
    """The next webhook, as it would come through a proxy at the public address."""
    got = await twilio.next()
    to = urlsplit(got.url)
    query = "" if to.path == "/hook" else to.query
    request = RawRequest(got.method, path(channel.capabilities.channel), query, got.headers, got.body)
    reading = channel.read(request, at(twilio, channel, **options), NOW)
    assert isinstance(reading, Reading), reading
    assert reading.quarantine is None, (reading, got.body)
    return reading


def taken(outcome: Outcome) -> str:
    assert isinstance(outcome, Accepted), outcome
    return outcome.remote


async def test_a_message_comes_in_and_what_became_of_its_answer_is_told_by_our_mark(
    whatsapp: WhatsAppTwilio, twilio: TwilioStage
) -> None:
    name = await twilio.says("Grüße 🙂 & = +")
    (inbound,) = (await heard(twilio, whatsapp)).inbound
    assert (inbound.key, inbound.ref, inbound.text, inbound.sender.name) == (name, name, "Grüße 🙂 & = +", "Ana")
    assert inbound.sender.address == TO.address

    (answer,) = whatsapp.render(post("Yes: **1 < 2**."))
    remote = taken(await whatsapp.send(at(twilio, whatsapp), TO, answer))
    await twilio.lab("read", end=WHATSAPP, person=ANA)
    told = [receipt for _ in range(3) for receipt in (await heard(twilio, whatsapp)).receipts]

    assert {receipt.state for receipt in told} <= {"accepted", "delivered", "read"}
    assert told[-1] == Receipt("read", MARK[0], MARK[1], remote)
    assert (await twilio.messages())[-1]["text"] == "Yes: *1 < 2*."


async def test_outside_the_window_it_is_refused_later_and_says_why(
    whatsapp: WhatsAppTwilio, twilio: TwilioStage
) -> None:
    remote = taken(await whatsapp.send(at(twilio, whatsapp), TO, piece()))
    (receipt,) = (await heard(twilio, whatsapp)).receipts

    assert receipt == Receipt("refused", MARK[0], MARK[1], remote, reason="window_closed")


async def test_a_picture_is_fetched_through_the_redirect(whatsapp: WhatsAppTwilio, twilio: TwilioStage) -> None:
    await twilio.says("look", media=[{"sample": "image"}])
    (inbound,) = (await heard(twilio, whatsapp)).inbound
    async with whatsapp.fetch(at(twilio, whatsapp), inbound.media[0]) as found:
        assert isinstance(found, File)
        assert b"".join([chunk async for chunk in found.chunks()]) == samples.image()

    kept = [request["body"]["password"] for request in await twilio.requests() if request["method"] == "cdn"]
    assert kept == [False]


async def test_typing_is_seen_under_their_message(whatsapp: WhatsAppTwilio, twilio: TwilioStage) -> None:
    name = await twilio.says()

    assert await whatsapp.status(at(twilio, whatsapp), replace(TO, ref=name), "working") == Accepted(name)


async def test_a_probe_knows_the_account_and_a_wrong_token(whatsapp: WhatsAppTwilio, twilio: TwilioStage) -> None:
    wrong = replace(at(twilio, whatsapp), secrets={"auth_token": "f" * 32})

    assert await whatsapp.probe(at(twilio, whatsapp)) == Probe("up")
    assert (await whatsapp.probe(wrong)).health == "needs_reauth"
    outcome = await whatsapp.send(wrong, TO, piece())
    assert isinstance(outcome, Refused)
    assert outcome.auth


@pytest.mark.parametrize(
    ("place", "sent", "reason"),
    [
        (TO, Piece("x" * 1_601, mark=MARK), "too_long"),
        (TO, Piece("", mark=MARK), "empty"),
        (Place(f"+14155559999/{ANA}"), piece(), "bad_sender"),
    ],
)
async def test_what_breaks_a_rule_is_refused_by_its_name(
    whatsapp: WhatsAppTwilio, twilio: TwilioStage, place: Place, sent: Piece, reason: str
) -> None:
    await twilio.opened()

    assert await whatsapp.send(at(twilio, whatsapp), place, sent) == Refused(reason)


async def test_shared_keys_are_understood() -> None:
    channel = WhatsAppTwilio()
    end = {**END, "webhook_url": f"{PUBLIC}{path()}", "shared_key": SHARED, "shared_key_id": "webhooks_sharedkey_1"}
    async with stage(**end) as twilio:
        await twilio.says("hi")
        reading = await heard(twilio, channel, signature="sha256", shared_key_id="webhooks_sharedkey_1")

    assert len(reading.inbound) == 1


async def test_sms_goes_both_ways(sms: Sms, texts: TwilioStage) -> None:
    name = await texts.says("When do you open?", end=SMS)
    (inbound,) = (await heard(texts, sms)).inbound
    assert (inbound.key, inbound.text, inbound.sender.address) == (name, "When do you open?", BY_SMS.address)
    remote = taken(await sms.send(at(texts, sms), BY_SMS, piece("At nine.")))
    told = [receipt for _ in range(2) for receipt in (await heard(texts, sms)).receipts]

    assert told[-1] == Receipt("delivered", MARK[0], MARK[1], remote)


async def test_who_has_left_by_sms_is_left_alone_until_they_come_back(sms: Sms, texts: TwilioStage) -> None:
    await texts.says("Stop", end=SMS)
    (left,) = (await heard(texts, sms)).consents
    outcome = await sms.send(at(texts, sms), BY_SMS, piece())
    await texts.says("START", end=SMS)
    (back,) = (await heard(texts, sms)).consents

    assert (left.address, left.off, back.off) == (BY_SMS.address, True, False)
    assert outcome == Refused("opted_out")
    taken(await sms.send(at(texts, sms), BY_SMS, piece()))


async def test_nobody_there_is_not_sent(sms: Sms, texts: TwilioStage) -> None:
    gone = replace(at(texts, sms), base_url="http://127.0.0.1:1/")

    assert isinstance(await sms.send(gone, BY_SMS, piece()), NotSent)
