"""The pane's side: what is there, what happens, and what the person does. No secret leaves through here."""

from collections import deque
from collections.abc import Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox import controls
from sandbox.panes import Panes
from sandbox.switches import Switches
from sandbox.telegram import people
from sandbox.telegram.facts import Change, EndKnown, GroupKnown, Message, PersonKnown, Posted, Tried, Wiped
from sandbox.telegram.ledger import Ledger

SHOWN, DELIVERIES = 500, 50
#: Bytes of what a person says: a file may be in it.
MOST = 30_000_000
#: Seconds for which a bot is shown as typing.
_TYPES = 5.0
#: Bots a pane is shown; None: all.
Ends = frozenset[int] | None


class Say(Struct, frozen=True):
    """What a person writes to a bot, in private or in a group."""

    end: int | str
    person: int | str
    text: str = ""
    reply_to: str | None = None
    group: int | None = None
    file: people.Attached | None = None


class Press(Struct, frozen=True):
    """The button that a person presses."""

    end: int | str
    person: int | str
    message: str
    button: str


class Lab:
    """`/telegram/_lab`."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._deliveries: deque[dict[str, Any]] = deque(maxlen=DELIVERIES)
        self._panes = Panes(self.state)
        self._typing: dict[tuple[int, int], float] = {}
        ledger.watchers.append(self._watch)
        ledger.board.changed = self._show_switches

    def routes(self) -> list[Route]:
        """Its paths."""
        return [
            Route("/state", self._state),
            Route("/stream", self._stream),
            Route("/say", self._say, methods=["POST"]),
            Route("/press", self._press, methods=["POST"]),
            Route("/read", self._read_up, methods=["POST"]),
            Route("/switches", self._switches, methods=["POST", "PUT"]),
            Route("/reset", self._reset, methods=["POST"]),
        ]

    def end(self) -> None:
        """The server goes: no reader holds it up."""
        self._panes.end()

    def types(self, end: int, chat: int) -> None:
        """A bot shows that it is typing."""
        until = self._ledger.clock.now() + _TYPES
        self._typing[end, chat] = until
        self._publish("typing", _typed(end, chat, until), end)

    def state(self, ends: Ends = None) -> dict[str, Any]:
        """Everything the pane begins with."""
        state, now = self._ledger.state, self._ledger.clock.now()
        mine = [end for end in state.ends.values() if ends is None or end.id in ends]
        ids = {end.id for end in mine}
        messages = [one for one in state.messages.values() if one.end in ids and not one.deleted][-SHOWN:]
        seen = {one.person for one in messages} | {one.chat for one in messages}
        return {
            "ends": [
                {"id": str(end.id), "label": end.label, "username": end.username, "webhook": bool(end.webhook_url)}
                for end in mine
            ],
            "people": [
                {"id": str(one.id), "name": one.name}
                for one in state.people.values()
                if ends is None or one.id in seen or ids & {*one.ends}
            ],
            "groups": [{"id": str(one.id), "title": one.title} for one in state.groups.values() if one.end in ids],
            "messages": [shown(one) for one in messages],
            "typing": [_typed(end, chat, at) for (end, chat), at in self._typing.items() if end in ids and at > now],
            "switches": [one for one in self._ledger.board.shown() if one["app"] in {"*", *map(str, ids)}],
            "deliveries": [one for one in self._deliveries if int(one["end"]) in ids],
        }

    # ------------------------------------------------------------ what happens

    def _watch(self, changes: Sequence[Change]) -> None:
        if any(isinstance(c, EndKnown | PersonKnown | GroupKnown | Wiped) for c in changes):
            self._panes.tell_each("state", self.state)
        for change in changes:
            match change:
                case Posted(message):
                    if message.person is None:
                        self._typing.pop((message.end, message.chat), None)
                    self._publish("message", shown(message), message.end)
                case Tried(end, number, attempt, due):
                    tried = {"end": str(end), "update": number, "number": attempt, "again_at": int(due * 1000)}
                    self._deliveries.append(tried)
                    self._publish("delivery", tried, end)

    def _show_switches(self) -> None:
        self._panes.tell_each("switches", lambda ends: self.state(ends)["switches"])

    def _publish(self, name: str, data: Any, end: int) -> None:
        self._panes.tell(name, data, lambda ends: _sees(ends, end))

    async def _stream(self, request: Request) -> Response:
        return controls.wrong("too_many_streams", 429) if self._panes.full else self._panes.stream(of(request))

    # ------------------------------------------------------------ what the person does

    async def _state(self, request: Request) -> Response:
        return controls.said(self.state(of(request)))

    async def _say(self, request: Request) -> Response:
        given = await controls.read(request, Say, MOST)
        if isinstance(given, Response):
            return given
        state = self._ledger.state
        end = state.ends.get(_number(given.end))
        if end is None or not _sees(of(request), end.id):
            return controls.wrong("end_not_found")
        answered = None if given.reply_to is None else self._at(given.reply_to)
        spoken = people.say(
            state, end, _number(given.person), given.text, self._ledger.clock.now(),
            reply_to=None if answered is None else answered.number, chat=given.group, file=given.file,
        )  # fmt: skip
        if isinstance(spoken, str):
            return controls.wrong(spoken)
        await self._ledger.commit(spoken.changes)
        return controls.said({"ok": True, "message": shown(spoken.message)})

    async def _press(self, request: Request) -> Response:
        given = await controls.read(request, Press)
        if isinstance(given, Response):
            return given
        state, message = self._ledger.state, self._at(given.message)
        end = state.ends.get(_number(given.end))
        if end is None or not _sees(of(request), end.id) or message is None or message.end != end.id:
            return controls.wrong("message_not_found")
        pressed = people.press(state, end, _number(given.person), message, given.button)
        if isinstance(pressed, str):
            return controls.wrong(pressed)
        await self._ledger.commit(pressed.changes)
        return controls.said({"ok": True})

    async def _read_up(self, _request: Request) -> Response:
        """A bot never hears that something was read."""
        return controls.said({"ok": True})

    async def _switches(self, request: Request) -> Response:
        given = await controls.read(request, Switches)
        if isinstance(given, Response):
            return given
        ends = of(request)
        if ends is not None and _number(given.app) not in ends:
            return controls.wrong("end_not_found")
        self._ledger.board.put(replace(given, app=given.app or "*", method=given.method or "*"))
        return controls.said({"ok": True, "switches": self.state(ends)["switches"]})

    async def _reset(self, _request: Request) -> Response:
        self._ledger.board.clear()
        self._typing.clear()
        await self._ledger.wipe()
        return controls.said({"ok": True})

    def _at(self, name: str) -> Message | None:
        parts = name.split(":")
        if len(parts) != 3:
            return None
        end, chat, number = map(_number, parts)
        return self._ledger.state.messages.get((end, chat, number))


def of(request: Request) -> Ends:
    """The bots that whoever stands before us may see."""
    named = request.headers.get("x-lab-ends")
    return None if named is None else frozenset(_number(name) for name in named.split(",") if name)


def shown(one: Message) -> dict[str, Any]:
    """A message as the pane has it."""
    media = (
        [] if one.file is None else [{"media_type": one.file.media_type, "name": one.file.name, "url": one.file.url}]
    )
    return {
        "id": f"{one.end}:{one.chat}:{one.number}", "end": str(one.end),
        "person": str(one.chat if one.person is None else one.person), "chat": str(one.chat),
        "from": "us" if one.person is None else "person", "text": one.text, "html": one.html,
        "at": int(one.at * 1000), "status": "sent" if one.person is None else None, "error": None,
        "buttons": [{"id": b.data, "title": b.text} for row in one.buttons for b in row],
        "media": media, "edited": bool(one.edited), "deleted": one.deleted,
    }  # fmt: skip


def _typed(end: int, chat: int, until: float) -> dict[str, Any]:
    return {"end": str(end), "person": str(chat), "until": int(until * 1000)}


def _sees(ends: Ends, end: int) -> bool:
    return ends is None or end in ends


def _number(text: int | str) -> int:
    try:
        return int(text)
    except ValueError:
        return 0
