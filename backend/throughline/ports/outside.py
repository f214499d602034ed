"""The agent, time, names and limits."""

from collections.abc import AsyncIterator
from typing import Protocol

from throughline.conversation.answer import Brief, Piece


class Agent(Protocol):
    """Turns a conversation into the next words.

    The stream ends with exactly one `Done` or `Broken`; closing it early ends the upstream request at once.
    """

    #: What the model is called in front of people, and whether it is the built-in demo one.
    label: str
    demo: bool

    def reply(self, brief: Brief) -> AsyncIterator[Piece]:
        """Write. Never raises for what a provider does wrong."""

    async def close(self) -> None:
        """Let go of pooled connections."""


class Hears(Protocol):
    """Writes down what is said in a recording."""

    async def transcribe(self, recording: bytes, media_type: str) -> str | None:
        """The words. None: nobody could make them out. Never raises for what a provider does wrong."""

    async def close(self) -> None:
        """Let go of pooled connections."""


class Clock(Protocol):
    """Time, as something that can be given."""

    def now(self) -> int:
        """UTC milliseconds since 1970."""

    def monotonic(self) -> float:
        """Seconds that never go back."""

    async def sleep(self, seconds: float) -> None:
        """Wait."""


class Ids(Protocol):
    """New names for new things."""

    def new(self) -> str:
        """A UUIDv7: sorts by time."""


class Limits(Protocol):
    """How often something may happen."""

    def hit(self, key: tuple[str, ...], limit: int, window: float) -> float | None:
        """Count one. None: fine. Else: seconds until the next would be, and nothing was counted."""
