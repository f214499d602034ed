"""What the pane is shown: the whole at first, then frames of what happens. No secret leaves through here."""

from collections import deque
from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from sandbox.panes import Panes
from sandbox.phones.facts import (
    Change,
    EndKnown,
    Message,
    Owed,
    PersonKnown,
    PersonMoved,
    Posted,
    Ruled,
    Tried,
    Typed,
    Wiped,
)
from sandbox.phones.ledger import Ledger
from sandbox.phones.provider import Provider

#: Deliveries and messages that the pane is shown at first.
DELIVERIES, MESSAGES = 50, 2_000
#: The ends a pane is shown; None: all of them.
Ends = frozenset[str] | None


def ends_of(request: Request) -> Ends:
    """Whose pane it is: who stands before us names the ends it may see; without the header it is all."""
    named = request.headers.get("x-lab-ends")
    return None if named is None else frozenset(name for name in named.split(",") if name)


class Stream:
    """The picture of the whole, and its readers."""

    def __init__(self, ledger: Ledger, provider: Provider) -> None:
        self._ledger, self._provider = ledger, provider
        self._deliveries: deque[dict[str, Any]] = deque(maxlen=DELIVERIES)
        self._panes = Panes(self.state)
        #: Which end an owed delivery is of, until it is over.
        self._owed: dict[str, tuple[str, str]] = {}
        ledger.watchers.append(self._watch)
        ledger.board.changed = lambda: self._panes.tell_each("switches", self.switches)

    @property
    def full(self) -> bool:
        """Whether there are as many readers as there may be."""
        return self._panes.full

    def end(self) -> None:
        """The server goes: no reader holds it up."""
        self._panes.end()

    def state(self, ends: Ends) -> dict[str, Any]:
        """Everything the pane begins with."""
        state, provider = self._ledger.state, self._provider
        messages = [m for m in state.messages.values() if _sees(ends, m.end)][-MESSAGES:]
        return {
            "now": int(self._ledger.clock.now() * 1000),
            "ends": [
                {"id": e.id, "label": e.label, **provider.shown_end(e)}
                for e in state.ends.values()
                if _sees(ends, e.id)
            ],
            "people": [
                {"id": p.id, "name": p.name, **provider.shown_person(p)}
                for p in state.people.values()
                if ends is None or not p.ends or ends & {*p.ends}
            ],
            "messages": [self.message(m) for m in messages],
            "typing": [
                {"end": end, "person": person, "until": int(until * 1000)}
                for (end, person), until in state.typing.items()
                if _sees(ends, end) and until > self._ledger.clock.now()
            ],
            "rules": state.rules,
            "switches": self.switches(ends),
            "deliveries": [one for one in self._deliveries if _sees(ends, one["end"])],
        }

    def switches(self, ends: Ends) -> list[dict[str, object]]:
        """What is set, with `end` for whose it is."""
        return [
            {"end": one["app"], **one}
            for one in self._ledger.board.shown()
            if ends is None or one["app"] in {"*", *ends}
        ]

    def message(self, message: Message) -> dict[str, Any]:
        """A message as the pane has it. A file's address goes on from the pane's own."""
        files = [self._ledger.state.files[name] for name in message.media if name in self._ledger.state.files]
        return {
            "id": message.id, "end": message.end, "person": message.person, "from": message.by, "text": message.text,
            "at": message.at, "status": message.status, "error": message.error, "buttons": message.buttons,
            "media": [{"media_type": f.media_type, "name": f.name, "url": f"media/{f.id}"} for f in files],
            "edited": message.edited, "reply_to": message.reply_to,
        }  # fmt: skip

    def frames(self, ends: Ends) -> Response:
        """One reader's frames, until it goes, is too slow, or the server ends."""
        return self._panes.stream(ends)

    # ------------------------------------------------------------ what happens

    def _watch(self, changes: Sequence[Change]) -> None:
        anew = False
        for change in changes:
            match change:
                case EndKnown() | PersonKnown() | PersonMoved() | Ruled() | Wiped():
                    anew = True
                case Posted(message):
                    self._publish("message", self.message(message))
                case Typed(end, person, until):
                    self._publish("typing", {"end": end, "person": person, "until": int(until * 1000)})
                case Owed(delivery):
                    self._owed[delivery.id] = (delivery.end, delivery.kind)
                case Tried():
                    self._tried(change)
                case _:
                    pass
        if anew:
            self._panes.tell_each("state", self.state)

    def _tried(self, change: Tried) -> None:
        still = self._ledger.state.owed.get(change.id)
        end, kind = self._owed.get(change.id) or (("", "") if still is None else (still.end, still.kind))
        if change.due is None:
            self._owed.pop(change.id, None)
        again = None if change.due is None else int(change.due * 1000)
        shown = {
            "id": change.id, "end": end, "kind": kind, "number": change.attempt + 1, "status": change.status,
            "again_at": again,
        }  # fmt: skip
        self._deliveries.append(shown)
        self._publish("delivery", shown)

    def _publish(self, name: str, data: dict[str, Any]) -> None:
        self._panes.tell(name, data, lambda ends: _sees(ends, data["end"]))


def _sees(ends: Ends, end: str) -> bool:
    return ends is None or end in ends
