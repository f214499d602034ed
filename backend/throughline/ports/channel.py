"""One way to reach a person, and what it may be able to do besides."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Protocol, runtime_checkable

from throughline.conversation import channel
from throughline.conversation.records import Account


class Line(Protocol):
    """An account as an adapter gets it: opened for one use, its secrets in the clear. Never logged, never kept."""

    @property
    def account(self) -> Account:
        """Its row."""

    @property
    def base_url(self) -> str:
        """The provider's API, resolved: a simulated account's sandbox, or the real one."""

    @property
    def secrets(self) -> Mapping[str, str]:
        """By name."""


class Channel(Protocol):
    """One way to reach a person. Nothing in it raises for what a provider or a stranger does wrong."""

    capabilities: channel.Capabilities
    #: Names of the secrets an account needs, and of options an admin may set.
    secrets: Sequence[str]
    options: Sequence[str]

    def read(self, request: channel.RawRequest, line: Line, now: int) -> channel.Reading | channel.Unverified:
        """Verify the very bytes, then take them apart. Pure; `now` in UTC milliseconds."""

    def render(self, post: channel.Post) -> tuple[channel.Piece, ...]:
        """The pieces that say it here, each within the limits, in order. Pure."""

    async def send(self, line: Line, place: channel.Place, piece: channel.Piece) -> channel.Outcome:
        """One intent, one request on the wire (beside what finds the place). Never repeated in here."""

    async def probe(self, line: Line) -> channel.Probe:
        """Whether the credentials work now."""

    async def close(self) -> None:
        """Let pooled connections go."""


@runtime_checkable
class Streams(Protocol):
    """A channel where text appears while it is written."""

    def shown(self, text: str) -> str:
        """Text as it may stand in a stream: for any cut, the parts shown one by one are the whole shown at once."""

    async def start(self, line: Line, place: channel.Place, text: str) -> channel.Outcome:
        """Open a stream. Refused with reason `no_streaming`: fall back to one post at the end, for good."""

    async def append(self, line: Line, place: channel.Place, remote: str, text: str) -> channel.Outcome:
        """More text. Refused `not_streaming`: the provider has ended it; `stopped_by_user`: the person has."""

    async def stop(
        self, line: Line, place: channel.Place, remote: str, text: str, piece: channel.Piece | None
    ) -> channel.Outcome:
        """Close it with the last of its text; `piece` carries the mark. Refused `not_streaming`: it was over."""


@runtime_checkable
class Edits(Protocol):
    """A channel where what stands can be set anew, or taken away."""

    async def edit(self, line: Line, place: channel.Place, remote: str, piece: channel.Piece) -> channel.Outcome:
        """Set the text of what stands there."""

    async def remove(self, line: Line, place: channel.Place, remote: str) -> channel.Outcome:
        """Take it away. What is gone already is Accepted."""


@runtime_checkable
class Shows(Protocol):
    """A channel that shows what the agent is doing."""

    async def status(self, line: Line, place: channel.Place, status: str) -> channel.Outcome:
        """`working`, `waiting` (for a person) or `done`. Best effort."""


@runtime_checkable
class Listens(Protocol):
    """A channel that can be heard without a public address."""

    async def listen(self, line: Line, take: Callable[[channel.Reading], Awaitable[channel.Reply]]) -> None:
        """Be connected until cancelled; every reading is acknowledged after `take` has it durable.

        Comes back by itself after whatever the provider does.
        """


@runtime_checkable
class Knows(Protocol):
    """A channel that can tell from the look of a credential whether it is the right one. Pure."""

    def wrong(self, name: str, value: str) -> str | None:
        """Why this cannot be the secret or option of that name, in words for an admin; None: it may be."""

    def complete(self, options: Mapping[str, str], secrets: Collection[str]) -> bool:
        """Whether these options and the secrets of these names are enough to hear and to send."""


@runtime_checkable
class Introduces(Protocol):
    """A channel whose provider takes a document that describes us. Pure."""

    def introduction(self, base_url: str, account: Account) -> str:
        """The document's text: what an admin gives the provider. `base_url` is ours, as the world reaches it."""
