"""Claim: a code came in as a message, from an address that is to be somebody's.

Wrong ones are counted by address, and what is wrong with one is not told apart from what was never made.
"""

from collections.abc import Callable

from msgspec import Struct
from msgspec.structs import replace

from throughline.conversation.channel import Address
from throughline.conversation.ids import IdentityId
from throughline.conversation.linking import ENOUGH, LASTS, SENT, TRIES, WRONG, YOURS, LinkRow, usable
from throughline.conversation.records import Account, Identity
from throughline.ports import Tx

NO_LINKING = "Linking by a code is not available here."
UNPROVED = "Nobody vouches for the sender of this message, so it cannot be linked."


class Sender(Struct, frozen=True):
    """Who sent a code, on which account. `known`: their identity, if they have one."""

    account: Account
    address: Address
    known: Identity | None


class Claimed(Struct, frozen=True):
    """What the sender hears, and the code's row where it counted."""

    words: str
    link: LinkRow | None = None


#: What a code does, in the transaction of the message that carried it.
Claim = Callable[[Tx, Sender, str, IdentityId, int], Claimed]


def not_linked(_tx: Tx, _who: Sender, _code: str, _fresh: IdentityId, _now: int) -> Claimed:
    """Where nobody links anything."""
    return Claimed(NO_LINKING)


def claim(tx: Tx, sender: Sender, hashed: str | None, fresh: IdentityId, now: int) -> Claimed:
    """`hashed` is the code's keyed hash, None if it cannot be one; `fresh` an id for who is new."""
    account, known = sender.account, sender.known
    if known is not None and known.status == "unverified":
        return Claimed(UNPROVED)
    since = now - LASTS
    address = sender.address.address
    if tx.links.tried(account.tenant, account.id, address, since) >= TRIES:
        return Claimed(ENOUGH)
    link = None if hashed is None else tx.links.coded(account.tenant, hashed)
    if link is None or not usable(link, account.channel, now):
        tx.links.wrong(account.tenant, account.id, address, now, since)
        return Claimed(WRONG)
    if known is not None and known.person == link.person:
        return Claimed(YOURS)
    who = known or _stranger(tx, sender, fresh, now)
    claimed = replace(link, state="claimed", identity=who.id, claimed_at=now)
    tx.links.change(claimed)
    return Claimed(SENT, claimed)


def _stranger(tx: Tx, sender: Sender, fresh: IdentityId, now: int) -> Identity:
    account = sender.account
    who = Identity(
        fresh, account.tenant, None, account.id, account.channel, sender.address.address, "verified", now,
        sender.address.name, last_in=now,
    )  # fmt: skip
    tx.people.add_identity(who)
    for alias in sender.address.aliases:
        tx.people.alias(who, alias)
    return who
