"""Receipts: what a reader's tabs have received and read, and what that says of deliveries."""

from collections.abc import Sequence
from typing import cast

from throughline.conversation.events import Delivery, DeliveryState, Message
from throughline.conversation.faults import UNKNOWN_CONVERSATION, Fault
from throughline.conversation.ids import ConversationId, MessageId, PersonId, TenantId
from throughline.conversation.records import Binding, Caller
from throughline.flow.steps.quiet import look_again
from throughline.flow.steps.say import may_see
from throughline.ports import Tx

#: Messages of one receipt whose way is measured; the others of a long absence tell nothing about us.
_MEASURED = 50


def received(tx: Tx, caller: Caller, where: ConversationId, got: int, seen: int, now: int) -> Fault | list[int]:
    """Raise a reader's marks; a person's are receipts. When the messages were kept that arrived just now (UTC ms)."""
    row = tx.log.conversation(caller.tenant, where)
    if row is None or not may_see(caller, row):
        return UNKNOWN_CONVERSATION
    read = min(seen, row.head)
    have = max(min(got, row.head), read)
    had, had_read = tx.messages.received(caller.tenant, where, caller.user, have, read)
    if caller.person is None or (have <= had and read <= had_read):
        return []
    bindings = tx.bindings.bindings(caller.tenant, where)
    told = [
        _raise(tx, b, row.person, have, read, now, alone=len(bindings) == 1) for b in bindings if b.channel == "web"
    ]
    return _on_their_way(tx, caller.tenant, where, had, have) if any(told) else []


def _raise(
    tx: Tx, binding: Binding, person: PersonId | None, have: int, read: int, now: int, *, alone: bool
) -> bool:  # fmt: skip
    told = False
    steps: tuple[tuple[DeliveryState, int], ...] = (("read", read), ("delivered", have))
    for state, upto in steps:
        changed = tx.bindings.reached(binding.tenant, binding.conversation, binding.id, upto, state, now)
        # Where the web is the only channel, everything that has a row is owed there.
        owed = changed if alone else _owed(tx, binding, person, changed, now)
        if owed:
            body = Delivery(messages=tuple(owed), binding=binding.id, channel="web", state=state)
            tx.log.append(binding.tenant, binding.conversation, now, body)
            told = True
    return told


def _owed(
    tx: Tx, binding: Binding, person: PersonId | None, messages: Sequence[MessageId], now: int
) -> list[MessageId]:  # fmt: skip
    """Those that are owed on the web: a mirror's receipts are of interest to nobody but whoever looks at the rows.

    Nobody, and what waits for the end of quiet hours elsewhere because no tab had it: that need not ring any more.
    """
    found = (tx.bindings.delivery(binding.tenant, binding.conversation, message, binding.id) for message in messages)
    rows = [row for row in found if row is not None]
    if any(not row.owed and any(rung.state == "passed" for rung in row.rungs) for row in rows):
        look_again(tx, binding.tenant, person, now, binding.conversation)
    return [row.message for row in rows if row.owed]


def _on_their_way(tx: Tx, tenant: TenantId, where: ConversationId, had: int, have: int) -> list[int]:
    """When the messages were kept that arrived just now."""
    found = tx.log.entries(tenant, where, had, _MEASURED, ("message",))
    return [e.at for e in found if e.seq <= have and cast("Message", e.body()).author.kind != "person"]
