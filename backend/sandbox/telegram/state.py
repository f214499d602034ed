"""All there is, made of the changes it was given."""

from collections.abc import Iterable

from msgspec.structs import replace

from sandbox.telegram.facts import (
    Asked,
    Change,
    Counted,
    End,
    EndKnown,
    Group,
    GroupKnown,
    Heard,
    Message,
    Moved,
    Owed,
    Person,
    PersonKnown,
    Posted,
    Received,
    Tried,
    Update,
    Wiped,
)

#: Requests and messages that are kept; the oldest go first.
REQUESTS, MESSAGES = 10_000, 20_000


class State:
    """`apply` is the only way in."""

    def __init__(self) -> None:
        self.ends: dict[int, End] = {}
        self.people: dict[int, Person] = {}
        self.groups: dict[int, Group] = {}
        self.messages: dict[tuple[int, int, int], Message] = {}
        self.owed: dict[int, dict[int, Update]] = {}
        self.asked: list[Asked] = []
        self.offset = 0.0
        self.asked_so_far = 0
        self._updates: dict[int, int] = {}
        self._numbers: dict[int, int] = {}

    def apply(self, change: Change) -> None:  # noqa: C901, PLR0912 - a case for each change
        """Take one change in."""
        match change:
            case EndKnown(end):
                self.ends[end.id] = end
            case PersonKnown(person):
                self.people[person.id] = person
            case GroupKnown(group):
                self.groups[group.id] = group
            case Posted(message):
                self.messages[message.end, message.chat, message.number] = message
                self._numbers[message.end] = max(self._numbers.get(message.end, 0), message.number)
                if len(self.messages) > MESSAGES:
                    del self.messages[next(iter(self.messages))]
            case Owed(update):
                self.owed.setdefault(update.end, {})[update.id] = update
                self._updates[update.end] = max(self._updates.get(update.end, 0), update.id)
            case Heard(end, upto):
                left = self.owed.get(end, {})
                self.owed[end] = {n: update for n, update in left.items() if n > upto}
            case Tried(end, number, attempt, due):
                if (tried := self.owed.get(end, {}).get(number)) is not None:
                    self.owed[end][number] = replace(tried, attempt=attempt, due=due)
            case Received(asked):
                self.asked = [*self.asked[-REQUESTS:], asked] if len(self.asked) > 2 * REQUESTS else self.asked
                self.asked.append(asked)
                self.asked_so_far = max(self.asked_so_far, asked.number)
            case Moved(offset):
                self.offset = offset
            case Counted(end, updates, messages):
                self._updates[end], self._numbers[end] = updates, messages
            case Wiped():
                self.messages.clear()
                self.owed.clear()

    def changes(self) -> Iterable[Change]:
        """What makes this state of nothing."""
        yield Moved(self.offset)
        yield from map(EndKnown, self.ends.values())
        yield from (
            Counted(n, self._updates.get(n, 0), self._numbers.get(n, 0)) for n in self.ends if n in self._updates
        )
        yield from map(PersonKnown, self.people.values())
        yield from map(GroupKnown, self.groups.values())
        yield from map(Posted, self.messages.values())
        yield from (Owed(update) for updates in self.owed.values() for update in updates.values())
        yield from map(Received, self.asked[-REQUESTS:])

    def end_of(self, token: str) -> End | None:
        """Whose token it is."""
        return next((end for end in self.ends.values() if end.token == token and not end.revoked), None)

    def next_number(self, end: int) -> int:
        """The next message's; counted per bot, so it is never given twice."""
        return self._numbers.get(end, 0) + 1

    def next_update(self, end: int) -> int:
        """The next update's id."""
        return self._updates.get(end, 100_000_000) + 1

    def begun(self, end: int, chat: int) -> bool:
        """Whether somebody has written there first: a bot cannot."""
        person = self.people.get(chat)
        if person is not None and end in person.started:
            return True
        return any(m.end == end and m.chat == chat and m.person is not None for m in self.messages.values())
