"""A running stand-in of WhatsApp's Cloud API: one number of ours, Ana with her number, Bo with a username only."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2

from sandbox.meta.app import Meta

from .phones_stage import HandClock, Stage
from .phones_stage import stage as any_stage

NUMBER, SHOWN, WABA, TOKEN, SECRET, VERIFY = (
    "106540352242922",
    "+1 555-078-3881",
    "102290129340398",
    "EAAG1",
    "s3",
    "v1",
)
ANA, BO, BO_ID = "16505551234", "16505559999", "US.13491208655302741918"


class MetaStage(Stage):
    async def post(self, path: str, body: Any, token: str = TOKEN) -> httpx2.Response:
        headers = {"authorization": f"Bearer {token}"} if token else {}
        return await self.http.post(f"/api/v25.0/{path}", json=body, headers=headers)

    async def get(self, path: str, token: str = TOKEN) -> httpx2.Response:
        headers = {"authorization": f"Bearer {token}"} if token else {}
        return await self.http.get(path if path.startswith("http") else f"/api/v25.0/{path}", headers=headers)

    async def send(self, to: str = ANA, **message: Any) -> httpx2.Response:
        body = {"messaging_product": "whatsapp", "recipient_type": "individual", "to": to, **message}
        return await self.post(f"{NUMBER}/messages", body)

    async def text(self, words: str, to: str = ANA, **more: Any) -> str:
        response = await self.send(to, type="text", text={"body": words}, **more)
        assert response.status_code == 200, response.text
        name: str = response.json()["messages"][0]["id"]
        return name

    async def refused(self, to: str = ANA, **message: Any) -> int:
        response = await self.send(to, **message)
        assert response.status_code >= 400, response.text
        code: int = response.json()["error"]["code"]
        return code

    async def says(self, text: str = "hi", person: str = ANA, **more: Any) -> str:
        """A person writes, and our webhook has heard it."""
        name: str = (await self.lab("say", end=NUMBER, person=person, text=text, **more))["id"]
        return name

    async def value(self) -> dict[str, Any]:
        """The only change in the next webhook."""
        [entry] = (await self.next()).json["entry"]
        [change] = entry["changes"]
        assert (entry["id"], change["field"]) == (WABA, "messages")
        found: dict[str, Any] = change["value"]
        return found

    async def status(self) -> dict[str, Any]:
        """The only status in the next webhook."""
        [found] = (await self.value())["statuses"]
        status: dict[str, Any] = found
        return status

    async def opened(self) -> None:
        """Ana has written, so that we may."""
        await self.says()
        await self.next()


@asynccontextmanager
async def stage(keep: Path | None = None, **end: Any) -> AsyncIterator[MetaStage]:
    """The stand-in, our number, Ana and Bo; `end`: what differs about the number."""
    async with any_stage(Meta(keep, HandClock()), "meta", MetaStage) as found:
        given = {
            "display_phone_number": SHOWN, "waba_id": WABA, "app_secret": SECRET, "access_token": TOKEN,
            "verify_token": VERIFY, "webhook_url": f"{found.hears}/hook", "label": "Lucky Shrub", **end,
        }  # fmt: skip
        await found.ctl("PUT", f"ends/{NUMBER}", **given)
        await found.ctl("PUT", f"people/{ANA}", name="Ana")
        await found.ctl("PUT", f"people/{BO}", name="Bo", bsuid=BO_ID, username="bo", username_only=True)
        yield found
