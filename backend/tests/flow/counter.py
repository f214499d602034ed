"""A channel that follows a script: what stands there, what was asked of it in which order, and what it answers."""

import asyncio
from collections.abc import Callable, Mapping, Sequence

from msgspec.structs import replace

from throughline.conversation.channel import (
    Accepted,
    Ambiguous,
    Capabilities,
    NotSent,
    Outcome,
    Piece,
    Place,
    Post,
    Probe,
    RawRequest,
    Reading,
    Refused,
    Unverified,
)
from throughline.conversation.records import Account
from throughline.ports import Line

CAN = Capabilities(
    channel="slack", label="Slack", stream=True, edit=True, threads=True, text=400, echo_wait=10.0, pace=1.0,
    stream_life=240.0,
)  # fmt: skip
#: A scripted step: an outcome instead of doing it; `Lost`: done, and then the answer gets lost; an event to wait for.
Step = Outcome | asyncio.Event | Callable[[], None] | str
#: Done, but nobody learns of it.
LOST = "lost"


class OpenLine:
    """ports.Line."""

    base_url = "http://counter"
    secrets: Mapping[str, str] = {}
    key = bytes(32)
    public_url = "http://us"

    def __init__(self, account: Account) -> None:
        self.account = account


class Counter:
    """ports.Channel. `stands` is what people see, in order; `calls` what was asked: (kind, remote, text)."""

    provider, home = "slack", "http://counter"
    secrets: Sequence[str] = ()
    options: Sequence[str] = ()

    def __init__(self, moved: Callable[[], None], capabilities: Capabilities = CAN) -> None:
        self.capabilities = capabilities
        self.stands: dict[str, str] = {}
        self.open: set[str] = set()
        self.marks: dict[str, object] = {}
        self.places: list[Place] = []
        self.calls: list[tuple[str, str, str]] = []
        self.scripts: dict[str, list[Step]] = {}
        self._moved = moved
        self._number = 0

    def script(self, kind: str, *steps: Step) -> None:
        """What the next calls of a kind come to; after that all goes well."""
        self.scripts.setdefault(kind, []).extend(steps)

    def kinds(self) -> list[str]:
        """What was asked, without the agent's status."""
        return [kind for kind, _, _ in self.calls if kind != "status"]

    def said(self) -> str:
        """All that stands there, as people read it."""
        return "".join(self.stands.values()).replace("&lt;", "<").replace("&amp;", "&")

    def read(self, request: RawRequest, line: Line, now: int) -> Reading | Unverified:
        return Unverified("nobody writes here")

    def render(self, post: Post) -> tuple[Piece, ...]:
        text = self.shown(post.text) if post.origin is None else f"{post.name} · {post.origin}: {self.shown(post.text)}"
        size = self.capabilities.text
        return tuple(
            Piece(text[at : at + size], mark=(post.conversation, post.message, at // size))
            for at in range(0, len(text), size)
            if post.text.strip()
        )

    def shown(self, text: str) -> str:
        return text.replace("&", "&amp;").replace("<", "&lt;")

    async def send(self, line: Line, place: Place, piece: Piece) -> Outcome:
        return await self._do("send", place, "", piece.text, lambda: self._post(place, piece.text, piece))

    async def start(self, line: Line, place: Place, text: str) -> Outcome:
        def do() -> Outcome:
            outcome = self._post(place, text, None)
            self.open.add(outcome.remote)
            return outcome

        return await self._do("start", place, "", text, do)

    async def append(self, line: Line, place: Place, remote: str, text: str) -> Outcome:
        return await self._do("append", place, remote, text, lambda: self._more(remote, text))

    async def stop(self, line: Line, place: Place, remote: str, text: str, piece: Piece | None) -> Outcome:
        def do() -> Outcome:
            outcome = self._more(remote, text)
            self.open.discard(remote)
            if isinstance(outcome, Accepted) and piece is not None:
                self.marks[remote] = piece.mark
            return outcome

        return await self._do("stop", place, remote, text, do)

    async def edit(self, line: Line, place: Place, remote: str, piece: Piece) -> Outcome:
        def do() -> Outcome:
            if remote in self.open:
                return NotSent("streaming_state_conflict")
            if remote not in self.stands:
                return Refused("message_not_found")
            self.stands[remote], self.marks[remote] = piece.text, piece.mark
            return Accepted(remote)

        return await self._do("edit", place, remote, piece.text, do)

    async def remove(self, line: Line, place: Place, remote: str) -> Outcome:
        def do() -> Outcome:
            self.stands.pop(remote, None)
            return Accepted(remote)

        return await self._do("remove", place, remote, "", do)

    async def status(self, line: Line, place: Place, status: str) -> Outcome:
        return await self._do("status", place, "", status, lambda: Accepted("status"))

    async def probe(self, line: Line) -> Probe:
        return Probe("up")

    async def close(self) -> None: ...

    def _post(self, place: Place, text: str, piece: Piece | None) -> Accepted:
        self._number += 1
        remote = f"ts-{self._number}"
        self.stands[remote] = text
        if piece is not None:
            self.marks[remote] = piece.mark
        return Accepted(remote, None if place.thread else f"{place.address}:{remote}")

    def _more(self, remote: str, text: str) -> Outcome:
        if remote not in self.open:
            return Refused("not_streaming")
        self.stands[remote] += text
        return Accepted(remote)

    async def _do(self, kind: str, place: Place, remote: str, text: str, do: Callable[[], Outcome]) -> Outcome:
        self.calls.append((kind, remote, text))
        self.places.append(place)
        self._moved()
        steps = self.scripts.get(kind, [])
        while steps:
            step = steps.pop(0)
            if isinstance(step, asyncio.Event):
                await step.wait()
            elif step == LOST:
                do()
                return Ambiguous("timeout")
            elif isinstance(step, Accepted | NotSent | Refused | Ambiguous):
                return step
            elif callable(step):
                step()
        return do()


def without(capabilities: Capabilities, **changes: object) -> Capabilities:
    """The same but for."""
    return replace(capabilities, **changes)
