"""Handover: an address becomes another person's, or nobody's.

Talks that began from it before stay with whoever they were with, and nothing of them is sent there any more. Its
threads and its place are freed, so that its next message begins anew. The person's other channels hear of it.
"""

from msgspec.structs import replace

from throughline.conversation.bindings import Table
from throughline.conversation.channel import LABELS
from throughline.conversation.ids import BindingId, MessageId, PersonId, UserId
from throughline.conversation.linking import masked
from throughline.conversation.records import Binding, Identity
from throughline.conversation.trust import plain
from throughline.flow.steps.consent import shut_everywhere
from throughline.flow.steps.join import Names
from throughline.flow.steps.switch import notice, taken
from throughline.ports import Tx


def hand_over(tx: Tx, identity: Identity, person: PersonId, names: Names, now: int, capabilities_of: Table) -> bool:
    """It is this person's from now on; both sides hear it. Whether there is something for a courier."""
    leaves = False
    if identity.person is not None:
        leaves = shut_everywhere(tx, identity, names, now, capabilities_of)
    _free(tx, identity)
    tx.people.give_identity(identity.tenant, identity.id, person)
    tx.people.proven(identity, plain(identity.address))
    label, name = LABELS[identity.channel], tx.people.person_name(identity.tenant, person) or "you"
    here = _newest(tx, identity, person, names)
    if here is not None:
        text = f"This {label} is linked with {name} now."
        leaves = _say(tx, here, text, names, now, capabilities_of) or leaves
        # The notice is no talk: what is written next begins one.
        tx.people.talks(identity.tenant, identity.id, None)
    said = f"{label} {masked(identity.address)} was linked with you. If that was not you, unlink it on the web."
    return _tell(tx, identity, person, said, names, now, capabilities_of) or leaves


def let_go(tx: Tx, identity: Identity, person: PersonId, names: Names, now: int, capabilities_of: Table) -> bool:
    """It is nobody's from now on. Whether there is something for a courier."""
    leaves = shut_everywhere(tx, identity, names, now, capabilities_of)
    _free(tx, identity)
    tx.people.revoke_identity(identity.tenant, identity.id)
    said = f"{LABELS[identity.channel]} {masked(identity.address)} is not linked with you any more."
    return _tell(tx, identity, person, said, names, now, capabilities_of) or leaves


def _free(tx: Tx, identity: Identity) -> None:
    for binding in tx.bindings.of_identity(identity.tenant, identity.id):
        if binding.thread is not None:
            tx.bindings.bind(replace(binding, thread=None))
    tx.people.talks(identity.tenant, identity.id, None)


def _newest(tx: Tx, identity: Identity, person: PersonId, names: Names) -> Binding | None:
    """Its place in the person's newest conversation, made where there is none yet."""
    found = tx.log.summaries(identity.tenant, person, UserId(""), None, 1)
    if not found:
        return None
    row = found[0].conversation
    known = next((b for b in tx.bindings.bindings(row.tenant, row.id) if b.identity == identity.id), None)
    if known is not None and known.mode != "off":
        return known
    here = Binding(
        BindingId(names.new()) if known is None else known.id, row.tenant, row.id, identity.id, identity.channel,
        "standby", account=identity.account,
    )  # fmt: skip
    tx.bindings.bind(here)
    return here


def _tell(
    tx: Tx, but: Identity, person: PersonId, text: str, names: Names, now: int, capabilities_of: Table
) -> bool:  # fmt: skip
    """Say it on the person's other channels, once on each: who is robbed of an address shall notice."""
    leaves = False
    for other in tx.people.identities(but.tenant, person):
        if other.id == but.id or other.status != "verified" or other.channel == "web":
            continue
        bindings = [b for b in tx.bindings.of_identity(other.tenant, other.id) if b.mode != "off"]
        here = next((b for b in bindings if b.conversation == other.talks_in), bindings[-1] if bindings else None)
        if here is not None:
            leaves = _say(tx, here, text, names, now, capabilities_of) or leaves
    return leaves


def _say(tx: Tx, here: Binding, text: str, names: Names, now: int, capabilities_of: Table) -> bool:
    row = tx.log.conversation(here.tenant, here.conversation)
    if row is None:
        return False
    name = MessageId(names.new())
    leaves = notice(tx, row, here, name, text, now, capabilities_of)
    taken(tx, row, name, row.head + 1, now)
    return leaves
