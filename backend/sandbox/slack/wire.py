"""What comes over HTTP: a method's arguments and its token, from a form, from JSON or from the query."""

from typing import Any
from urllib.parse import parse_qsl

import msgspec
from msgspec import Struct
from starlette.requests import Request

from sandbox import controls


class Refusal(Struct, frozen=True):
    """It cannot be read: Slack's code for it."""

    code: str


class Given(Struct, frozen=True):
    """Arguments, and the token they came with."""

    args: dict[str, Any]
    token: str


async def read(request: Request) -> Given | Refusal:
    """The arguments of a call. What a JSON body holds counts more than the query."""
    raw = await controls.body(request)
    if raw is None:
        return Refusal("request_timeout")
    args: dict[str, Any] = dict(request.query_params)
    if raw:
        more = _args(raw, request.headers.get("content-type", ""))
        if isinstance(more, Refusal):
            return more
        args |= more
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        token = str(args.get("token") or "")
    return Given({k: v for k, v in args.items() if k != "token"}, token.strip())


def _args(raw: bytes, content_type: str) -> dict[str, Any] | Refusal:
    kind, _, more = content_type.lower().partition(";")
    charset = more.partition("charset=")[2].strip(' "')
    if charset and charset not in {"utf-8", "utf8", "iso-8859-1"}:
        return Refusal("invalid_charset")
    match kind.strip():
        case "application/json":
            return _json(raw)
        case "application/x-www-form-urlencoded" | "text/plain":
            return _form(raw)
        case _:
            return Refusal("invalid_post_type")


def _json(raw: bytes) -> dict[str, Any] | Refusal:
    try:
        found = msgspec.json.decode(raw)
    except (msgspec.DecodeError, RecursionError):
        return Refusal("invalid_json")
    return found if isinstance(found, dict) else Refusal("json_not_object")


def _form(raw: bytes) -> dict[str, Any] | Refusal:
    try:
        return dict(parse_qsl(raw.decode(), keep_blank_values=True, strict_parsing=True, errors="strict"))
    except ValueError:
        return Refusal("invalid_form_data")
