"""What a phone-like channel is made of, and every change it can see. All of it is values.

`at` of a message is in milliseconds of the wall's clock; every other time is in seconds of the stand-in's clock.
"""

from typing import Any, Literal

from msgspec import Struct

Status = Literal["sent", "delivered", "read", "failed"]


class End(Struct, frozen=True):
    """Our side of the line: a number or a bot. `more`: the provider's settings for it, secrets among them."""

    id: str
    label: str = ""
    more: dict[str, Any] = {}


class Person(Struct, frozen=True):
    """Somebody with a phone. `ends`: whose panes show them; none: everybody's."""

    id: str
    name: str
    ends: tuple[str, ...] = ()
    #: Whether we hear that they have read something.
    receipts: bool = True
    #: False: they are not on this channel, or their phone is gone.
    reachable: bool = True
    more: dict[str, Any] = {}


class Button(Struct, frozen=True):
    """What a person may press."""

    id: str
    title: str


class File(Struct, frozen=True):
    """Bytes that came with a message or were uploaded; they lie on the shelf under the id."""

    id: str
    end: str
    media_type: str
    name: str
    size: int
    #: In hexadecimal.
    sha256: str
    at: float


class Message(Struct, frozen=True):
    """A message as the person sees it."""

    id: str
    end: str
    person: str
    by: Literal["person", "us"]
    text: str
    at: int
    status: Status | None = None
    error: str | None = None
    buttons: tuple[Button, ...] = ()
    #: Ids of files.
    media: tuple[str, ...] = ()
    #: Addresses that the provider has still to fetch.
    links: tuple[str, ...] = ()
    edited: bool = False
    reply_to: str | None = None
    #: What the provider keeps with it: the sender's own mark, where to report, the raw request.
    more: dict[str, Any] = {}


class Template(Struct, frozen=True):
    """A text that was approved beforehand. `{{1}}`, `{{2}}` in the body are filled in."""

    id: str
    language: str = "en_US"
    body: str = ""
    buttons: tuple[Button, ...] = ()


class Rules(Struct, frozen=True, forbid_unknown_fields=True):
    """How strict this stand-in is."""

    #: False: no limit of how often, and of how much at once.
    limits: bool = True
    #: Requests of one account at once.
    concurrency: int = 100
    #: A message outside the window is refused at once, not accepted first and then reported as failed.
    sync_window: bool = False
    #: So many events go out in one request, where the provider does such a thing. Fewer go after a second.
    batch: int = 0
    #: People read at once what they get.
    reads: bool = False


class Delivery(Struct, frozen=True):
    """A request owed to a webhook. `attempt` counts from 0. Those of one lane begin one after another."""

    id: str
    end: str
    kind: Literal["message", "status"]
    lane: str
    url: str
    body: str
    due: float = 0.0
    attempt: int = 0


class Asked(Struct, frozen=True):
    """A request as it was received, and what became of it: the ground truth. Secrets are left out."""

    number: int
    at: float
    end: str
    method: str
    body: Any
    #: Whether it took effect.
    done: bool
    #: The HTTP status of the answer; 0: there was none.
    status: int
    error: str = ""
    #: What the switches did to it.
    broken: str = ""
    #: The message that it made.
    message: str = ""


# ---------------------------------------------------------------- changes: what the journal holds


class EndKnown(Struct, frozen=True, tag="end"):
    """An end is there, or is there anew."""

    end: End


class PersonKnown(Struct, frozen=True, tag="person"):
    """A person is there, or has changed."""

    person: Person


class PersonMoved(Struct, frozen=True, tag="person_moved"):
    """A person has another number, and all that is theirs with it."""

    was: str
    person: Person


class TemplateKnown(Struct, frozen=True, tag="template"):
    """A template is approved."""

    template: Template


class Posted(Struct, frozen=True, tag="message"):
    """A message stands like this from now on."""

    message: Message


class Filed(Struct, frozen=True, tag="file"):
    """A file lies on the shelf."""

    file: File


class Unfiled(Struct, frozen=True, tag="unfile"):
    """A file is gone."""

    id: str


class Heard(Struct, frozen=True, tag="heard"):
    """The person wrote to this end: whatever window there is begins anew."""

    end: str
    person: str
    at: float


class Stopped(Struct, frozen=True, tag="stopped"):
    """The person wants nothing from this end any more; `yes` False: they do again."""

    end: str
    person: str
    yes: bool


class Typed(Struct, frozen=True, tag="typing"):
    """The person sees that this end is writing, until then."""

    end: str
    person: str
    until: float


class Owed(Struct, frozen=True, tag="owed"):
    """A request to a webhook is owed."""

    delivery: Delivery


class Tried(Struct, frozen=True, tag="tried"):
    """A delivery was tried. `due`: when it is tried again; None: it is over."""

    id: str
    attempt: int
    status: str
    due: float | None = None


class Received(Struct, frozen=True, tag="asked"):
    """A request came."""

    asked: Asked


class Ruled(Struct, frozen=True, tag="rules"):
    """How strict it is from now on."""

    rules: Rules


class Moved(Struct, frozen=True, tag="clock"):
    """The stand-in's clock is this many seconds ahead of the wall's."""

    offset: float


class Counted(Struct, frozen=True, tag="counted"):
    """So many requests have come so far."""

    asked: int


class Wiped(Struct, frozen=True, tag="wiped"):
    """What was said at these ends is gone, at all of them where None; ends, people, templates and requests stay."""

    ends: tuple[str, ...] | None = None


Change = (
    EndKnown | PersonKnown | PersonMoved | TemplateKnown | Posted | Filed | Unfiled | Heard | Stopped | Typed | Owed
    | Tried | Received | Ruled | Moved | Counted | Wiped
)  # fmt: skip
