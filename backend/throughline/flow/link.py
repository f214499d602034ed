"""Link: a person proves that an address is theirs; from then on what is written from there is theirs.

The proof has two sides: a code made in a signed-in session comes from the address, and the session confirms it. Then
the address is the person's; talks that began from it before stay where they were, and its next message begins anew.
"""

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import replace

from throughline.conversation.bindings import Table
from throughline.conversation.events import ChannelName
from throughline.conversation.faults import BUSY, FORBIDDEN, Fault
from throughline.conversation.ids import IdentityId, PersonId, TenantId
from throughline.conversation.linking import (
    LAST_ONE,
    LASTS,
    MADE,
    NO_CHANNEL,
    NO_CODE,
    TOO_MANY,
    LinkRow,
    confirmable,
    refusable,
    shown,
    tidy,
)
from throughline.conversation.quiet import Quiet
from throughline.conversation.records import Account, Caller
from throughline.flow.steps.claim import Claimed, Sender, claim
from throughline.flow.steps.handover import hand_over, let_go
from throughline.flow.steps.join import Names
from throughline.flow.steps.quiet import look_again
from throughline.ports import Clock, Ids, Store, StoreDown, Tx

HOUR = 3_600_000

T = TypeVar("T")


class Coder(Protocol):
    """Makes codes, and what is kept of them."""

    def new(self) -> str:
        """A fresh one."""

    def hashed(self, tenant: TenantId, code: str) -> str:
        """Its keyed hash."""


class Made(Struct, frozen=True):
    """A fresh code, as people read it, and where it can be sent: the channel's accounts that are on."""

    code: str
    link: LinkRow
    accounts: tuple[Account, ...]


class _Done(Struct, frozen=True):
    link: LinkRow | None
    leaves: bool


class Linking:
    """Codes and what comes of them. After the commit: `told` for each link whose state changed, `deliver`."""

    def __init__(
        self, store: Store, clock: Clock, ids: Ids, codes: Coder, capabilities_of: Table,
        deliver: Callable[[], None] = lambda: None, told: Callable[[LinkRow], None] = lambda _: None,
    ) -> None:  # fmt: skip
        self._store, self._clock, self._ids, self._codes = store, clock, ids, codes
        self._capabilities_of, self._deliver, self._told = capabilities_of, deliver, told

    async def make(self, caller: Caller, channel: ChannelName) -> Made | Fault:
        """A code for one channel. Faults: a member, no account there, too many codes, store busy."""
        person, now = caller.person, self._clock.now()
        if person is None:
            return FORBIDDEN
        code, name = self._codes.new(), self._ids.new()
        link = LinkRow(
            name, caller.tenant, caller.user, person, channel, self._codes.hashed(caller.tenant, code), "open", now,
            now + LASTS,
        )  # fmt: skip

        def add(tx: Tx) -> Made | Fault:
            accounts = tuple(a for a in tx.accounts.accounts(caller.tenant, channel) if a.enabled)
            if not accounts:
                return NO_CHANNEL
            if len(tx.links.of_user(caller.tenant, caller.user, now - HOUR)) >= MADE:
                return TOO_MANY
            tx.links.add(link)
            return Made(shown(code), link, accounts)

        return await self._write(add)

    def claim(self, tx: Tx, sender: Sender, code: str, fresh: IdentityId, now: int) -> Claimed:
        """A code came in. In the transaction that keeps the message; `fresh` is an id for who is new."""
        hashed = self._codes.hashed(sender.account.tenant, code) if tidy(code) else None
        return claim(tx, sender, hashed, fresh, now)

    def claimed(self, link: LinkRow) -> None:
        """After the commit: the session that made the code learns of it."""
        self._told(link)

    async def confirm(self, caller: Caller, link: str) -> Fault | None:
        """It was them: the address is theirs from now on. Faults: no such code, not sent yet, store busy."""
        names, now = Names(self._ids), self._clock.now()

        def confirm(tx: Tx) -> _Done | Fault:
            names.again()
            row = tx.links.link(caller.tenant, link)
            wrong = NO_CODE if row is None else confirmable(row, caller.user, now)
            identity = None if row is None or row.identity is None else tx.people.identity(row.tenant, row.identity)
            if row is None or wrong is not None or identity is None:
                return wrong or NO_CODE
            done = replace(row, state="confirmed")
            tx.links.change(done)
            return _Done(done, hand_over(tx, identity, row.person, names, now, self._capabilities_of))

        return await self._settle(confirm)

    async def refuse(self, caller: Caller, link: str) -> Fault | None:
        """It was somebody else, or is not wanted any more."""
        now = self._clock.now()

        def refuse(tx: Tx) -> _Done | Fault:
            row = tx.links.link(caller.tenant, link)
            wrong = NO_CODE if row is None else refusable(row, caller.user, now)
            if row is None or wrong is not None:
                return wrong or NO_CODE
            done = replace(row, state="refused")
            tx.links.change(done)
            return _Done(done, leaves=False)

        return await self._settle(refuse)

    async def unlink(self, caller: Caller, identity: str) -> Fault | None:
        """An address is not the person's any more; nothing that was said is deleted."""
        names, now, person = Names(self._ids), self._clock.now(), caller.person

        def unlink(tx: Tx) -> _Done | Fault:
            names.again()
            known = tx.people.identity(caller.tenant, IdentityId(identity))
            if known is None or person is None or known.person != person or known.status == "revoked":
                return NO_CODE
            if known.channel == "web":
                return LAST_ONE
            return _Done(None, let_go(tx, known, person, names, now, self._capabilities_of))

        return await self._settle(unlink)

    async def prefer(
        self, caller: Caller, fallback: Sequence[str] | None, hours: Quiet | UnsetType | None = UNSET
    ) -> Fault | None:  # fmt: skip
        """Keep in which order channels are tried when one fails, and when nothing rings (None: at no time).

        Every identity has to be the person's own. What is not given stays as it is.
        """
        person, now = caller.person, self._clock.now()

        def prefer(tx: Tx) -> Fault | None:
            if person is None:
                return FORBIDDEN
            if fallback is not None and (fault := in_order(tx, person, fallback)) is not None:
                return fault
            if hours is not UNSET:
                tx.links.hush(caller.tenant, person, hours, now)
                look_again(tx, caller.tenant, person, now)
            return None

        def in_order(tx: Tx, person: PersonId, fallback: Sequence[str]) -> Fault | None:
            own = {i.id for i in tx.people.identities(caller.tenant, person)}
            order = [IdentityId(name) for name in dict.fromkeys(fallback)]
            if any(name not in own for name in order):
                return NO_CODE
            tx.links.prefer(caller.tenant, person, order, now)
            return None

        fault = await self._write(prefer)
        if fault is None and hours is not UNSET:
            self._deliver()
        return fault

    async def _settle(self, fn: Callable[[Tx], _Done | Fault]) -> Fault | None:
        made = await self._write(fn)
        if isinstance(made, Fault):
            return made
        if made.leaves:
            self._deliver()
        if made.link is not None:
            self._told(made.link)
        return None

    async def _write(self, fn: Callable[[Tx], T]) -> T | Fault:
        try:
            return await self._store.write(fn)
        except StoreDown:
            return BUSY
