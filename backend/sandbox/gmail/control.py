"""The stand-in's own controls: its mailboxes and people, its clock and quota, raw mail, and what it really received."""

from typing import Any, TypeVar

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox import controls
from sandbox.controls import received, said, scale, turn, wrong
from sandbox.gmail import arriving, mime, weather, wire
from sandbox.gmail.call import Refused, decoded, encoded
from sandbox.gmail.facts import SCOPES, Change, Mail, Mailbox, MailboxKnown, Moved, Person, PersonKnown, Revoked
from sandbox.gmail.ledger import Ledger
from sandbox.gmail.published import MAX_MAIL
from sandbox.gmail.quota import Quota
from sandbox.gmail.quoting import STYLES
from sandbox.gmail.sending import ADDRESS
from sandbox.gmail.weather import Weather

_T = TypeVar("_T")
#: Mailboxes and people that may be known.
_MOST = 2_000


class GivenEnd(Struct, frozen=True):
    """A mailbox, without its address."""

    client_id: str
    client_secret: str
    refresh_token: str = ""
    label: str = ""
    push_url: str = ""
    push_audience: str = ""
    push_account: str = ""
    scopes: tuple[str, ...] = SCOPES


class GivenPerson(Struct, frozen=True):
    """A person, without their address."""

    name: str = ""
    style: str = "gmail"
    ends: tuple[str, ...] = ()


class Raw(Struct, frozen=True):
    """A mail that arrives byte for byte. `raw` in base64, or `text`; `stamped`: with Google's fields on top."""

    mailbox: str
    raw: str = ""
    text: str = ""
    labels: tuple[str, ...] = ()
    stamped: bool = False
    sender: str = "nobody@example.com"


class One(Struct, frozen=True):
    """A mailbox."""

    mailbox: str


async def read(request: Request, kind: type[_T]) -> _T | Response:
    """As controls.read, with room for a mail."""
    return await controls.read(request, kind, wire.MAX_BODY)


class Control:
    """`/gmail/_ctl`."""

    def __init__(self, ledger: Ledger, quota: Quota) -> None:
        self._ledger, self._quota = ledger, quota

    def routes(self) -> list[Route]:
        """Its paths."""
        return [
            Route("/ends/{id}", self._end, methods=["PUT"]),
            Route("/people/{id}", self._person, methods=["PUT"]),
            Route("/requests", self._requests),
            Route("/messages", self._messages),
            Route("/mail", self._mail, methods=["POST"]),
            Route("/revoke", self._revoke, methods=["POST"]),
            Route("/quota", self._scale, methods=["PUT"]),
            Route("/clock", self._turn, methods=["POST"]),
        ]

    async def _end(self, request: Request) -> Response:
        """A mailbox is there; a second time it is the same one, with what is new about it, and not revoked."""
        given = await read(request, GivenEnd)
        if isinstance(given, Response):
            return given
        name, state = request.path_params["id"].lower(), self._ledger.state
        if not ADDRESS.match(name) or "+" in name:
            return wrong("no_address")
        if name not in state.mailboxes and len(state.mailboxes) >= _MOST:
            return wrong("too_many")
        mailbox = Mailbox(name, **{field: getattr(given, field) for field in GivenEnd.__struct_fields__})
        same = mailbox == state.mailboxes.get(name) and name not in state.revoked
        return await self._know([] if same else [MailboxKnown(mailbox)])

    async def _person(self, request: Request) -> Response:
        given = await read(request, GivenPerson)
        if isinstance(given, Response):
            return given
        name, people = request.path_params["id"].lower(), self._ledger.state.people
        if not ADDRESS.match(name):
            return wrong("no_address")
        if given.style not in STYLES:
            return wrong("unknown_style")
        if name not in people and len(people) >= _MOST:
            return wrong("too_many")
        person = Person(name, given.name or name, given.style, tuple(end.lower() for end in given.ends))
        return await self._know([] if person == people.get(name) else [PersonKnown(person)])

    async def _requests(self, request: Request) -> Response:
        return received(request, self._ledger.state.asked)

    async def _messages(self, _request: Request) -> Response:
        """Every mail as it stands, theirs and ours, drafts too, oldest first."""
        mails = [mail for box in self._ledger.state.boxes.values() for mail in box.mails.values()]
        return said({"messages": [_shown(mail) for mail in sorted(mails, key=lambda m: (m.at, m.id))]})

    async def _mail(self, request: Request) -> Response:
        """A mail arrives as it is: nothing is added unless that is asked for."""
        given = await read(request, Raw)
        if isinstance(given, Response):
            return given
        mailbox = self._ledger.state.mailboxes.get(given.mailbox.lower())
        if mailbox is None:
            return wrong("mailbox_not_found")
        try:
            raw = decoded(given.raw) if given.raw else given.text.encode("utf-8", "surrogatepass")
        except Refused:
            return wrong("invalid_raw")
        if len(raw) > MAX_MAIL:
            return wrong("too_large")
        edit = self._ledger.edit()
        mails: Weather = weather.look(self._ledger.board, mailbox.id, "mail")
        if given.stamped:
            raw = arriving.stamped(raw, mailbox, given.sender, edit.wall, spoofed=mails.spoofed)
        mail = arriving.arrive(edit, mailbox, raw, mails, labels=given.labels)
        await self._ledger.commit(edit.changes)
        return said({"ok": True, "id": mail.id, "thread": mail.thread})

    async def _revoke(self, request: Request) -> Response:
        """The mailbox's owner takes the app's access away."""
        given = await read(request, One)
        if isinstance(given, Response):
            return given
        if given.mailbox.lower() not in self._ledger.state.mailboxes:
            return wrong("mailbox_not_found")
        return await self._know([Revoked(given.mailbox.lower())])

    async def _scale(self, request: Request) -> Response:
        return await scale(request, self._quota)

    async def _turn(self, request: Request) -> Response:
        return await turn(request, self._ledger.clock, lambda offset: self._ledger.commit([Moved(offset)]))

    async def _know(self, changes: list[Change]) -> Response:
        if changes:
            await self._ledger.commit(changes)
        return said({"ok": True, "changed": bool(changes)})


def _shown(mail: Mail) -> dict[str, Any]:
    letter = mime.letter(mail.raw)
    return {
        **{name: getattr(mail, name) for name in ("id", "thread", "mailbox", "labels", "at", "draft", "person")},
        "from": letter.header("From"), "to": letter.header("To"), "subject": letter.header("Subject"),
        "text": letter.text, "html": letter.html, "headers": [list(pair) for pair in letter.root.headers],
        "raw": encoded(mail.raw),
    }  # fmt: skip
