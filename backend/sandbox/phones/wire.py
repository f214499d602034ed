"""What comes over HTTP, never more of it than anybody should send, and JSON back."""

from typing import Any, TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response

#: Bytes of a request; of one that brings a file.
MAX_BODY, MAX_FILE = 1_000_000, 110_000_000
_T = TypeVar("_T")


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
    except (msgspec.DecodeError, RecursionError) as error:
        return wrong(str(error))


def said(content: Any, status: int = 200) -> Response:
    """JSON."""
    return Response(msgspec.json.encode(content), status, media_type="application/json")


def wrong(code: str, status: int = 400) -> Response:
    """What was wrong, as a code."""
    return said({"ok": False, "error": code}, status)


def base(request: Request) -> str:
    """The stand-in's own address, as whoever asks has it: up to `/<provider>`."""
    path: str = request.scope["root_path"]
    return f"{request.url.scheme}://{request.url.netloc}{path.removesuffix('/_lab').removesuffix('/_ctl')}"
