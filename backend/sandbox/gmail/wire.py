"""What comes over HTTP: a bounded body, a token, JSON, and a mail with or without JSON before it. Google's errors."""

import re
from typing import Any

import msgspec
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from sandbox.broken import JSON
from sandbox.gmail.call import Refused, invalid
from sandbox.gmail.published import MAX_MAIL

#: Bytes of a request: a mail in base64, and some more.
MAX_BODY = MAX_MAIL * 4 // 3 + 1_000_000
_STATUS = {
    400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND", 409: "ABORTED",
    413: "INVALID_ARGUMENT", 429: "RESOURCE_EXHAUSTED", 500: "INTERNAL", 503: "UNAVAILABLE",
}  # fmt: skip
_BOUNDARY = re.compile(r'boundary="?([^";]{1,200})"?', re.I)


class Given(Struct, frozen=True):
    """A request's JSON, and the mail that came by `/upload`."""

    body: Any = None
    media: bytes | None = None


def bearer(request: Request) -> str:
    """The token; empty: there is none."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else request.query_params.get("access_token", "")


def read(raw: bytes | None, content_type: str, upload: str | None) -> Given:
    """The request's content. `upload`: how a mail is uploaded; None: by JSON. Raises Refused."""
    if raw is None:
        raise Refused(413, "uploadTooLarge", "Request Entity Too Large")
    if upload is None:
        return Given(decoded(raw))
    if upload == "media":
        return Given(None, raw)
    if upload == "multipart":
        return _related(raw, content_type)
    raise Refused(400, "badRequest", f"This stand-in does not take uploadType={upload[:20]}")


def decoded(raw: bytes) -> Any:
    """JSON, or nothing. Raises Refused."""
    if not raw.strip():
        return None
    try:
        return msgspec.json.decode(raw)
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        raise Refused(400, "parseError", "Invalid JSON payload received.") from None


def failure(refused: Refused) -> Response:
    """An error in Google's shape."""
    detail: dict[str, Any] = {"message": refused.message, "domain": refused.domain, "reason": refused.reason}
    headers = {}
    if refused.status == 401:
        detail |= {"location": "Authorization", "locationType": "header"}
        headers["www-authenticate"] = 'Bearer realm="https://accounts.google.com/", error="invalid_token"'
    status = _STATUS.get(refused.status, "UNKNOWN")
    error = {"code": refused.status, "message": refused.message, "errors": [detail], "status": status}
    return said({"error": error}, refused.status, headers)


def said(found: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """JSON; None: no content."""
    if found is None:
        return Response(b"", 204, headers)
    return Response(msgspec.json.encode(found), status, headers, JSON)


def _related(raw: bytes, content_type: str) -> Given:
    """`multipart/related`: JSON first, the mail second."""
    named = _BOUNDARY.search(content_type)
    if not content_type.lower().startswith("multipart/related") or named is None:
        raise Refused(400, "badContent", "Media type is not supported: multipart/related is expected.")
    mark = b"--" + named[1].encode()
    parts = (b"\r\n" + raw if raw.startswith(mark) else raw).split(b"\n" + mark)[1:]
    if len(parts) < 3 or not parts[-1].startswith(b"--"):
        raise invalid("Malformed multipart body.")
    return Given(decoded(_content(parts[0])), _content(parts[1]))


def _content(part: bytes) -> bytes:
    """A part without its own header, and without the line end that belongs to the boundary."""
    part = part.lstrip(b" \t").removeprefix(b"\r").removeprefix(b"\n")
    crlf, lf = part.find(b"\r\n\r\n"), part.find(b"\n\n")
    cut = crlf + 4 if crlf >= 0 and (lf < 0 or crlf < lf) else lf + 2
    return part[cut if max(crlf, lf) >= 0 else 0 :].removesuffix(b"\r")
