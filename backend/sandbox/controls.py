"""What the controls of every stand-in have in common: JSON in and out, the clock, a limit, and what was received."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Protocol, TypeVar

import msgspec
from msgspec import Struct
from msgspec.structs import asdict
from starlette.requests import Request
from starlette.responses import Response

from sandbox.clock import Clock

#: Bytes of a request; requests in one answer.
MAX_BODY, _PAGE = 1_000_000, 1_000
_T = TypeVar("_T")


class Turn(Struct, frozen=True):
    """Seconds by which the clock goes on."""

    advance_s: float


class Scale(Struct, frozen=True):
    """What the limits are multiplied with; 0: none."""

    scale: float


class Scaled(Protocol):
    """A provider's limits."""

    scale: float

    def fill(self) -> None:
        """All there is to take is there again."""


async def body(request: Request, most: int = MAX_BODY) -> bytes | None:
    """The bytes; None: there are more than that."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size <= most:
            parts.append(part)
    return b"".join(parts) if size <= most else None


async def read(request: Request, kind: type[_T], most: int = MAX_BODY) -> _T | Response:
    """The body as what it should be; else the answer that says it is not. Only JSON: no page elsewhere can send it."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        return wrong("not_json", 415)
    try:
        return msgspec.json.decode(await body(request, most) or b"", type=kind)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        return wrong(str(error))


def said(content: Any, status: int = 200) -> Response:
    """JSON."""
    return Response(msgspec.json.encode(content), status, media_type="application/json")


def wrong(code: str, status: int = 400) -> Response:
    """What was wrong, as a code."""
    return said({"ok": False, "error": code}, status)


def received(request: Request, asked: Iterable[Struct]) -> Response:
    """Requests after a number, oldest first: what was really received, and what became of it.

    `asked`: each a struct with a `number`, and the `status` of its answer, 0 where there was none.
    """
    after = request.query_params.get("after", "0")[:15]
    if not (after.isascii() and after.isdecimal()):
        return wrong("invalid_after")
    known = (asdict(one) for one in asked)
    shown = [{**one, "answered": one["status"] != 0} for one in known if one["number"] > int(after)][:_PAGE]
    return said({"ok": True, "requests": shown, "next": shown[-1]["number"] if shown else int(after)})


async def scale(request: Request, limits: Scaled) -> Response:
    """The limits are so many times what they are."""
    given = await read(request, Scale)
    if isinstance(given, Response):
        return given
    if not 0 <= given.scale <= 1_000_000:
        return wrong("invalid_scale")
    limits.scale = given.scale
    limits.fill()
    return said({"ok": True, "scale": given.scale})


async def turn(request: Request, clock: Clock, keep: Callable[[float], Awaitable[object]]) -> Response:
    """The clock goes on, never back; `keep` remembers how far it is ahead, before it is."""
    given = await read(request, Turn)
    if isinstance(given, Response):
        return given
    if not 0 <= given.advance_s <= 1e9:
        return wrong("invalid_advance")
    offset = clock.offset + given.advance_s
    await keep(offset)
    clock.turn(offset)
    return said({"ok": True, "now": clock.now(), "offset_s": offset})
