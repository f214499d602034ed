"""The stand-in's own controls: which apps and people it has, its clock, its tiers, and what it really received."""

from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.controls import read, received, said, scale, turn, wrong
from sandbox.slack.events import Events
from sandbox.slack.facts import SCOPES, App, AppKnown, Change, Channel, ChannelKnown, Moved, Person, PersonKnown, Team
from sandbox.slack.ledger import Ledger
from sandbox.slack.socket_mode import Sockets
from sandbox.slack.tiers import Tiers

#: Apps, people and channels that may be known.
_MOST = 2_000


class GivenApp(Struct, frozen=True):
    """An app, without its id."""

    team: Team
    bot_user: str
    bot_id: str
    bot_token: str
    signing_secret: str
    app_token: str = ""
    request_url: str = ""
    socket: bool = False
    scopes: tuple[str, ...] = SCOPES
    distributed: bool = True
    inactive: bool = False
    name: str = "throughline"


class GivenPerson(Struct, frozen=True):
    """A person, without their id."""

    name: str
    team: str


class GivenChannel(Struct, frozen=True):
    """A channel, without its id."""

    team: str
    name: str = ""
    members: tuple[str, ...] = ()
    archived: bool = False


class Part(Struct, frozen=True):
    """Why an app's sockets shall go."""

    reason: str = "refresh_requested"


class Control:
    """`/slack/_ctl`."""

    def __init__(self, ledger: Ledger, tiers: Tiers, sockets: Sockets, events: Events) -> None:
        self._ledger, self._tiers, self._sockets, self._events = ledger, tiers, sockets, events

    def routes(self) -> list[Route]:
        """Its paths."""
        return [
            Route("/apps/{id}", self._app, methods=["PUT"]),
            Route("/apps/{id}/verify", self._verify, methods=["POST"]),
            Route("/apps/{id}/sockets", self._part, methods=["POST"]),
            Route("/people/{id}", self._person, methods=["PUT"]),
            Route("/channels/{id}", self._channel, methods=["PUT"]),
            Route("/requests", self._requests),
            Route("/messages", self._messages),
            Route("/tiers", self._scale, methods=["PUT"]),
            Route("/clock", self._turn, methods=["POST"]),
        ]

    async def _app(self, request: Request) -> Response:
        """An app is there; a second time it is the same one, with what is new about it, and not revoked."""
        given = await read(request, GivenApp)
        if isinstance(given, Response):
            return given
        name = request.path_params["id"]
        if self._full(self._ledger.state.apps, name):
            return wrong("too_many")
        app = App(name, **{field: getattr(given, field) for field in GivenApp.__struct_fields__})
        return await self._know([] if app == self._ledger.state.apps.get(name) else [AppKnown(app)])

    async def _person(self, request: Request) -> Response:
        given = await read(request, GivenPerson)
        if isinstance(given, Response):
            return given
        name = request.path_params["id"]
        if self._full(self._ledger.state.people, name):
            return wrong("too_many")
        person = Person(name, given.name, given.team)
        return await self._know([] if person == self._ledger.state.people.get(name) else [PersonKnown(person)])

    async def _channel(self, request: Request) -> Response:
        given = await read(request, GivenChannel)
        if isinstance(given, Response):
            return given
        name = request.path_params["id"]
        if self._full(self._ledger.state.channels, name):
            return wrong("too_many")
        old = self._ledger.state.channels.get(name)
        if old is not None and old.kind == "im":
            return await self._know([ChannelKnown(replace(old, archived=given.archived))])
        channel = Channel(name, "channel", given.team, given.name, given.members, given.archived)
        return await self._know([] if channel == old else [ChannelKnown(channel)])

    async def _requests(self, request: Request) -> Response:
        return received(request, self._ledger.state.asked)

    async def _messages(self, _request: Request) -> Response:
        """Every message as it stands, deleted ones too, oldest first."""
        return said({"messages": sorted(self._ledger.state.messages.values(), key=lambda m: m.ts)})

    async def _scale(self, request: Request) -> Response:
        return await scale(request, self._tiers)

    async def _turn(self, request: Request) -> Response:
        return await turn(request, self._ledger.clock, lambda offset: self._ledger.commit([Moved(offset)]))

    async def _verify(self, request: Request) -> Response:
        """Slack's handshake with the request URL."""
        app = self._ledger.state.apps.get(request.path_params["id"])
        if app is None or not app.request_url:
            return wrong("no_request_url", 404)
        return said({"ok": await self._events.verify(app)})

    async def _part(self, request: Request) -> Response:
        """Ask an app's sockets to go."""
        given = await read(request, Part)
        if isinstance(given, Response):
            return given
        return said({"ok": True, "sockets": await self._sockets.part(request.path_params["id"], given.reason)})

    async def _know(self, changes: list[Change]) -> Response:
        if changes:
            await self._ledger.commit(changes)
        return said({"ok": True, "changed": bool(changes)})

    def _full(self, there: dict[str, Any], name: str) -> bool:
        return name not in there and len(there) >= _MOST
