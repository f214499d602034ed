"""A running Gmail stand-in with a clock that stands still, a mailbox in it, and somebody who writes to it.

Every answer that the real client gets is held against the discovery document's schemas on its way.
"""

import asyncio
import base64
import copy
import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from email.message import EmailMessage
from functools import cache
from pathlib import Path
from typing import Any

import httpx2
import pytest
import uvicorn
from googleapiclient.discovery import build_from_document
from googleapiclient.discovery_cache import get_static_doc
from googleapiclient.errors import HttpError
from googleapiclient.http import MediaInMemoryUpload, build_http
from starlette.applications import Starlette
from starlette.routing import Mount, Route

from sandbox.gmail.app import Gmail

from .slack_stage import HandClock, Inside, Quiet, Receiver, serving

BOX, ANA, CLIENT, SECRET, REFRESH = "support@example.com", "ana@example.org", "client-1", "secret-1", "1//refresh-1"
ACCOUNT = "push@project.iam.gserviceaccount.com"
TOPIC = "projects/our-project/topics/mail"
_INTEGER = {"int32": (-(2**31), 2**31 - 1), "uint32": (0, 2**32 - 1), None: (-(2**63), 2**63)}


@cache
def document() -> dict[str, Any]:
    """The discovery document."""
    found: dict[str, Any] = json.loads(get_static_doc("gmail", "v1"))
    return found


@cache
def methods() -> dict[str, dict[str, Any]]:
    """Every method below `users`, by its name, those of the settings left out."""

    def walk(resource: dict[str, Any]) -> dict[str, dict[str, Any]]:
        found = {m["id"].removeprefix("gmail.users."): m for m in resource.get("methods", {}).values()}
        for name, inner in resource.get("resources", {}).items():
            if name != "settings":
                found |= walk(inner)
        return found

    return walk(document()["resources"]["users"])


def check(shape: dict[str, Any], value: Any, where: str = "$") -> None:
    """Fail where a value is not what a schema of the document says."""
    if "$ref" in shape:
        shape = document()["schemas"][shape["$ref"]]
    kind = shape["type"]
    if kind == "object":
        assert isinstance(value, dict), where
        for name, inner in value.items():
            assert name in shape.get("properties", {}), f"{where}.{name} is not published"
            check(shape["properties"][name], inner, f"{where}.{name}")
    elif kind == "array":
        assert isinstance(value, list), where
        for n, inner in enumerate(value):
            check(shape["items"], inner, f"{where}[{n}]")
    elif kind == "integer":
        least, most = _INTEGER[shape.get("format")]
        assert isinstance(value, int), where
        assert least <= value <= most, where
    elif kind == "string":
        _check_text(shape, value, where)
    else:
        assert isinstance(value, bool), where


def _check_text(shape: dict[str, Any], value: Any, where: str) -> None:
    assert isinstance(value, str), where
    if shape.get("format") in {"uint64", "int64"}:
        assert re.fullmatch(r"\d{1,20}", value), where
    elif shape.get("format") == "byte":
        assert base64.urlsafe_b64encode(base64.urlsafe_b64decode(value)).decode() == value, where
    elif "enum" in shape:
        assert value in shape["enum"], where


class Bearer:
    """The real client's transport, with a token."""

    def __init__(self, token: str) -> None:
        self._http, self._token = build_http(), token

    def request(self, uri: str, method: str, body: Any = None, headers: Any = None) -> Any:
        """One request."""
        return self._http.request(uri, method, body, {**(headers or {}), "authorization": f"Bearer {self._token}"})

    def close(self) -> None:
        """Let the connection go."""
        self._http.close()


class Stage:
    """One stand-in under test."""

    def __init__(self, gmail: Gmail, base: str, receiver: Receiver) -> None:
        self.gmail, self.base, self.receiver = gmail, base, receiver
        self.http = httpx2.AsyncClient(base_url=f"{base}/gmail", trust_env=False, verify=False, timeout=20)
        self.token = ""
        patched = {**copy.deepcopy(document()), "rootUrl": f"{base}/gmail/api/", "baseUrl": f"{base}/gmail/api/"}
        patched.pop("mtlsRootUrl", None)
        self.service = build_from_document(patched, http=Bearer(""))

    async def call(self, method: str, media: bytes | None = None, **args: Any) -> dict[str, Any]:
        """A call by the real client; the answer is checked against its schema."""
        *resources, last = method.split(".")
        resource = self.service.users()
        for name in resources:
            resource = getattr(resource, name)()
        if media is not None:
            args["media_body"] = MediaInMemoryUpload(media, mimetype="message/rfc822")
        request = getattr(resource, last)(userId="me", **args)
        http = Bearer(self.token)
        try:
            found = await asyncio.to_thread(request.execute, http=http)
        finally:
            http.close()
        if (wanted := methods()[method].get("response")) is None:
            assert found == "", found
            return {}
        check(wanted, found)
        answer: dict[str, Any] = found
        return answer

    async def refused(self, method: str, **args: Any) -> tuple[int, str]:
        """The status and the reason that a call is refused with, in Google's shape."""
        with pytest.raises(HttpError) as caught:
            await self.call(method, **args)
        body = json.loads(caught.value.content)["error"]
        assert body["code"] == caught.value.resp.status
        assert set(body) == {"code", "message", "errors", "status"}
        return body["code"], body["errors"][0]["reason"]

    async def sent(self, **more: Any) -> dict[str, Any]:
        """A mail of ours to Ana; the stand-in's answer. `thread`: the one we name."""
        thread = more.pop("thread", None)
        body = {"raw": raw(**more)} | ({} if thread is None else {"threadId": thread})
        return await self.call("messages.send", body=body)

    async def headers(self, name: str) -> list[tuple[str, str]]:
        """A mail's header as the API shows it."""
        found = await self.call("messages.get", id=name, format="metadata")
        return [(pair["name"], pair["value"]) for pair in found["payload"]["headers"]]

    async def header(self, name: str, wanted: str) -> str:
        """The first field of that name."""
        return next((value for key, value in await self.headers(name) if key == wanted), "")

    async def write(self, text: str = "Hello", **more: Any) -> dict[str, Any]:
        """Ana writes; the ids that her mail has with us."""
        return await self.post("/_lab/write", mailbox=BOX, person=ANA, text=text, **more)

    async def put(self, path: str, **body: Any) -> dict[str, Any]:
        return await self._ask("PUT", path, body)

    async def post(self, path: str, **body: Any) -> dict[str, Any]:
        return await self._ask("POST", path, body)

    async def get(self, path: str) -> dict[str, Any]:
        found: dict[str, Any] = (await self.http.get(path)).json()
        return found

    async def _ask(self, verb: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        response = await self.http.request(verb, path, json=body)
        assert response.status_code == 200, response.text
        found: dict[str, Any] = response.json()
        return found

    async def end(self, **other: Any) -> None:
        """Our mailbox, as the gateway makes it known."""
        known = {"label": "Support", "client_id": CLIENT, "client_secret": SECRET, "refresh_token": REFRESH}
        await self.put(f"/_ctl/ends/{BOX}", **known | other)

    async def grant(self, **form: Any) -> httpx2.Response:
        """What the token endpoint says."""
        given = {
            "grant_type": "refresh_token", "client_id": CLIENT, "client_secret": SECRET, "refresh_token": REFRESH,
            **form,
        }  # fmt: skip
        return await self.http.post("/oauth/token", data=given)

    async def let_in(self) -> None:
        """A new access token."""
        self.token = (await self.grant()).json()["access_token"]

    async def advance(self, seconds: float) -> None:
        await self.post("/_ctl/clock", advance_s=seconds)

    async def switch(self, **switches: Any) -> None:
        await self.post("/_lab/switches", **switches)

    async def until(self, fulfilled: Callable[[], bool]) -> None:
        """Wait for what a change brings about."""
        changed = asyncio.Event()
        self.gmail.ledger.watchers.append(lambda _: changed.set())
        async with asyncio.timeout(20):
            while not fulfilled():
                await changed.wait()
                changed.clear()

    async def settled(self) -> None:
        """Wait until no push is owed."""
        await self.until(lambda: not self.gmail.ledger.state.owed)

    async def requests(self) -> list[dict[str, Any]]:
        """The ground truth."""
        found: list[dict[str, Any]] = (await self.get("/_ctl/requests"))["requests"]
        return found

    async def mails(self) -> list[dict[str, Any]]:
        """Every mail as it stands."""
        found: list[dict[str, Any]] = (await self.get("/_ctl/messages"))["messages"]
        return found


def raw(text: str = "Hello Ana", **headers: str) -> str:
    """A mail of ours, as the API wants it. `_` in a header's name stands for `-`."""
    message = EmailMessage()
    message["From"], message["To"] = f"Support <{BOX}>", ANA
    message["Subject"] = "Your question"
    for name, value in headers.items():
        del message[name.replace("_", "-")]
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return base64.urlsafe_b64encode(message.as_bytes()).decode()


@asynccontextmanager
async def stage(keep: Path | None = None, *, known: bool = True, **end: Any) -> AsyncIterator[Stage]:
    """The stand-in, Ana, and a token; `end`: what differs about the mailbox."""
    async with _served(keep, Receiver()) as found:
        if known:
            await found.end(**end)
            await found.put(f"/_ctl/people/{ANA}", name="Ana Example")
            await found.let_in()
        yield found


@asynccontextmanager
async def watched(keep: Path | None = None, *, owing: bool = False, **end: Any) -> AsyncIterator[Stage]:
    """The same, with somebody where pushes go, and the mailbox watched; the first push is taken.

    `owing`: another one is owed from before.
    """
    receiver = Receiver()
    hears = Starlette(routes=[Route("/push", receiver.hear, methods=["POST"])])
    config = uvicorn.Config(hears, lifespan="off", log_level="critical", timeout_graceful_shutdown=1)
    async with serving(Inside(config)) as to, _served(keep, receiver) as found:
        receiver.url = f"{to}/push"
        await found.end(**{"push_url": receiver.url, "push_account": ACCOUNT} | end)
        await found.put(f"/_ctl/people/{ANA}", name="Ana Example")
        await found.let_in()
        await found.call("watch", body={"topicName": TOPIC, "labelIds": ["INBOX"], "labelFilterBehavior": "include"})
        await receiver.next()
        await found.until(lambda: len(found.gmail.ledger.state.owed) == owing)
        yield found


@asynccontextmanager
async def _served(keep: Path | None, receiver: Receiver) -> AsyncIterator[Stage]:
    gmail = Gmail(keep, HandClock())
    mounted = Starlette(routes=[Mount("/gmail", gmail.app())])
    async with gmail.running(), serving(Quiet(mounted, [gmail])) as base:
        found = Stage(gmail, base, receiver)
        try:
            yield found
        finally:
            await found.http.aclose()
