"""Updates on their way to a bot: over getUpdates, which waits for them, or to its webhook, one after the other.

What is owed is on disk before it is told. A webhook that does not answer 2xx is tried again, later and later.
"""

import asyncio

import httpx2
import msgspec
from msgspec.structs import replace

from sandbox.clock import Clock
from sandbox.telegram.facts import Change, End, EndKnown, Heard, Tried, Update
from sandbox.telegram.ledger import Ledger
from sandbox.telegram.methods import Call, Refused, answer, known

#: Seconds that a webhook may take; from a failure to the next attempt.
PATIENCE = 60.0
AGAIN = (1.0, 2.0, 5.0, 15.0, 60.0, 300.0)
#: Updates in one answer, seconds that it may be waited for.
BATCH, LONGEST = 100, 50.0
#: What a bot hears of where it does not say.
_USUAL = frozenset({"message", "edited_message", "callback_query"})


class Updates:
    """One task for each bot with a webhook; one event for each that asks."""

    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self._ledger, self._clock = ledger, clock
        self._http = httpx2.AsyncClient(verify=False, trust_env=False, timeout=httpx2.Timeout(None))
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._news: dict[int, asyncio.Event] = {}
        self._polls: dict[int, object] = {}
        self._ending = False
        ledger.courier = self.look

    def begin(self) -> None:
        """Go on with what was owed when the last run ended."""
        self.look(set(self._ledger.state.owed))

    def look(self, ends: set[int]) -> None:
        """These have something to hear."""
        for end in ends:
            self._news.setdefault(end, asyncio.Event()).set()
            task = self._tasks.get(end)
            if (task is None or task.done()) and not self._ending:
                self._tasks[end] = asyncio.get_running_loop().create_task(self._deliver(end))

    def end(self) -> None:
        """Polls that wait come back."""
        self._ending = True
        for event in self._news.values():
            event.set()

    async def close(self) -> None:
        """Let go; what is owed stays on disk."""
        self._ending = True
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)
        await self._http.aclose()

    # ------------------------------------------------------------------------------------------------ asked for

    async def poll(self, call: Call) -> list[dict[str, object]]:
        """getUpdates: everything before `offset` is confirmed, what is left comes, now or within `timeout`."""
        end = call.end
        if end.webhook_url:
            raise Refused(
                409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the "
                "webhook first",
            )  # fmt: skip
        mine = self._polls[end.id] = object()
        offset, left = call.number("offset"), min(max(call.number("timeout"), 0), LONGEST)
        allowed = _allowed(call)
        if offset > 0:
            await self._ledger.commit([Heard(end.id, offset - 1)])
        event = self._news.setdefault(end.id, asyncio.Event())
        event.set()
        until = self._clock.now() + left
        while True:
            if self._polls.get(end.id) is not mine:
                raise Refused(
                    409, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is "
                    "running",
                )  # fmt: skip
            found = [u.body for u in self._owed(end.id) if _kind(u.body) in allowed][: call.number("limit") or BATCH]
            if found or self._clock.now() >= until or self._ending:
                return found
            event.clear()
            waits = asyncio.get_running_loop().create_task(event.wait())
            alarm = asyncio.get_running_loop().create_task(self._clock.until(until))
            try:
                await asyncio.wait({waits, alarm}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in (waits, alarm):
                    task.cancel()
                await asyncio.gather(waits, alarm, return_exceptions=True)

    # ---------------------------------------------------------------------------------------------------- told

    def _owed(self, end: int) -> list[Update]:
        return list(self._ledger.state.owed.get(end, {}).values())

    async def _deliver(self, number: int) -> None:
        """Tell a webhook what it is owed, in order, until nothing is."""
        while True:
            end, owed = self._ledger.state.ends.get(number), self._owed(number)
            if end is None or not end.webhook_url or not owed:
                return
            update, switches = owed[0], self._ledger.board.look(str(number))
            due = max(update.due, self._clock.now() + switches.delay_ms / 1000)
            await self._clock.until(due)
            wrong = await self._post(end, update)
            if switches.duplicate and not wrong:
                await self._post(end, update)
            now = self._clock.now()
            changes: list[Change] = [Heard(number, update.id)]
            if wrong:
                pause = AGAIN[min(update.attempt, len(AGAIN) - 1)]
                changes = [Tried(number, update.id, update.attempt + 1, now + pause)]
            if (end := self._ledger.state.ends.get(number)) is not None and wrong:
                changes.append(EndKnown(replace(end, error=wrong, error_at=now)))
            await self._ledger.commit(changes)

    async def _post(self, end: End, update: Update) -> str:
        """One attempt; what went wrong with it, or nothing. The answer may itself be a call."""
        headers = {"content-type": "application/json"}
        if end.secret_token:
            headers["X-Telegram-Bot-Api-Secret-Token"] = end.secret_token
        try:
            async with asyncio.timeout(PATIENCE):
                told = await self._http.post(end.webhook_url, content=msgspec.json.encode(update.body), headers=headers)
        except TimeoutError:
            return "Read timeout expired"
        except (httpx2.HTTPError, httpx2.InvalidURL):
            return "Connection refused"
        if not 200 <= told.status_code < 300:
            return f"Wrong response from the webhook: {told.status_code} {told.reason_phrase}"
        await self._called(end, told.content)
        return ""

    async def _called(self, end: End, body: bytes) -> None:
        """A webhook's answer may hold one call, whose result nobody is told."""
        try:
            given = msgspec.json.decode(body) if body else None
        except (msgspec.DecodeError, RecursionError):
            return
        if not isinstance(given, dict):
            return
        method = given.get("method")
        if not isinstance(method, str) or not known(method) or method.lower() == "getupdates":
            return
        try:
            done = answer(method, Call(self._ledger.state, end, given, self._clock.now()))
        except Refused:
            return
        await self._ledger.commit(done.changes)


def _allowed(call: Call) -> frozenset[str]:
    given = call.structured("allowed_updates")
    return frozenset(map(str, given)) if isinstance(given, list) and given else _USUAL


def _kind(body: dict[str, object]) -> str:
    return next((name for name in body if name != "update_id"), "")
