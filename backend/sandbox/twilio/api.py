"""The REST API, as far as messages, their media, typing and the account's own page go."""

import base64
import binascii
from collections import Counter
from functools import partial
from typing import Any
from urllib.parse import parse_qs

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from sandbox import controls
from sandbox.phones import wire
from sandbox.phones.door import Call, Door
from sandbox.phones.facts import Message, Posted, Template, Typed
from sandbox.phones.ledger import Ledger
from sandbox.phones.provider import Done, Refused
from sandbox.twilio import habits, outgoing, settings, webhooks
from sandbox.twilio.pages import Pages

#: Seconds after a person's last message in which WhatsApp takes everything; seconds that a typing sign is seen.
WINDOW, TYPING = 86_400.0, 25.0
_ROOT = f"/api/{webhooks.VERSION}/Accounts/{{account}}"


class Api:
    """`/twilio/api/…`."""

    def __init__(self, ledger: Ledger, door: Door) -> None:
        self._ledger, self._door = ledger, door
        self._going: Counter[str] = Counter()
        self._pages = Pages(ledger)

    def routes(self) -> list[BaseRoute]:
        """Its paths."""
        return [
            Route(f"{_ROOT}.json", self._account),
            Route(f"{_ROOT}/Messages.json", self._create, methods=["POST"]),
            Route(f"{_ROOT}/Messages.json", self._list, methods=["GET"]),
            Route(f"{_ROOT}/Messages/{{sid}}.json", self._one),
            Route(f"{_ROOT}/Messages/{{sid}}/Media.json", self._files),
            Route(f"{_ROOT}/Messages/{{sid}}/Media/{{media}}", self._file),
            Route("/api/v2/Indicators/Typing.json", self._typing, methods=["POST"]),
            Route("/api/v3/Indicators/Typing.json", self._typing, methods=["POST"]),
            Route("/cdn/{account}/{media}", self._bytes),
            Route("/api/{path:path}", self._unknown, methods=["GET", "POST", "DELETE", "PUT"]),
        ]

    # ------------------------------------------------------------ sending

    async def _create(self, request: Request) -> Response:
        account = request.path_params["account"]
        form = await _form(request)
        rules = self._ledger.state.rules
        one = {} if form is None else {k: v[-1] if len(v) == 1 else v for k, v in form.items()}
        sender = settings.split(str(one.get("From", "")))[1]
        call = Call(sender if sender in self._ledger.state.ends else "", "messages", one)
        if rules.limits and self._going[account] >= rules.concurrency:
            return await self._door.refuse(call, "20429")
        self._going[account] += 1
        try:
            return await self._door.through(call, partial(self._send, request, account, form))
        finally:
            self._going[account] -= 1

    def _send(self, request: Request, account: str, form: dict[str, list[str]] | None) -> Done:
        self._authorised(request, account)
        if form is None:
            raise Refused("20001")
        state, clock = self._ledger.state, self._ledger.clock
        wanted = outgoing.looked_at(form, state, account)
        end, person = wanted.end, state.people.get(wanted.person)
        message = Message(
            settings.sid("MM" if wanted.links else "SM"), end.id, wanted.person, "us", wanted.text,
            int(clock.wall() * 1000), buttons=() if wanted.template is None else wanted.template.buttons,
            links=wanted.links, more={"callback": wanted.callback, "service": wanted.service or None},
        )  # fmt: skip
        queued = webhooks.shown(end, message, self._pages.when(message))
        answer = {**queued, "status": "accepted" if wanted.service else "queued"}
        if (code := self._why_not(end.id, wanted.person, wanted.template)) is not None:
            done = habits.failed(end, message, code)
        elif person is None or not person.reachable:
            done = habits.failed(end, message, 63024 if end.more["channel"] == "whatsapp" else 30005)
        elif message.links:
            done = Done(changes=(Posted(message),))
        else:
            done = habits.sent(end, message)
        return msgspec.structs.replace(done, body=answer, message=message.id, status=201)

    def _why_not(self, end: str, person: str, template: Template | None) -> int | None:
        """WhatsApp's window, which Twilio learns of only once it has taken the message."""
        state = self._ledger.state
        if state.ends[end].more["channel"] == "sms" or template is not None:
            return None
        since = self._ledger.clock.now() - state.heard.get((end, person), float("-inf"))
        return 63016 if since > WINDOW else None

    async def _typing(self, request: Request) -> Response:
        form = await _form(request)
        one = {} if form is None else {name: values[-1] for name, values in form.items()}
        message = self._ledger.state.messages.get(one.get("messageId", ""))
        call = Call("" if message is None else message.end, "typing", one)

        def work() -> Done:
            account = self._who(request)
            if one.get("channel", "").lower() != "whatsapp":
                raise Refused("20001", "Invalid parameter: channel")
            found = self._ledger.state.messages.get(one.get("messageId", ""))
            ends = {
                end.id for end in settings.ends_of(self._ledger.state, account) if end.more["channel"] == "whatsapp"
            }
            if found is None or found.by != "person" or found.end not in ends:
                raise Refused("20404")
            read = [
                Posted(msgspec.structs.replace(m, status="read"))
                for m in self._ledger.state.between(found.end, found.person)
                if m.by == "person" and m.status != "read"
            ]
            shown = Typed(found.end, found.person, self._ledger.clock.now() + TYPING)
            return Done({"success": True}, (*read, shown))

        return await self._door.through(call, work)

    # ------------------------------------------------------------ reading

    async def _account(self, request: Request) -> Response:
        account = request.path_params["account"]

        def work() -> Done:
            self._authorised(request, account)
            return Done({"sid": account, "friendly_name": "Sandbox", "status": "active", "type": "Full"})

        return await self._door.through(Call(self._first(account), "account", None), work)

    async def _list(self, request: Request) -> Response:
        account = request.path_params["account"]
        asked = dict(request.query_params)

        def work() -> Done:
            self._authorised(request, account)
            return Done(self._pages.listed(account, asked))

        return await self._door.through(Call(self._first(account), "list", asked), work)

    async def _one(self, request: Request) -> Response:
        account, name = request.path_params["account"], request.path_params["sid"]

        def work() -> Done:
            self._authorised(request, account)
            return Done(self._pages.one(account, name))

        return await self._door.through(Call(self._first(account), "message", {"sid": name}), work)

    async def _files(self, request: Request) -> Response:
        account, name = request.path_params["account"], request.path_params["sid"]

        def work() -> Done:
            self._authorised(request, account)
            return Done(self._pages.files(account, name))

        return await self._door.through(Call(self._first(account), "media", {"sid": name}), work)

    async def _file(self, request: Request) -> Response:
        """Where the bytes are: a redirect to another place, which needs no password and wants none."""
        account, name, media = (request.path_params[part] for part in ("account", "sid", "media"))

        def work() -> Done:
            self._authorised(request, account)
            self._pages.file(account, name, media)
            return Done(status=302)

        def redirect(_: Done) -> Response:
            where = f"{wire.base(request)}/cdn/{account}/{media}?sig={webhooks.digest(f'{account} {media}')}"
            return Response(status_code=302, headers={"location": where})

        return await self._door.through(Call(self._first(account), "media", {"sid": media}), work, redirect)

    async def _bytes(self, request: Request) -> Response:
        account, media = request.path_params["account"], request.path_params["media"]
        file = self._ledger.state.files.get(settings.file_of(media))
        data = None if file is None else await self._ledger.shelf.get(file.id)
        call = Call(
            "" if file is None else file.end, "cdn", {"sid": media, "password": "authorization" in request.headers}
        )

        def work() -> Done:
            if data is None or request.query_params.get("sig") != webhooks.digest(f"{account} {media}"):
                raise Refused("20404")
            return Done()

        def bytes_(_: Done) -> Response:
            assert file is not None
            return Response(data, media_type=file.media_type)

        return await self._door.through(call, work, bytes_)

    async def _unknown(self, request: Request) -> Response:
        def work() -> Done:
            self._who(request)
            raise Refused("20404")

        return await self._door.through(Call("", "unknown", {"path": request.path_params["path"][:200]}), work)

    # ------------------------------------------------------------ who asks

    def _who(self, request: Request) -> str:
        """The account whose token came with the request."""
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        try:
            account, _, token = base64.b64decode(given, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeError):
            raise Refused("20003") from None
        tokens = {end.more["auth_token"] for end in settings.ends_of(self._ledger.state, account)}
        if scheme.lower() != "basic" or not token or token not in tokens:
            raise Refused("20003")
        return account

    def _authorised(self, request: Request, account: str) -> None:
        if self._who(request) != account:
            raise Refused("20003")

    def _first(self, account: str) -> str:
        return next((end.id for end in settings.ends_of(self._ledger.state, account)), "")


async def _form(request: Request) -> dict[str, list[str]] | None:
    """A form, or the JSON that newer parts take; None: it is neither."""
    raw = await controls.body(request)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if raw is None:
        return None
    if kind == "application/json":
        try:
            found: dict[str, Any] = msgspec.json.decode(raw, type=dict[str, Any])
        except (msgspec.DecodeError, RecursionError):
            return None
        return {name: [value] for name, value in found.items() if isinstance(value, str)}
    if kind != "application/x-www-form-urlencoded":
        return None
    try:
        return parse_qs(raw.decode(), keep_blank_values=True, max_num_fields=200)
    except ValueError:
        return None
