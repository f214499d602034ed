"""Talks: a person has several conversations; begin another, list them, go on with one."""

from collections.abc import Sequence

from msgspec import Struct

from throughline.conversation.bindings import Table, moved
from throughline.conversation.events import Author
from throughline.conversation.faults import Fault
from throughline.conversation.ids import BindingId, ConversationId, MessageId, UserId
from throughline.conversation.places import one_place
from throughline.conversation.records import Binding, Conversation, Summary
from throughline.flow.steps.begin import begin
from throughline.flow.steps.switch import found, notice, opening_words, switch, taken
from throughline.ports import Tx

#: Conversations of one list.
SHOWN = 9
FRESH = "A new conversation begins here. What is it about?"
NO_GROUPS = "In a group there is only this one talk."


class Begun(Struct, frozen=True):
    """A conversation that a command began, and whether there is something for a courier."""

    row: Conversation
    leaves: bool


def another(
    tx: Tx, row: Conversation, asked_on: Binding, by: Author, spare: Sequence[str], now: int, capabilities_of: Table
) -> Begun:
    """Begin a conversation of the same person where this one was asked for, and say so there."""
    where, place, said, *rest = spare
    fresh = Conversation(
        id=ConversationId(where), tenant=row.tenant, person=row.person, agent=row.agent, status="active", title="",
        head=0, created_at=now, updated_at=now,
    )  # fmt: skip
    here = None
    asking = tx.people.identity(row.tenant, asked_on.identity)
    if asked_on.channel != "web":
        here = Binding(
            BindingId(place), row.tenant, fresh.id, asked_on.identity, asked_on.channel,
            "active" if asking is None or asking.off_at is None else "off", account=asked_on.account, ref=asked_on.ref,
        )  # fmt: skip
    begin(tx, fresh, here, asked_on.channel, by, rest, now, capabilities_of)
    if one_place(capabilities_of(asked_on.channel)):
        tx.people.talks(row.tenant, asked_on.identity, fresh.id)
    there = here or next((b for b in tx.bindings.bindings(row.tenant, fresh.id) if b.mode == "active"), None)
    leaves = there is not None and _say(tx, fresh, there, MessageId(said), FRESH, now, capabilities_of)
    return Begun(fresh, leaves)


def listing(tx: Tx, row: Conversation, asked_on: Binding, mark: str, *, switches: bool) -> str:
    """The person's conversations, newest first, numbered; the numbers are remembered for `switch`."""
    shown = _summaries(tx, row)
    tx.people.list_shown(row.tenant, asked_on.identity, [s.conversation.id for s in shown])
    lines = [f"{n}. {_called(s)}{' (this one)' * (s.conversation.id == row.id)}" for n, s in enumerate(shown, 1)]
    hint = f"`{mark}switch 2` goes on with the second, `{mark}new` begins another." if switches else ""
    return "\n".join(["Your conversations:", "", *lines, *(["", hint] if hint else [])])


def chosen(tx: Tx, row: Conversation, asked_on: Binding, number: int) -> Conversation | None:
    """The conversation of that number in the list that was last shown there; None: there is none."""
    shown = tx.people.listed(row.tenant, asked_on.identity)
    there = tx.log.conversation(row.tenant, shown[number - 1]) if number <= len(shown) else None
    return there if there is not None and there.person == row.person else None


def go_on_with(
    tx: Tx, there: Conversation, asked_on: Binding, by: Author, spare: Sequence[str], now: int, capabilities_of: Table
) -> bool | Fault:
    """Go on with another conversation at the one place that was asked from. Whether a courier has something to do."""
    opening, binding = MessageId(spare[0]), BindingId(spare[1])
    bindings = tx.bindings.bindings(there.tenant, there.id)
    place = found(tx, there, bindings, asked_on.channel, asked_on.identity, binding, now, capabilities_of)
    if isinstance(place, Fault):
        return place
    tx.people.talks(there.tenant, asked_on.identity, there.id)
    if place.mode == "active":
        words = opening_words(tx, there, f"You are in “{title_of(there)}” again.")
        return _say(tx, there, place, opening, words, now, capabilities_of)
    changes = moved([*(b for b in bindings if b.id != place.id), place], place.id, capabilities_of)
    done = switch(tx, there, bindings, changes, by, "asked", now, capabilities_of, opening)
    taken(tx, there, opening, done.seq, now)
    return done.leaves


def title_of(row: Conversation) -> str:
    """What a conversation is called."""
    return row.title or "without a title"


def _summaries(tx: Tx, row: Conversation) -> list[Summary]:
    return tx.log.summaries(row.tenant, row.person, UserId(""), None, SHOWN)


def _called(summary: Summary) -> str:
    return title_of(summary.conversation)


def _say(
    tx: Tx, row: Conversation, to: Binding, name: MessageId, text: str, now: int, capabilities_of: Table
) -> bool:  # fmt: skip
    leaves = notice(tx, row, to, name, text, now, capabilities_of)
    there = tx.log.conversation(row.tenant, row.id)
    taken(tx, row, name, row.head if there is None else there.head, now)
    return leaves
