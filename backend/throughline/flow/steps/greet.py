"""Greet: what somebody hears who has just come, and who may not come. What is said is data.

An account's option `allow` names who may write to it; its option `welcome` is what a person hears once, when their
first conversation there begins. `off` (or an empty text) is nothing; left out, channels without a face of their own say
what can be done on them.
"""

from msgspec import Struct

from throughline.conversation.allow import allowed
from throughline.conversation.channel import Capabilities, Inbound
from throughline.conversation.places import one_place
from throughline.conversation.records import Account

DAY = 86_400_000
NOT_ALLOWED = "This assistant does not know your address, so it cannot talk with you. Ask its organisation for access."
_SILENT = frozenset({"", "off", "none"})


class Aside(Struct, frozen=True):
    """Words for somebody who is in no conversation: sent once, best effort, kept nowhere."""

    address: str
    text: str
    ref: str | None = None


def may_write(account: Account, inbound: Inbound) -> bool:
    """Whether they stand on the account's list. Who is not vouched for never does, where there is one."""
    allow = account.options.get("allow", "").strip()
    if not allow:
        return True
    return inbound.trust == "verified" and allowed(allow, (inbound.sender.address, *inbound.sender.aliases))


def turned_away(inbound: Inbound, now: int) -> tuple[str, Aside] | None:
    """What to say to who may not write, and the key that makes it once a day. Nobody can be made to be written to."""
    if inbound.trust != "verified" or inbound.group:
        return None
    return f"away:{inbound.sender.address}:{now // DAY}", Aside(inbound.sender.address, NOT_ALLOWED, inbound.ref)


def welcome(account: Account, capabilities: Capabilities, agent: str) -> str:
    """What a person hears when they come. Empty: nothing."""
    given = account.options.get("welcome")
    if given is not None:
        return "" if given.strip().lower() in _SILENT else given
    if not one_place(capabilities):
        return ""
    mark = "!" if capabilities.marked_commands else ""
    who = f"This is {agent}, an assistant." if agent else "Your messages reach us here."
    return (
        f"Hello! {who} Write what you need in your own words.\n\n"
        f"`{mark}help` lists what else you can write: begin another conversation, see your list, go on on another "
        f"channel, stop an answer."
    )
