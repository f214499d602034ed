"""Whom the provider vouches for, and whom not: two addresses of the same spelling, never one identity. Pure.

Who is not vouched for has an identity of its own under `unverified:ana@example.com`. No sender can have such an
address: what begins so is refused where it comes in. Nothing is ever sent to that form, but to what follows it.
"""

from throughline.conversation.records import Identity

_UNPROVED = "unverified:"


def own_key(address: str) -> str:
    """The address under which somebody is known who only says that this is theirs."""
    return _UNPROVED + address


def plain(address: str) -> str:
    """An identity's address as the provider has it: where to send."""
    return address.removeprefix(_UNPROVED)


def possible(address: str) -> bool:
    """Whether it can be a sender's: our own form cannot."""
    return not address.startswith(_UNPROVED)


def answers_for(identity: Identity, address: str) -> bool:
    """Whether a proof made for this identity holds for who writes from `address`: the same one, letter by letter."""
    return identity.status != "revoked" and plain(identity.address) == address
