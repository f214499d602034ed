"""What all couriers of a process share: the channels, the accounts' lines, the pace, and whom to tell."""

import random
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from throughline.conversation import breaker, courier
from throughline.conversation.accounts import SHUT, AuthFailed, Failing, Happening, WentOut
from throughline.conversation.channel import LABELS, Accepted, Capabilities, NotSent, Outcome, Refused, web_alone
from throughline.conversation.events import ChannelName
from throughline.conversation.failover import Why
from throughline.conversation.files import File
from throughline.conversation.ids import AccountId, MessageId
from throughline.conversation.records import Binding, DeliveryRow
from throughline.flow.breakers import Breakers
from throughline.flow.courier.pace import Pace, Rates
from throughline.flow.steps.failover import Ways
from throughline.flow.steps.join import Names
from throughline.ports import Channels, Clock, Ids, Line, Live, Store

#: Seconds between two looks of a binding at a breaker that is open, at the least and at the most.
SOONEST, LATEST = 1.0, 10.0


class Lines(Protocol):
    """Accounts opened for use, and what happens to them."""

    async def line(self, account: AccountId) -> Line | None:
        """The account opened; None: nothing can be sent through it. May raise StoreDown."""

    def happened(self, account: AccountId, happening: Happening) -> None:
        """Note it, without waiting."""


async def _nothing(*_: object) -> None:
    return None


class Office:
    """Handed to every courier; it holds nothing of any one binding.

    `ids`: for what is made when a message goes on by another channel; without them none does. `lost` is told of
    messages that got through nowhere, `wake` that there is something for a courier.
    """

    def __init__(
        self,
        store: Store,
        live: Live,
        clock: Clock,
        channels: Channels,
        lines: Lines,
        told: Callable[[DeliveryRow], None],
        *,
        rooted: Callable[[Binding], Awaitable[None]] = _nothing,
        halt: Callable[[Binding, MessageId], Awaitable[None]] = _nothing,
        chance: Callable[[], float] = random.random,
        share: Callable[[File], str] = lambda _: "",
        ids: Ids | None = None,
        lost: Callable[[Sequence[DeliveryRow]], None] = lambda _: None,
        wake: Callable[[], None] = lambda: None,
        breakers: Breakers | None = None,
    ) -> None:
        self.breakers = breakers or Breakers(clock)
        self.lost, self.wake = lost, wake
        self._ids = ids
        self.store, self.live, self.clock, self.channels = store, live, clock, channels
        self.told, self.rooted, self.halt, self.chance, self.share = told, rooted, halt, chance, share
        self.pace = Pace(clock)
        #: Accounts that have no native streams.
        self.streamless: set[AccountId] = set()
        self._lines = lines

    async def line(self, account: AccountId, *, beside: bool = False) -> Line | None:
        """The account opened for one send; None while nothing can be sent through it.

        `beside`: for what nobody waits for. It is not sent where that would be the one send that may pass.
        """
        line = await self._lines.line(account)
        if line is None or line.account.status in SHUT or (beside and not self.breakers.closed(account)):
            return None
        return line if beside or self.breakers.admitted(line.account) else None

    async def shut(self, account: AccountId) -> Why | None:
        """Why nothing at all can be sent through an account now."""
        line = await self._lines.line(account)
        if line is None or line.account.status in SHUT or self.breakers.auth(account):
            return "account_down"
        return "breaker_open" if self.breakers.bars(account) else None

    def rest(self, account: AccountId) -> tuple[Why, float]:
        """Why there was no line, and seconds until it is looked for again."""
        if self.breakers.closed(account) or self.breakers.auth(account):
            return "account_down", courier.ACCOUNT_PAUSE
        return "breaker_open", min(LATEST, max(SOONEST, self.breakers.rest(account)))

    def ways(self) -> Ways | None:
        """What passing a message on needs, for one transaction; None: nothing is passed on."""
        return None if self._ids is None else Ways(Names(self._ids), self.capabilities, self.breakers.bars)

    def capabilities(self, channel: ChannelName) -> Capabilities:
        """What a channel can do."""
        known = self.channels.by(channel)
        return web_alone(channel) if known is None else known.capabilities

    def heed(self, account: AccountId, kind: str, address: str, rates: Rates, outcome: Outcome) -> None:
        """Learn from an outcome: how fast to go on, and how the account does."""
        what = breaker.heard(outcome)
        # A sign of typing is no message: that it fails says nothing but that the credentials are bad.
        opened = (kind != "status" or what == "auth") and self.breakers.noted(account, what)
        match outcome:
            case Accepted() if self.breakers.closed(account):
                self._lines.happened(account, WentOut())
            case NotSent(_, after) if after is not None:
                self.pace.close(account, kind, address, rates, after)
            case Refused(reason, auth) if auth:
                self._lines.happened(account, AuthFailed(reason))
            case _:
                pass
        if opened and not self.breakers.auth(account):
            self._lines.happened(account, Failing("breaker_open"))

    def failing(self, account: AccountId, reason: str) -> None:
        """Sends of this account fail again and again."""
        if self.breakers.closed(account):
            # Else its breaker says so already.
            self._lines.happened(account, Failing(reason))

    def label(self, channel: ChannelName) -> str:
        """What people call a channel."""
        known = self.channels.by(channel)
        return known.capabilities.label if known is not None else LABELS[channel]
