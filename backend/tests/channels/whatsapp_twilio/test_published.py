"""What leaves for Twilio is what Twilio's own library sends for the same, and every status it knows is known here."""

from base64 import b64decode
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from twilio.http import HttpClient
from twilio.http.response import Response
from twilio.rest import Client as TwiliosClient
from twilio.rest.api.v2010.account.message import MessageInstance

from tests.channels.scripted import Asked, Scripted, answer, scripted
from tests.channels.sms import given as sms
from throughline.channels.sms.channel import Sms
from throughline.channels.whatsapp_twilio.callback import is_callback, receipt
from throughline.channels.whatsapp_twilio.channel import WhatsAppTwilio
from throughline.channels.whatsapp_twilio.client import _messaging
from throughline.channels.whatsapp_twilio.form import parsed
from throughline.conversation.channel import Piece, Place

from .given import ACCOUNT, KEY, MARK, PLACE, THEM, TOKEN, US, file, line, status

TEMPLATE = "HX" + "0a" * 16
QUEUED = '{"sid": "SM' + "9" * 32 + '", "status": "queued"}'


class Caught(HttpClient):  # type: ignore[misc]
    """The library's own transport, which keeps what it is asked to send."""

    def __init__(self) -> None:
        super().__init__(logger=None, is_async=False)
        self.sent: tuple[str, str, dict[str, Any], tuple[str, str]] | None = None

    def request(self, method: str, uri: str, **more: Any) -> Response:
        self.sent = (method, uri, more["data"], more["auth"])
        return Response(201, QUEUED)


@pytest.fixture
async def provider() -> AsyncIterator[Scripted]:
    async with scripted("/") as script:
        script.otherwise = answer({"sid": "SM" + "9" * 32, "status": "queued"}, 201)
        yield script


def library(**asked: Any) -> tuple[str, str, dict[str, str], str]:
    """What Twilio's library sends for a message with these arguments."""
    caught = Caught()
    TwiliosClient(ACCOUNT, TOKEN, http_client=caught).messages.create(**asked)
    assert caught.sent is not None
    method, uri, data, auth = caught.sent
    return method, urlsplit(uri).path, dict(parse_qsl(urlencode(data, doseq=True))), ":".join(auth)


def ours(asked: Asked) -> tuple[str, str, dict[str, str], str]:
    said = dict(parse_qsl(asked.body.decode(), strict_parsing=True))
    said.pop("StatusCallback", None)
    return asked.verb, asked.path, said, b64decode(asked.headers["authorization"].removeprefix("Basic ")).decode()


@pytest.mark.parametrize(
    ("piece", "same"),
    [
        (Piece("Grüße & 5 % + 👋", mark=MARK), {"body": "Grüße & 5 % + 👋"}),
        (Piece("x", "media", MARK, files=(file(),)), {"media_url": [file().url]}),
        (Piece("Hi", "template", MARK), {"content_sid": TEMPLATE, "content_variables": '{"1": "Hi"}'}),
    ],
)
async def test_a_whatsapp_message_is_the_librarys(provider: Scripted, piece: Piece, same: dict[str, Any]) -> None:
    channel = WhatsAppTwilio()
    await channel.send(line(provider.base, content_template=TEMPLATE), PLACE, piece)
    await channel.close()

    assert ours(provider.asked[0]) == library(
        from_=f"whatsapp:{US}", to=f"whatsapp:{THEM}", validity_period=120, **same
    )


@pytest.mark.parametrize("service", ["", "MG" + "ab" * 16])
async def test_a_text_message_is_the_librarys(provider: Scripted, service: str) -> None:
    channel = Sms()
    await channel.send(sms.line(provider.base, messaging_service=service), sms.PLACE, Piece("Hello", mark=MARK))
    await channel.close()
    sender = {"messaging_service_sid": service} if service else {"from_": US}

    assert ours(provider.asked[0]) == library(to=sms.THEM, body="Hello", **sender)


async def test_typing_is_the_librarys(provider: Scripted) -> None:
    caught = Caught()
    twilios = TwiliosClient(ACCOUNT, TOKEN, http_client=caught)
    twilios.messaging.v2.typing_indicator.create(channel="whatsapp", message_id=PLACE.ref)
    channel = WhatsAppTwilio()
    await channel.status(line(provider.base), Place(PLACE.address, ref=PLACE.ref), "working")
    await channel.close()
    assert caught.sent is not None
    method, uri, data, _ = caught.sent
    verb, path, said, _ = ours(provider.asked[0])

    assert (verb, path, said) == (method, urlsplit(uri).path, data)
    assert _messaging(WhatsAppTwilio.home) + "v2/Indicators/Typing.json" == uri


def test_every_status_of_the_library_is_known() -> None:
    """But those of messages that come in."""
    known = [value for name, value in vars(MessageInstance.Status).items() if name.isupper()]
    assert len(known) > 10
    for state in known:
        form = parsed(status(state))
        assert form is not None
        assert is_callback(form) is (state not in {"received", "receiving"})
        assert receipt(form, "", KEY) != "unknown_status" or not is_callback(form)
