"""The state: mailboxes with mails, history and labels, people, tokens, owed pushes. It changes by changes only."""

from collections import deque
from collections.abc import Iterator

from msgspec.structs import replace

from sandbox.gmail.facts import (
    Asked,
    Change,
    Counted,
    Dated,
    Delivery,
    Event,
    Gone,
    Granted,
    Happened,
    Label,
    LabelGone,
    Labelled,
    LabelSet,
    Mail,
    Mailbox,
    MailboxKnown,
    Moved,
    Owed,
    Person,
    PersonKnown,
    Received,
    Revoked,
    Signing,
    Spent,
    Stood,
    Token,
    Tried,
    Unwatched,
    Watch,
    Watched,
    Wiped,
)
from sandbox.gmail.published import HISTORY

#: The newest so many are kept.
MAX_MAILS, MAX_EVENTS, MAX_ASKED, MAX_TOKENS = 5_000, 20_000, 5_000, 2_000
#: Bytes of all mails of a mailbox.
MAX_BYTES = 300_000_000
#: Where a new mailbox's history begins.
BEGINNING = 4_021


class Box:
    """What is in one mailbox."""

    def __init__(self) -> None:
        self.mails: dict[str, Mail] = {}
        self.events: deque[Event] = deque()
        self.labels: dict[str, Label] = {}
        self.history = BEGINNING
        self.floor = BEGINNING
        self.bytes = 0
        self.watch: Watch | None = None

    def thread(self, name: str) -> list[Mail]:
        """A thread's mails, oldest first."""
        found = [mail for mail in self.mails.values() if mail.thread == name]
        return sorted(found, key=lambda mail: (mail.at, mail.id))

    def draft(self, name: str) -> Mail | None:
        """The mail that a draft holds now."""
        return next((mail for mail in self.mails.values() if name and mail.draft == name), None)

    def oldest(self, now: float) -> int:
        """The history id from which on the history is still there."""
        gone = (event.id for event in self.events if event.at < now - HISTORY)
        return max(self.floor, max(gone, default=0))

    def stand(self, mail: Mail) -> None:
        """A mail is there, or there anew; the oldest go."""
        if (old := self.mails.get(mail.id)) is not None:
            self.bytes -= len(old.raw)
        self.mails[mail.id] = mail
        self.bytes += len(mail.raw)
        while len(self.mails) > MAX_MAILS or (self.bytes > MAX_BYTES and len(self.mails) > 1):
            self.drop(next(iter(self.mails)))

    def drop(self, name: str) -> None:
        """A mail is no more."""
        if (mail := self.mails.pop(name, None)) is not None:
            self.bytes -= len(mail.raw)

    def happen(self, event: Event) -> None:
        """History goes on; what is too old is forgotten."""
        self.events.append(event)
        self.history = max(self.history, event.id)
        while len(self.events) > MAX_EVENTS:
            self.floor = self.events.popleft().id


class Office:
    """Every mailbox of this stand-in. Pure: no clock, no I/O; the same changes make the same state."""

    def __init__(self) -> None:
        self.mailboxes: dict[str, Mailbox] = {}
        self.people: dict[str, Person] = {}
        self.boxes: dict[str, Box] = {}
        self.tokens: dict[str, Token] = {}
        #: Mailboxes whose own refresh token is worth nothing any more.
        self.revoked: set[str] = set()
        self.owed: dict[str, Delivery] = {}
        self.asked: deque[Asked] = deque(maxlen=MAX_ASKED)
        self.key = ""
        self.asked_so_far = self.mails_so_far = self.pushes = 0
        self.offset = 0.0

    def apply(self, change: Change) -> None:
        """Take one change in. A change about what is no longer there does nothing."""
        match change:
            case MailboxKnown(mailbox):
                self.mailboxes[mailbox.id] = mailbox
                self.boxes.setdefault(mailbox.id, Box())
                self.revoked.discard(mailbox.id)
            case PersonKnown(person):
                self.people[person.id] = person
            case Granted() | Spent() | Revoked() | Signing():
                self._let(change)
            case Owed() | Tried():
                self._deliver(change)
            case Received(asked):
                self.asked.append(asked)
                self.asked_so_far = max(self.asked_so_far, asked.number)
            case Moved() | Counted() | Wiped():
                self._count(change)
            case Watched(watch):
                self.boxes[watch.mailbox].watch = watch
            case _:
                self._fill(change)

    def changes(self) -> Iterator[Change]:
        """The changes that make this state out of nothing."""
        yield Moved(self.offset)
        yield Signing(self.key)
        yield from map(MailboxKnown, self.mailboxes.values())
        yield from map(Revoked, sorted(self.revoked))
        yield from map(Granted, self.tokens.values())
        yield from map(PersonKnown, self.people.values())
        for name, box in self.boxes.items():
            yield from (LabelSet(name, label) for label in box.labels.values())
            yield from map(Stood, box.mails.values())
            yield from (Happened(name, event) for event in box.events)
            yield Dated(name, box.history, box.floor)
            if box.watch is not None:
                yield Watched(box.watch)
        yield from map(Owed, self.owed.values())
        yield from map(Received, self.asked)
        # Last: what came before has counted, too.
        yield Counted(self.asked_so_far, self.mails_so_far, self.pushes)

    # ------------------------------------------------------------ what is asked of it

    def token(self, value: str, kind: str, now: float) -> Token | None:
        """What it is worth now; None: nothing."""
        found = self.tokens.get(value)
        if found is not None and found.kind == kind and (not found.until or now < found.until):
            return found
        if kind == "refresh":
            for mailbox in self.mailboxes.values():
                if value and value == mailbox.refresh_token and mailbox.id not in self.revoked:
                    return Token(value, "refresh", mailbox.id, mailbox.scopes)
        return None

    def mailbox_at(self, address: str) -> Mailbox | None:
        """The mailbox that an address leads to: `support+tag@…` to `support@…`."""
        local, _, domain = address.lower().rpartition("@")
        return self.mailboxes.get(f"{local.partition('+')[0]}@{domain}")

    # ------------------------------------------------------------ how changes change it

    def _fill(self, change: Change) -> None:
        match change:
            case Stood(mail):
                self.boxes[mail.mailbox].stand(mail)
                self.mails_so_far += 1
            case Labelled(mailbox, name, labels, history) if name in self.boxes[mailbox].mails:
                mails = self.boxes[mailbox].mails
                mails[name] = replace(mails[name], labels=labels, history=history)
            case Gone(mailbox, name):
                self.boxes[mailbox].drop(name)
            case Happened(mailbox, event):
                self.boxes[mailbox].happen(event)
            case Dated(mailbox, history, floor):
                self.boxes[mailbox].history, self.boxes[mailbox].floor = history, floor
            case LabelSet(mailbox, label):
                self.boxes[mailbox].labels[label.id] = label
            case LabelGone(mailbox, name):
                self.boxes[mailbox].labels.pop(name, None)
            case Unwatched(mailbox):
                self.boxes[mailbox].watch = None

    def _let(self, change: Granted | Spent | Revoked | Signing) -> None:
        match change:
            case Granted(token):
                self.tokens[token.value] = token
                while len(self.tokens) > MAX_TOKENS:
                    del self.tokens[next(iter(self.tokens))]
            case Spent(value):
                self.tokens.pop(value, None)
            case Revoked(mailbox):
                self.revoked.add(mailbox)
                self.tokens = {k: token for k, token in self.tokens.items() if token.mailbox != mailbox}
            case Signing(key):
                self.key = key

    def _deliver(self, change: Owed | Tried) -> None:
        if isinstance(change, Owed):
            self.owed[change.delivery.id] = change.delivery
            self.pushes += 1
        elif (delivery := self.owed.get(change.id)) is not None:
            if change.due is None:
                del self.owed[change.id]
            else:
                self.owed[change.id] = replace(
                    delivery, attempt=change.attempt + 1, due=change.due, reason=change.status
                )

    def _count(self, change: Moved | Counted | Wiped) -> None:
        if isinstance(change, Moved):
            self.offset = change.offset
        elif isinstance(change, Counted):
            self.asked_so_far, self.mails_so_far, self.pushes = change.asked, change.mails, change.pushes
        else:
            gone = [name for name in self.boxes if change.ends is None or name in change.ends]
            self.owed = {k: delivery for k, delivery in self.owed.items() if delivery.mailbox not in gone}
            for box in (self.boxes[name] for name in gone):
                # History goes on: who asks from before must start anew.
                box.mails, box.bytes, box.floor = {}, 0, box.history + 1
                box.events.clear()
                box.history += 1
