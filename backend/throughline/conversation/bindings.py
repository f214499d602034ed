"""The modes of a conversation's bindings: which one is active, what the others become, who may change them.

Pure. Exactly one binding of a conversation is active, always. What a rule changes comes back in the order in which it
has to be written: the old active binding first, the new one last, so that no write in between makes a second one.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Literal

from msgspec.structs import replace

from throughline.conversation.channel import Capabilities
from throughline.conversation.events import ChannelName
from throughline.conversation.faults import NO_FALLBACK, NOT_VERIFIED, STAYS_OFF, TWO_ACTIVE, UNKNOWN_BINDING, Fault
from throughline.conversation.ids import BindingId
from throughline.conversation.records import Binding, Follow, Mode

#: What each channel can do; `app.py` joins it from the catalogue.
Table = Callable[[ChannelName], Capabilities]
By = Literal["person", "member"]


def left(capabilities: Capabilities) -> Mode:
    """What the active binding becomes when the talk leaves it: live where text can appear while it is written."""
    live = capabilities.channel == "web" or capabilities.stream or capabilities.edit
    return "mirror" if live else "standby"


def joins(capabilities: Capabilities, *, demo: bool) -> Mode:
    """What an identity's binding is in a conversation that begins elsewhere: the web has all, demos show all live."""
    return "mirror" if capabilities.channel == "web" or (demo and left(capabilities) == "mirror") else "standby"


def active_of(bindings: Sequence[Binding]) -> Binding | None:
    """The active one. None only in a conversation that has nothing to send to."""
    return next((b for b in bindings if b.mode == "active"), None)


def moved(bindings: Sequence[Binding], to: BindingId, capabilities_of: Table) -> tuple[Binding, ...]:
    """The bindings that change when `to` becomes active: the old active one in its new mode, then the new one.

    Empty where it is active already. Whether `to` may be lifted from `off` is asked before: see `chosen`.
    """
    new = next((b for b in bindings if b.id == to), None)
    if new is None or new.mode == "active":
        return ()
    downs = [replace(b, mode=left(capabilities_of(b.channel))) for b in bindings if b.mode == "active"]
    return (*downs, replace(new, mode="active"))


def followed(follow: Follow, bindings: Sequence[Binding], spoke_on: BindingId) -> Binding | None:
    """The binding that becomes active because the person just spoke there; None: everything stays.

    A pinned conversation stays where they chose, and speaking on a binding does not lift its `off`.
    """
    spoken = next((b for b in bindings if b.id == spoke_on), None)
    if spoken is None or spoken.mode in ("active", "off"):
        return None
    return None if follow == "pin" and active_of(bindings) is not None else spoken


def chosen(
    bindings: Sequence[Binding],
    asked: Mapping[BindingId, Mode],
    by: By,
    capabilities_of: Table,
    verified: Collection[BindingId],
) -> tuple[Binding, ...] | Fault:
    """The bindings that change when somebody sets modes.

    A second active one is a move. Where the active one is set to something else and nothing else to active, the talk
    moves to the first fallback: the web, else the first of `verified`, never one that is or becomes `off`.
    Faults: unknown binding, two active ones, a member lifting `off`, nothing to fall back to.
    """
    known = {b.id: b for b in bindings}
    if any(id_ not in known for id_ in asked):
        return UNKNOWN_BINDING
    if by == "member" and any(known[id_].mode == "off" and mode != "off" for id_, mode in asked.items()):
        return STAYS_OFF
    wanted = [id_ for id_, mode in asked.items() if mode == "active"]
    if len(wanted) > 1:
        return TWO_ACTIVE
    if wanted and wanted[0] not in verified:
        return NOT_VERIFIED
    before = active_of(bindings)
    to = wanted[0] if wanted else before.id if before else None
    if before is not None and not wanted and asked.get(before.id, "active") != "active":
        fallback = _fallback([b for b in bindings if b.id != before.id], asked, verified)
        if fallback is None:
            return NO_FALLBACK
        to = fallback
    after: dict[BindingId, Binding] = {}
    if to is not None and (before is None or before.id != to):
        after = {b.id: b for b in moved(bindings, to, capabilities_of)}
    for id_, mode in asked.items():
        if id_ != to and known[id_].mode != mode:
            after[id_] = replace(known[id_], mode=mode)
    changed = [b for b in after.values() if b != known[b.id]]
    return tuple(sorted(changed, key=lambda b: (b.mode == "active", known[b.id].mode != "active")))


def _fallback(
    others: Sequence[Binding], asked: Mapping[BindingId, Mode], verified: Collection[BindingId]
) -> BindingId | None:
    able = [b for b in others if b.id in verified and asked.get(b.id, b.mode) != "off" and b.mode != "off"]
    able.sort(key=lambda b: b.channel != "web")
    return able[0].id if able else None
