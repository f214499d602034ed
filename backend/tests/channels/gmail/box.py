"""A mailbox and everything around its ear, by hand: what is in it, what was asked of it, what was kept."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from throughline.channels.gmail.answers import Answer, Failed
from throughline.channels.gmail.client import Asking
from throughline.channels.gmail.history import History, Read, Ways
from throughline.channels.gmail.shapes import Quarantined
from throughline.conversation.channel import Address, Inbound, Reading, Receipt, Refused, Reply

POLL = 5.0
SINCE = 1_000


class Named:
    """Stands for the library's resources: says which method is asked for, with what."""

    def __init__(self, path: tuple[str, ...] = ()) -> None:
        self._path = path

    def __getattr__(self, name: str) -> "Named":
        return Named((*self._path, name))

    def __call__(self, **given: Any) -> Any:
        return (".".join(self._path), given) if given else self


class Box:
    """A mailbox and everything around its ear. `asked`: methods in order; `taken`: readings that were kept."""

    def __init__(self) -> None:
        self.mails: dict[str, dict[str, Any]] = {}
        self.records: list[dict[str, Any]] = []
        self.newest = 100
        self.page = 100
        self.oldest = 1
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.taken: list[Reading] = []
        self.replies: list[int] = []
        self.failures: dict[str, list[Failed]] = {}
        self.slept: list[float] = []
        self.nudge = asyncio.Event()
        self.resting = asyncio.Event()
        self.kept_up = 0
        self._go_on = asyncio.Event()

    def add(self, *names: str, labels: Sequence[str] = ("INBOX",), at: int = 2_000, **more: Any) -> None:
        """Mails that came, in one record of history each."""
        for name in names:
            self.newest += 3
            self.mails[name] = {"id": name, "threadId": f"t-{name}", "labelIds": [*labels], "at": at} | more
            stub = {"id": name, "threadId": f"t-{name}", "labelIds": [*labels]}
            self.records.append({"id": str(self.newest), "messages": [stub], "messagesAdded": [{"message": stub}]})

    def fail(self, method: str, *failures: Failed) -> None:
        self.failures.setdefault(method, []).extend(failures)

    def methods(self) -> list[str]:
        return [method for method, _ in self.asked]

    def heard(self) -> list[str]:
        return [inbound.key for reading in self.taken for inbound in reading.inbound]

    def cursors(self) -> list[str]:
        return [reading.cursor for reading in self.taken if reading.cursor is not None]

    async def ask(self, asking: Asking, most: int) -> Answer | Failed:
        method, given = asking(Named())
        self.asked.append((method, given))
        if self.failures.get(method):
            return self.failures[method].pop(0)
        match method:
            case "getProfile":
                return answer({"emailAddress": "us@example.com", "historyId": str(self.newest)})
            case "history.list":
                return self._history(given)
            case "messages.list":
                return self._list(given)
            case _:
                found = self.mails.get(given["id"])
                return Refused("notFound") if found is None else answer(found)

    def _history(self, given: dict[str, Any]) -> Answer | Failed:
        start = int(given["startHistoryId"])
        if start < self.oldest:
            return Refused("notFound")
        after = [record for record in self.records if int(record["id"]) > start]
        at = int(given["pageToken"] or 0)
        more = {"nextPageToken": str(at + self.page)} if at + self.page < len(after) else {}
        return answer({"history": after[at : at + self.page], "historyId": str(self.newest)} | more)

    def _list(self, given: dict[str, Any]) -> Answer:
        names = [*self.mails][::-1]
        at = int(given["pageToken"] or 0)
        more = {"nextPageToken": str(at + self.page)} if at + self.page < len(names) else {}
        return answer({"messages": [{"id": n, "threadId": f"t-{n}"} for n in names[at : at + self.page]]} | more)

    async def read(self, raws: Sequence[bytes]) -> list[Read]:
        found: list[Read] = []
        for raw in raws:
            mail = json.loads(raw)
            if mail.get("broken"):
                found.append(Quarantined("bad_from"))
            elif "SENT" in mail["labelIds"]:
                found.append(Receipt("accepted", remote=mail["id"]))
            else:
                found.append(Inbound(mail["id"], Address("ana@example.com"), "Hi", mail["threadId"], at=mail["at"]))
        return found

    async def take(self, reading: Reading) -> Reply:
        status = self.replies.pop(0) if self.replies else 200
        if status < 300:
            self.taken.append(reading)
        return Reply(status)

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        if seconds == POLL:
            self.resting.set()
            await self._go_on.wait()
            self._go_on.clear()

    async def upkeep(self) -> None:
        self.kept_up += 1

    def ways(self) -> Ways:
        return Ways(self.ask, self.read, self.take, self.nudge, self.upkeep, self.sleep, lambda: 0.5)

    async def rest(self) -> None:
        """Wait until the ear rests."""
        async with asyncio.timeout(10):
            await self.resting.wait()
        self.resting.clear()

    async def again(self) -> None:
        """The pause is over; wait until the next look is."""
        self._go_on.set()
        await self.rest()


def answer(data: dict[str, Any]) -> Answer:
    return Answer(data, json.dumps(data).encode())


@asynccontextmanager
async def heard(box: Box, cursor: str | None = "100") -> AsyncIterator[None]:
    """An ear, from its first rest on."""
    task = asyncio.ensure_future(History(box.ways(), cursor, POLL, SINCE, "a-1").run())
    try:
        await box.rest()
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})
