"""Everything a stand-in of a phone-like channel knows; it changes only by changes."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from msgspec.structs import replace

from sandbox.phones.facts import (
    Asked,
    Change,
    Counted,
    Delivery,
    End,
    EndKnown,
    File,
    Filed,
    Heard,
    Message,
    Moved,
    Owed,
    Person,
    PersonKnown,
    PersonMoved,
    Posted,
    Received,
    Ruled,
    Rules,
    Stopped,
    Template,
    TemplateKnown,
    Tried,
    Typed,
    Unfiled,
    Wiped,
)

#: What is kept of each kind; the oldest goes first.
MOST_MESSAGES, MOST_FILES, MOST_REQUESTS = 20_000, 500, 20_000
_V = TypeVar("_V")


class State:
    """Ends, people, messages, files, what is owed, what was asked. Pairs are (end, person)."""

    def __init__(self) -> None:
        self.ends: dict[str, End] = {}
        self.people: dict[str, Person] = {}
        self.templates: dict[tuple[str, str], Template] = {}
        self.messages: dict[str, Message] = {}
        self.files: dict[str, File] = {}
        self.heard: dict[tuple[str, str], float] = {}
        self.stopped: set[tuple[str, str]] = set()
        self.typing: dict[tuple[str, str], float] = {}
        self.owed: dict[str, Delivery] = {}
        self.asked: deque[Asked] = deque(maxlen=MOST_REQUESTS)
        self.asked_so_far = 0
        self.rules = Rules()
        self.offset = 0.0
        #: Files that fell out; whoever keeps the bytes takes them from here.
        self.dropped: list[str] = []

    def between(self, end: str, person: str) -> list[Message]:
        """What the two have said, oldest first."""
        return [m for m in self.messages.values() if m.end == end and m.person == person]

    def apply(self, change: Change) -> None:  # noqa: C901, PLR0912 - one case a kind
        """Take one change in."""
        match change:
            case EndKnown(end):
                self.ends[end.id] = end
            case PersonKnown(person):
                self.people[person.id] = person
            case PersonMoved(was, person):
                self._move(was, person)
            case TemplateKnown(template):
                self.templates[template.id, template.language] = template
            case Posted(message):
                self._post(message)
            case Filed(file):
                self.files[file.id] = file
                while len(self.files) > MOST_FILES:
                    self._unfile(next(iter(self.files)))
            case Unfiled(name):
                self._unfile(name)
            case Heard(to, by, at):
                self.heard[to, by] = at
            case Stopped(to, by, yes):
                (self.stopped.add if yes else self.stopped.discard)((to, by))
            case Typed(to, by, until):
                self.typing[to, by] = until
            case Owed(delivery):
                self.owed[delivery.id] = delivery
            case Tried(name, attempt, _, due):
                self._tried(name, attempt, due)
            case _:
                self._note(change)

    def _note(self, change: Received | Ruled | Moved | Counted | Wiped) -> None:
        match change:
            case Received(asked):
                self.asked.append(asked)
                self.asked_so_far = asked.number
            case Ruled(rules):
                self.rules = rules
            case Moved(offset):
                self.offset = offset
            case Counted(asked=number):
                self.asked_so_far = number
            case Wiped(ends):
                self._wipe(lambda end: ends is None or end in ends)

    def changes(self) -> Iterator[Change]:
        """The changes that make this state out of nothing."""
        yield Counted(self.asked_so_far)
        yield Moved(self.offset)
        yield Ruled(self.rules)
        yield from map(EndKnown, self.ends.values())
        yield from map(PersonKnown, self.people.values())
        yield from map(TemplateKnown, self.templates.values())
        yield from map(Filed, self.files.values())
        yield from map(Posted, self.messages.values())
        yield from (Heard(end, person, at) for (end, person), at in self.heard.items())
        yield from (Stopped(end, person, yes=True) for end, person in self.stopped)
        yield from map(Received, self.asked)
        yield from map(Owed, self.owed.values())

    def _post(self, message: Message) -> None:
        self.messages[message.id] = message
        if message.by == "us":
            self.typing.pop((message.end, message.person), None)
        if len(self.messages) > MOST_MESSAGES:
            del self.messages[next(iter(self.messages))]

    def _unfile(self, name: str) -> None:
        if self.files.pop(name, None) is not None:
            self.dropped.append(name)

    def _tried(self, name: str, attempt: int, due: float | None) -> None:
        found = self.owed.pop(name, None)
        if found is not None and due is not None:
            self.owed[name] = replace(found, attempt=attempt + 1, due=due)

    def _move(self, was: str, person: Person) -> None:
        self.people.pop(was, None)
        self.people[person.id] = person
        for name, message in list(self.messages.items()):
            if message.person == was:
                self.messages[name] = replace(message, person=person.id)
        for pairs in (self.heard, self.typing):
            for end, by in [pair for pair in pairs if pair[1] == was]:
                pairs[end, person.id] = pairs.pop((end, by))
        self.stopped = {(end, person.id if by == was else by) for end, by in self.stopped}

    def _wipe(self, concerned: Callable[[str], bool]) -> None:
        for file in _where(self.files.values(), lambda f: concerned(f.end)):
            self._unfile(file.id)
        self.messages = {name: m for name, m in self.messages.items() if not concerned(m.end)}
        self.heard = {pair: at for pair, at in self.heard.items() if not concerned(pair[0])}
        self.typing = {pair: until for pair, until in self.typing.items() if not concerned(pair[0])}
        self.stopped = {pair for pair in self.stopped if not concerned(pair[0])}
        self.owed = {name: d for name, d in self.owed.items() if not concerned(d.end)}


def _where(values: Iterable[_V], fits: Callable[[_V], bool]) -> list[_V]:
    return [value for value in values if fits(value)]
