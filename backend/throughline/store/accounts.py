"""Our ends of channels, and what is sealed for them."""

import msgspec
from sqlalchemy import Select, bindparam, delete, func, insert, select, true, update

from throughline.conversation.events import ChannelName
from throughline.conversation.ids import AccountId, TenantId
from throughline.conversation.records import Account
from throughline.store.schema import accounts, aliases, parked, secrets, taken, tenant_keys
from throughline.store.sql import Link, Row, put, truth

_a, _k, _s = accounts.c, tenant_keys.c, secrets.c
_FIELDS = (
    _a.id, _a.tenant_id, _a.channel, _a.provider, _a.name, _a.mode, _a.enabled, _a.base, _a.options, _a.status,
    _a.created_at, _a.reason, _a.last_in, _a.last_out, _a.cursor,
)  # fmt: skip

_ADD = insert(accounts).values({c.name: bindparam(c.name) for c in accounts.c})
_ENABLED = select(_a.id).where(
    _a.tenant_id == bindparam("tenant"), _a.id == bindparam("account"), _a.enabled.is_(true())
)
_ACCOUNT = select(*_FIELDS).where(_a.id == bindparam("account"))


def _listed(*, of_tenant: bool, of_channel: bool) -> Select[tuple[object, ...]]:
    found = select(*_FIELDS)
    if of_tenant:
        found = found.where(_a.tenant_id == bindparam("tenant"))
    if of_channel:
        found = found.where(_a.channel == bindparam("which"))
    return found.order_by(_a.created_at, _a.id)


_OF = {of_channel: _listed(of_tenant=True, of_channel=of_channel) for of_channel in (True, False)}
_ALL = {of_channel: _listed(of_tenant=False, of_channel=of_channel) for of_channel in (True, False)}

_CHANGE = (
    update(accounts)
    .where(_a.tenant_id == bindparam("tenant"), _a.id == bindparam("account"))
    .values(
        name=bindparam("called"), enabled=bindparam("on"), base=bindparam("url"), options=bindparam("chosen"),
        status=bindparam("stands"), reason=bindparam("why"),
    )
)  # fmt: skip
_TOUCHED = (
    update(accounts)
    .where(_a.id == bindparam("account"))
    .values(
        last_in=func.coalesce(bindparam("came"), _a.last_in), last_out=func.coalesce(bindparam("went"), _a.last_out)
    )
)
_GOT_TO = (
    update(accounts)
    .where(_a.tenant_id == bindparam("tenant"), _a.id == bindparam("account"))
    .values(cursor=bindparam("upto"))
)
_REMOVE = delete(accounts).where(_a.tenant_id == bindparam("tenant"), _a.id == bindparam("account"))
#: What goes with an account. Its identities and what was quarantined stay.
_FORGET = tuple(
    delete(table).where(table.c.tenant_id == bindparam("tenant"), table.c.account_id == bindparam("account"))
    for table in (aliases, secrets, taken, parked)
)

_KEY = select(_k.wrapped).where(_k.tenant_id == bindparam("tenant"))
_KEEP_KEY = (
    put(tenant_keys)
    .values({c.name: bindparam(c.name) for c in tenant_keys.c})
    .on_conflict_do_nothing(index_elements=[_k.tenant_id])
)
_SEAL = (
    put(secrets)
    .values({c.name: bindparam(c.name) for c in secrets.c})
    .on_conflict_do_update(
        index_elements=[_s.tenant_id, _s.account_id, _s.name],
        set_={"sealed": bindparam("sealed"), "at": bindparam("at")},
    )
)
_UNSEAL = delete(secrets).where(
    _s.tenant_id == bindparam("tenant"), _s.account_id == bindparam("account"), _s.name == bindparam("called")
)
_SEALED = (
    select(_s.name, _s.sealed)
    .where(_s.tenant_id == bindparam("tenant"), _s.account_id == bindparam("account"))
    .order_by(_s.name)
)


class SqlAccounts:
    """ports.Accounts over a link."""

    def __init__(self, link: Link) -> None:
        self._link = link

    def add(self, account: Account) -> None:
        """ports.Accounts.add. Ids are unique over all tenants."""
        self._link.run(
            _ADD, tenant_id=account.tenant, id=account.id, channel=account.channel, provider=account.provider,
            name=account.name, mode=account.mode, enabled=account.enabled, base=account.base,
            options=_options(account), status=account.status, created_at=account.created_at, reason=account.reason,
            last_in=account.last_in, last_out=account.last_out, cursor=account.cursor,
        )  # fmt: skip

    def account(self, account: AccountId) -> Account | None:
        """ports.Accounts.account."""
        row = self._link.row(_ACCOUNT, account=account)
        return None if row is None else _account(row)

    def enabled(self, tenant: TenantId, account: AccountId) -> bool:
        """ports.Accounts.enabled."""
        return bool(self._link.known(_ENABLED, tenant=tenant, account=account))

    def accounts(self, tenant: TenantId | None, channel: ChannelName | None = None) -> list[Account]:
        """ports.Accounts.accounts."""
        values: dict[str, object] = {} if channel is None else {"which": channel}
        if tenant is None:
            found = self._link.rows(_ALL[channel is not None], **values)
        else:
            found = self._link.rows(_OF[channel is not None], tenant=tenant, **values)
        return [_account(row) for row in found]

    def change(self, account: Account) -> bool:
        """ports.Accounts.change."""
        changed = self._link.run(
            _CHANGE, tenant=account.tenant, account=account.id, called=account.name, on=account.enabled,
            url=account.base, chosen=_options(account), stands=account.status, why=account.reason,
        )  # fmt: skip
        return changed == 1

    def remove(self, tenant: TenantId, account: AccountId) -> bool:
        """ports.Accounts.remove. The keys it took and what is parked on it go too: nothing comes in there any more."""
        for forget in _FORGET:
            self._link.run(forget, tenant=tenant, account=account)
        return self._link.run(_REMOVE, tenant=tenant, account=account) == 1

    def touched(self, account: AccountId, *, last_in: int | None = None, last_out: int | None = None) -> None:
        """ports.Accounts.touched. What is not given stays."""
        self._link.run(_TOUCHED, account=account, came=last_in, went=last_out)

    def got_to(self, tenant: TenantId, account: AccountId, cursor: str) -> None:
        """ports.Accounts.got_to."""
        self._link.run(_GOT_TO, tenant=tenant, account=account, upto=cursor)

    def key(self, tenant: TenantId) -> bytes | None:
        """ports.Accounts.key."""
        row = self._link.row(_KEY, tenant=tenant)
        return None if row is None else bytes(row[0])

    def keep_key(self, tenant: TenantId, wrapped: bytes, at: int) -> None:
        """ports.Accounts.keep_key. Raises Conflict where there is no such tenant."""
        self._link.run(_KEEP_KEY, tenant_id=tenant, wrapped=wrapped, at=at)

    def seal(self, tenant: TenantId, account: AccountId, name: str, sealed: bytes, at: int) -> None:
        """ports.Accounts.seal. Raises Conflict where there is no such account of the tenant."""
        self._link.run(_SEAL, tenant_id=tenant, account_id=account, name=name, sealed=sealed, at=at)

    def unseal(self, tenant: TenantId, account: AccountId, name: str) -> None:
        """ports.Accounts.unseal. What is freed is overwritten."""
        self._link.run(_UNSEAL, tenant=tenant, account=account, called=name)

    def sealed(self, tenant: TenantId, account: AccountId) -> dict[str, bytes]:
        """ports.Accounts.sealed."""
        return dict(self._link.rows(_SEALED, tenant=tenant, account=account))


def _options(account: Account) -> str:
    return msgspec.json.encode(account.options).decode()


def _account(row: Row) -> Account:
    fields: Row = (*truth(row, 6)[:8], msgspec.json.decode(row[8], type=dict[str, str]), *row[9:])
    return Account(*fields)
