"""One call of an API method: what it was given, checked the way Google checks it, and what is answered."""

import base64
import binascii
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from sandbox.gmail import mime
from sandbox.gmail.edit import Edit
from sandbox.gmail.facts import Change, Mail, Mailbox
from sandbox.gmail.office import Box
from sandbox.gmail.published import MAX_MAIL, MOST, PAGE
from sandbox.gmail.weather import Weather

_T = TypeVar("_T")


class Refused(Exception):  # noqa: N818 - an answer, not a mistake of ours
    """The method answers with this error, in Google's shape."""

    def __init__(self, status: int, reason: str, message: str, domain: str = "global") -> None:
        super().__init__(reason)
        self.status, self.reason, self.message, self.domain = status, reason, message, domain


def not_found() -> Refused:
    """It is not there."""
    return Refused(404, "notFound", "Requested entity was not found.")


def invalid(message: str) -> Refused:
    """It cannot be meant like this."""
    return Refused(400, "invalidArgument", message)


class Done(Struct, frozen=True):
    """What a call answers (None: 204, no body) and what it changes; `message`: the mail it made."""

    body: dict[str, Any] | None
    changes: tuple[Change, ...] = ()
    message: str = ""


class Handed(Struct, frozen=True):
    """A message as callers hand it in; what only Gmail sets is passed over."""

    raw: str | None = None
    threadId: str = ""  # noqa: N815 - Google's name
    id: str = ""
    labelIds: tuple[str, ...] = ()  # noqa: N815 - Google's name


class Call(Struct, frozen=True):
    """A call as it is worked on. `media` is the mail that came by `/upload`; `mails` is how mail behaves now."""

    edit: Edit
    box: Box
    mailbox: Mailbox
    scopes: tuple[str, ...]
    path: dict[str, str]
    query: list[tuple[str, str]]
    body: Any
    media: bytes | None
    mails: Weather

    def word(self, name: str, otherwise: str = "") -> str:
        """A parameter; the last one counts."""
        return next((value for key, value in reversed(self.query) if key == name), otherwise)

    def all(self, name: str) -> list[str]:
        """A parameter that may come several times."""
        return [value for key, value in self.query if key == name]

    def one_of(self, name: str, otherwise: str, choices: tuple[str, ...]) -> str:
        """A parameter that is one of a few words."""
        value = self.word(name, otherwise).lower()
        if value not in choices:
            raise invalid(f"Invalid value at '{name}'")
        return value

    def most(self) -> int:
        """How many things at most; too many are as many as may be."""
        value = self.word("maxResults", str(PAGE))
        if not (value.isascii() and value.isdecimal()) or len(value) > 9:
            raise invalid("Invalid value at 'max_results' (TYPE_UINT32)")
        return min(int(value) or PAGE, MOST)

    def given(self, kind: type[_T]) -> _T:
        """The body as what it should be."""
        try:
            return msgspec.convert(self.body if self.body is not None else {}, kind, strict=False)
        except msgspec.ValidationError as error:
            raise invalid(f"Invalid JSON payload received. {error}") from None

    def mail(self, name: str | None = None) -> Mail:
        """The mail that the path names."""
        found = self.box.mails.get(self.path["id"] if name is None else name)
        if found is None:
            raise not_found()
        return found

    def done(self, body: dict[str, Any] | None, message: str = "") -> Done:
        """The answer, with the changes so far."""
        return Done(body, tuple(self.edit.changes), message)


def raw_of(handed: Handed, media: bytes | None) -> bytes:
    """The bytes of a mail that is handed in, by upload or in JSON."""
    if media is None:
        if not handed.raw:
            raise invalid("'raw' RFC822 payload message string or uploading message via /upload/* URL required")
        media = decoded(handed.raw)
    if len(media) > MAX_MAIL:
        raise Refused(413, "uploadTooLarge", f"Request payload size exceeds the limit: {MAX_MAIL} bytes.")
    try:
        mime.strictly(media)
    except mime.Unreadable:
        raise invalid("Invalid RFC822 message") from None
    return media


def decoded(text: str) -> bytes:
    """Base64 in either alphabet, with or without its padding, as Google takes it."""
    plain = text.replace("-", "+").replace("_", "/").rstrip("=")
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise invalid("Invalid value at 'message.raw' (TYPE_BYTES), Base64 decoding failed") from None


def encoded(data: bytes) -> str:
    """Base64url with its padding, as Google gives it."""
    return base64.urlsafe_b64encode(data).decode()


def paged(call: Call, things: list[_T]) -> tuple[list[_T], str | None]:
    """One page of them, and the token of the next one."""
    token = call.word("pageToken", "0")
    if not (token.isascii() and token.isdecimal()) or len(token) > 20:
        raise invalid("Invalid pageToken")
    start, most = int(token), call.most()
    following = start + most
    return things[start:following], str(following) if following < len(things) else None
