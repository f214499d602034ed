"""What there is, and every change to it. All of it is values; times are seconds since 1970."""

from typing import Any, Literal

from msgspec import Struct


class End(Struct, frozen=True):
    """A bot. With a webhook it is told; else it asks (getUpdates)."""

    id: int
    label: str
    username: str
    token: str
    webhook_url: str = ""
    secret_token: str = ""
    allowed: tuple[str, ...] = ()
    #: The last delivery that failed: when, and how.
    error_at: float = 0.0
    error: str = ""
    #: The token was taken back: nobody is let in with it.
    revoked: bool = False


class Person(Struct, frozen=True):
    """Somebody. Their private chat with any bot has their own id."""

    id: int
    name: str
    username: str = ""
    #: The bots that they have blocked.
    blocked: tuple[int, ...] = ()
    #: The bots whose pane shows them before they have written.
    ends: tuple[int, ...] = ()
    #: The bots that they have started before anybody looked.
    started: tuple[int, ...] = ()


class Group(Struct, frozen=True):
    """A group that a bot is in; its id is below zero."""

    id: int
    title: str
    end: int


class Button(Struct, frozen=True):
    """An inline button; `data` comes back when it is pressed."""

    text: str
    data: str


class File(Struct, frozen=True):
    """A file that hangs on a message. `body` in base64; one that was sent by its address has that instead."""

    id: str
    kind: Literal["photo", "voice", "document", "audio", "video"]
    media_type: str = ""
    name: str = ""
    size: int = 0
    path: str = ""
    body: str = ""
    url: str = ""


class Message(Struct, frozen=True):
    """A message as it stands. `person` is who wrote it, None: the bot did. `html` is what the bot sent."""

    end: int
    chat: int
    number: int
    at: float
    text: str
    person: int | None = None
    html: str = ""
    entities: tuple[dict[str, Any], ...] = ()
    buttons: tuple[tuple[Button, ...], ...] = ()
    file: File | None = None
    reply_to: int | None = None
    edited: float = 0.0
    deleted: bool = False


class Update(Struct, frozen=True):
    """What a bot is to hear of; kept until it has."""

    end: int
    id: int
    body: dict[str, Any]
    attempt: int = 0
    due: float = 0.0


class Asked(Struct, frozen=True):
    """A request that was received, and what became of it."""

    number: int
    at: float
    app: str
    method: str
    body: Any
    done: bool
    status: int
    error: str = ""
    broken: str = ""


class EndKnown(Struct, frozen=True, tag=True):
    """A bot is there, or another than it was."""

    end: End


class PersonKnown(Struct, frozen=True, tag=True):
    """A person is there."""

    person: Person


class GroupKnown(Struct, frozen=True, tag=True):
    """A group is there."""

    group: Group


class Posted(Struct, frozen=True, tag=True):
    """A message is there, or stands differently."""

    message: Message


class Owed(Struct, frozen=True, tag=True):
    """A bot is to hear of something."""

    update: Update


class Heard(Struct, frozen=True, tag=True):
    """It has, of everything up to here."""

    end: int
    upto: int


class Tried(Struct, frozen=True, tag=True):
    """A delivery failed: it is tried again then."""

    end: int
    id: int
    attempt: int
    due: float


class Received(Struct, frozen=True, tag=True):
    """A request was received."""

    asked: Asked


class Moved(Struct, frozen=True, tag=True):
    """The clock was turned."""

    offset: float


class Counted(Struct, frozen=True, tag=True):
    """How far a bot's updates and messages are numbered."""

    end: int
    updates: int
    messages: int


class Wiped(Struct, frozen=True, tag=True):
    """No message any more, nothing owed. Numbers go on."""


Change = EndKnown | PersonKnown | GroupKnown | Posted | Owed | Heard | Tried | Received | Moved | Counted | Wiped
