"""The Graph API, as far as messages, media and a number's own page go."""

import re
from functools import partial
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from sandbox import controls
from sandbox.meta import habits, outgoing, settings
from sandbox.meta.attachments import MISSING, Attachments
from sandbox.meta.multipart import Part, parts
from sandbox.phones import wire
from sandbox.phones.door import Call, Door
from sandbox.phones.facts import Change, End, Filed, Message, Posted, Typed
from sandbox.phones.fetch import filed
from sandbox.phones.ledger import Ledger
from sandbox.phones.provider import Done, Refused
from sandbox.phones.rates import Rates

#: Seconds after a person's last message in which everything may be sent; seconds that a typing sign is seen.
WINDOW, TYPING = 86_400.0, 25.0
#: Seconds for each message to the same person, and how many are lent; messages a second of a number.
PAIR, PAIR_BURST, THROUGHPUT = 6.0, 45, 80
_VERSION = re.compile(r"v\d{1,3}\.\d{1,2}\Z")


class Api:
    """`/meta/api/{version?}/…`."""

    def __init__(self, ledger: Ledger, door: Door) -> None:
        self._ledger, self._door, self._rates = ledger, door, Rates()
        self.attachments = Attachments(ledger, door)

    async def serve(self, request: Request) -> Response:
        """One request, by what its path names."""
        path = [part for part in request.path_params["path"].split("/") if part]
        if path and _VERSION.match(path[0]):
            path = path[1:]
        match request.method, path:
            case "POST", [end, "messages"]:
                return await self._messages(request, end)
            case "POST", [end, "media"]:
                return await self._upload(request, end)
            case "GET", [name] if name in self._ledger.state.ends:
                return await self._door.through(Call(name, "number", None), lambda: self._number(request, name))
            case "GET" | "DELETE", [name]:
                return await self.attachments.serve(request, name)
            case _:
                return await self._door.through(Call("", "unknown", None), _unknown)

    # ------------------------------------------------------------ messages

    async def _messages(self, request: Request, end: str) -> Response:
        body = await _body(request)
        method = "messages"
        if isinstance(body, dict) and "status" in body:
            method = "typing" if body.get("typing_indicator") is not None else "read"
        call = Call(end if end in self._ledger.state.ends else "", method, body)
        return await self._door.through(call, partial(self._work, request, end, body))

    def _work(self, request: Request, name: str, body: Any) -> Done:
        end = authorised(self._ledger, request, name)
        if not isinstance(body, dict):
            raise Refused("100", "Invalid JSON.")
        if body.get("messaging_product") != "whatsapp":
            raise Refused("100", "The parameter messaging_product is required.")
        return self._read(end, body) if "status" in body else self._send(end, body)

    def _read(self, end: End, body: dict[str, Any]) -> Done:
        """Everything up to a message of theirs is read, and, if wanted, they see us write."""
        found = self._ledger.state.messages.get(str(body.get("message_id")))
        if body["status"] != "read":
            raise Refused("131009", "Parameter status is not valid.")
        if found is None or found.end != end.id or found.by != "person":
            raise Refused("131009", "The message id is not one of a message that was received.")
        changes: list[Change] = [
            Posted(msgspec.structs.replace(m, status="read"))
            for m in self._ledger.state.between(end.id, found.person)
            if m.by == "person" and m.status != "read" and m.at <= found.at
        ]
        if (typing := body.get("typing_indicator")) is not None:
            if not isinstance(typing, dict) or typing.get("type") != "text":
                raise Refused("131009", "Parameter typing_indicator.type is not valid.")
            changes.append(Typed(end.id, found.person, self._ledger.clock.now() + TYPING))
        return Done({"success": True}, tuple(changes))

    def _send(self, end: End, body: dict[str, Any]) -> Done:
        state, clock = self._ledger.state, self._ledger.clock
        to, recipient = body.get("to", ""), body.get("recipient", "")
        if not isinstance(to, str) or not isinstance(recipient, str):
            raise Refused("100", "Param to must be a string.")
        if not to and not recipient:
            raise Refused("131008", "Parameter to is missing.")
        mark = body.get("biz_opaque_callback_data")
        if mark is not None and (not isinstance(mark, str) or len(mark) > outgoing.MAX_MARK):
            raise Refused("100", f"Param biz_opaque_callback_data must be at most {outgoing.MAX_MARK} characters long.")
        seen = outgoing.looked_at(body, state, end.id)
        person = settings.found(state, to, recipient)
        whom = person.id if person is not None else settings.digits(to) or recipient
        if whom == settings.digits(end.more["display_phone_number"]):
            raise Refused("131021")
        late = clock.now() - state.heard.get((end.id, whom), float("-inf")) > WINDOW and seen.kind != "template"
        if late and state.rules.sync_window:
            raise Refused("131047")
        self._take(end.id, whom)
        message = self._message(end, whom, body, seen)
        if person is None or not person.reachable:
            done = habits.failed(state, message, 131026, clock)
        elif late:
            done = habits.failed(state, message, 131047, clock)
        elif seen.link:
            done = Done(changes=(Posted(message),))
        else:
            done = habits.sent(state, message, clock)
        known = {"wa_id": whom} if to else {}
        ids = {} if person is None else {"user_id": person.more["bsuid"]}
        answer = {
            "messaging_product": "whatsapp",
            "contacts": [{"input": to or recipient, **known, **ids}],
            "messages": [{"id": message.id, "message_status": "accepted"}],
        }
        return msgspec.structs.replace(done, body=answer, message=message.id)

    def _message(self, end: End, whom: str, body: dict[str, Any], seen: outgoing.Seen) -> Message:
        context = body.get("context")
        answered = context.get("message_id") if isinstance(context, dict) else None
        more = {"mark": body.get("biz_opaque_callback_data"), "kind": seen.kind}
        if seen.kind == "template":
            more["template"] = body["template"]["name"]
        if seen.kind == "interactive" and body["interactive"]["type"] == "list":
            more["list"] = True
        return Message(
            settings.wamid(whom), end.id, whom, "us", seen.text, int(self._ledger.clock.wall() * 1000),
            buttons=seen.buttons, media=(seen.media,) if seen.media else (), links=(seen.link,) if seen.link else (),
            reply_to=answered if isinstance(answered, str) else None, more=more,
        )  # fmt: skip

    def _take(self, end: str, person: str) -> None:
        """The two limits that a message counts against."""
        now = self._ledger.clock.now()
        if not self._ledger.state.rules.limits:
            return
        if not self._rates.take(end, now, 1 / THROUGHPUT, THROUGHPUT):
            raise Refused("130429")
        if not self._rates.take((end, person), now, PAIR, PAIR_BURST):
            raise Refused("131056")

    # ------------------------------------------------------------ files and numbers

    async def _upload(self, request: Request, name: str) -> Response:
        found = await _multipart(request)
        given = None if found is None else {"type": found.media_type, "bytes": len(found.data), "name": found.filename}
        call = Call(name if name in self._ledger.state.ends else "", "media", given)
        file = None
        if found is not None and name in self._ledger.state.ends:
            file = filed(name, found.data, found.media_type, found.filename, self._ledger)
            await self._ledger.shelf.put(file.id, found.data)

        def work() -> Done:
            authorised(self._ledger, request, name)
            if file is None:
                raise Refused("100", "The parameter file is required.")
            kind = next((kind for kind, types in habits.TYPES.items() if file.media_type in types), "document")
            if file.media_type.partition("/")[0] in {"image", "audio", "video"} and kind == "document":
                raise Refused(
                    "100", f"Param file must be a file with one of the supported types, not {file.media_type}."
                )
            if file.size > habits.LIMITS[kind]:
                raise Refused("131053")
            return Done({"id": file.id}, (Filed(file),))

        return await self._door.through(call, work)

    def _number(self, request: Request, name: str) -> Done:
        end = authorised(self._ledger, request, name)
        page = {
            "verified_name": end.label, "code_verification_status": "VERIFIED",
            "display_phone_number": end.more["display_phone_number"], "quality_rating": "GREEN",
            "platform_type": "CLOUD_API", "throughput": {"level": "STANDARD"}, "id": end.id,
        }  # fmt: skip
        fields = request.query_params.get("fields", "")
        wanted = {*fields.split(","), "id"} if fields else {*page}
        return Done({field: value for field, value in page.items() if field in wanted})


def authorised(ledger: Ledger, request: Request, name: str) -> End:
    """The number, if the token is its own; else what Graph says of tokens and of what they do not reach."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    token = token.strip() if scheme.lower() == "bearer" else request.query_params.get("access_token", "")
    if not token or token not in {end.more["access_token"] for end in ledger.state.ends.values()}:
        raise Refused("190", "Invalid OAuth access token - Cannot parse access token")
    end = ledger.state.ends.get(name)
    if end is None or end.more["access_token"] != token:
        raise Refused("100", MISSING.format(name[:40]))
    return end


async def _body(request: Request) -> Any:
    """JSON, or the form that Graph takes as well; None: it is neither."""
    raw = await controls.body(request)
    if raw is None:
        return None
    if request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        pairs = parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True)
        return {name: _json(value) if value[:1] == "{" else value for name, value in pairs}
    return _json(raw)


def _json(raw: bytes | str) -> Any:
    try:
        return msgspec.json.decode(raw)
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        return None


async def _multipart(request: Request) -> Part | None:
    """The file in a form, with the type that the form says; None: there is none, or it is too big."""
    raw = await controls.body(request, wire.MAX_FILE)
    found = {} if raw is None else parts(raw, request.headers.get("content-type", ""))
    file, product = found.get("file"), found.get("messaging_product")
    if file is None or product is None or product.data != b"whatsapp":
        return None
    kind = found["type"].data.decode("ascii", "replace") if "type" in found else file.media_type
    return Part(file.data, file.filename or "file", kind.partition(";")[0].strip())


def _unknown() -> Done:
    raise Refused("100", "Unknown path components.")
