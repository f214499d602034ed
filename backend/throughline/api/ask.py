"""What a verb is given: who asks, where, and the decoded body and query. Bounded reading of hostile bytes."""

import re
from collections.abc import Iterator, Mapping
from http.cookies import CookieError, SimpleCookie
from typing import Any, TypeVar
from urllib.parse import parse_qsl

import msgspec
from starlette.types import Receive, Scope

from throughline.api.problems import (
    BAD_CHARACTERS,
    BAD_JSON,
    BAD_LENGTH,
    BAD_QUERY,
    NOT_JSON,
    TOO_BIG,
    misfit,
    too_large,
)
from throughline.api.room import CROWDED, Room
from throughline.conversation.faults import SIGNED_OUT, Fault
from throughline.conversation.records import Caller

T = TypeVar("T")

MAX_BODY = 262_144
_MAX_FIELDS = 50
_BROKEN_PAIR = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])|(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F]"
)


class Gone(Exception):  # noqa: N818 - it is a state, not a mistake
    """The client went away while we were reading."""


class Ask:
    """One request on its way through. `headers` holds the last of each name, in lower case."""

    __slots__ = ("body", "caller", "headers", "held", "place", "query", "raw", "request_id", "room", "scope")

    def __init__(self, scope: Scope, request_id: str, room: Room | None = None) -> None:
        self.scope = scope
        self.room = room or Room()
        #: Bytes of its body that are held in the room, until it is answered.
        self.held = 0
        self.request_id = request_id
        self.headers: dict[bytes, bytes] = dict(scope["headers"])
        client = scope.get("client")
        #: The address it comes from, as the server knows it.
        self.place: str = client[0] if client else "local"
        self.caller: Caller | None = None
        self.query: Any = None
        self.body: Any = None
        self.raw = b""

    @property
    def signed_in(self) -> Caller:
        """Who asks; only for routes that need a sign-in."""
        assert self.caller is not None
        return self.caller

    @property
    def path(self) -> Mapping[str, str]:
        """The path's parameters."""
        params: Mapping[str, str] = self.scope["path_params"]
        return params

    @property
    def https(self) -> bool:
        """Whether the browser's side is encrypted, as the server or its trusted proxy says."""
        return bool(self.scope.get("scheme") == "https")

    def took(self, kind: type[T]) -> T:
        """The decoded body."""
        assert isinstance(self.body, kind)
        return self.body

    def asked(self, kind: type[T]) -> T:
        """The decoded query."""
        assert isinstance(self.query, kind)
        return self.query

    def bearer(self) -> str | Fault:
        """The token of `Authorization: Bearer …`."""
        given = self.headers.get(b"authorization", b"")
        if given[:7].lower() != b"bearer " or not given.isascii():
            return SIGNED_OUT
        return given[7:].strip().decode("ascii")

    def cookie(self, name: str) -> str | None:
        """One cookie's value."""
        given = self.headers.get(b"cookie")
        if given is None or len(given) > 8_192:
            return None
        try:
            morsel = SimpleCookie(given.decode("latin-1")).get(name)
        except CookieError:
            return None
        return morsel.value if morsel is not None else None

    def read_query(self, kind: type[Any]) -> Fault | None:
        """Decode the query into `kind`; of a name that comes twice the last one counts."""
        try:
            pairs = parse_qsl(self.scope["query_string"].decode("ascii"), max_num_fields=_MAX_FIELDS)
            self.query = msgspec.convert(dict(pairs), kind, strict=False)
        except (msgspec.ValidationError, UnicodeError, ValueError):
            return BAD_QUERY
        return None

    async def read_body(
        self, decoder: msgspec.json.Decoder[Any], receive: Receive, *, may_be_empty: bool
    ) -> Fault | None:
        """Read at most MAX_BODY bytes and decode them. Raises Gone when the client leaves."""
        raw = await self._read(receive, MAX_BODY)
        if isinstance(raw, Fault):
            return raw
        self.raw = raw
        if not raw and may_be_empty:
            raw = b"{}"
        elif not _is_json(self.headers):
            return NOT_JSON
        try:
            self.body = decoder.decode(raw)
        except msgspec.ValidationError as error:
            return misfit(error)
        except (msgspec.MsgspecError, UnicodeError, RecursionError):
            return BAD_CHARACTERS if _BROKEN_PAIR.search(raw) else BAD_JSON
        if b"\\u0000" in raw and any("\x00" in s for s in _strings(msgspec.to_builtins(self.body))):
            return BAD_CHARACTERS
        return None

    async def read_raw(self, receive: Receive, most: int) -> Fault | None:
        """Read at most `most` bytes and leave them as they are. Raises Gone when the client leaves."""
        raw = await self._read(receive, most)
        if isinstance(raw, Fault):
            return raw
        self.raw = raw
        return None

    async def _read(self, receive: Receive, most: int) -> bytes | Fault:
        too_big = TOO_BIG if most == MAX_BODY else too_large(most)
        length = self.headers.get(b"content-length")
        if length is not None:
            if not length.isdigit():
                return BAD_LENGTH
            if len(length) > 9 or int(length) > most:
                return too_big
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone
        first: bytes = message.get("body", b"")
        if not self._hold(len(first), most):
            return CROWDED
        if not message.get("more_body", False):
            return first if len(first) <= most else too_big
        pieces, size = [first], len(first)
        while message.get("more_body", False):
            message = await receive()
            if message["type"] == "http.disconnect":
                raise Gone
            piece = message.get("body", b"")
            size += len(piece)
            if size > most:
                return too_big
            if not self._hold(len(piece), most):
                return CROWDED
            pieces.append(piece)
        return b"".join(pieces)

    def _hold(self, size: int, most: int) -> bool:
        if not self.room.take(size, most):
            return False
        self.held += size
        return True


def _is_json(headers: Mapping[bytes, bytes]) -> bool:
    kind = headers.get(b"content-type", b"")
    if kind != b"application/json" and kind.partition(b";")[0].strip().lower() != b"application/json":
        return False
    return headers.get(b"content-encoding", b"identity").lower() == b"identity"


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _strings(key)
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)
