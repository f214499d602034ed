"""People and members who talk over HTTP: each notes what it asked for, when, and what it was told."""

import asyncio
import time
import uuid
from typing import Any

import httpx2

from chaos.cast import PASSWORD
from chaos.history import Said

#: Seconds after which an access token is not used any more.
_FRESH = 200.0


class Notes:
    """What everybody of a run said: names by number, and every message with its times."""

    def __init__(self) -> None:
        self.said: dict[str, Said] = {}
        #: Conversation and message by the number that is in its mark.
        self.names: dict[int, tuple[str, str]] = {}
        #: Pieces of each message that goes out.
        self.pieces: dict[str, int] = {}
        self._number = 0

    def number(self) -> int:
        """The next one."""
        self._number += 1
        return self._number


class Voice:
    """Somebody signed in. Requests go out again until they are answered, under the same id."""

    def __init__(self, url: str, email: str, notes: Notes) -> None:
        self._url, self.email, self._notes = url, email, notes
        self._http = httpx2.AsyncClient(base_url=url, trust_env=False, timeout=10)
        self._token, self._until = "", 0.0
        #: Requests that were not taken: too much at once, or no room.
        self.shed = 0

    async def ask(self, method: str, path: str, body: object | None = None) -> httpx2.Response:
        """One request, as this user. Raises httpx2.HTTPError."""
        if time.monotonic() > self._until:
            await self._sign_in()
        headers = {"Authorization": f"Bearer {self._token}"}
        answer = await self._http.request(method, f"/api/v1{path}", json=body, headers=headers)
        if answer.status_code == 401:
            await self._sign_in()
            headers = {"Authorization": f"Bearer {self._token}"}
            answer = await self._http.request(method, f"/api/v1{path}", json=body, headers=headers)
        return answer

    async def sure(self, method: str, path: str, body: object | None = None, seconds: float = 180.0) -> Any:
        """Ask until it is answered with 2xx; what it said. Raises TimeoutError, AssertionError where it is wrong."""
        async with asyncio.timeout(seconds):
            while True:
                try:
                    answer = await self.ask(method, path, body)
                except httpx2.HTTPError:
                    await asyncio.sleep(0.05)
                    continue
                if answer.status_code in {429, 503, 507}:
                    self.shed += 1
                    await asyncio.sleep(0.1)
                    continue
                assert answer.status_code < 300, f"{path}: {answer.status_code} {answer.text[:300]}"
                return answer.json() if answer.content else None

    async def begin(self, active: str | None = None) -> str:
        """A conversation of one's own, whose answers go to a channel."""
        name = str(uuid.uuid4())
        await self.sure("POST", "/conversations", {"id": name})
        if active is not None:
            await self.move(name, active)
        return name

    async def move(self, talk: str, channel: str) -> None:
        """Answers go there from now on, whatever happens elsewhere."""
        found = await self.sure("GET", f"/conversations/{talk}/bindings")
        (binding,) = [b["id"] for b in found["items"] if b["channel"] == channel]
        body = {"items": [{"id": binding, "mode": "active"}], "follow": "pin"}
        await self.sure("PUT", f"/conversations/{talk}/bindings", body)

    async def say(self, talk: str, text: str, *, number: int | None = None, pieces: int = 0, once: bool = False) -> str:
        """Say something, and note it; its id. `pieces`: how many marks it has. `once`: do not ask again, whatever."""
        name, notes = str(uuid.uuid4()), self._notes
        if number is not None:
            notes.names[number] = (talk, name)
            notes.pieces[name] = pieces
        begun = time.monotonic()
        notes.said[name] = Said(talk, name, begun)
        path, body = f"/conversations/{talk}/messages", {"id": name, "text": text}
        if once:
            answer = await self.ask("POST", path, body)
            if answer.status_code != 201:
                self.shed += 1
                return name
            kept = answer.json()
        else:
            kept = await self.sure("POST", path, body)
        notes.said[name] = Said(talk, name, begun, time.monotonic(), kept["seq"])
        return name

    async def token(self) -> str:
        """One that lives a while yet."""
        if time.monotonic() > self._until:
            await self._sign_in()
        return self._token

    def forget(self) -> None:
        """Sign in anew before the next request."""
        self._until = 0.0

    async def close(self) -> None:
        """Go."""
        await self._http.aclose()

    async def _sign_in(self) -> None:
        answer = await self._http.post("/api/v1/auth/login", json={"email": self.email, "password": PASSWORD})
        answer.raise_for_status()
        self._token, self._until = answer.json()["access_token"], time.monotonic() + _FRESH
