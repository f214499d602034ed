"""What a provider's own folder tells the shared parts: how its webhooks look and what its people set off."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from msgspec import Struct
from starlette.responses import Response

from sandbox.clock import Clock
from sandbox.phones.facts import Change, Delivery, End, File, Message, Person
from sandbox.phones.state import State


class Refused(Exception):  # noqa: N818 - an answer, not a mistake of ours
    """What was asked for is not done; `code` is the provider's, or a word where the pane asked."""

    def __init__(self, code: str, details: str = "") -> None:
        super().__init__(code)
        self.code, self.details = code, details


class Done(Struct, frozen=True):
    """What was done: the answer, what it changes, and which webhooks follow. `message`: the id of the one it made."""

    body: Any = None
    changes: tuple[Change, ...] = ()
    owed: tuple[Delivery, ...] = ()
    message: str = ""
    status: int = 200


class Saying(Struct, frozen=True):
    """Something that a person sends. `base`: the stand-in's own address, ending in `/<provider>`."""

    end: End
    person: Person
    text: str
    files: tuple[File, ...] = ()
    reply_to: Message | None = None
    base: str = ""


class Pressing(Struct, frozen=True):
    """A button that a person presses below a message of ours."""

    end: End
    person: Person
    message: Message
    button: str


class Going(Struct, frozen=True):
    """A delivery as it goes over the wire."""

    url: str
    headers: Mapping[str, str]
    body: bytes


class Tried(Struct, frozen=True):
    """How a delivery went. `why`: ok, http_error, connection_failed, http_timeout, unknown_error."""

    why: str
    status: int = 0


class Provider(Protocol):
    """One provider's habits. All of it is pure: values and the state in, values out."""

    #: Seconds of the stand-in's clock that a webhook may take.
    patience: float
    #: Which HTTP statuses of a webhook are a yes.
    takes: range

    def end(self, name: str, given: bytes) -> End:
        """An end as `PUT _ctl/ends/{name}` gives it. ValueError (msgspec's are) where it is none."""

    def person(self, name: str, given: bytes) -> Person:
        """A person as `PUT _ctl/people/{name}` gives them."""

    def shown_end(self, end: End) -> dict[str, Any]:
        """What the pane may know of an end beside id and label: no secret."""

    def shown_person(self, person: Person) -> dict[str, Any]:
        """What the pane knows of a person beside id and name."""

    def says(self, state: State, saying: Saying, clock: Clock) -> Done:
        """A person wrote."""

    def presses(self, state: State, pressing: Pressing, clock: Clock) -> Done:
        """A person pressed. Refused where there is no such button."""

    def reads(self, state: State, end: End, messages: Sequence[Message], clock: Clock) -> Done:
        """A person has seen these messages of ours; those that we may hear of follow."""

    def arrived(self, state: State, message: Message, clock: Clock) -> Done:
        """The links of a message were fetched and are its media now: it goes out."""

    def lost(self, state: State, message: Message, clock: Clock) -> Done:
        """A link of a message could not be fetched."""

    def going(self, end: End, delivery: Delivery, clock: Clock) -> Going:
        """A delivery, addressed and signed."""

    def again(self, end: End, delivery: Delivery, tried: Tried) -> float | None:
        """Seconds until a failed delivery is tried again; None: it is not."""

    def merged(self, deliveries: Sequence[Delivery]) -> Delivery | None:
        """Several in one request, where the provider does such a thing."""

    def refusal(self, code: str, details: str = "") -> Response:
        """The answer for one of the provider's error codes."""
