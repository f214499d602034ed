"""Join: whose words came in, and which conversation they belong to. For transactions.

First contact makes a person with that one identity, verified: the signed request proves the sender. A thread belongs
to one conversation of its account; an unknown one begins a conversation. In a group the author stays an identity.
"""

import re

from msgspec import Struct
from msgspec.structs import replace

from throughline.conversation.bindings import Table
from throughline.conversation.channel import Inbound
from throughline.conversation.events import Author, Bound, ConversationStarted
from throughline.conversation.ids import BindingId, ConversationId, IdentityId, PersonId
from throughline.conversation.records import Account, Binding, Conversation, Identity
from throughline.flow.owe import MOST, attach
from throughline.ports import Ids, Tx

#: Characters of one message; what a provider sends beyond is cut off.
LONGEST = 40_000
#: Characters of a name that a provider gives, and of addresses, threads and keys.
_NAME, _WORD = 100, 256
_UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029\u202a-\u202e\u2066-\u2069]+")


def fits(word: str) -> bool:
    """Whether a provider's name for something can be a key of ours."""
    return 0 < len(word) <= _WORD and not _UNKEEPABLE.search(word)


def code(given: str) -> str:
    """A provider's code as it can be kept and logged: short, and letters only."""
    return re.sub("[^A-Za-z0-9_.-]", "_", given[:64]) or "unknown"


class Names:
    """Ids for a transaction: the same ones in the same order when it runs again."""

    def __init__(self, ids: Ids) -> None:
        self._ids = ids
        self._made: list[str] = []
        self._next = 0

    def again(self) -> None:
        """The transaction begins."""
        self._next = 0

    def new(self) -> str:
        """The next one."""
        if self._next == len(self._made):
            self._made.append(self._ids.new())
        self._next += 1
        return self._made[self._next - 1]

    def several(self, count: int) -> list[str]:
        """So many at once."""
        return [self.new() for _ in range(count)]


class Joined(Struct, frozen=True):
    """Who spoke, in which conversation, on which of its bindings; `begun`: it began with this message."""

    row: Conversation
    place: Binding
    identity: Identity
    author: Author
    begun: bool = False


def tidy(given: Inbound) -> Inbound | None:
    """What came in as it can be kept: text without NUL and broken surrogates. None: its names are no names."""
    if not all(fits(word) for word in (given.key, given.sender.address, given.thread or "")):
        return None
    name = " ".join(_UNSEEN.sub(" ", given.sender.name).split())[:_NAME].strip()
    text = _UNKEEPABLE.sub("", given.text[: 2 * LONGEST])[:LONGEST]
    return replace(given, sender=replace(given.sender, name=name), text=text)


def join(
    tx: Tx, account: Account, inbound: Inbound, place: Binding | None, agent: str, names: Names, now: int,
    capabilities_of: Table,
) -> Joined | None:  # fmt: skip
    """The conversation of a tidy message; `place` is whose thread it is, None: nobody's.

    None: they are a stranger there. In somebody's private thread nobody else is heard.
    """
    label = capabilities_of(account.channel).label
    known = tx.people.identity_at(account.tenant, account.id, inbound.sender.address)
    if place is None:
        identity = _identity(tx, account, inbound, known, names, now, label, private=not inbound.group)
        return _begin(tx, account, inbound, identity, agent, names, now, capabilities_of)
    row = tx.log.conversation(account.tenant, place.conversation)
    if row is None or (row.person is not None and (known is None or known.id != place.identity)):
        return None
    identity = _identity(tx, account, inbound, known, names, now, label, private=row.person is not None)
    return Joined(row, place, identity, _author(tx, row, identity, inbound, label))


def _identity(
    tx: Tx, account: Account, inbound: Inbound, known: Identity | None, names: Names, now: int, label: str,
    *, private: bool,
) -> Identity:  # fmt: skip
    """The sender's identity, made where it is new. In private it has a person, in a group it needs none."""
    if known is not None and (known.person is not None or not private):
        return known
    identity = known or Identity(
        IdentityId(names.new()), account.tenant, None, account.id, account.channel, inbound.sender.address, "verified",
        now, inbound.sender.name,
    )  # fmt: skip
    person = None
    if private:
        person = PersonId(names.new())
        tx.people.name_person(account.tenant, person, _called(identity, inbound, label))
    if known is None:
        tx.people.add_identity(replace(identity, person=person))
    elif person is not None:
        tx.people.give_identity(account.tenant, known.id, person)
    return replace(identity, person=person)


def _begin(
    tx: Tx, account: Account, inbound: Inbound, identity: Identity, agent: str, names: Names, now: int,
    capabilities_of: Table,
) -> Joined:  # fmt: skip
    """A new conversation, active where it was begun; the person's other places are bound as everywhere."""
    row = Conversation(
        id=ConversationId(names.new()), tenant=account.tenant, person=None if inbound.group else identity.person,
        agent=agent or "agent", status="active", title="", head=0, created_at=now, updated_at=now,
    )  # fmt: skip
    tx.log.start(row)
    place = Binding(
        BindingId(names.new()), row.tenant, row.id, identity.id, account.channel, "active", account=account.id,
        thread=inbound.thread,
    )  # fmt: skip
    tx.bindings.bind(place)
    attach(tx, row, names.several(MOST), capabilities_of, begins_on=place.id)
    author = _author(tx, row, identity, inbound, capabilities_of(account.channel).label)
    tx.log.append(row.tenant, row.id, now, ConversationStarted(channel=account.channel))
    tx.log.append(row.tenant, row.id, now, Bound(by=author, to=account.channel, why="started"))
    return Joined(row, place, identity, author, begun=True)


def _author(tx: Tx, row: Conversation, identity: Identity, inbound: Inbound, label: str) -> Author:
    known = tx.people.person_name(row.tenant, row.person) if row.person is not None else None
    return Author("person", known or _called(identity, inbound, label))


def _called(identity: Identity, inbound: Inbound, label: str) -> str:
    """What the provider calls them, else the channel and the end of their identity's id."""
    return inbound.sender.name or identity.name or f"{label} {identity.id[-4:]}"
