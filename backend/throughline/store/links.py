"""Codes that link a channel, wrong ones, and what a person prefers."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import bindparam, case, insert, select, update

from throughline.conversation.ids import AccountId, IdentityId, PersonId, TenantId, UserId
from throughline.conversation.linking import LinkRow
from throughline.conversation.quiet import Quiet, is_put_off
from throughline.conversation.records import DeliveryRow
from throughline.store.deliveries import OPEN_ROWS, delivery_row, is_open, of_binding
from throughline.store.schema import bindings, deliveries, identities, links, preferences, tries
from throughline.store.sql import Link, put

_l, _t, _p = links.c, tries.c, preferences.c
_i, _b, _d = identities.c, bindings.c, deliveries.c
#: Rows of one place that are looked at.
_MOST = 1_000
#: In the order of LinkRow's fields.
_FIELDS = (
    _l.id, _l.tenant_id, _l.user_id, _l.person_id, _l.channel, _l.hash, _l.state, _l.created_at, _l.expires_at,
    _l.identity_id, _l.claimed_at,
)  # fmt: skip
_ADD = insert(links).values({c.name: bindparam(c.name) for c in links.c})
_ONE = select(*_FIELDS).where(_l.tenant_id == bindparam("tenant"), _l.id == bindparam("link"))
_CODED = select(*_FIELDS).where(_l.tenant_id == bindparam("tenant"), _l.hash == bindparam("code"))
_OF = (
    select(*_FIELDS)
    .where(_l.tenant_id == bindparam("tenant"), _l.user_id == bindparam("user"), _l.created_at >= bindparam("since"))
    .order_by(_l.created_at.desc(), _l.id.desc())
)
_CHANGE = (
    update(links)
    .where(_l.tenant_id == bindparam("tenant"), _l.id == bindparam("link"))
    .values(state=bindparam("becomes"), identity_id=bindparam("whose"), claimed_at=bindparam("when"))
)
_sender = (
    _t.tenant_id == bindparam("tenant"), _t.account_id == bindparam("account"), _t.address == bindparam("where"),
)  # fmt: skip
_TRIED = select(_t.count).where(*_sender, _t.since >= bindparam("begins"))
_old = _t.since < bindparam("begins")
_WRONG = (
    put(tries)
    .values(
        tenant_id=bindparam("tenant"),
        account_id=bindparam("account"),
        address=bindparam("where"),
        since=bindparam("when"),
        count=1,
    )
    .on_conflict_do_update(
        index_elements=[_t.tenant_id, _t.account_id, _t.address],
        set_={
            "count": case((_old, 1), else_=_t.count + 1),
            "since": case((_old, bindparam("when")), else_=_t.since),
        },
    )
)
_FALLBACK = select(_p.fallback).where(_p.tenant_id == bindparam("tenant"), _p.person_id == bindparam("person"))
_PREFER = (
    put(preferences)
    .values({c.name: bindparam(c.name) for c in preferences.c})
    .on_conflict_do_update(
        index_elements=[_p.tenant_id, _p.person_id],
        set_={"fallback": bindparam("fallback"), "at": bindparam("at")},
    )
)
_QUIET = select(_p.quiet).where(_p.tenant_id == bindparam("tenant"), _p.person_id == bindparam("person"))
_HUSH = (
    put(preferences)
    .values({c.name: bindparam(c.name) for c in preferences.c})
    .on_conflict_do_update(
        index_elements=[_p.tenant_id, _p.person_id], set_={"quiet": bindparam("quiet"), "at": bindparam("at")}
    )
)
_MINE = select(_i.id).where(_i.tenant_id == bindparam("tenant"), _i.person_id == bindparam("person"))
#: Of one of these, the places where something is still to be done: all of it is answered from indexes.
_PLACES = select(_b.conversation_id, _b.id).where(
    _b.tenant_id == bindparam("tenant"),
    _b.identity_id == bindparam("identity"),
    select(_d.seq).where(of_binding, is_open(deliveries)).correlate(bindings).exists(),
)


class SqlLinks:
    """ports.Links over a link to the database."""

    def __init__(self, link: Link) -> None:
        self._link = link

    def add(self, link: LinkRow) -> None:
        """ports.Links.add."""
        self._link.run(
            _ADD, tenant_id=link.tenant, id=link.id, user_id=link.user, person_id=link.person, channel=link.channel,
            hash=link.hash, state=link.state, created_at=link.created_at, expires_at=link.expires_at,
            identity_id=link.identity, claimed_at=link.claimed_at,
        )  # fmt: skip

    def link(self, tenant: TenantId, link: str) -> LinkRow | None:
        """ports.Links.link."""
        row = self._link.row(_ONE, tenant=tenant, link=link)
        return None if row is None else LinkRow(*row)

    def coded(self, tenant: TenantId, code: str) -> LinkRow | None:
        """ports.Links.coded."""
        row = self._link.row(_CODED, tenant=tenant, code=code)
        return None if row is None else LinkRow(*row)

    def of_user(self, tenant: TenantId, user: UserId, since: int) -> list[LinkRow]:
        """ports.Links.of_user."""
        return [LinkRow(*row) for row in self._link.rows(_OF, tenant=tenant, user=user, since=since)]

    def change(self, link: LinkRow) -> bool:
        """ports.Links.change."""
        changed = self._link.run(
            _CHANGE, tenant=link.tenant, link=link.id, becomes=link.state, whose=link.identity, when=link.claimed_at
        )
        return changed == 1

    def tried(self, tenant: TenantId, account: AccountId, address: str, since: int) -> int:
        """ports.Links.tried."""
        row = self._link.row(_TRIED, tenant=tenant, account=account, where=address, begins=since)
        return 0 if row is None else int(row[0])

    def wrong(self, tenant: TenantId, account: AccountId, address: str, at: int, since: int) -> None:
        """ports.Links.wrong."""
        self._link.run(_WRONG, tenant=tenant, account=account, where=address, when=at, begins=since)

    def fallback(self, tenant: TenantId, person: PersonId) -> tuple[IdentityId, ...]:
        """ports.Links.fallback."""
        row = self._link.row(_FALLBACK, tenant=tenant, person=person)
        return () if row is None else msgspec.json.decode(row[0], type=tuple[IdentityId, ...])

    def prefer(self, tenant: TenantId, person: PersonId, fallback: Sequence[IdentityId], at: int) -> None:
        """ports.Links.prefer."""
        order = msgspec.json.encode(fallback).decode()
        self._link.run(_PREFER, tenant_id=tenant, person_id=person, fallback=order, at=at, quiet=None)

    def quiet(self, tenant: TenantId, person: PersonId) -> Quiet | None:
        """ports.Links.quiet."""
        row = self._link.row(_QUIET, tenant=tenant, person=person)
        return None if row is None or row[0] is None else msgspec.json.decode(row[0], type=Quiet)

    def hush(self, tenant: TenantId, person: PersonId, quiet: Quiet | None, at: int) -> None:
        """ports.Links.hush."""
        hours = None if quiet is None else msgspec.json.encode(quiet).decode()
        self._link.run(_HUSH, tenant_id=tenant, person_id=person, fallback="[]", at=at, quiet=hours)

    def put_off(self, tenant: TenantId, person: PersonId) -> list[DeliveryRow]:
        """ports.Links.put_off."""
        found: list[DeliveryRow] = []
        for (identity,) in self._link.rows(_MINE, tenant=tenant, person=person):
            for where, binding in self._link.rows(_PLACES, tenant=tenant, identity=identity):
                rows = self._link.rows(OPEN_ROWS, tenant=tenant, conversation=where, binding=binding, most=_MOST)
                found += [row for row in map(delivery_row, rows) if is_put_off(row)]
        return found
