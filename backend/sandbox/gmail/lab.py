"""The pane's side: what is there, what happens, and what the person writes. No secret leaves through here."""

from collections import deque
from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox import controls
from sandbox.gmail import control, people, picture, weather
from sandbox.gmail.facts import Change, Gone, Labelled, MailboxKnown, Owed, PersonKnown, Stood, Tried, Wiped
from sandbox.gmail.ledger import Ledger
from sandbox.gmail.picture import Ends, of, sees
from sandbox.gmail.weather import ANY, Weather
from sandbox.panes import Panes

#: Deliveries that the pane is shown at first.
DELIVERIES = 50


class Lab:
    """`/gmail/_lab`."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._deliveries: deque[dict[str, Any]] = deque(maxlen=DELIVERIES)
        self._panes = Panes(self.state)
        #: Which mailbox a push is owed for, until it is over.
        self._owed: dict[str, str] = {}
        ledger.watchers.append(self._watch)
        ledger.board.changed = lambda: self._panes.tell_each("switches", self._shown)

    def routes(self) -> list[Route]:
        """Its paths."""
        return [
            Route("/state", self._state),
            Route("/stream", self._stream),
            Route("/write", self._write, methods=["POST"]),
            Route("/switches", self._switches, methods=["PUT", "POST"]),
            Route("/reset", self._reset, methods=["POST"]),
        ]

    def end(self) -> None:
        """The server goes: no reader holds it up."""
        self._panes.end()

    def state(self, ends: Ends = None) -> dict[str, Any]:
        """Everything the pane begins with."""
        deliveries = [found for found in self._deliveries if sees(ends, found["end"])]
        whole = picture.everything(self._ledger.state, ends)
        return {**whole, "switches": self._shown(ends), "deliveries": deliveries}

    def _shown(self, ends: Ends) -> list[dict[str, object]]:
        return [one for one in self._ledger.board.shown() if one["app"] == ANY or sees(ends, str(one["app"]))]

    # ------------------------------------------------------------ what happens

    def _watch(self, changes: Sequence[Change]) -> None:
        """Frames for every reader."""
        tried = self._tried(changes)
        if not self._panes:
            return
        if any(isinstance(c, MailboxKnown | PersonKnown | Gone | Wiped) for c in changes):
            self._panes.tell_each("state", self.state)
            return
        state = self._ledger.state
        for change in changes:
            mail = None
            if isinstance(change, Stood):
                mail = state.boxes[change.mail.mailbox].mails.get(change.mail.id)
            elif isinstance(change, Labelled):
                mail = state.boxes[change.mailbox].mails.get(change.mail)
            if mail is not None and "DRAFT" not in mail.labels:
                self._publish("message", picture.mail_shown(state, mail), mail.mailbox)
        for shown in tried:
            self._publish("delivery", shown, shown["end"])

    def _publish(self, name: str, data: Any, end: str) -> None:
        self._panes.tell(name, data, lambda ends: sees(ends, end))

    def _tried(self, changes: Sequence[Change]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for change in changes:
            if isinstance(change, Owed):
                self._owed[change.delivery.id] = change.delivery.mailbox
            elif isinstance(change, Tried):
                end = self._owed.get(change.id, "")
                if end == "" and (still := self._ledger.state.owed.get(change.id)) is not None:
                    end = still.mailbox
                if change.due is None:
                    self._owed.pop(change.id, None)
                again = None if change.due is None else int(change.due * 1000)
                shown = {
                    "id": change.id, "end": end, "kind": "push", "number": change.attempt + 1, "status": change.status,
                    "again_at": again,
                }  # fmt: skip
                self._deliveries.append(shown)
                found.append(shown)
        return found

    async def _stream(self, request: Request) -> Response:
        return controls.wrong("too_many_streams", 429) if self._panes.full else self._panes.stream(of(request))

    # ------------------------------------------------------------ what the person does

    async def _state(self, request: Request) -> Response:
        return controls.said(self.state(of(request)))

    async def _write(self, request: Request) -> Response:
        given = await control.read(request, people.Write)
        if isinstance(given, Response):
            return given
        if not sees(of(request), given.mailbox.lower()):
            return controls.wrong("mailbox_not_found")
        edit = self._ledger.edit()
        mails = weather.look(self._ledger.board, given.mailbox.lower(), "mail")
        mail = people.write(edit, given, mails)
        if isinstance(mail, str):
            return controls.wrong(mail)
        await self._ledger.commit(edit.changes)
        return controls.said({"ok": True, "id": mail.id, "thread": mail.thread})

    async def _switches(self, request: Request) -> Response:
        found = await control.read(request, dict[str, Any])
        if isinstance(found, Response):
            return found
        app = str(found.pop("end", "") or found.pop("app", "") or ANY).lower()
        method = found.pop("method", "") or ANY
        try:
            given = msgspec.convert({**found, "app": app, "method": method}, Weather)
        except msgspec.ValidationError as error:
            return controls.wrong(str(error))
        ends = of(request)
        if app != ANY and (app not in self._ledger.state.mailboxes or not sees(ends, app)):
            return controls.wrong("mailbox_not_found")
        # Who sees only some mailboxes means these.
        for end in [app] if ends is None or app != ANY else sorted(ends):
            self._ledger.board.put(replace(given, app=end))
        return controls.said({"ok": True, "switches": self._shown(of(request))})

    async def _reset(self, request: Request) -> Response:
        ends, board = of(request), self._ledger.board
        if ends is None:
            board.clear()
        else:
            for one in self._shown(ends):
                if one["app"] != ANY:
                    board.put(Weather(app=str(one["app"]), method=str(one["method"])))
        await self._ledger.wipe(None if ends is None else tuple(sorted(ends & set(self._ledger.state.boxes))))
        return controls.said({"ok": True})
