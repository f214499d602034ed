"""The stand-in's own controls: its ends and people, its clock and rules, and what it really received."""

from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox import controls
from sandbox.phones.facts import (
    Button,
    Change,
    Delivery,
    EndKnown,
    Heard,
    Moved,
    PersonKnown,
    Ruled,
    Rules,
    Template,
    TemplateKnown,
)
from sandbox.phones.ledger import Ledger
from sandbox.phones.provider import Provider
from sandbox.phones.stream import Stream

#: Ends, people and templates that may be known.
_MOST = 2_000


class GivenTemplate(Struct, frozen=True):
    """A template, without its name."""

    body: str = ""
    language: str = "en_US"
    buttons: tuple[Button, ...] = ()


class Event(Struct, frozen=True):
    """A webhook's body as it shall be sent, signed like any other."""

    body: str
    id: str = ""


class Earlier(Struct, frozen=True):
    """At which end."""

    end: str


class Control:
    """`/<provider>/_ctl`."""

    def __init__(self, ledger: Ledger, provider: Provider, stream: Stream) -> None:
        self._ledger, self._provider, self._view = ledger, provider, stream
        self._events = 0

    def routes(self) -> list[Route]:
        """Its paths."""
        return [
            Route("/ends/{name}", self._end, methods=["PUT"]),
            Route("/ends/{name}/event", self._event, methods=["POST"]),
            Route("/people/{name}", self._person, methods=["PUT"]),
            Route("/people/{name}/heard", self._heard, methods=["PUT"]),
            Route("/templates/{name}", self._template, methods=["PUT"]),
            Route("/rules", self._rules, methods=["PUT"]),
            Route("/clock", self._clock, methods=["POST"]),
            Route("/requests", self._requests),
            Route("/messages", self._messages),
        ]

    async def _end(self, request: Request) -> Response:
        """An end is there, or is there anew."""
        return await self._known(request, self._ledger.state.ends, lambda n, raw: EndKnown(self._provider.end(n, raw)))

    async def _person(self, request: Request) -> Response:
        """A person is there, or has changed. Ends that they are known at are added to those of before."""
        people = self._ledger.state.people

        def made(name: str, raw: bytes) -> PersonKnown:
            given, was = self._provider.person(name, raw), people.get(name)
            ends = given.ends if was is None or not given.ends else tuple(dict.fromkeys((*was.ends, *given.ends)))
            return PersonKnown(replace(given, ends=ends))

        return await self._known(request, people, made)

    async def _heard(self, request: Request) -> Response:
        """They wrote to an end just now, whatever it was: the window is open."""
        name, state = request.path_params["name"], self._ledger.state
        try:
            end = msgspec.json.decode(await controls.body(request) or b"", type=Earlier).end
        except (msgspec.DecodeError, RecursionError) as error:
            return controls.wrong(str(error))
        if name not in state.people or end not in state.ends:
            return controls.wrong("not_found", 404)
        await self._ledger.commit([Heard(end, name, self._ledger.clock.now())])
        return controls.said({"ok": True})

    async def _known(self, request: Request, there: Any, make: Any) -> Response:
        name = request.path_params["name"]
        if name not in there and len(there) >= _MOST:
            return controls.wrong("too_many", 429)
        try:
            change: Change = make(name, await controls.body(request) or b"")
        except (ValueError, RecursionError) as error:
            return controls.wrong(str(error))
        await self._ledger.commit([change])
        return controls.said({"ok": True, "id": name})

    async def _template(self, request: Request) -> Response:
        given = await controls.read(request, GivenTemplate)
        if isinstance(given, Response):
            return given
        if len(self._ledger.state.templates) >= _MOST:
            return controls.wrong("too_many", 429)
        made = Template(request.path_params["name"], given.language, given.body, given.buttons)
        await self._ledger.commit([TemplateKnown(made)])
        return controls.said({"ok": True})

    async def _event(self, request: Request) -> Response:
        """Any bytes at all as a webhook of this end."""
        given = await controls.read(request, Event)
        if isinstance(given, Response):
            return given
        end = self._ledger.state.ends.get(request.path_params["name"])
        if end is None:
            return controls.wrong("end_not_found", 404)
        self._events += 1
        name = given.id or f"event.{self._ledger.clock.now():.6f}.{self._events}"
        owed = Delivery(name, end.id, "message", f"event:{name}", str(end.more.get("webhook_url", "")), given.body)
        await self._ledger.commit([], [owed])
        return controls.said({"ok": True, "id": name})

    async def _rules(self, request: Request) -> Response:
        given = await controls.read(request, Rules)
        if isinstance(given, Response):
            return given
        await self._ledger.commit([Ruled(given)])
        return controls.said({"ok": True})

    async def _clock(self, request: Request) -> Response:
        return await controls.turn(request, self._ledger.clock, lambda offset: self._ledger.commit([Moved(offset)]))

    async def _requests(self, request: Request) -> Response:
        return controls.received(request, self._ledger.state.asked)

    async def _messages(self, _request: Request) -> Response:
        """All messages, oldest first: as the pane has them, and with what the provider keeps."""
        every = self._ledger.state.messages.values()
        return controls.said({"ok": True, "messages": [{**self._view.message(m), "more": m.more} for m in every]})
