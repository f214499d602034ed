"""One way to reach a person, and what it may be able to do besides."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol, runtime_checkable

from throughline.conversation import channel
from throughline.conversation.events import ChannelName
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

    @property
    def key(self) -> bytes:
        """A key of our own for this account, never kept: for tags and links that nobody else shall make."""

    @property
    def public_url(self) -> str:
        """Where the world reaches us, without a slash at the end.

        An account's webhook is at `{public_url}/api/v1/channels/{channel}/webhook/{account}`.
        """


class Channel(Protocol):
    """One way to reach a person. Nothing in it raises for what a provider or a stranger does wrong."""

    capabilities: channel.Capabilities
    #: Who provides it (an account's `provider`), what its stand-in is called, and where its real API is.
    provider: str
    home: str
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

    def listens(self, options: Mapping[str, str]) -> bool:
        """Whether an account with these options is heard this way. Pure."""

    async def listen(
        self, line: Line, take: Callable[[channel.Reading], Awaitable[channel.Reply]], nudge: asyncio.Event
    ) -> None:
        """Be connected, or ask for news, until cancelled; a reading is acknowledged after `take` has it durable.

        Comes back by itself after whatever the provider does. `nudge` is set when there may be news; who waits for it
        clears it. `line.account.cursor` is how far the last one got.
        """


@runtime_checkable
class Knows(Protocol):
    """A channel that can tell from the look of a credential whether it is the right one. Pure."""

    def wrong(self, name: str, value: str) -> str | None:
        """Why this cannot be the secret or option of that name, in words for an admin; None: it may be."""

    def complete(self, options: Mapping[str, str], secrets: Collection[str]) -> bool:
        """Whether these options and the secrets of these names are enough to hear and to send."""


@runtime_checkable
class Finds(Protocol):
    """A channel whose people can be found by what others call them: a phone number, a mail address. Pure."""

    def find(self, to: str, options: Mapping[str, str]) -> tuple[str, ...]:
        """Where somebody is on an account with these options: one for each end of ours, the main one first.

        Empty: `to` cannot be anybody's name there.
        """


@runtime_checkable
class Rereads(Protocol):
    """A channel whose proof of the sender is a secret that is not kept: a kept request is taken apart without it."""

    def reread(self, request: channel.RawRequest, line: Line, now: int) -> channel.Reading:
        """Take apart what was verified when it came, at `now`. Pure."""


@runtime_checkable
class Introduces(Protocol):
    """A channel whose provider takes a document that describes us. Pure."""

    def introduction(self, base_url: str, account: Account) -> str:
        """The document's text: what an admin gives the provider. `base_url` is ours, as the world reaches it."""


@runtime_checkable
class Prepares(Protocol):
    """A channel where a message can be laid down first and released then, so that no repeat makes it two."""

    async def prepare(self, line: Line, place: channel.Place, piece: channel.Piece) -> channel.Outcome:
        """Lay it down; nobody gets it. Accepted: `remote` is the draft's name. Safe to repeat."""

    async def release(self, line: Line, place: channel.Place, piece: channel.Piece, draft: str) -> channel.Outcome:
        """Send exactly that draft. Safe to repeat. Refused `no_draft`: it was sent, or somebody took it away."""

    async def sent(self, line: Line, place: channel.Place, piece: channel.Piece, draft: str) -> channel.Outcome:
        """Whether it has left, by its mark, as that draft or another. NotSent: surely not; Ambiguous: not known."""


@runtime_checkable
class Seeks(Protocol):
    """A channel whose provider can be asked whether a piece stands there, once its echo did not come."""

    async def seek(
        self, line: Line, place: channel.Place, piece: channel.Piece, since: int
    ) -> channel.Accepted | channel.NotSent | channel.Refused | None:
        """Look for a piece that may have left at `since` (UTC ms) or later; its pace is of the kind `seek`.

        Accepted or Refused: there it is, and what became of it. NotSent: it is surely not there. None: nobody can tell.
        """


@runtime_checkable
class Backfills(Protocol):
    """A channel whose provider can be asked what people said while nobody here listened."""

    capabilities: channel.Capabilities

    def missed(
        self, line: Line, since: int, places: Sequence[channel.Place], turn: Callable[[str], Awaitable[None]]
    ) -> AsyncIterator["channel.Reading | channel.NotSent | channel.Refused | channel.Ambiguous"]:
        """What was said from `since` (UTC ms) on, the oldest of each place first, as webhooks would have brought it.

        `places`: where people talked last, newest first, for a provider that has to be asked place by place. `turn` is
        awaited before each request, with its kind of pace. A failure says that there may be more, and is the last.
        Bounded in requests; what came already may come again.
        """


@runtime_checkable
class Fetches(Protocol):
    """A channel that holds what was attached until it is asked for it."""

    def fetch(self, line: Line, media: channel.Media) -> AbstractAsyncContextManager["Fetched | channel.Outcome"]:
        """Open it for reading. A token goes to the provider's own hosts, and nowhere that one of them points to."""


class Fetched(Protocol):
    """An attachment being read."""

    @property
    def media_type(self) -> str:
        """What the provider says it is."""

    def chunks(self) -> AsyncIterator[bytes]:
        """Its bytes. Raises OSError where it breaks off."""


@runtime_checkable
class Connects(Protocol):
    """A channel whose credentials come from a visit to the provider (OAuth 2): admins press a button."""

    def consent(self, line: Line, redirect_uri: str, state: str, verifier: str) -> str:
        """The address at the provider where the admin agrees. Pure. `verifier`: PKCE's."""

    async def exchange(
        self, line: Line, redirect_uri: str, code: str, verifier: str
    ) -> "Granted | channel.Refused | channel.NotSent":
        """What the code is worth."""


class Granted(Protocol):
    """Secrets and options that a provider gave."""

    @property
    def secrets(self) -> Mapping[str, str]:
        """To be sealed, by name."""

    @property
    def options(self) -> Mapping[str, str]:
        """What anybody may see, by name."""


class Channels:
    """Those that are built: one adapter for each provider of each channel."""

    def __init__(self, adapters: Iterable[Channel] = ()) -> None:
        self._adapters = {(a.capabilities.channel, a.provider): a for a in adapters}

    def __iter__(self) -> Iterator[Channel]:
        return iter(self._adapters.values())

    def of(self, account: Account) -> Channel | None:
        """The adapter that an account speaks through."""
        return self._adapters.get((account.channel, account.provider))

    def by(self, name: ChannelName, provider: str | None = None) -> Channel | None:
        """A channel's adapter for a provider; without one, the first."""
        if provider is not None:
            return self._adapters.get((name, provider))
        return next((a for (channel_name, _), a in self._adapters.items() if channel_name == name), None)

    def names(self) -> tuple[ChannelName, ...]:
        """The channels there is an adapter for, in the order of the catalogue."""
        return tuple(dict.fromkeys(name for name, _ in self._adapters))

    def providers(self, name: ChannelName) -> tuple[str, ...]:
        """Who provides a channel here."""
        return tuple(provider for channel_name, provider in self._adapters if channel_name == name)
