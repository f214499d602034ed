"""Channels without threads: where a message from there belongs, and who may show there. Pure.

An identity on such a channel has one place, so it has one pointer, `talks_in`: the conversation that a message from
there belongs to. It is set by a message from it, by a move to it, and by whatever is owed there.
"""

from collections.abc import Callable, Iterable, Mapping

from throughline.conversation.channel import Capabilities
from throughline.conversation.events import ChannelName
from throughline.conversation.ids import ConversationId, IdentityId
from throughline.conversation.records import Binding, Conversation, Identity

HOUR = 3_600_000


def one_place(capabilities: Capabilities) -> bool:
    """Whether a person has just one place on this channel. The web has as many as there are conversations."""
    return not capabilities.threads and capabilities.channel != "web"


def goes_on(row: Conversation | None, last_said: int | None, now: int, idle_hours: float) -> bool:
    """Whether a talk is still the one a message without a thread belongs to; times in UTC ms.

    Not where it is not there, where it ended, or where nobody has said anything on any channel for the tenant's idle
    time. `last_said` None: nothing was said in it yet, so that it begins with this. 0 hours: it never runs out.
    """
    if row is None or row.status == "ended":
        return False
    if idle_hours <= 0:
        return True
    return now - (row.created_at if last_said is None else last_said) < idle_hours * HOUR


def showing(
    bindings: Iterable[Binding],
    where: ConversationId,
    there: Mapping[IdentityId, Identity],
    capabilities_of: Callable[[ChannelName], Capabilities],
) -> tuple[Binding, ...]:
    """The bindings that get what is said in `where`; `there` are the identities on channels with one place each.

    Only the conversation that an identity talks in mirrors to it: two talks mixed in one place could not be told
    apart. What is owed there comes all the same. Where the person's carrier was told to stop, nothing comes.
    """
    shown: list[Binding] = []
    for binding in bindings:
        if one_place(capabilities_of(binding.channel)):
            identity = there.get(binding.identity)
            if identity is not None and identity.off_at is not None:
                continue
            if binding.mode == "mirror" and (identity is None or identity.talks_in != where):
                continue
        shown.append(binding)
    return tuple(shown)
