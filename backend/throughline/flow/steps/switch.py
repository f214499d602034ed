"""Switch: the active binding changes, inside somebody's transaction; moves, commands and following all end here."""

import hashlib
from collections.abc import Sequence
from typing import Literal, cast

from msgspec import UNSET, Struct

from throughline.conversation import delivery
from throughline.conversation.bindings import Table, active_of, followed, moved
from throughline.conversation.events import Author, Bound, ChannelName, Message, Purpose
from throughline.conversation.faults import (
    NO_GROUP_MOVES,
    NOT_LINKED,
    STAYS_OFF,
    SWITCHED_OFF,
    Fault,
    window_closed,
)
from throughline.conversation.ids import BindingId, MessageId
from throughline.conversation.places import one_place
from throughline.conversation.records import Binding, Conversation, DeliveryRow, Errand, Identity, Logged, Turn
from throughline.conversation.window import deep_link, is_open
from throughline.flow.steps.owe import owe, talks_there, tell
from throughline.flow.steps.quiet import look_again
from throughline.flow.steps.said import in_parts, left_behind
from throughline.markup.graphemes import cut
from throughline.ports import Tx

#: Who speaks in notices.
SYSTEM = Author("system", "Throughline")
#: Messages that are looked at for the last answer, and characters of it that an opening quotes.
_LOOKED_AT = 30
_QUOTED = 600
#: Rows that one move hands on, at most: more than any limit of messages lets wait.
_WAITING = 10_000


class Switched(Struct, frozen=True):
    """Where `bound` stands, and whether there is something for a courier."""

    seq: int
    leaves: bool


def follow(
    tx: Tx, row: Conversation, bindings: Sequence[Binding], spoke_on: BindingId, by: Author, now: int,
    capabilities_of: Table,
) -> Switched | None:  # fmt: skip
    """The person spoke on a binding: it becomes active if the conversation follows them. None: nothing changed.

    Call it before their message is appended, and read the bindings again after it. There is no opening: they are
    there already.
    """
    to = followed(row.follow, bindings, spoke_on)
    if to is None:
        # Who writes is awake: what waits there for the end of quiet hours would hold up what they are told.
        beside = any(b.id == spoke_on and b.mode == "standby" for b in bindings)
        waited = beside and look_again(tx, row.tenant, row.person, now, row.id)
        return Switched(row.head, leaves=True) if waited else None
    changes = moved(bindings, to.id, capabilities_of)
    return switch(tx, row, bindings, changes, by, "followed", now, capabilities_of, None)


def switch(
    tx: Tx,
    row: Conversation,
    bindings: Sequence[Binding],
    changes: Sequence[Binding],
    by: Author,
    why: Literal["asked", "followed", "off"],
    now: int,
    capabilities_of: Table,
    opening: MessageId | None,
) -> Switched:
    """Write `changes` (conversation/bindings.py's, one of them the new active one) and all that follows from them.

    `bindings` are those before. `opening` is the id of the message that opens the talk there; None: without one.
    """
    before = active_of(bindings)
    for binding in changes:
        tx.bindings.bind(binding)
    new = next(b for b in changes if b.mode == "active")
    if one_place(capabilities_of(new.channel)):
        tx.people.talks(row.tenant, new.identity, row.id)
    old = next((b for b in changes if before is not None and b.id == before.id), None)
    bound = tx.log.append(
        row.tenant, row.id, now, Bound(by=by, to=new.channel, origin=old.channel if old else UNSET, why=why)
    )
    turn = tx.turns.current(row.tenant, row.id)
    writing = turn if turn is not None and turn.status == "running" and turn.pos else None
    # Who talks elsewhere in their quiet hours can be reached there.
    leaves = look_again(tx, row.tenant, row.person, now, row.id)
    if old is not None and old.channel != "web":
        # The web's rows are never under way: there is nothing that could be handed on.
        leaves = _hand_on(tx, row, old, new, now, writing) or leaves
    if writing is not None:
        if old is not None:
            left_behind(tx, writing, old, now, capabilities_of)
        leaves = _stream_there(tx, writing, new, now, capabilities_of) or leaves
    if opening is not None:
        text = _opening(tx, row, new, None if old is None else capabilities_of(old.channel).label, old)
        leaves = notice(tx, row, new, opening, text, now, capabilities_of) or leaves
    return Switched(bound.seq, leaves)


def notice(
    tx: Tx, row: Conversation, to: Binding, name: MessageId, text: str, now: int, capabilities_of: Table,
    purpose: Purpose = "notice",
) -> bool:  # fmt: skip
    """Say something on one binding alone. Whether it leaves by a courier. The id is the caller's to keep."""
    body = Message(id=name, author=SYSTEM, channel=to.channel, text=text, purpose=purpose, only=to.id)
    entry = tx.log.append(row.tenant, row.id, now, body)
    return owe(tx, row.tenant, row.id, body, entry.seq, now, [to], capabilities_of)


def taken(tx: Tx, row: Conversation, name: MessageId, seq: int, now: int) -> None:
    """Take an id of our own making, so that no client can have it too."""
    tx.messages.keep(
        row.tenant, row.id, name, Logged(seq, hashlib.blake2b(name.encode(), digest_size=16).digest()), now, None
    )


def found(
    tx: Tx, row: Conversation, bindings: Sequence[Binding], channel: ChannelName, identity: str | None,
    spare: BindingId, now: int, capabilities_of: Table,
) -> Binding | Fault:  # fmt: skip
    """The binding to go on at: the conversation's, else a new one (not written, `standby`) under the id `spare`.

    Faults: a group; no verified identity of the person there (a foreign one is answered alike); off; our end of the
    channel is switched off; the time is over in which we may write there.
    """
    if row.person is None:
        return NO_GROUP_MOVES
    able = {
        i.id: i
        for i in tx.people.identities(row.tenant, row.person)
        if i.status == "verified" and i.channel == channel and identity in (None, i.id)
    }
    here = [b for b in bindings if b.identity in able]
    here.sort(key=lambda b: ("active", "mirror", "standby", "off").index(b.mode))
    if here and here[0].mode == "off":
        return STAYS_OFF
    if not able:
        return NOT_LINKED
    at = able[here[0].identity] if here else next(iter(able.values()))
    if at.off_at is not None:
        return STAYS_OFF
    if not reachable(tx, at):
        return SWITCHED_OFF
    can = capabilities_of(channel)
    if not (here and here[0].mode == "active") and not is_open(can, at.last_in, now):
        account = None if at.account is None else tx.accounts.account(at.account)
        return window_closed(can.label, None if account is None else deep_link(can, account.options, at.address))
    return here[0] if here else Binding(spare, row.tenant, row.id, at.id, channel, "standby", account=at.account)


def reachable(tx: Tx, identity: Identity) -> bool:
    """Whether anything can be sent there: proved, not left by the carrier's word, and our end of the channel is on."""
    account = None if identity.account is None else tx.accounts.account(identity.account)
    return (
        identity.status == "verified"
        and identity.off_at is None
        and (identity.channel == "web" or (account is not None and account.enabled))
    )


def _hand_on(tx: Tx, row: Conversation, old: Binding, new: Binding, now: int, writing: Turn | None) -> bool:
    # Only what is open: a long talk has thousands of rows that are over.
    waiting = [r for r in tx.outbox.open_rows(Errand(old, 0, 0), _WAITING) if r.owed and delivery.waits(r)]
    there = (tx.bindings.delivery(row.tenant, row.id, r.message, new.id) for r in waiting)
    rows = [*waiting, *(r for r in there if r is not None)]
    stays = {r.message for r in waiting if _alone(tx, r)}
    unsaid = None if writing is None else writing.message
    leaves = False
    for hand in delivery.passed_on(rows, old, new, now, unsaid=unsaid, stays=stays):
        if not tx.bindings.settle(hand.gives, but_in=delivery.IN_HAND):
            continue
        if hand.takes is not None:
            if hand.fresh:
                tx.bindings.owe(hand.takes)
            else:
                tx.bindings.settle(hand.takes)
            leaves = leaves or hand.takes.state == "pending"
        tell(tx, row.tenant, row.id, hand.events, now)
    return leaves


def _alone(tx: Tx, row: DeliveryRow) -> bool:
    """Whether the message behind a row is for its binding alone."""
    found_ = tx.log.entries(row.tenant, row.conversation, row.seq - 1, 1)
    return bool(found_) and found_[0].kind == "message" and cast("Message", found_[0].body()).only is not UNSET


def _stream_there(tx: Tx, turn: Turn, new: Binding, now: int, capabilities_of: Table) -> bool:
    """What is being written appears on the new channel too, from its start, if that can show it."""
    there = tx.bindings.delivery(turn.tenant, turn.conversation, turn.message, new.id)
    rows = delivery.streams(turn, turn.pos, now, [new], capabilities_of, in_parts(tx, [new], capabilities_of))
    talks_there(tx, rows, [new], capabilities_of)
    if there is not None:
        # It began there before, and nobody else would make it owed there again.
        if not there.owed:
            tx.bindings.settle(delivery.claimed(there, now))
    elif rows:
        tx.bindings.owe(rows[0])
    return there is not None or bool(rows)


def _opening(tx: Tx, row: Conversation, new: Binding, label: str | None, old: Binding | None) -> str:
    origin = "the web" if old is not None and old.channel == "web" else label
    text = (
        f"This conversation goes on here. Until now it was on {origin}."
        if origin
        else "This conversation goes on here."
    )
    last = None if new.channel == "web" else _last_answer(tx, row)
    if last is None or tx.bindings.delivery(row.tenant, row.id, last.id, new.id) is not None:
        return text
    return _quoting(text, last)


def opening_words(tx: Tx, row: Conversation, text: str) -> str:
    """`text`, and the last answer quoted: for somebody who comes back to a talk."""
    last = _last_answer(tx, row)
    return text if last is None else _quoting(text, last)


def _quoting(text: str, last: Message) -> str:
    words = last.text if len(last.text) <= _QUOTED else cut(last.text, _QUOTED - 1).rstrip() + "…"
    quoted = "\n".join(f"> {line}".rstrip() for line in words.splitlines())
    return f"{text} The last answer was:\n\n{quoted}"


def _last_answer(tx: Tx, row: Conversation) -> Message | None:
    after = tx.log.place_of(row.tenant, row.id, _LOOKED_AT)
    for entry in reversed(tx.log.entries(row.tenant, row.id, after, _LOOKED_AT * 2, ("message",))):
        body = cast("Message", entry.body())
        if body.author.kind in ("agent", "member") and body.only is UNSET:
            return body
    return None
