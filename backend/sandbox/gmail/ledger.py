"""The one place where the state changes: changes are taken in, kept on disk, and told to whoever watches."""

import base64
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
from msgspec.structs import replace

from sandbox.clock import Clock
from sandbox.gmail import history, weather
from sandbox.gmail.edit import Edit
from sandbox.gmail.facts import Asked, Change, Delivery, Happened, Owed, Received, Tried, Watched, Wiped
from sandbox.gmail.office import Office
from sandbox.journal import Journal
from sandbox.switches import Board

#: Bytes of a request's body that are kept of it.
MAX_KEPT = 65_536
#: Seconds between two pushes to one mailbox's topic; what comes sooner is dropped.
PUSH_EVERY = 1.0


class Ledger:
    """State, journal and watchers. `commit` returns when everything is on disk."""

    def __init__(self, journal: Journal[Change], clock: Clock, board: Board) -> None:
        self.clock, self.board = clock, board
        self._journal = journal
        self.state = Office()
        #: Called with what has changed, in order, before it is on disk: they show, they do not promise.
        self.watchers: list[Callable[[Sequence[Change]], None]] = []
        #: Called with what is owed once it is on disk.
        self.courier: Callable[[Sequence[Delivery]], None] = lambda _: None
        self._pushed: dict[str, float] = {}
        for change in journal.read():
            self.state.apply(change)
        clock.turn(self.state.offset)

    def edit(self) -> Edit:
        """Changes to be made up now."""
        return Edit(self.state, self.clock.now(), self.clock.wall())

    async def commit(self, changes: Iterable[Change], asked: Asked | None = None) -> None:
        """Take the changes in, with the request that made them and the pushes that follow."""
        whole = list(changes)
        if asked is not None:
            whole.append(Received(replace(asked, number=self.state.asked_so_far + 1)))
        for change in whole:
            self.state.apply(change)
        for owed in self._owed(list(whole)):
            self.state.apply(owed)
            whole.append(owed)
        for watch in self.watchers:
            watch(whole)
        await self._journal.keep(whole, self.state.changes)
        if deliveries := [c.delivery for c in whole if isinstance(c, Owed)]:
            self.courier(deliveries)

    async def wipe(self, ends: tuple[str, ...] | None = None) -> None:
        """No mail, nothing owed; mailboxes, people and tokens stay. `ends`: of these only."""
        owed = [delivery for delivery in self.state.owed.values() if ends is None or delivery.mailbox in ends]
        for name in self.state.boxes if ends is None else ends:
            self._pushed.pop(name, None)
        await self.commit([*(Tried(delivery.id, delivery.attempt, "wiped") for delivery in owed), Wiped(ends)])

    async def close(self) -> None:
        """Nothing is taken in any more."""
        await self._journal.close()

    def _owed(self, changes: list[Change]) -> Iterable[Owed]:
        """One push for each watched mailbox that these changes concern; at once for a new watch."""
        fresh = {c.watch.mailbox for c in changes if isinstance(c, Watched)}
        touched = dict.fromkeys([*fresh, *(c.mailbox for c in changes if isinstance(c, Happened))])
        now = self.clock.now()
        for name in touched:
            mailbox, watch = self.state.mailboxes[name], self.state.boxes[name].watch
            if watch is None or not mailbox.push_url or now >= watch.until:
                continue
            labels = [self._labels(c) for c in changes if isinstance(c, Happened) and c.mailbox == name]
            if name not in fresh and not any(history.concerns(watch, found) for found in labels):
                continue
            switches = weather.look(self.board, name, "push")
            last = self._pushed.get(name)
            if switches.no_push or (name not in fresh and last is not None and now - last < PUSH_EVERY):
                continue
            self._pushed[name] = now
            yield Owed(self._push(name, watch.topic, now + switches.delay_ms / 1000))

    def _labels(self, happened: Happened) -> tuple[str, ...]:
        mail = self.state.boxes[happened.mailbox].mails.get(happened.event.mail)
        return (*happened.event.labels, *(mail.labels if mail is not None else ()))

    def _push(self, mailbox: str, topic: str, due: float) -> Delivery:
        number = self.state.pushes + 1
        at = self.state.boxes[mailbox].history
        # Documented as a string, seen as a number: both come.
        told = {"emailAddress": mailbox, "historyId": at if number % 2 else str(at)}
        name = f"{int(self.clock.wall() * 1000)}{number:06d}"
        date = datetime.fromtimestamp(self.clock.wall(), UTC).isoformat(timespec="milliseconds")
        date = date.replace("+00:00", "Z")
        message = {
            "data": base64.b64encode(msgspec.json.encode(told)).decode(), "messageId": name, "message_id": name,
            "publishTime": date, "publish_time": date,
        }  # fmt: skip
        project = topic.split("/")[1]
        return Delivery(
            name, mailbox, {"message": message, "subscription": f"projects/{project}/subscriptions/mail"}, due
        )


def kept(body: Any) -> Any:
    """A request's body as it is kept: not without end."""
    try:
        size = len(msgspec.json.encode(body))
    except (TypeError, ValueError):
        return None
    return body if size <= MAX_KEPT else {"_bytes": size}
