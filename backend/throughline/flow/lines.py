"""Lines: an account opened for use, its secrets in the clear for a few seconds, and what happens to it."""

from collections.abc import Callable, Mapping

from msgspec import Struct

from throughline.conversation.accounts import (
    AuthFailed,
    CameIn,
    Enabled,
    Happening,
    Probed,
    Saved,
    WentOut,
    next_status,
    shown_apart,
)
from throughline.conversation.events import ChannelName
from throughline.conversation.ids import AccountId
from throughline.conversation.policy import check_id
from throughline.conversation.records import Account
from throughline.flow.breakers import Breakers
from throughline.observe import logger, spawn
from throughline.ports import Clock, Store, StoreDown, Tx, Vault

#: Seconds for which an account and its secrets are taken as read.
FRESH = 5.0
#: Seconds between two writes of when something last came in, and between two of when something last went out.
NOTED = 1.0
#: What a simulated account's base begins with.
SANDBOX = "sandbox:"

_log = logger("flow.lines")


class OpenLine(Struct, frozen=True):
    """ports.Line. Its text form tells no secret."""

    account: Account
    base_url: str
    secrets: Mapping[str, str]
    key: bytes
    public_url: str

    def __repr__(self) -> str:
        return f"OpenLine({self.account.id!r})"


class _Known(Struct, frozen=True):
    until: float
    account: Account
    line: OpenLine | None


class Lines:
    """The accounts in use.

    `resolve` finds the address behind `sandbox:<provider>`, or None where that sandbox does not run. `changed` is
    called after the commit of a change of status, reason or options.
    """

    def __init__(
        self,
        store: Store,
        vault: Vault,
        clock: Clock,
        resolve: Callable[[str], str | None],
        public_url: str = "",
        changed: Callable[[Account], None] = lambda _: None,
    ) -> None:
        self._store = store
        self._vault = vault
        self._clock = clock
        self._resolve = resolve
        self._public_url = public_url
        self._changed = changed
        self.breakers = Breakers(clock)
        self._known: dict[AccountId, _Known] = {}
        self._only: dict[ChannelName, tuple[float, Account | None]] = {}
        self._forgotten = 0
        self._noted: dict[tuple[AccountId, type[Happening]], float] = {}

    async def line(self, account: AccountId) -> OpenLine | None:
        """The account opened, at most 5 s old.

        None: unknown, disabled, its secrets cannot be read, or its sandbox does not run. Raises StoreDown.
        """
        known = await self._look(account)
        return None if known is None else known.line

    async def account(self, account: AccountId) -> Account | None:
        """The account, disabled ones too, at most 5 s old. Raises StoreDown."""
        known = await self._look(account)
        return None if known is None else known.account

    async def only(self, channel: ChannelName) -> Account | None:
        """The channel's one account that is on, of the whole installation, at most 5 s old.

        None: there is none, or more than one. Raises StoreDown.
        """
        known, now = self._only.get(channel), self._clock.monotonic()
        if known is None or known[0] < now:
            read = await self._store.read(lambda tx: [a for a in tx.accounts.accounts(None, channel) if a.enabled])
            known = self._only[channel] = (now + FRESH, read[0] if len(read) == 1 else None)
        return known[1]

    def forget(self, account: AccountId) -> None:
        """It was changed: the next look reads it anew."""
        self._only.clear()
        self._forgotten += 1
        self._known.pop(account, None)

    def told(self, account: Account) -> None:
        """Somebody else's transaction changed it, and is committed."""
        self.forget(account.id)
        self._changed(account)

    def happened(self, account: AccountId, happening: Happening) -> None:
        """Note it in the background: a change of state at once, the times of traffic at most once a second."""
        if isinstance(happening, CameIn):
            self.breakers.came_in(account)
        known = self._known.get(account)
        if known is not None and not shown_apart(known.account, next_status(known.account, happening, 0)):
            if not isinstance(happening, CameIn | WentOut):
                return
            now, mark = self._clock.monotonic(), (account, type(happening))
            if now - self._noted.get(mark, -NOTED) < NOTED:
                return
            self._noted[mark] = now
        spawn(self._note(account, happening), f"account {account}")

    async def change(self, account: AccountId, happening: Happening) -> Account | None:
        """Write what it does to the account; the account after it, None where there is none. Raises StoreDown."""
        now = self._clock.now()

        def write(tx: Tx) -> tuple[Account, bool] | None:
            before = tx.accounts.account(account)
            if before is None:
                return None
            after = next_status(before, happening, now)
            apart = shown_apart(before, after)
            if apart:
                tx.accounts.change(after)
            if (after.last_in, after.last_out) != (before.last_in, before.last_out):
                tx.accounts.touched(account, last_in=after.last_in, last_out=after.last_out)
            return after, apart

        written = await self._store.write(write)
        if written is None:
            return None
        if isinstance(happening, Saved | Enabled) or (isinstance(happening, Probed) and happening.probe.health == "up"):
            self.breakers.lifted(account)
        if written[1]:
            self.told(written[0])
        return written[0]

    async def _note(self, account: AccountId, happening: Happening) -> None:
        try:
            await self.change(account, happening)
        except StoreDown:
            _log.warning("account_not_noted", account=account, what=type(happening).__name__)

    async def _look(self, account: AccountId) -> _Known | None:
        known = self._known.get(account)
        now = self._clock.monotonic()
        if known is not None and known.until >= now:
            return known
        if check_id(account) is not None:
            return None
        forgotten = self._forgotten
        read = await self._store.read(lambda tx: _read(tx, account))
        if read is None:
            self._known.pop(account, None)
            return None
        known = _Known(now + FRESH, read[0], self._open(*read))
        if forgotten == self._forgotten:
            # Else it may have been changed while it was read: good for this use, not for five seconds.
            self._known[account] = known
        return known

    def _open(self, account: Account, wrapped: bytes | None, sealed: Mapping[str, bytes]) -> OpenLine | None:
        if not account.enabled:
            return None
        base = account.base
        found = self._resolve(base) if base.startswith(SANDBOX) else base
        secrets: dict[str, str] = {}
        for name, value in sealed.items():
            secret = None if wrapped is None else self._vault.open(wrapped, account.tenant, account.id, name, value)
            if secret is None:
                _log.error("secrets_unreadable", account=account.id, tenant=account.tenant)
                if account.reason != "secrets_unreadable":
                    spawn(self._note(account.id, AuthFailed("secrets_unreadable")), f"account {account.id}")
                return None
            secrets[name] = secret
        key = self._vault.derived(account.tenant, account.id)
        return OpenLine(account, found, secrets, key, self._public_url) if found else None


def _read(tx: Tx, account: AccountId) -> tuple[Account, bytes | None, dict[str, bytes]] | None:
    row = tx.accounts.account(account)
    if row is None:
        return None
    return row, tx.accounts.key(row.tenant), tx.accounts.sealed(row.tenant, account)
