"""The stand-in's own controls: which bots and people it has, its clock, its limits, and what it really received."""

from typing import Any, TypeVar

import msgspec
from msgspec import Struct
from msgspec.structs import asdict, replace
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.broken import JSON
from sandbox.telegram.facts import Change, End, EndKnown, Group, GroupKnown, Moved, Person, PersonKnown
from sandbox.telegram.ledger import Ledger
from sandbox.telegram.limits import Limits

_T = TypeVar("_T")
_MOST, _PAGE, _KNOWN = 30_000_000, 1_000, 2_000
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


class Turn(Struct, frozen=True):
    """How far ahead the clock goes."""

    advance_s: float


class Scale(Struct, frozen=True):
    """What the limits are multiplied with; 0: none."""

    scale: float


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
        """Requests after a number, oldest first: what was really received, and what became of it."""
        after = request.query_params.get("after", "0")
        if not after.isdecimal():
            return wrong("invalid_after")
        found = [asked for asked in self._ledger.state.asked if asked.number > int(after)][:_PAGE]
        shown = [{**asdict(asked), "answered": asked.status != 0} for asked in found]
        return said({"requests": shown, "next": found[-1].number if found else int(after)})

    async def _messages(self, _request: Request) -> Response:
        """Every message as it stands, deleted ones too, oldest first."""
        return said({"messages": [asdict(one) for one in self._ledger.state.messages.values()]})

    async def _scale(self, request: Request) -> Response:
        given = await read(request, Scale)
        if isinstance(given, Response):
            return given
        if not 0 <= given.scale <= 1_000_000:
            return wrong("invalid_scale")
        self._limits.scale = given.scale
        self._limits.fill()
        return said({"ok": True})

    async def _turn(self, request: Request) -> Response:
        given = await read(request, Turn)
        if isinstance(given, Response):
            return given
        if not 0 <= given.advance_s <= 1e9:
            return wrong("invalid_advance")
        clock = self._ledger.clock
        offset = clock.offset + given.advance_s
        await self._ledger.commit([Moved(offset)])
        clock.turn(offset)
        return said({"ok": True, "now": clock.now()})


async def read(request: Request, kind: type[_T]) -> _T | Response:
    """A request's JSON as `kind`, or what is answered instead."""
    raw, parts = b"", []
    async for part in request.stream():
        parts.append(part)
        if sum(map(len, parts)) > _MOST:
            return wrong("too_big", 413)
    raw = b"".join(parts)
    try:
        return msgspec.json.decode(raw, type=kind)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return wrong("invalid_json")


def said(body: dict[str, Any]) -> Response:
    """A good answer."""
    return Response(msgspec.json.encode(body), media_type=JSON)


def wrong(code: str, status: int = 400) -> Response:
    """A bad one."""
    return Response(msgspec.json.encode({"ok": False, "error": code}), status, media_type=JSON)
