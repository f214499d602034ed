"""What is kept around the body of a request that nobody understood, so that it can be read again. Pure.

The signature is kept, for it proves the body to whoever reads it later; what would let somebody in is not: no cookies,
no bearer tokens, no header that is a secret by its name.
"""

import re
from collections.abc import Callable
from functools import lru_cache

import msgspec
from msgspec import Struct

from throughline.conversation.channel import RawRequest

#: Headers by name that are credentials themselves.
_CREDENTIAL = re.compile(r"authorization|cookie|secret|token|api-?key")
#: Characters of one header, of the query, and how many headers.
_LONGEST, _QUERY, _HEADERS = 2_048, 8_192, 64


class Around(Struct, frozen=True):
    """A request without its body."""

    method: str
    path: str
    query: str
    headers: dict[str, str]


#: Says what is kept beside a body; asked only where something is.
About = Callable[[], bytes | None]

_around = msgspec.json.Decoder(Around)


def around(request: RawRequest) -> bytes:
    """What is kept of a request beside its body."""
    headers = {
        name: value
        for name, value in [*request.headers.items()][:_HEADERS]
        if len(value) <= _LONGEST and not _secret(name)
    }
    return msgspec.json.encode(Around(request.method, request.path, request.query[:_QUERY], headers))


@lru_cache(maxsize=1_024)
def _secret(name: str) -> bool:
    return _CREDENTIAL.search(name) is not None


def nothing_about() -> None:
    """It came without a request."""


def again(kept: bytes | None, body: bytes) -> RawRequest | None:
    """The request as it came, as far as it was kept. None: it was none."""
    if kept is None:
        return None
    try:
        found = _around.decode(kept)
    except msgspec.MsgspecError:
        return None
    return RawRequest(found.method, found.path, found.query, found.headers, body)
