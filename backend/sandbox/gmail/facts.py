"""What a post office is made of, and every change it can see. All of it is values.

`at` of a mail is in milliseconds of the wall's clock; every other time is in seconds of the stand-in's clock.
"""

from typing import Any

from msgspec import Struct

#: What a mailbox's app is granted where nobody says otherwise.
SCOPES = ("https://www.googleapis.com/auth/gmail.modify",)


class Mailbox(Struct, frozen=True):
    """An account at Gmail, and the app that may use it. `id` is its address, in lower case."""

    id: str
    client_id: str
    client_secret: str
    refresh_token: str = ""
    label: str = ""
    #: Where Pub/Sub pushes to; empty: the subscription is pulled, which nobody does here.
    push_url: str = ""
    #: The `aud` of a push's token; empty: the push's address.
    push_audience: str = ""
    #: The service account in a push's token; empty: pushes come without a token.
    push_account: str = ""
    scopes: tuple[str, ...] = SCOPES


class Person(Struct, frozen=True):
    """Somebody with a mail address somewhere else. `style` is how their mail program quotes.

    `ends`: whose panes show them; none: everybody's.
    """

    id: str
    name: str
    style: str = "gmail"
    ends: tuple[str, ...] = ()


class Mail(Struct, frozen=True):
    """A mail in a mailbox. `person`: who of the people wrote it; empty: it is ours, or nobody's."""

    id: str
    thread: str
    mailbox: str
    labels: tuple[str, ...]
    at: int
    history: int
    raw: bytes
    draft: str = ""
    person: str = ""


class Event(Struct, frozen=True):
    """One record of a mailbox's history. `labels` are those that came or went."""

    id: int
    kind: str
    mail: str
    thread: str
    at: float
    labels: tuple[str, ...] = ()


class Label(Struct, frozen=True):
    """A label that the mailbox's owner made."""

    id: str
    name: str
    list_visibility: str = "labelShow"
    message_visibility: str = "show"


class Watch(Struct, frozen=True):
    """Changes of a mailbox are published to a topic, until it expires. `exclude`: all but these labels."""

    mailbox: str
    topic: str
    labels: tuple[str, ...]
    exclude: bool
    until: float


class Token(Struct, frozen=True):
    """What lets somebody in. `kind`: access, refresh, or a code that is worth both once."""

    value: str
    kind: str
    mailbox: str
    scopes: tuple[str, ...]
    #: When it is worth nothing any more; 0: never.
    until: float = 0.0
    redirect_uri: str = ""
    challenge: str = ""
    #: The code brings a refresh token.
    offline: bool = False


class Delivery(Struct, frozen=True):
    """A push owed to a mailbox's subscription. `attempt` counts from 0; `reason` is why the last one failed."""

    id: str
    mailbox: str
    body: dict[str, Any]
    due: float
    attempt: int = 0
    reason: str = ""


class Asked(Struct, frozen=True):
    """A request as it was received, and what became of it: the ground truth. Secrets are left out."""

    number: int
    at: float
    #: The mailbox whose token it had.
    app: str
    method: str
    path: str
    body: Any
    #: Whether it took effect.
    done: bool
    #: The HTTP status of the answer; 0: there was none.
    status: int
    error: str = ""
    #: What the switches did to it.
    broken: str = ""
    #: The mail it made.
    message: str = ""


# ---------------------------------------------------------------- changes: what the journal holds


class MailboxKnown(Struct, frozen=True, tag="mailbox"):
    """A mailbox is there, or is there anew."""

    mailbox: Mailbox


class PersonKnown(Struct, frozen=True, tag="person"):
    """A person is there, or has another name."""

    person: Person


class Stood(Struct, frozen=True, tag="mail"):
    """A mail stands in a mailbox."""

    mail: Mail


class Labelled(Struct, frozen=True, tag="labelled"):
    """A mail has these labels from now on."""

    mailbox: str
    mail: str
    labels: tuple[str, ...]
    history: int


class Gone(Struct, frozen=True, tag="gone"):
    """A mail is no more."""

    mailbox: str
    mail: str


class Happened(Struct, frozen=True, tag="event"):
    """A mailbox's history goes on."""

    mailbox: str
    event: Event


class Dated(Struct, frozen=True, tag="dated"):
    """Where a mailbox's history stands, and what is too old to ask for."""

    mailbox: str
    history: int
    floor: int


class LabelSet(Struct, frozen=True, tag="label"):
    """A label is there, or is called otherwise."""

    mailbox: str
    label: Label


class LabelGone(Struct, frozen=True, tag="unlabel"):
    """A label is no more."""

    mailbox: str
    label: str


class Watched(Struct, frozen=True, tag="watch"):
    """A mailbox is watched."""

    watch: Watch


class Unwatched(Struct, frozen=True, tag="unwatch"):
    """It is not watched any more."""

    mailbox: str


class Granted(Struct, frozen=True, tag="token"):
    """Somebody is let in."""

    token: Token


class Spent(Struct, frozen=True, tag="spent"):
    """A token is worth nothing any more."""

    value: str


class Revoked(Struct, frozen=True, tag="revoked"):
    """No token of a mailbox is worth anything any more, its own refresh token included."""

    mailbox: str


class Signing(Struct, frozen=True, tag="signing"):
    """The key that pushes are signed with, as PEM."""

    key: str


class Owed(Struct, frozen=True, tag="owed"):
    """A push is owed."""

    delivery: Delivery


class Tried(Struct, frozen=True, tag="tried"):
    """A push was tried. `due`: when it is tried again; None: it is over."""

    id: str
    attempt: int
    status: str
    due: float | None = None


class Received(Struct, frozen=True, tag="asked"):
    """A request came."""

    asked: Asked


class Moved(Struct, frozen=True, tag="clock"):
    """The stand-in's clock is this many seconds ahead of the wall's."""

    offset: float


class Counted(Struct, frozen=True, tag="counted"):
    """Where counting goes on: requests, mails and pushes so far."""

    asked: int
    mails: int
    pushes: int


class Wiped(Struct, frozen=True, tag="wiped"):
    """Mails and owed pushes are gone; mailboxes, people, tokens and watches stay. `ends`: of these only."""

    ends: tuple[str, ...] | None = None


Change = (
    MailboxKnown | PersonKnown | Stood | Labelled | Gone | Happened | Dated | LabelSet | LabelGone | Watched
    | Unwatched | Granted | Spent | Revoked | Signing | Owed | Tried | Received | Moved | Counted | Wiped
)  # fmt: skip
