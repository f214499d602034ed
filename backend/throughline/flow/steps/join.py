"""Join: whose words came in, and which conversation they belong to.

First contact makes a person with that one identity: verified, where the provider vouches for the sender, else apart
under an address of its own form. A thread belongs to one conversation of its account; an unknown one begins a
conversation. In a group the author stays an identity.
"""

import re
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

from throughline.conversation.bindings import Table
from throughline.conversation.channel import Inbound
from throughline.conversation.events import Author
from throughline.conversation.ids import BindingId, ConversationId, IdentityId, PersonId
from throughline.conversation.records import Account, Binding, Conversation, Identity
from throughline.conversation.trust import possible
from throughline.conversation.unseen import untagged
from throughline.flow.steps.begin import begin
from throughline.flow.steps.owe import MOST
from throughline.flow.steps.whereabouts import Here, also_known, key_of
from throughline.markup.graphemes import cut
from throughline.ports import Ids, Tx

#: Characters of one message; what a provider sends beyond is cut off.
LONGEST = 40_000
#: Characters of a name that a provider gives, and of addresses, threads and keys.
_NAME, _WORD = 100, 256
#: Characters of what answering a message needs, and other addresses of one sender.
_REF, _ALIASES = 1_000, 8
_UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029\u202a-\u202e\u2066-\u2069\U000e0000-\U000e0fff]+")


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
    """Who spoke, in which conversation, on which of its bindings; `begun`: it began with this message.

    The place's `ref` is the message's; it is not kept yet.
    """

    row: Conversation
    place: Binding
    identity: Identity
    author: Author
    begun: bool = False


def tidy(given: Inbound) -> Inbound | None:
    """What came in as it can be kept: text without NUL and broken surrogates. None: its names are no names."""
    sender = given.sender
    thread = "-" if given.thread is None else given.thread
    if not (fits(given.key) and fits(sender.address) and fits(thread) and possible(sender.address)):
        return None
    name, text = _name(sender.name[: 8 * _NAME]), _text(given.text)
    aliases = tuple(alias for alias in sender.aliases if fits(alias) and possible(alias))[:_ALIASES]
    kept = given.ref is not None and len(given.ref) <= _REF and not _UNKEEPABLE.search(given.ref)
    return replace(
        given, sender=replace(sender, name=name, aliases=aliases), text=text, ref=given.ref if kept else None
    )


@lru_cache(maxsize=4_096)
def _name(given: str) -> str:
    return cut(" ".join(_UNSEEN.sub(" ", given).split()), _NAME).strip()


def _text(given: str) -> str:
    if len(given) <= LONGEST and given.isascii() and "\x00" not in given:
        # Most words are plain, and nothing of what is taken out can be in them.
        return given
    return cut(untagged(_UNKEEPABLE.sub("", given[: 2 * LONGEST])), LONGEST)


def join(
    tx: Tx, account: Account, here: Here, agent: str, names: Names, now: int, capabilities_of: Table
) -> Joined | None:  # fmt: skip
    """The conversation of a tidy message; without a place it begins one.

    None: they are a stranger there. In somebody's private thread nobody else is heard.
    """
    label = capabilities_of(account.channel).label
    inbound, known, place = here.inbound, here.known, here.place
    if place is None:
        identity = _identity(tx, account, inbound, known, names, now, label, private=not inbound.group)
        return _begin(tx, account, inbound, identity, agent, names, now, capabilities_of)
    row = tx.log.conversation(account.tenant, place.conversation)
    if row is None or (row.person is not None and (known is None or known.id != place.identity)):
        return None
    identity = _identity(tx, account, inbound, known, names, now, label, private=row.person is not None)
    if row.person is not None and inbound.ref is not None:
        place = replace(place, ref=inbound.ref)
    return Joined(row, place, identity, _author(tx, row, identity, inbound, label))


def _identity(
    tx: Tx, account: Account, inbound: Inbound, known: Identity | None, names: Names, now: int, label: str,
    *, private: bool,
) -> Identity:  # fmt: skip
    """The sender's identity, made where it is new. In private it has a person, in a group it needs none."""
    if known is not None and (known.person is not None or not private):
        also_known(tx, known, inbound)
        return known
    identity = known or Identity(
        IdentityId(names.new()), account.tenant, None, account.id, account.channel, key_of(inbound), inbound.trust,
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
    identity = replace(identity, person=person)
    also_known(tx, identity, inbound)
    return identity


def _begin(
    tx: Tx, account: Account, inbound: Inbound, identity: Identity, agent: str, names: Names, now: int,
    capabilities_of: Table,
) -> Joined:  # fmt: skip
    """A new conversation, active where it was begun; the person's other places are bound as everywhere."""
    row = Conversation(
        id=ConversationId(names.new()), tenant=account.tenant, person=None if inbound.group else identity.person,
        agent=agent or "agent", status="active", title="", head=0, created_at=now, updated_at=now,
    )  # fmt: skip
    place = Binding(
        BindingId(names.new()), row.tenant, row.id, identity.id, account.channel,
        "active" if identity.off_at is None else "off", account=account.id, thread=inbound.thread, ref=inbound.ref,
    )  # fmt: skip
    author = _author(tx, row, identity, inbound, capabilities_of(account.channel).label)
    begin(tx, row, place, account.channel, author, names.several(MOST), now, capabilities_of)
    return Joined(row, place, identity, author, begun=True)


def _author(tx: Tx, row: Conversation, identity: Identity, inbound: Inbound, label: str) -> Author:
    known = tx.people.person_name(row.tenant, row.person) if row.person is not None else None
    return Author("person", known or _called(identity, inbound, label))


def _called(identity: Identity, inbound: Inbound, label: str) -> str:
    """What the provider calls them, else the channel and the end of their identity's id."""
    return inbound.sender.name or identity.name or f"{label} {identity.id[-4:]}"
