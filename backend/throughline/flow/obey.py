"""Obey: carry out a command that a person gave as a message, inside the transaction that keeps the message."""

from collections.abc import Sequence

from msgspec import Struct

from throughline.conversation.bindings import Table, moved
from throughline.conversation.channel import CHANNELS
from throughline.conversation.commands import Command, Continue, Help, Stop
from throughline.conversation.events import Author, ChannelName
from throughline.conversation.faults import Fault
from throughline.conversation.ids import BindingId, MessageId, TurnId
from throughline.conversation.records import Binding, Conversation
from throughline.flow.switch import found, notice, switch, taken
from throughline.ports import Tx

#: Ids that one command may need: an opening, a notice, a binding.
SPARE = 3
NOTHING_TO_STOP = "Nothing is being written at the moment."


class Obeyed(Struct, frozen=True):
    """Whether there is something for a courier, and the turn that is to be stopped (it is marked durably)."""

    leaves: bool = False
    stops: TurnId | None = None


def obey(
    tx: Tx, row: Conversation, command: Command, asked_on: Binding, by: Author, spare: Sequence[str], now: int,
    capabilities_of: Table,
) -> Obeyed:  # fmt: skip
    """Do what was asked, or say on the asking binding alone why not. The message itself is in the log already.

    `spare` are SPARE fresh ids. A `stop` has still to be told to the turn's own process.
    """
    opening, said, binding = MessageId(spare[0]), MessageId(spare[1]), BindingId(spare[2])
    match command:
        case Continue(channel):
            return _go_on(tx, row, channel, asked_on, by, (opening, said, binding), now, capabilities_of)
        case Stop():
            turn = tx.turns.current(row.tenant, row.id)
            if turn is not None and tx.turns.ask_stop(row.tenant, row.id, turn.id):
                return Obeyed(stops=turn.id)
            return Obeyed(_say(tx, row, asked_on, said, NOTHING_TO_STOP, now))
        case Help():
            return Obeyed(_say(tx, row, asked_on, said, _help(tx, row, capabilities_of), now))
        case _:
            text = f"I do not know that command. {_help(tx, row, capabilities_of)}"
            return Obeyed(_say(tx, row, asked_on, said, text, now))


def _go_on(
    tx: Tx,
    row: Conversation,
    channel: ChannelName | None,
    asked_on: Binding,
    by: Author,
    names: tuple[MessageId, MessageId, BindingId],
    now: int,
    capabilities_of: Table,
) -> Obeyed:
    opening, said, spare = names
    if channel is None:
        return Obeyed(
            _say(tx, row, asked_on, said, f"There is no such channel. {_help(tx, row, capabilities_of)}", now)
        )
    bindings = tx.bindings.bindings(row.tenant, row.id)
    place = found(tx, row, bindings, channel, None, spare)
    where = _called(channel, capabilities_of)
    if isinstance(place, Fault):
        return Obeyed(_say(tx, row, asked_on, said, f"This cannot go on on {where}. {place.detail} {place.hint}", now))
    if place.mode == "active":
        return Obeyed(_say(tx, row, asked_on, said, f"This conversation is on {where} already.", now))
    changes = moved([*(b for b in bindings if b.id != place.id), place], place.id, capabilities_of)
    done = switch(tx, row, bindings, changes, by, "asked", now, capabilities_of, opening)
    taken(tx, row, opening, done.seq, now)
    # In a browser the switch point on the line says it; elsewhere nothing else would.
    told = asked_on.channel != "web" and _say(tx, row, asked_on, said, f"This conversation goes on on {where}.", now)
    return Obeyed(done.leaves or told)


def _say(tx: Tx, row: Conversation, to: Binding, name: MessageId, text: str, now: int) -> bool:
    leaves = notice(tx, row, to, name, text, now)
    taken(tx, row, name, row.head, now)
    return leaves


def _help(tx: Tx, row: Conversation, capabilities_of: Table) -> str:
    """What works, one command a line; only channels where this person can be reached."""
    identities = tx.people.identities(row.tenant, row.person) if row.person is not None else []
    linked = {i.channel for i in identities if i.status == "verified"}
    lines = [f"- `continue on {c}`: go on on {_called(c, capabilities_of)}" for c in CHANNELS if c in linked]
    lines += ["- `stop`: end the answer that is being written", "- `help`: this list"]
    return "\n".join(["You can write:", "", *lines])


def _called(channel: ChannelName, capabilities_of: Table) -> str:
    return "the web" if channel == "web" else capabilities_of(channel).label
