"""The pane's side: what is there, what happens, and what the person does. No secret leaves through here."""

from collections import deque
from collections.abc import Sequence
from functools import partial
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox import controls
from sandbox.panes import Panes
from sandbox.slack import people, picture
from sandbox.slack.facts import (
    Added,
    AppKnown,
    Change,
    ChannelKnown,
    Owed,
    PersonKnown,
    Posted,
    SessionSet,
    Tried,
    Wiped,
)
from sandbox.slack.ledger import Ledger
from sandbox.slack.socket_mode import Sockets
from sandbox.slack.teams import Teams, narrowed, of, sees
from sandbox.switches import Switches

#: Deliveries that the pane is shown at first.
DELIVERIES = 50


class Say(Struct, frozen=True):
    """What a person writes. Without a channel: to the app, in direct messages."""

    user: str
    text: str
    thread_ts: str | None = None
    channel: str | None = None
    app: str | None = None
    mention: bool = False


class Stop(Struct, frozen=True):
    """Where the person presses stop."""

    channel: str
    thread_ts: str
    user: str | None = None


class Lab:
    """`/slack/_lab`."""

    def __init__(self, ledger: Ledger, sockets: Sockets) -> None:
        self._ledger, self._sockets = ledger, sockets
        self._deliveries: deque[dict[str, Any]] = deque(maxlen=DELIVERIES)
        self._panes = Panes(self.state)
        #: Which app an event is owed to, until it is over.
        self._owed: dict[str, str] = {}
        ledger.watchers.append(self._watch)
        ledger.board.changed = self._show_switches

    def routes(self) -> list[Route]:
        """Its paths."""
        return [
            Route("/state", self._state),
            Route("/stream", self._stream),
            Route("/say", self._say, methods=["POST"]),
            Route("/stop", self._stop, methods=["POST"]),
            Route("/switches", self._switches, methods=["PUT"]),
            Route("/reset", self._reset, methods=["POST"]),
        ]

    def end(self) -> None:
        """The server goes: no reader holds it up."""
        self._panes.end()

    def state(self, teams: Teams = None) -> dict[str, Any]:
        """Everything the pane begins with."""
        state = self._ledger.state
        sockets = {name: self._sockets.count(name) for name in state.apps}
        whole = {
            **picture.everything(state, self._ledger.clock.now(), sockets),
            "switches": self._ledger.board.shown(),
            "deliveries": list(self._deliveries),
        }
        return narrowed(whole, teams)

    # ------------------------------------------------------------ what happens

    def _watch(self, changes: Sequence[Change]) -> None:
        """Frames for every reader."""
        for name, data in self._frames(changes) if self._panes else self._tried(changes):
            if name == "state":
                self._panes.tell_each(name, self.state)
            else:
                self._panes.tell(name, data, partial(self._concerns, name, data))

    def _frames(self, changes: Sequence[Change]) -> list[tuple[str, Any]]:
        state, now = self._ledger.state, self._ledger.clock.now()
        if any(isinstance(c, AppKnown | PersonKnown | ChannelKnown | Wiped) for c in changes):
            self._tried(changes)
            return [("state", None)]
        found: list[tuple[str, Any]] = []
        for change in changes:
            match change:
                case Posted(message):
                    found.append(("message", picture.message(message, state)))
                case Added(channel, ts) if (message_now := state.messages.get((channel, ts))) is not None:
                    found.append(("message", picture.message(message_now, state)))
                case SessionSet(session):
                    found.append(("status", picture.status(session, now)))
        return [*found, *self._tried(changes)]

    def _tried(self, changes: Sequence[Change]) -> list[tuple[str, Any]]:
        found: list[tuple[str, Any]] = []
        for change in changes:
            if isinstance(change, Owed):
                self._owed[change.delivery.event_id] = change.delivery.app
            elif isinstance(change, Tried):
                still = self._ledger.state.owed.get(change.event_id)
                app = still.app if still is not None else self._owed.get(change.event_id, "")
                if change.due is None:
                    self._owed.pop(change.event_id, None)
                again = None if change.due is None else int(change.due * 1000)
                number = change.attempt + 1
                shown = {
                    "event_id": change.event_id, "app": app, "number": number, "status": change.status,
                    "again_at": again,
                }  # fmt: skip
                self._deliveries.append(shown)
                found.append(("delivery", shown))
        return found

    def _show_switches(self) -> None:
        self._panes.tell_each("switches", lambda teams: self.state(teams)["switches"])

    def _concerns(self, name: str, data: Any, teams: Teams) -> bool:
        state = self._ledger.state
        if teams is None or name != "delivery":
            return sees(state, teams, channel=None if teams is None else data["channel"])
        app = state.apps.get(data["app"])
        return app is not None and app.team.id in teams

    async def _stream(self, request: Request) -> Response:
        return controls.wrong("too_many_streams", 429) if self._panes.full else self._panes.stream(of(request))

    # ------------------------------------------------------------ what the person does

    async def _state(self, request: Request) -> Response:
        return controls.said(self.state(of(request)))

    async def _say(self, request: Request) -> Response:
        given = await controls.read(request, Say)
        if isinstance(given, Response):
            return given
        state, clock = self._ledger.state, self._ledger.clock
        if not sees(state, of(request), user=given.user):
            return controls.wrong("user_not_found")
        spoken = people.say(
            state, given.user, given.text, clock.wall(), channel=given.channel, thread_ts=given.thread_ts,
            app=given.app, mention=given.mention,
        )  # fmt: skip
        if isinstance(spoken, str):
            return controls.wrong(spoken)
        await self._ledger.commit(spoken.changes, spoken.told)
        return controls.said(spoken.body)

    async def _stop(self, request: Request) -> Response:
        given = await controls.read(request, Stop)
        if isinstance(given, Response):
            return given
        clock = self._ledger.clock
        if not sees(self._ledger.state, of(request), channel=given.channel):
            return controls.wrong("channel_not_found")
        halted = people.stop(self._ledger.state, given.channel, given.thread_ts, given.user, clock.now(), clock.wall())
        if isinstance(halted, str):
            return controls.wrong(halted)
        await self._ledger.commit(halted.changes, halted.told)
        return controls.said(halted.body)

    async def _switches(self, request: Request) -> Response:
        given = await controls.read(request, Switches)
        if isinstance(given, Response):
            return given
        if of(request) is not None and given.app not in {"", "*", *(a["id"] for a in self.state(of(request))["apps"])}:
            return controls.wrong("app_not_found")
        self._ledger.board.put(replace(given, app=given.app or "*", method=given.method or "*"))
        return controls.said({"ok": True, "switches": self.state(of(request))["switches"]})

    async def _reset(self, _request: Request) -> Response:
        self._ledger.board.clear()
        await self._ledger.wipe()
        return controls.said({"ok": True})
