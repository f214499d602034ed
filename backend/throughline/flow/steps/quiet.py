"""Quiet: what waits for the end of somebody's quiet hours is looked at before they are over."""

from msgspec.structs import replace

from throughline.conversation.ids import ConversationId, PersonId, TenantId
from throughline.ports import Tx


def look_again(tx: Tx, tenant: TenantId, person: PersonId | None, now: int, of: ConversationId | None = None) -> bool:
    """They want other hours, or talk at another place: couriers ask anew. Whether anything waited.

    `of`: what waits in that conversation alone. Whatever still has to wait goes on waiting.
    """
    rows = [] if person is None else tx.links.put_off(tenant, person)
    wanted = [row for row in rows if of is None or row.conversation == of]
    for row in wanted:
        tx.bindings.settle(replace(row, due=now))
    return bool(wanted)
