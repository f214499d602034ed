"""A running stand-in of Twilio: a WhatsApp number and an SMS number of ours, Ana, and the real REST client."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import httpx2
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.request_validator import RequestValidator, get_signature_algorithm
from twilio.rest import Client

from sandbox.twilio.app import Twilio

from .phones_stage import HandClock, Heard, Stage
from .phones_stage import stage as any_stage

ACCOUNT, TOKEN, KEY, KEY_ID = f"AC{'a' * 32}", "12345", "shared-secret", "webhooks_sharedkey_1"
WHATSAPP, SMS, ANA = "+14155238886", "+14155550100", "+491701234567"
#: What the outside calls the webhook; behind it is this machine.
PUBLIC = "https://example.test/api/v1/channels/whatsapp/webhook/acc_1?x=%20a&y="
_T = TypeVar("_T")


class Here(TwilioHttpClient):  # type: ignore[misc]
    """Twilio's own client; only the host is another."""

    def __init__(self, base: str) -> None:
        super().__init__(pool_connections=False)
        self.base = base

    def request(self, method: str, url: str, *args: Any, **more: Any) -> Response:
        return super().request(method, f"{self.base}/api/{url.split('/', 3)[3]}", *args, **more)


class TwilioStage(Stage):
    def client(self, token: str = TOKEN) -> Client:
        return Client(ACCOUNT, token, http_client=Here(self.base))

    async def real(self, call: Callable[[Client], _T], token: str = TOKEN) -> _T:
        """What the real client makes of it, in a thread of its own."""
        return await asyncio.to_thread(lambda: call(self.client(token)))

    async def send(self, **fields: str | list[str]) -> httpx2.Response:
        given = {"To": f"whatsapp:{ANA}", "From": f"whatsapp:{WHATSAPP}", **fields}
        path = f"/api/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
        return await self.http.post(path, data=given, auth=(ACCOUNT, TOKEN))

    async def sms(self, **fields: str | list[str]) -> httpx2.Response:
        return await self.send(**{"To": ANA, "From": SMS, **fields})

    async def says(self, text: str = "hi", end: str = WHATSAPP, **more: Any) -> str:
        name: str = (await self.lab("say", end=end, person=ANA, text=text, **more))["id"]
        return name

    async def get(self, path: str, **more: Any) -> httpx2.Response:
        return await self.http.get(path, auth=(ACCOUNT, TOKEN), **more)

    async def opened(self) -> None:
        """Ana has written, so that we may."""
        await self.says()
        await self.next()


def valid(heard: Heard, url: str, secret: str = TOKEN) -> bool:
    """Whether Twilio's own validator takes a request for one of theirs."""
    algorithm = get_signature_algorithm(heard.headers.get("x-twilio-webhooks-signature-settings"))
    found: bool = RequestValidator(secret).validate(url, heard.form, heard.headers["x-twilio-signature"], algorithm)
    return found


@asynccontextmanager
async def stage(keep: Path | None = None, **end: Any) -> AsyncIterator[TwilioStage]:
    """The stand-in, two numbers of ours and Ana; `end`: what differs about the numbers."""
    async with any_stage(Twilio(keep, HandClock()), "twilio", TwilioStage) as found:
        for name, channel in ((WHATSAPP, "whatsapp"), (SMS, "sms")):
            given = {
                "channel": channel, "account_sid": ACCOUNT, "auth_token": TOKEN, "webhook_url": PUBLIC,
                "deliver_url": f"{found.hears}/hook?x=%20a&y=", **end,
            }  # fmt: skip
            await found.ctl("PUT", f"ends/{name}", **given)
        await found.ctl("PUT", f"people/{ANA}", name="Ana")
        yield found
