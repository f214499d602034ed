"""Changes to one mailbox as they are made up: ids, history records and labels in order."""

from collections.abc import Iterable

from msgspec.structs import replace

from sandbox.gmail.facts import Change, Event, Gone, Happened, Labelled, Mail, Stood
from sandbox.gmail.office import Office


class Edit:
    """Changes to be. `now` dates history, `wall` dates mails; nothing of the state changes by it."""

    def __init__(self, office: Office, now: float, wall: float) -> None:
        self.office, self.now, self.wall = office, now, wall
        self.changes: list[Change] = []
        self._history: dict[str, int] = {}
        self._mails = office.mails_so_far

    def add(
        self, mailbox: str, raw: bytes, labels: Iterable[str], *, thread: str = "", draft: str = "", person: str = ""
    ) -> Mail:
        """A mail is there. Without a thread it begins one."""
        self._mails += 1
        at = int(self.wall * 1000)
        name = f"{(at << 20) + self._mails % (1 << 20):016x}"
        mail = Mail(name, thread or name, mailbox, tuple(labels), at, self._next(mailbox), raw, draft, person)
        self.changes.append(Stood(mail))
        self._happened(mail, "messageAdded", mail.labels)
        return mail

    def label(self, mail: Mail, add: Iterable[str], remove: Iterable[str]) -> Mail:
        """It has other labels; where that changes nothing, nothing happens."""
        coming = tuple(name for name in dict.fromkeys(add) if name not in mail.labels)
        going = tuple(name for name in dict.fromkeys(remove) if name in mail.labels and name not in coming)
        labels = (*(name for name in mail.labels if name not in going), *coming)
        for kind, names in (("labelAdded", coming), ("labelRemoved", going)):
            if names:
                mail = replace(mail, labels=labels, history=self._next(mail.mailbox))
                self.changes.append(Labelled(mail.mailbox, mail.id, labels, mail.history))
                self._happened(mail, kind, names)
        return mail

    def remove(self, mail: Mail) -> None:
        """It is no more."""
        gone = replace(mail, history=self._next(mail.mailbox))
        self.changes.append(Gone(mail.mailbox, mail.id))
        self._happened(gone, "messageDeleted", mail.labels)

    def _happened(self, mail: Mail, kind: str, labels: tuple[str, ...]) -> None:
        event = Event(mail.history, kind, mail.id, mail.thread, self.now, labels)
        self.changes.append(Happened(mail.mailbox, event))

    def _next(self, mailbox: str) -> int:
        """The next history id: later, and not the next number."""
        last = self._history.get(mailbox, self.office.boxes[mailbox].history)
        self._history[mailbox] = last + 1 + (last * 2_654_435_761 >> 7) % 97
        return self._history[mailbox]
