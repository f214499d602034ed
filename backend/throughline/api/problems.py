"""Faults as problem documents (RFC 9457), and the faults that only HTTP knows.

Nothing of what the caller sent comes back, and nothing of what went wrong inside: an unexpected failure answers with
the request's id, under which the log has its type and place.
"""

import math
import re
from http import HTTPStatus

import msgspec
from msgspec import UNSET

from throughline.api.answer import NO_STORE, Answer, Header
from throughline.api.shapes import Problem
from throughline.conversation.faults import Fault

_MEDIA: Header = (b"content-type", b"application/problem+json")
_BEARER: Header = (b"www-authenticate", b'Bearer realm="throughline"')
_encoder = msgspec.json.Encoder()

NO_ROUTE = Fault("no_such_path", 404, "There is nothing at this path.", "See /docs for what there is.")
WRONG_METHOD = Fault("wrong_method", 405, "This path does not take that method.", "The Allow header says which ones.")
BAD_JSON = Fault("bad_json", 400, "The body is not JSON in UTF-8.", "Send one JSON object.")
BAD_QUERY = Fault("bad_query", 422, "A query parameter does not fit.", "See /docs for names and ranges.")
BAD_LENGTH = Fault("bad_request", 400, "The request's headers contradict themselves.", "Send a plain request.")
NOT_JSON = Fault(
    "unsupported_media_type", 415, "Only application/json without content encoding is taken.",
    "Set Content-Type: application/json.",
)  # fmt: skip
BAD_CHARACTERS = Fault(
    "bad_text", 422, "The body holds characters that cannot be kept.", "Remove NUL characters and broken surrogates."
)
FOREIGN_ORIGIN = Fault("foreign_origin", 403, "This page may not do that here.", "Open our own address.")
BAD_KEY = Fault("bad_idempotency_key", 422, "The Idempotency-Key cannot be used.", "Use 1 to 128 visible characters.")
INTERNAL = Fault(
    "internal", 500, "Something went wrong on our side.", "Try again; if it stays, tell us the request id."
)


def too_large(most: int) -> Fault:
    """A body over `most` bytes."""
    return Fault("body_too_large", 413, f"The body is larger than {most // 1024:,} KiB.", "Send less at once.")


TOO_BIG = too_large(262_144)
_SAFE_DETAIL = re.compile(r"(?:Expected `|Object missing )[^\n]{0,200}\Z")
_PATH = re.compile(r" - at `([^`]{1,100})`\Z")


def problem(fault: Fault, request_id: str, *headers: Header) -> Answer:
    """The answer to a fault."""
    wait = fault.retry_after
    document = Problem(
        type=f"urn:throughline:problem:{fault.code}",
        title=HTTPStatus(fault.status).phrase,
        status=fault.status,
        code=fault.code,
        detail=fault.detail,
        hint=fault.hint,
        request_id=request_id,
        retry_after=UNSET if wait is None else math.ceil(wait * 1000) / 1000,
    )
    more = list(headers)
    if wait is not None:
        more.append((b"retry-after", b"%d" % max(1, math.ceil(wait))))
    if fault.status == HTTPStatus.UNAUTHORIZED:
        more.append(_BEARER)
    return Answer(fault.status, _encoder.encode(document), (_MEDIA, NO_STORE, *more))


def misfit(error: msgspec.ValidationError) -> Fault:
    """A JSON body of another form. The decoder's words are given on only where they hold none of the body's."""
    said = str(error)
    if not _SAFE_DETAIL.match(said):
        place = _PATH.search(said)
        said = f"A value does not fit at `{place[1]}`." if place else "The body does not fit."
    return Fault("invalid_body", 422, said, "See /docs for the body's form.")
