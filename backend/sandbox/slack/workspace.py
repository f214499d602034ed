"""The state: apps, people, channels, messages, sessions, owed events. It changes by changes only."""

import hashlib
from collections import deque
from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from sandbox.slack.facts import (
    Added,
    App,
    AppKnown,
    Asked,
    Change,
    Channel,
    ChannelKnown,
    Counted,
    Delivery,
    Message,
    Moved,
    Owed,
    Person,
    PersonKnown,
    Posted,
    Received,
    Session,
    SessionSet,
    Tried,
    Wiped,
)  # fmt: skip

#: The newest so many are kept.
MAX_MESSAGES = 5_000
MAX_ASKED = 5_000
#: Seconds a stream lives, however steadily it is fed.
STREAM_LIFE = 300.0


class Workspace:
    """All teams of this stand-in. Pure: no clock, no I/O; the same changes make the same state."""

    def __init__(self, epoch: str) -> None:
        self.epoch = epoch
        #: Whether it has its epoch from somewhere.
        self.begun = False
        self.apps: dict[str, App] = {}
        self.people: dict[str, Person] = {}
        self.channels: dict[str, Channel] = {}
        self.messages: dict[tuple[str, str], Message] = {}
        self.sessions: dict[tuple[str, str], Session] = {}
        self.owed: dict[str, Delivery] = {}
        self.asked: deque[Asked] = deque(maxlen=MAX_ASKED)
        self.last = 0
        self.asked_so_far = 0
        self.events = 0
        self.offset = 0.0

    def apply(self, change: Change) -> None:
        """Take one change in. A change about what is no longer there does nothing."""
        match change:
            case AppKnown(app):
                self.apps[app.id] = app
            case PersonKnown(person):
                self.people[person.id] = person
            case ChannelKnown(channel):
                self.channels[channel.id] = channel
            case Posted(message):
                self._stand(message)
            case Added():
                self._add(change)
            case SessionSet(session):
                self.sessions[session.channel, session.thread_ts] = session
            case Received(asked):
                self.asked.append(asked)
                self.asked_so_far = max(self.asked_so_far, asked.number)
            case Owed() | Tried():
                self._deliver(change)
            case Moved() | Counted() | Wiped():
                self._count(change)

    def changes(self) -> Iterator[Change]:
        """The changes that make this state out of nothing."""
        yield Moved(self.offset)
        yield from map(AppKnown, self.apps.values())
        yield from map(PersonKnown, self.people.values())
        yield from map(ChannelKnown, self.channels.values())
        yield from map(Posted, self.messages.values())
        yield from map(SessionSet, self.sessions.values())
        yield from map(Owed, self.owed.values())
        yield from map(Received, self.asked)
        # Last: what came before has counted, too.
        yield Counted(self.last, self.asked_so_far, self.events, self.epoch)

    # ------------------------------------------------------------ what is asked of it

    def next_ts(self, wall: float) -> str:
        """A ts that no message has: the time in microseconds, or one more than the last."""
        micros = max(int(wall * 1_000_000), self.last + 1)
        return f"{micros // 1_000_000}.{micros % 1_000_000:06d}"

    def app_of(self, token: str) -> tuple[App, bool] | None:
        """The app that a token belongs to, and whether it is the app-level one."""
        for app in self.apps.values():
            if token and token in {app.bot_token, app.app_token}:
                return app, token == app.app_token
        return None

    def direct(self, app: App, person: Person) -> Channel:
        """The direct messages between a person and an app; the same id always, whether it was opened or not."""
        name = hashlib.sha256(f"{app.id}/{person.id}".encode()).hexdigest()[:9].upper()
        return self.channels.get(f"D{name}") or Channel(
            f"D{name}", "im", person.team, members=(person.id, app.bot_user)
        )

    def app_in(self, channel: Channel) -> Iterator[App]:
        """Apps whose bots are there, and hear."""
        for app in self.apps.values():
            if app.bot_user in channel.members and app.team.id == channel.team and not app.revoked:
                yield app

    def thread(self, channel: str, root: str) -> list[Message]:
        """The root and its replies, oldest first."""
        found = [m for m in self.messages.values() if m.channel == channel and root in {m.ts, m.thread_ts}]
        return sorted((m for m in found if not m.deleted), key=lambda m: m.ts)

    def streams(self) -> Iterator[Message]:
        """What streams now."""
        return (m for m in self.messages.values() if m.streaming == "in_progress" and not m.deleted)

    def streams_on(self, message: Message, now: float) -> bool:
        """Whether it still streams: a stream dies some minutes after its start."""
        return message.streaming == "in_progress" and now - message.began < STREAM_LIFE

    # ------------------------------------------------------------ how changes change it

    def _stand(self, message: Message) -> None:
        self.messages[message.channel, message.ts] = message
        self.last = max(self.last, int(message.ts.replace(".", "")))
        if len(self.messages) > MAX_MESSAGES:
            self._forget(self.messages)

    def _forget(self, messages: Iterable[tuple[str, str]]) -> None:
        oldest = next(iter(messages))
        del self.messages[oldest]
        self.sessions.pop(oldest, None)

    def _add(self, change: Added) -> None:
        message = self.messages.get((change.channel, change.ts))
        if message is not None:
            tasks = {**(message.tasks or {}), **change.tasks} if change.tasks else message.tasks
            self.messages[change.channel, change.ts] = replace(message, text=message.text + change.text, tasks=tasks)

    def _deliver(self, change: Owed | Tried) -> None:
        if isinstance(change, Owed):
            self.owed[change.delivery.event_id] = change.delivery
            self.events += 1
        elif (delivery := self.owed.get(change.event_id)) is not None:
            if change.due is None:
                del self.owed[change.event_id]
            else:
                self.owed[change.event_id] = replace(
                    delivery, attempt=change.attempt + 1, due=change.due, reason=change.status
                )

    def _count(self, change: Moved | Counted | Wiped) -> None:
        if isinstance(change, Moved):
            self.offset = change.offset
        elif isinstance(change, Counted):
            self.last, self.asked_so_far = change.last, change.asked
            self.events, self.epoch, self.begun = change.events, change.epoch, True
        else:
            self.epoch, self.events = change.epoch, 0
            self.messages, self.sessions, self.owed = {}, {}, {}
