"""What came in from accounts: keys that are taken once, messages that wait, requests that nobody understood."""

from sqlalchemy import bindparam, delete, func, insert, select, update

from throughline.conversation.ids import AccountId, TenantId
from throughline.conversation.records import Parked, Quarantined
from throughline.store.schema import parked, quarantine, taken
from throughline.store.sql import Link, put

#: How much of a request is kept in quarantine, in bytes, and how many requests of a tenant.
MOST_BYTES, MOST_KEPT = 65_536, 1_000

_t, _p, _q = taken.c, parked.c, quarantine.c

_TAKE = (
    put(taken)
    .values({c.name: bindparam(c.name) for c in taken.c})
    .on_conflict_do_nothing(index_elements=[_t.tenant_id, _t.account_id, _t.key])
)
_PARK = (
    put(parked)
    .values({c.name: bindparam(c.name) for c in parked.c})
    .on_conflict_do_nothing(index_elements=[_p.tenant_id, _p.account_id, _p.key])
)
_WAITING = (_p.account_id, _p.key, _p.inbound, _p.until)
_OVER = (
    select(_p.tenant_id, *_WAITING)
    .where(_p.until <= bindparam("now"))
    .order_by(_p.until, _p.at, _p.tenant_id, _p.account_id, _p.key)
    .limit(bindparam("most"))
)
_OF = (
    select(*_WAITING)
    .where(_p.tenant_id == bindparam("tenant"), _p.account_id == bindparam("account"))
    .order_by(_p.at, _p.key)
)
_UNPARK = delete(parked).where(
    _p.tenant_id == bindparam("tenant"), _p.account_id == bindparam("account"), _p.key == bindparam("name")
)
_LAST = select(func.max(_q.n)).where(_q.tenant_id == bindparam("tenant"))
_QUARANTINE = insert(quarantine).values({c.name: bindparam(c.name) for c in quarantine.c})
_SIZE = func.length(_q.body).label("size")
_OF_ACCOUNT = (_q.tenant_id == bindparam("tenant"), _q.account_id == bindparam("account"))
_QUARANTINED = (
    select(_q.n, _q.account_id, _q.reason, _q.at, _SIZE, _q.retried)
    .where(*_OF_ACCOUNT)
    .order_by(_q.n.desc())
    .limit(bindparam("most"))
)
_ASIDE = select(_q.n, _q.account_id, _q.reason, _q.at, _SIZE, _q.retried, _q.body, _q.request).where(
    *_OF_ACCOUNT, _q.n == bindparam("number")
)
_RIGHT = (
    update(quarantine)
    .where(*_OF_ACCOUNT, _q.n == bindparam("number"), _q.retried.is_(None))
    .values(retried=bindparam("when"))
)
_MAKE_ROOM = delete(quarantine).where(_q.tenant_id == bindparam("tenant"), _q.n <= bindparam("upto"))


class SqlInbox:
    """ports.Inbox over a link."""

    def __init__(self, link: Link) -> None:
        self._link = link

    def take(self, tenant: TenantId, account: AccountId, key: str, at: int) -> bool:
        """ports.Inbox.take. Raises Conflict where there is no such account of the tenant."""
        return self._link.run(_TAKE, tenant_id=tenant, account_id=account, key=key, at=at) == 1

    def park(self, tenant: TenantId, parked: Parked, at: int) -> None:
        """ports.Inbox.park. The first of a key stands."""
        self._link.run(
            _PARK, tenant_id=tenant, account_id=parked.account, key=parked.key, inbound=parked.inbound,
            until=parked.until, at=at,
        )  # fmt: skip

    def parked(self, now: int, limit: int) -> list[tuple[TenantId, Parked]]:
        """ports.Inbox.parked: whose wait was over first."""
        found = self._link.rows(_OVER, now=now, most=limit)
        return [(tenant, Parked(*row)) for tenant, *row in found]

    def parked_of(self, tenant: TenantId, account: AccountId) -> list[Parked]:
        """ports.Inbox.parked_of."""
        return [Parked(*row) for row in self._link.rows(_OF, tenant=tenant, account=account)]

    def unpark(self, tenant: TenantId, account: AccountId, key: str) -> bool:
        """ports.Inbox.unpark."""
        return self._link.run(_UNPARK, tenant=tenant, account=account, name=key) == 1

    def quarantine(
        self, tenant: TenantId, account: AccountId, reason: str, body: bytes, at: int, request: bytes | None = None
    ) -> None:
        """ports.Inbox.quarantine. What is longer is cut; the tenant's oldest makes room for the newest."""
        row = self._link.row(_LAST, tenant=tenant)
        n = 1 + ((row and row[0]) or 0)
        self._link.run(
            _QUARANTINE, tenant_id=tenant, n=n, account_id=account, reason=reason, body=body[:MOST_BYTES], at=at,
            request=request, retried=None,
        )  # fmt: skip
        if n > MOST_KEPT:
            self._link.run(_MAKE_ROOM, tenant=tenant, upto=n - MOST_KEPT)

    def quarantined(self, tenant: TenantId, account: AccountId, limit: int) -> list[Quarantined]:
        """ports.Inbox.quarantined."""
        return [Quarantined(*row) for row in self._link.rows(_QUARANTINED, tenant=tenant, account=account, most=limit)]

    def set_aside(self, tenant: TenantId, account: AccountId, n: int) -> tuple[Quarantined, bytes, bytes | None] | None:
        """ports.Inbox.set_aside."""
        row = self._link.row(_ASIDE, tenant=tenant, account=account, number=n)
        return None if row is None else (Quarantined(*row[:6]), row[6], row[7])

    def set_right(self, tenant: TenantId, account: AccountId, n: int, at: int) -> bool:
        """ports.Inbox.set_right."""
        return self._link.run(_RIGHT, tenant=tenant, account=account, number=n, when=at) == 1
