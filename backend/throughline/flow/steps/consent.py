"""Consent: the carrier's own words for leaving and coming back, carried out wherever that address is.

Leaving shuts every binding of it, in every conversation; a talk that was there goes on where its person can be reached
otherwise (`bound`, why `off`), or nowhere. New conversations find it shut. Coming back opens all of them for what is
sent there from now on; nothing that was shut is sent again.
"""

from msgspec import Struct
from msgspec.structs import replace

from throughline.conversation.bindings import Table, chosen
from throughline.conversation.delivery import IN_HAND, shut, told
from throughline.conversation.faults import Fault
from throughline.conversation.ids import MessageId
from throughline.conversation.records import Binding, DeliveryRow, Errand, Identity
from throughline.flow.steps.join import Names
from throughline.flow.steps.owe import tell
from throughline.flow.steps.switch import SYSTEM, reachable, switch, taken
from throughline.ports import Tx

#: Rows that one binding may have waiting.
_WAITING = 10_000


class Left(Struct, frozen=True):
    """What leaving did: whether there is something for a courier elsewhere, and the rows that ended."""

    leaves: bool
    rows: list[DeliveryRow]


def left(tx: Tx, identity: Identity, names: Names, now: int, capabilities_of: Table) -> Left:
    """Nothing may be sent there any more."""
    tx.people.consents(identity.tenant, identity.id, now)
    return _shut_all(tx, identity, names, now, capabilities_of)


def shut_everywhere(tx: Tx, identity: Identity, names: Names, now: int, capabilities_of: Table) -> bool:
    """Shut every binding of an address, and end what waits there. Whether a courier has something to do elsewhere."""
    return _shut_all(tx, identity, names, now, capabilities_of).leaves


def _shut_all(tx: Tx, identity: Identity, names: Names, now: int, capabilities_of: Table) -> Left:
    leaves, ended = False, list[DeliveryRow]()
    for binding in tx.bindings.of_identity(identity.tenant, identity.id):
        if binding.mode != "off":
            leaves = _shut(tx, binding, names, now, capabilities_of) or leaves
        rows = shut(tx.outbox.open_rows(Errand(binding, 0, 0), _WAITING), binding.id, now)
        ended += [row for row in rows if tx.bindings.settle(row, but_in=IN_HAND)]
        tell(tx, binding.tenant, binding.conversation, told(rows), now)
    return Left(leaves, ended)


def came_back(tx: Tx, identity: Identity) -> None:
    """It may be written to again: where it was shut, it stands by."""
    tx.people.consents(identity.tenant, identity.id, None)
    for binding in tx.bindings.of_identity(identity.tenant, identity.id):
        if binding.mode == "off":
            tx.bindings.bind(replace(binding, mode="standby"))


def _shut(tx: Tx, binding: Binding, names: Names, now: int, capabilities_of: Table) -> bool:
    row = tx.log.conversation(binding.tenant, binding.conversation)
    bindings = tx.bindings.bindings(binding.tenant, binding.conversation)
    identities = [] if row is None or row.person is None else tx.people.identities(row.tenant, row.person)
    able = {i.id for i in identities if reachable(tx, i)}
    verified = {b.id for b in bindings if b.identity in able}
    changes = chosen(bindings, {binding.id: "off"}, "person", capabilities_of, verified)
    if isinstance(changes, Fault) or row is None:
        # There is nowhere to go on: whatever the person says next makes that place the active one.
        tx.bindings.bind(replace(binding, mode="off"))
        return False
    if binding.mode != "active":
        for each in changes:
            tx.bindings.bind(each)
        return False
    opening = MessageId(names.new())
    done = switch(tx, row, bindings, changes, SYSTEM, "off", now, capabilities_of, opening)
    taken(tx, row, opening, done.seq, now)
    return done.leaves
