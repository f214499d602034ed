"""Linking a channel by proof: a code is made in a session, sent from the channel, confirmed in the session. Pure.

    open → claimed → confirmed, or refused; or it runs out

A code works once, for ten minutes, for one channel. Whoever sends wrong ones gets few tries. Equal addresses prove
nothing and are never looked at.
"""

from typing import Literal

from msgspec import Struct

from throughline.conversation.events import ChannelName
from throughline.conversation.faults import Fault
from throughline.conversation.ids import IdentityId, PersonId, TenantId, UserId

State = Literal["open", "claimed", "confirmed", "refused"]
#: Milliseconds for which a code works, and then, once it was sent, for which it can be confirmed.
LASTS = 600_000
#: Wrong codes of one sender in that time; codes that one user may have made in an hour.
TRIES, MADE = 5, 20
#: No letter that looks like another one, and no vowel: no code is a word.
ALPHABET = "23456789BCDFGHJKLMNPQRSTVWXZ"
LENGTH = 8

NO_CODE = Fault("unknown_link", 404, "There is no such code of yours, or its time is over.", "Make a new one.")
NOT_SENT = Fault("link_open", 409, "The code has not been sent from that channel yet.", "Send it there first.")
NO_CHANNEL = Fault("not_linkable", 409, "This channel has no account here that is switched on.", "Ask an admin.")
TOO_MANY = Fault(
    "too_many_links", 429, "That were a lot of codes in a short time.", "Use the last one, or wait an hour.",
    retry_after=3600, retryable=True,
)  # fmt: skip
LAST_ONE = Fault("web_stays", 409, "The web is how you sign in: it cannot be unlinked.", "Switch it off instead.")
#: What a sender hears.
WRONG = "This code does not work: a code lasts ten minutes, works once, and for one channel. Make a new one on the web."
ENOUGH = "Those were too many wrong codes. Wait ten minutes, then make a new one on the web."
YOURS = "This address is linked with you already."
SENT = "Thank you. Now confirm on the web, where you made the code, that this is you."


class LinkRow(Struct, frozen=True):
    """One code's way. Times are UTC milliseconds. `hash` is the code's keyed hash: the code itself is kept nowhere."""

    id: str
    tenant: TenantId
    user: UserId
    person: PersonId
    channel: ChannelName
    hash: str
    state: State
    created_at: int
    expires_at: int
    #: Who sent it.
    identity: IdentityId | None = None
    claimed_at: int | None = None


def tidy(given: str) -> str:
    """A code as people write it, as it was made: without dashes and blanks, in capitals."""
    return "".join(c for c in given.upper() if c.isalnum())[: LENGTH + 1]


def shown(code: str) -> str:
    """A code as people read it: `BCDF-2345`."""
    return f"{code[: LENGTH // 2]}-{code[LENGTH // 2 :]}"


def usable(link: LinkRow | None, channel: ChannelName, now: int) -> bool:
    """Whether a code that was sent from this channel counts now."""
    return link is not None and link.state == "open" and link.channel == channel and now < link.expires_at


def confirmable(link: LinkRow, user: UserId, now: int) -> Fault | None:
    """Why a user cannot confirm or refuse it now; None: they can."""
    if link.user != user or link.state in ("confirmed", "refused"):
        return NO_CODE
    if link.state == "open":
        return NOT_SENT if now < link.expires_at else NO_CODE
    return None if link.claimed_at is not None and now < link.claimed_at + LASTS else NO_CODE


def refusable(link: LinkRow, user: UserId, now: int) -> Fault | None:
    """Why a user cannot refuse it now; None: they can, and one of theirs that was not sent yet at any time."""
    return None if link.state == "open" and link.user == user else confirmable(link, user, now)


def over(link: LinkRow, now: int) -> bool:
    """Whether nothing will become of it any more."""
    if link.state == "claimed":
        return link.claimed_at is None or now >= link.claimed_at + LASTS
    return link.state != "open" or now >= link.expires_at


def masked(address: str) -> str:
    """Enough of an address to know one's own: `…0123`, `m…@lindqvist.example`."""
    theirs = address.rpartition("/")[2]
    name, at, domain = theirs.partition("@")
    return f"{name[:1]}…@{domain}" if at else f"…{theirs[-4:]}"
