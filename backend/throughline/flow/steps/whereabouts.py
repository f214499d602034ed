"""Whereabouts: who wrote, and the place that their words belong to, as far as both are known.

A thread is its conversation's place. Without threads the sender's own pointer says it (conversation/places.py). A mail
that carries our signed tag belongs to the tag's conversation, if it is from the very address that we wrote to; a tag in
anybody else's mail counts for nothing.
"""

from msgspec import Struct
from msgspec.structs import replace

from throughline.conversation.channel import Inbound
from throughline.conversation.places import goes_on
from throughline.conversation.policy import Policy, check_id
from throughline.conversation.records import Account, Binding, Identity
from throughline.conversation.trust import answers_for, own_key, plain
from throughline.ports import Tx


class Here(Struct, frozen=True):
    """What came in, as far as it is vouched for; its sender and its place, where they are known."""

    inbound: Inbound
    known: Identity | None
    place: Binding | None


def key_of(inbound: Inbound) -> str:
    """The address under which the sender is known."""
    return inbound.sender.address if inbound.trust == "verified" else own_key(inbound.sender.address)


def who(tx: Tx, account: Account, inbound: Inbound) -> Identity | None:
    """The identity that wrote: by its address, or by another one of it that the provider vouches for."""
    known = tx.people.identity_at(account.tenant, account.id, key_of(inbound))
    if known is not None or inbound.trust != "verified":
        return known
    found = (tx.people.identity_at(account.tenant, account.id, alias) for alias in inbound.sender.aliases)
    return next((identity for identity in found if identity is not None), None)


def at_thread(tx: Tx, account: Account, inbound: Inbound) -> Binding | None:
    """Whose thread it came in by."""
    return None if inbound.thread is None else tx.bindings.at_thread(account.tenant, account.id, inbound.thread)


def whereabouts(tx: Tx, account: Account, inbound: Inbound, policy: Policy, now: int) -> Here:
    """Find both. A thread that cannot be theirs is taken off what came in."""
    proof = _proved(tx, account, inbound)
    if proof is not None:
        return proof
    known, place = who(tx, account, inbound), at_thread(tx, account, inbound)
    if place is not None and not inbound.group and _another(tx, inbound, known, place):
        # The thread is somebody else's, who has the same address or is believed to: this one talks apart from it.
        inbound, place = replace(inbound, thread=None), None
    if place is None and inbound.thread is None and not inbound.group:
        place = talking(tx, known, policy, now)
    return Here(inbound, known, place)


def talking(tx: Tx, identity: Identity | None, policy: Policy, now: int) -> Binding | None:
    """Where a message without a thread goes on. None: it begins a conversation."""
    if identity is None or identity.talks_in is None:
        return None
    row = tx.log.conversation(identity.tenant, identity.talks_in)
    if (
        row is None
        or row.person != identity.person
        or not goes_on(row, tx.log.last_said(row.tenant, row.id), now, policy.idle_hours)
    ):
        return None
    bindings = tx.bindings.bindings(identity.tenant, row.id)
    return next((b for b in bindings if b.identity == identity.id), None)


def also_known(tx: Tx, identity: Identity, inbound: Inbound) -> None:
    """Keep a sender's other addresses. One that is another identity's own stays theirs."""
    if identity.account is None or inbound.trust != "verified":
        return
    for address in {inbound.sender.address, *inbound.sender.aliases} - {identity.address}:
        there = tx.people.identity_at(identity.tenant, identity.account, address)
        if there is None or (there.id != identity.id and there.address != address):
            tx.people.alias(identity, address)


def _proved(tx: Tx, account: Account, inbound: Inbound) -> Here | None:
    """The place that a signed tag names, if it was made for who writes now."""
    if inbound.conversation is None or check_id(inbound.conversation) is not None:
        return None
    row = tx.log.conversation(account.tenant, inbound.conversation)
    for binding in [] if row is None else tx.bindings.bindings(account.tenant, row.id):
        identity = tx.people.identity(account.tenant, binding.identity) if binding.account == account.id else None
        if row is None or identity is None or identity.person != row.person:
            continue
        if answers_for(identity, inbound.sender.address):
            if identity.status == "unverified":
                identity = _verified(tx, account, identity)
            place = binding
            if place.thread is None and inbound.thread is not None and at_thread(tx, account, inbound) is None:
                place = replace(place, thread=inbound.thread)
                tx.bindings.bind(place)
            return Here(replace(inbound, trust="verified"), identity, place)
    return None


def _verified(tx: Tx, account: Account, identity: Identity) -> Identity:
    """Who answered what we wrote to them has the address. Where a verified one has it already, both stay apart."""
    address = plain(identity.address)
    if tx.people.identity_at(account.tenant, account.id, address) is not None:
        return identity
    tx.people.proven(identity, address)
    return replace(identity, status="verified", address=address)


def _another(tx: Tx, inbound: Inbound, known: Identity | None, place: Binding) -> bool:
    """Whether a private thread is another identity's, and either of the two is not vouched for."""
    row = tx.log.conversation(place.tenant, place.conversation)
    if row is None or row.person is None or (known is not None and known.id == place.identity):
        return False
    theirs = tx.people.identity(place.tenant, place.identity)
    return inbound.trust != "verified" or (theirs is not None and theirs.status == "unverified")
