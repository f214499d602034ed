"""The person's side: what is there, what happens, and what the person does."""

from typing import Any, Literal

import msgspec
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox import controls
from sandbox.phones import samples, wire
from sandbox.phones.facts import End, File, Filed, Person, Posted
from sandbox.phones.fetch import filed
from sandbox.phones.ledger import Ledger
from sandbox.phones.provider import Pressing, Provider, Refused, Saying
from sandbox.phones.stream import Ends, Stream, ends_of
from sandbox.switches import ANY, Switches

_SAMPLES = {"image": (samples.image, "image/png", "picture.png"), "voice": (samples.voice, "audio/wav", "note.wav")}


class Media(Struct, frozen=True):
    """A file that a person sends: bytes in base64, or one that is here already."""

    sample: Literal["", "image", "voice"] = ""
    media_type: str = "application/octet-stream"
    name: str = "file"
    data: bytes = b""


class Say(Struct, frozen=True):
    """What a person writes."""

    end: str
    person: str
    text: str = ""
    reply_to: str | None = None
    media: tuple[Media, ...] = ()


class Press(Struct, frozen=True):
    """A button that a person presses."""

    end: str
    person: str
    message: str
    button: str


class Read(Struct, frozen=True):
    """Whose messages a person has read: all that are there."""

    end: str
    person: str


class Lab:
    """`/<provider>/_lab`."""

    def __init__(self, ledger: Ledger, provider: Provider, stream: Stream) -> None:
        self._ledger, self._provider, self.stream = ledger, provider, stream

    def routes(self) -> list[Route]:
        """Its paths."""
        return [
            Route("/state", self._state),
            Route("/stream", self._stream),
            Route("/media/{name}.json", self._media_json),
            Route("/media/{name}", self._media),
            Route("/say", self._say, methods=["POST"]),
            Route("/press", self._press, methods=["POST"]),
            Route("/read", self._read, methods=["POST"]),
            Route("/switches", self._switches, methods=["POST", "PUT"]),
            Route("/reset", self._reset, methods=["POST"]),
        ]

    async def _state(self, request: Request) -> Response:
        return controls.said(self.stream.state(ends_of(request)))

    async def _stream(self, request: Request) -> Response:
        if self.stream.full:
            return controls.wrong("too_many_streams", 429)
        return self.stream.frames(ends_of(request))

    async def _media(self, request: Request) -> Response:
        found = await self._file(request)
        if found is None:
            return controls.wrong("file_not_found", 404)
        # Whatever it says it is, no page of ours runs it.
        headers = {"content-security-policy": "sandbox; default-src 'none'", "x-content-type-options": "nosniff"}
        return Response(found[1], media_type=found[0].media_type, headers=headers)

    async def _media_json(self, request: Request) -> Response:
        """The same as JSON, the bytes in base64: for a way that lets nothing else through."""
        found = await self._file(request)
        if found is None:
            return controls.wrong("file_not_found", 404)
        return controls.said({"media_type": found[0].media_type, "name": found[0].name, "data": found[1]})

    async def _file(self, request: Request) -> tuple[File, bytes] | None:
        file = self._ledger.state.files.get(request.path_params["name"])
        if file is None or not _sees(ends_of(request), file.end):
            return None
        data = await self._ledger.shelf.get(file.id)
        return None if data is None else (file, data)

    async def _say(self, request: Request) -> Response:
        given = await controls.read(request, Say, wire.MAX_FILE)
        if isinstance(given, Response):
            return given
        found = self._both(request, given.end, given.person)
        if isinstance(found, Response):
            return found
        answered = None if given.reply_to is None else self._ledger.state.messages.get(given.reply_to)
        if not given.text and not given.media:
            return controls.wrong("no_text")
        files = [await self._put(given.end, media) for media in given.media[:10]]
        saying = Saying(*found, given.text, tuple(files), answered, wire.base(request))
        try:
            done = self._provider.says(self._ledger.state, saying, self._ledger.clock)
        except Refused as refused:
            return controls.wrong(refused.code)
        await self._ledger.commit([*map(Filed, files), *done.changes], done.owed)
        return controls.said({"ok": True, "id": done.message})

    async def _press(self, request: Request) -> Response:
        given = await controls.read(request, Press)
        if isinstance(given, Response):
            return given
        found = self._both(request, given.end, given.person)
        if isinstance(found, Response):
            return found
        message = self._ledger.state.messages.get(given.message)
        if message is None or (message.end, message.person, message.by) != (given.end, given.person, "us"):
            return controls.wrong("message_not_found")
        if given.button not in {button.id for button in message.buttons}:
            return controls.wrong("button_not_found")
        pressing = Pressing(*found, message, given.button)
        try:
            done = self._provider.presses(self._ledger.state, pressing, self._ledger.clock)
        except Refused as refused:
            return controls.wrong(refused.code)
        await self._ledger.commit(done.changes, done.owed)
        return controls.said({"ok": True, "id": done.message})

    async def _read(self, request: Request) -> Response:
        given = await controls.read(request, Read)
        if isinstance(given, Response):
            return given
        found = self._both(request, given.end, given.person)
        if isinstance(found, Response):
            return found
        state = self._ledger.state
        unread = [m for m in state.between(given.end, given.person) if m.by == "us" and m.status == "delivered"]
        done = self._provider.reads(state, found[0], unread, self._ledger.clock)
        await self._ledger.commit(done.changes, done.owed)
        return controls.said({"ok": True, "read": sum(isinstance(change, Posted) for change in done.changes)})

    async def _switches(self, request: Request) -> Response:
        given = await controls.read(request, dict[str, Any])
        if isinstance(given, Response):
            return given
        named, ends = given.pop("end", None) or given.pop("app", None) or ANY, ends_of(request)
        if ends is not None and named not in {ANY, *ends}:
            return controls.wrong("end_not_found")
        # Who sees only some ends means these.
        for end in [named] if ends is None or named != ANY else sorted(ends):
            try:
                wanted = msgspec.convert({**given, "app": end, "method": given.get("method") or ANY}, Switches)
            except msgspec.ValidationError as error:
                return controls.wrong(str(error))
            self._ledger.board.put(wanted)
        return controls.said({"ok": True, "switches": self.stream.switches(ends)})

    async def _reset(self, request: Request) -> Response:
        ends = ends_of(request)
        if ends is None:
            self._ledger.board.clear()
        for end in sorted(ends or ()):
            self._ledger.board.put(Switches(app=end))
        await self._ledger.wipe(None if ends is None else tuple(sorted(ends)))
        return controls.said({"ok": True})

    def _both(self, request: Request, end: str, person: str) -> tuple[End, Person] | Response:
        state, ends = self._ledger.state, ends_of(request)
        if end not in state.ends or not _sees(ends, end):
            return controls.wrong("end_not_found")
        found = state.people.get(person)
        if found is None or (found.ends and end not in found.ends):
            return controls.wrong("person_not_found")
        return state.ends[end], found

    async def _put(self, end: str, media: Media) -> File:
        data, media_type, name = media.data, media.media_type, media.name
        if media.sample:
            make, media_type, name = _SAMPLES[media.sample]
            data = make()
        file = filed(end, data, media_type, name, self._ledger)
        await self._ledger.shelf.put(file.id, data)
        return file


def _sees(ends: Ends, end: str) -> bool:
    return ends is None or end in ends
