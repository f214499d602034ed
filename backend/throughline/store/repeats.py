"""Idempotency keys and what was answered under them."""

from sqlalchemy import bindparam, insert, select

from throughline.conversation.ids import TenantId, UserId
from throughline.conversation.records import Repeat
from throughline.store.schema import repeats
from throughline.store.sql import Link

_r = repeats.c
_SEEN = select(_r.digest, _r.status, _r.body).where(
    _r.tenant_id == bindparam("tenant"), _r.user_id == bindparam("user"), _r.key == bindparam("name")
)
_KEEP = insert(repeats).values({c.name: bindparam(c.name) for c in repeats.c})


class SqlRepeats:
    """ports.Repeats over a link."""

    def __init__(self, link: Link) -> None:
        self._link = link

    def seen(self, tenant: TenantId, user: UserId, key: str) -> Repeat | None:
        """ports.Repeats.seen."""
        row = self._link.row(_SEEN, tenant=tenant, user=user, name=key)
        return None if row is None else Repeat(*row)

    def keep(self, tenant: TenantId, user: UserId, key: str, repeat: Repeat, at: int) -> None:
        """ports.Repeats.keep. Raises Conflict where the key is taken."""
        self._link.run(
            _KEEP, tenant_id=tenant, user_id=user, key=key, digest=repeat.digest, status=repeat.status,
            body=repeat.body, at=at,
        )  # fmt: skip
