"""WhatsApp's Cloud API, put together."""

import secrets
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from sandbox import controls
from sandbox.clock import Clock
from sandbox.meta.api import Api
from sandbox.meta.habits import Meta as Habits
from sandbox.meta.settings import Moving
from sandbox.phones.app import Phone
from sandbox.phones.provider import Refused


class Meta(Phone):
    """The stand-in. `keep`: the folder of its journal; without one it forgets."""

    def __init__(self, keep: Path | None, clock: Clock | None = None) -> None:
        self.habits = Habits()
        super().__init__(self.habits, None if keep is None else keep / "meta", clock)
        self._api = Api(self.ledger, self.door)

    def api(self) -> Sequence[BaseRoute]:
        """Graph, and where its files lie."""
        return (
            Route("/api/{path:path}", self._api.serve, methods=["GET", "POST", "DELETE"]),
            Route("/cdn/whatsapp_business/attachments/", self._api.attachments.bytes_of),
        )

    def controls(self) -> Sequence[BaseRoute]:
        """Meta's handshake with a webhook, and people who change their number."""
        return (
            Route("/ends/{name}/verify", self._verify, methods=["POST"]),
            Route("/people/{name}/move", self._move, methods=["POST"]),
        )

    async def _verify(self, request: Request) -> Response:
        """Whether the webhook gives the challenge back."""
        end = self.ledger.state.ends.get(request.path_params["name"])
        if end is None:
            return controls.wrong("end_not_found", 404)
        challenge = str(secrets.randbelow(10**10))
        query = {"hub.mode": "subscribe", "hub.challenge": challenge, "hub.verify_token": end.more["verify_token"]}
        url = f"{end.more['deliver_url'] or end.more['webhook_url']}?{urlencode(query)}"
        status, body = await self.courier.get(url)
        return controls.said({"ok": status == 200 and body == challenge.encode(), "status": status})

    async def _move(self, request: Request) -> Response:
        """Somebody's new number."""
        given = await controls.read(request, Moving)
        if isinstance(given, Response):
            return given
        person = self.ledger.state.people.get(request.path_params["name"])
        if person is None:
            return controls.wrong("person_not_found", 404)
        try:
            done = self.habits.moves(self.ledger.state, person, given, self.clock)
        except Refused as refused:
            return controls.wrong(refused.code)
        await self.ledger.commit(done.changes, done.owed)
        return controls.said(done.body)
