"""Breakers: one before each account, so that a provider that fails is not asked by everybody again and again.

An account is one credential of one tenant at one provider, so that is what a breaker is about. They live in the memory
of this process: who starts anew asks anew.
"""

from collections.abc import Callable

from msgspec import Struct

from throughline.conversation import breaker
from throughline.conversation.breaker import Breaker, Heard, State
from throughline.conversation.ids import AccountId
from throughline.conversation.records import Account
from throughline.observe import breaker as counted
from throughline.observe import logger
from throughline.ports import Clock

#: Accounts that are remembered.
MOST = 10_000

_log = logger("flow.breakers")
_CLOSED = Breaker()


class Standing(Struct, frozen=True):
    """How an account's sends do. Times are UTC milliseconds; `again`: when one may pass; None: a person has to act."""

    state: State
    since: int | None
    again: int | None
    #: Of the last 60 s, without what says nothing about the account.
    sends: int
    failures: int


class Breakers:
    """All breakers of this process. `bars` and `standing` may be asked from any thread."""

    def __init__(self, clock: Clock, most: int = MOST) -> None:
        self._clock, self._most = clock, most
        self._known: dict[AccountId, tuple[str, Breaker]] = {}

    def admitted(self, account: Account) -> bool:
        """Whether a send may leave through it now. Where only one may, the place is taken by asking."""
        known, now = self._of(account.id), self._now()
        if account.id not in self._known:
            self._remember(account.id, account.channel)
        if not breaker.admits(known, now):
            return False
        self._put(account.id, breaker.taken(known, now))
        return True

    def bars(self, account: AccountId) -> bool:
        """Whether nothing leaves through it for a while."""
        return breaker.bars(self._of(account), self._now())

    def closed(self, account: AccountId) -> bool:
        """Whether everything may pass."""
        return self._of(account).state == "closed"

    def auth(self, account: AccountId) -> bool:
        """Whether it is open because the credentials were refused."""
        known = self._of(account)
        return known.state == "open" and known.auth

    def rest(self, account: AccountId) -> float:
        """Seconds until it is worth looking whether something may leave: what a probe comes to is known soon."""
        known = self._of(account)
        return max(0.0, (known.until - self._now()) / 1000) if known.state == "open" else 0.0

    def noted(self, account: AccountId, what: Heard) -> bool:
        """After a send; whether that opened it."""
        before = self._of(account)
        after = self._put(account, breaker.noted(before, what, self._now()))
        return after.state == "open" and before.state != "open"

    def came_in(self, account: AccountId) -> None:
        """Something came in through it."""
        self._change(account, breaker.came_in)

    def lifted(self, account: AccountId) -> None:
        """A person has seen to it."""
        self._change(account, breaker.lifted)

    def standing(self, account: AccountId) -> Standing:
        """How it does now."""
        known, now, utc = self._of(account), self._now(), self._clock.now()
        sends, failures = breaker.sends(known, now)
        since = None if known.state == "closed" else utc - (now - known.since)
        waits = known.state == "open" and not known.auth
        again = utc + max(0, known.until - now) if waits else None
        return Standing(known.state, since, again, sends, failures)

    def _change(self, account: AccountId, how: Callable[[Breaker, int], Breaker]) -> None:
        if account in self._known:
            self._put(account, how(self._of(account), self._now()))

    def _of(self, account: AccountId) -> Breaker:
        known = self._known.get(account)
        return _CLOSED if known is None else known[1]

    def _put(self, account: AccountId, new: Breaker) -> Breaker:
        before = self._of(account)
        if new is before:
            return new
        channel = self._known[account][0] if account in self._known else self._remember(account, "")
        self._known[account] = channel, new
        if new.state != before.state:
            counted(channel, before.state, new.state)
            sends, failures = breaker.sends(new, self._now())
            _log.warning(
                "breaker", account=account, channel=channel, state=new.state, sends=sends, failures=failures,
                auth=new.auth,
            )  # fmt: skip
        return new

    def _remember(self, account: AccountId, channel: str) -> str:
        """A new one. Where there is no room, who is closed and quiet is forgotten, else who was known first."""
        if len(self._known) >= self._most:
            now, idle = self._now(), []
            for which, (_, known) in self._known.items():
                if known.state == "closed" and not breaker.sends(known, now)[0]:
                    idle.append(which)
            for which in idle or [next(iter(self._known))]:
                there, gone = self._known.pop(which)
                counted(there, gone.state, "closed")
        self._known[account] = channel, _CLOSED
        return channel

    def _now(self) -> int:
        return round(self._clock.monotonic() * 1000)
