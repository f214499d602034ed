"""The stand-in's own controls: which bots and people it has, its clock, its limits, and what it really received."""

from msgspec import Struct
from msgspec.structs import asdict, replace
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.controls import read, received, said, scale, turn, wrong
from sandbox.telegram.facts import Change, End, EndKnown, Group, GroupKnown, Moved, Person, PersonKnown
from sandbox.telegram.ledger import Ledger
from sandbox.telegram.limits import Limits

#: Ends, people and groups that may be known.
_KNOWN = 2_000
_ID = range(1, 2**53)


class GivenEnd(Struct, frozen=True):
    """A bot, without its id."""

    label: str
    username: str
    token: str
    webhook_url: str = ""
    secret_token: str = ""
    revoked: bool = False


class GivenPerson(Struct, frozen=True):
    """A person, without their id."""

    name: str
    username: str = ""
    blocked: tuple[int, ...] = ()
    ends: tuple[int, ...] = ()
    started: tuple[int, ...] = ()


class GivenGroup(Struct, frozen=True):
    """A group, without its id."""

    title: str
    end: int


class Control:
    """`/telegram/_ctl`."""

    def __init__(self, ledger: Ledger, limits: Limits) -> None:
        self._ledger, self._limits = ledger, limits

    def routes(self) -> list[Route]:
        """Its paths."""
        return [
            Route("/ends/{id:int}", self._end, methods=["PUT"]),
            Route("/people/{id:int}", self._person, methods=["PUT"]),
            Route("/groups/{id:int}", self._group, methods=["PUT"]),
            Route("/requests", self._requests),
            Route("/messages", self._messages),
            Route("/limits", self._scale, methods=["PUT"]),
            Route("/clock", self._turn, methods=["POST"]),
        ]

    async def _end(self, request: Request) -> Response:
        given, number = await read(request, GivenEnd), request.path_params["id"]
        if isinstance(given, Response):
            return given
        if number not in _ID or len(self._ledger.state.ends) >= _KNOWN or not given.token:
            return wrong("bad_end")
        old = self._ledger.state.ends.get(number) or End(number, "", "", "")
        new = replace(
            old, label=given.label, username=given.username, token=given.token, webhook_url=given.webhook_url,
            secret_token=given.secret_token, revoked=given.revoked,
        )  # fmt: skip
        return await self._known(EndKnown(new), number)

    async def _person(self, request: Request) -> Response:
        given, number = await read(request, GivenPerson), request.path_params["id"]
        if isinstance(given, Response):
            return given
        if number not in _ID or len(self._ledger.state.people) >= _KNOWN or not given.name.strip():
            return wrong("bad_person")
        person = Person(number, given.name, given.username, given.blocked, given.ends, given.started)
        return await self._known(PersonKnown(person))

    async def _group(self, request: Request) -> Response:
        given, number = await read(request, GivenGroup), request.path_params["id"]
        if isinstance(given, Response):
            return given
        if number not in _ID or len(self._ledger.state.groups) >= _KNOWN:
            return wrong("bad_group")
        return await self._known(GroupKnown(Group(-number, given.title, given.end)))

    async def _known(self, change: Change, told: int | None = None) -> Response:
        await self._ledger.commit([change])
        if told is not None:
            self._ledger.courier({told})
        return said({"ok": True})

    async def _requests(self, request: Request) -> Response:
        return received(request, self._ledger.state.asked)

    async def _messages(self, _request: Request) -> Response:
        """Every message as it stands, deleted ones too, oldest first."""
        return said({"messages": [asdict(one) for one in self._ledger.state.messages.values()]})

    async def _scale(self, request: Request) -> Response:
        return await scale(request, self._limits)

    async def _turn(self, request: Request) -> Response:
        return await turn(request, self._ledger.clock, lambda offset: self._ledger.commit([Moved(offset)]))
