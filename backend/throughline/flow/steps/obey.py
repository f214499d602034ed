"""Obey: carry out a command that a person gave as a message, inside the transaction that keeps the message."""

from collections.abc import Sequence

from msgspec import Struct

from throughline.conversation.bindings import Table, moved
from throughline.conversation.channel import CHANNELS, Address
from throughline.conversation.commands import Command, Continue, Help, Link, Listing, New, Start, Stop, Switch
from throughline.conversation.events import Author, ChannelName
from throughline.conversation.faults import Fault
from throughline.conversation.ids import BindingId, MessageId, TurnId
from throughline.conversation.linking import LinkRow
from throughline.conversation.places import one_place
from throughline.conversation.records import Binding, Conversation
from throughline.conversation.trust import plain
from throughline.flow.steps import talks
from throughline.flow.steps.claim import Claim, Sender, not_linked
from throughline.flow.steps.owe import MOST
from throughline.flow.steps.switch import found, notice, switch, taken
from throughline.ports import Tx

#: Ids that one command may need: an opening, a notice, a binding; a whole new conversation.
SPARE = 3 + MOST
NOTHING_TO_STOP = "Nothing is being written at the moment."
SENT_ELSEWHERE = "A code is sent from the channel that it links, not from here."
THREADS = "Here each thread is a conversation of its own: write outside of this thread to begin another."


class Obeyed(Struct, frozen=True):
    """Whether a courier has something to do, the turn to be stopped (it is marked), what began, whose code counted."""

    leaves: bool = False
    stops: TurnId | None = None
    begun: Conversation | None = None
    claimed: LinkRow | None = None


def obey(
    tx: Tx, row: Conversation, command: Command, asked_on: Binding, by: Author, spare: Sequence[str], now: int,
    capabilities_of: Table, claim: Claim = not_linked,
) -> Obeyed:  # fmt: skip
    """Do what was asked, or say on the asking binding alone why not. The message itself is in the log already.

    `spare` are SPARE fresh ids. A `stop` has still to be told to the turn's own process.
    """
    done = _Asked(tx, row, asked_on, by, spare, now, capabilities_of)
    match command:
        case Continue(channel):
            return done.go_on(channel)
        case Stop():
            turn = tx.turns.current(row.tenant, row.id)
            if turn is not None and tx.turns.ask_stop(row.tenant, row.id, turn.id):
                return Obeyed(stops=turn.id)
            return done.say(NOTHING_TO_STOP)
        case New():
            return done.new()
        case Listing():
            return done.list_all()
        case Switch(number):
            return done.switch_to(number)
        case Link(code):
            return done.link(code, claim)
        case Help() | Start():
            return done.say(done.help)
        case _:
            return done.say(f"I do not know that command. {done.help}")


class _Asked:
    """A command's circumstances, and what can be done in them."""

    def __init__(
        self, tx: Tx, row: Conversation, on: Binding, by: Author, spare: Sequence[str], now: int, capabilities_of: Table
    ) -> None:
        self._tx, self._row, self._on, self._by = tx, row, on, by
        self._spare, self._now, self._capabilities_of = spare, now, capabilities_of
        self._can = capabilities_of(on.channel)

    def say(self, text: str) -> Obeyed:
        """Answer it where it was asked, and nowhere else."""
        said = MessageId(self._spare[1])
        leaves = notice(self._tx, self._row, self._on, said, text, self._now, self._capabilities_of)
        taken(self._tx, self._row, said, self._row.head, self._now)
        return Obeyed(leaves)

    def link(self, code: str, claim: Claim) -> Obeyed:
        """Somebody says that this address is theirs."""
        tx, row, on = self._tx, self._row, self._on
        account = None if on.account is None else tx.accounts.account(on.account)
        known = tx.people.identity(row.tenant, on.identity)
        if account is None or known is None or row.person is None:
            return self.say(SENT_ELSEWHERE)
        who = Sender(account, Address(plain(known.address), known.name), known)
        made = claim(tx, who, code, known.id, self._now)
        return Obeyed(self.say(made.words).leaves, claimed=made.link)

    def go_on(self, channel: ChannelName | None) -> Obeyed:
        """Move the talk to another channel."""
        tx, row, now, capabilities_of = self._tx, self._row, self._now, self._capabilities_of
        if channel is None:
            return self.say(f"There is no such channel. {self.help}")
        bindings = tx.bindings.bindings(row.tenant, row.id)
        place = found(tx, row, bindings, channel, None, BindingId(self._spare[2]), now, capabilities_of)
        where = _called(channel, capabilities_of)
        if isinstance(place, Fault):
            return self.say(f"This cannot go on on {where}. {place.detail} {place.hint}")
        if place.mode == "active":
            return self.say(f"This conversation is on {where} already.")
        changes = moved([*(b for b in bindings if b.id != place.id), place], place.id, capabilities_of)
        opening = MessageId(self._spare[0])
        done = switch(tx, row, bindings, changes, self._by, "asked", now, capabilities_of, opening)
        taken(tx, row, opening, done.seq, now)
        # In a browser the switch point on the line says it; elsewhere nothing else would.
        told = self._on.channel != "web" and self.say(f"This conversation goes on on {where}.").leaves
        return Obeyed(done.leaves or told)

    def new(self) -> Obeyed:
        """Begin another conversation here."""
        if self._row.person is None:
            return self.say(talks.NO_GROUPS)
        if self._can.threads:
            return self.say(THREADS)
        made = talks.another(
            self._tx, self._row, self._on, self._by, self._spare, self._now, self._capabilities_of
        )  # fmt: skip
        return Obeyed(made.leaves, begun=made.row)

    def list_all(self) -> Obeyed:
        """Show the person's conversations."""
        if self._row.person is None:
            return self.say(talks.NO_GROUPS)
        return self.say(
            talks.listing(self._tx, self._row, self._on, self._mark, switches=not self._can.threads)
        )  # fmt: skip

    def switch_to(self, number: int | None) -> Obeyed:
        """Go on with another conversation."""
        if self._row.person is None:
            return self.say(talks.NO_GROUPS)
        if self._can.threads:
            return self.say(THREADS)
        there = None if number is None else talks.chosen(self._tx, self._row, self._on, number)
        if there is None:
            shown = talks.listing(self._tx, self._row, self._on, self._mark, switches=True)
            return self.say(shown if number is None else f"There is no number {number} in the list. {shown}")
        if there.id == self._row.id:
            return self.say("You are in that conversation now.")
        if not one_place(self._can):
            return self.say(f"Open it here: [{talks.title_of(there)}](/c/{there.id})")
        went = talks.go_on_with(
            self._tx, there, self._on, self._by, self._spare, self._now, self._capabilities_of
        )  # fmt: skip
        return self.say(f"{went.detail} {went.hint}") if isinstance(went, Fault) else Obeyed(went)

    @property
    def help(self) -> str:
        """What works here, one command a line; only channels where this person can be reached."""
        tx, row, mark = self._tx, self._row, self._mark
        identities = tx.people.identities(row.tenant, row.person) if row.person is not None else []
        linked = {i.channel for i in identities if i.status == "verified"}
        lines = [
            f"- `{mark}continue on {c}`: go on on {_called(c, self._capabilities_of)}" for c in CHANNELS if c in linked
        ]
        if row.person is not None and not self._can.threads:
            lines += [
                f"- `{mark}new`: begin another conversation",
                f"- `{mark}list`: your conversations; `{mark}switch 2` goes on with the second",
            ]
        lines += [f"- `{mark}stop`: end the answer that is being written", f"- `{mark}help`: this list"]
        return "\n".join(["You can write:", "", *lines])

    @property
    def _mark(self) -> str:
        return "!" if self._can.marked_commands else ""


def _called(channel: ChannelName, capabilities_of: Table) -> str:
    return "the web" if channel == "web" else capabilities_of(channel).label
