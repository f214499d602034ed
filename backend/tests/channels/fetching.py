"""What is attached, fetched from a provider that misbehaves: tests that every channel which is `Fetches` has to pass.

A channel brings a `Source`: how to make it, what to ask for, and what its provider says before the file itself comes.
The provider is a real TCP server; nothing may come of it but a file within its limits, an outcome, or an OSError.
"""

import asyncio
import gzip
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest
from msgspec import Struct

from throughline.channels.once import FILE, Once
from throughline.conversation.channel import Accepted, Ambiguous, Media, NotSent, Outcome, Refused
from throughline.conversation.files import really
from throughline.ports import Channel, Fetches, Line

from .scripted import Answering, Scripted, answer, cut, drop, garbage, nobody, reset, scripted, silence

#: Bytes and seconds that a file may take in these tests: an adapter's own limits are larger, and looked at.
MOST, WITHIN = 400_000, 0.3
#: The most that any adapter may let a file take.
LARGEST = 104_857_600
DATA = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40


class Source(Struct, frozen=True):
    """Where a channel's files come from."""

    #: The folder of its adapter.
    folder: str
    #: Makes it; seconds a whole call may take.
    make: Callable[[float], Channel]
    line: Callable[[str], Line]
    #: What to fetch, of a provider at this address.
    media: Callable[[str], Media]
    #: What is asked before the file, and its answer, of a provider at this address.
    before: Callable[[str], dict[str, Answering]] = lambda _: {}
    #: The file as it comes in an answer's body.
    packed: Callable[[bytes], bytes] = lambda data: data
    kind: str = "image/png"


def head(*lines: str) -> bytes:
    return "\r\n".join(["HTTP/1.1 200 OK", *lines, "", ""]).encode()


def raw(*sent: bytes, closes: bool = True) -> Answering:
    """Exactly these bytes."""

    def write(writer: asyncio.StreamWriter) -> None:
        writer.writelines(sent)
        if closes:
            writer.close()

    return write


def endless(writer: asyncio.StreamWriter) -> None:
    """Chunks, and never the last one: far more than a file may have."""
    writer.write(head("Content-Type: image/png", "Transfer-Encoding: chunked"))
    for _ in range(40):
        writer.write(b"10000\r\n" + b"A" * 65_536 + b"\r\n")


def to(location: str) -> Answering:
    return answer(b"", 302, headers=[("Location", location)])


#: Where a redirect, or an address in an answer, may lead; `{elsewhere}` is another server of this machine.
AWAY = [
    "http://169.254.169.254/latest/meta-data/", "http://[fd00:ec2::254]/latest/", "{elsewhere}secret",
    "//evil.example/x",
    "http://10.0.0.1/", "https://10.0.0.1/", "http://[::ffff:10.0.0.1]/", "http://0x7f.1/", "http://2130706433/",
    "http://[::1]/",
    "https://evil.example/x", "http://api.twilio.com/x", "http://lookaside.fbsbx.com/x", "file:///etc/passwd",
    "gopher://x/",
    "http://user:pw@evil.example/", "", "\\\\evil.example\\x", "http://[", "https://evil.example:99999/",
]  # fmt: skip
#: Answers that are no file.
BROKEN: dict[str, Answering] = {
    "broken off": cut,
    "nothing said": drop,
    "reset": reset,
    "no HTTP": garbage,
    "no answer": silence,
    "not there": answer({"error": "gone"}, 404),
    "forbidden": answer({"error": "no"}, 403),
    "too many": answer({}, 429),
    "broken": answer("oops", 500),
    "less than it says": raw(head("Content-Type: image/png", "Content-Length: 90000"), DATA),
    "less than its chunk says": raw(head("Transfer-Encoding: chunked"), b"ffff\r\n" + DATA),
    "no end of chunks": raw(head("Transfer-Encoding: chunked"), b"10\r\n" + b"A" * 16 + b"\r\n"),
    "a chunk of no size": raw(head("Transfer-Encoding: chunked"), b"-1\r\nA\r\n0\r\n\r\n"),
    "a length of no size": raw(head("Content-Length: -5"), DATA),
    "two lengths": raw(head("Content-Length: 5", "Content-Length: 9"), DATA),
    "a header without end": raw(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 300_000),
}  # fmt: skip


class Fetching:
    """Inherit, and give a `source`."""

    source: Source

    @pytest.fixture
    async def provider(self) -> AsyncIterator[Scripted]:
        async with scripted() as script:
            script.by_method = self.source.before(script.base)
            yield script

    async def had(
        self, base: str, within: float = 5.0, media: Media | None = None
    ) -> tuple[str, bytes] | Outcome | OSError:
        """The file and its type, or why there is none."""
        channel = self.source.make(within)
        assert isinstance(channel, Fetches)
        try:
            async with channel.fetch(self.source.line(base), media or self.source.media(base)) as found:
                if isinstance(found, Accepted | Refused | NotSent | Ambiguous):
                    return found
                return found.media_type, b"".join([chunk async for chunk in found.chunks()])
        except OSError as error:
            return error
        finally:
            await channel.close()

    def file(self, data: bytes = DATA) -> Answering:
        return answer(self.source.packed(data), kind=self.source.kind)

    async def test_a_file_comes_whole(self, provider: Scripted) -> None:
        provider.otherwise = self.file()

        assert await self.had(provider.base) == ("image/png", DATA)

    @pytest.mark.parametrize("name", BROKEN)
    async def test_what_is_no_file_is_an_outcome_or_breaks_off(self, provider: Scripted, name: str) -> None:
        provider.otherwise = BROKEN[name]
        found = await self.had(provider.base, within=0.5)

        assert isinstance(found, Refused | NotSent | Ambiguous | OSError)

    async def test_where_nobody_listens_there_is_no_file(self) -> None:
        assert isinstance(await self.had(nobody()), NotSent)

    async def test_more_than_the_length_says_is_not_the_files(self, provider: Scripted) -> None:
        whole = self.source.packed(DATA)
        provider.otherwise = raw(
            head("Content-Type: image/png", f"Content-Length: {len(whole)}"), whole, b"more" * 5_000
        )

        found = await self.had(provider.base)

        # Who goes on after the end is broken, and may be taken for it; never is it the file's.
        assert found == ("image/png", DATA) or isinstance(found, Ambiguous | NotSent | OSError)

    async def test_a_length_that_says_less_gives_no_more_than_it_says(self, provider: Scripted) -> None:
        whole = self.source.packed(DATA)
        provider.otherwise = raw(head("Content-Type: image/png", "Content-Length: 2000"), whole)
        found = await self.had(provider.base)

        broken = isinstance(found, Ambiguous | NotSent | OSError)
        assert broken or (isinstance(found, tuple) and found[1] == DATA[:2_000])

    async def test_a_body_without_end_is_left_at_its_limit(
        self, provider: Scripted, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        limits = limited(monkeypatch, within=60.0)
        provider.otherwise = endless
        found = await self.had(provider.base)

        assert isinstance(found, OSError)
        assert str(found) in {"too_big", "no_data"}
        assert all(0 < most <= LARGEST and within <= FILE for most, within in limits)
        assert limits

    async def test_a_body_that_only_drips_is_left_when_its_time_is_over(
        self, provider: Scripted, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        limited(monkeypatch)
        dripping: list[asyncio.Task[None]] = []
        provider.otherwise = lambda writer: dripping.append(
            asyncio.ensure_future(drip(writer, self.source.packed(DATA)))
        )
        found = await self.had(provider.base)
        for task in dripping:
            task.cancel()

        assert isinstance(found, OSError)
        assert str(found) == "too_slow"

    async def test_a_body_that_stops_is_left_when_its_time_is_over(
        self, provider: Scripted, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        limited(monkeypatch)
        whole = self.source.packed(DATA)
        length = f"Content-Length: {len(whole)}"
        provider.otherwise = raw(head("Content-Type: image/png", length), whole[:900], closes=False)
        found = await self.had(provider.base)

        assert isinstance(found, OSError)
        assert str(found) == "too_slow"

    @pytest.mark.parametrize("location", AWAY)
    async def test_a_redirect_leads_nowhere_else(self, provider: Scripted, location: str) -> None:
        async with scripted() as elsewhere:
            elsewhere.otherwise = self.file()
            provider.otherwise = to(location.format(elsewhere=elsewhere.base))
            found = await self.had(provider.base, within=2.0)

            assert isinstance(found, Refused | NotSent | Ambiguous)
            assert elsewhere.connections == 0

    async def test_a_redirect_to_itself_ends(self, provider: Scripted) -> None:
        provider.otherwise = to("again")
        found = await self.had(provider.base)

        assert isinstance(found, Refused | NotSent | Ambiguous)
        assert len(provider.asked) <= 6

    async def test_nothing_is_unpacked_on_the_way(self, provider: Scripted) -> None:
        """A hundred megabytes in a hundred kilobytes: what was said to be packed stays so."""
        bomb = gzip.compress(bytes(20_000_000), 9)
        provider.otherwise = answer(bomb, headers=[("Content-Encoding", "gzip")], kind="image/png")
        found = await self.had(provider.base)

        assert isinstance(found, OSError) or (isinstance(found, tuple) and found[1] == bomb)

    @pytest.mark.parametrize("page", [b"<!doctype html><script>alert(1)</script>", b"<svg onload=alert(1)>", b"MZ\x90"])
    async def test_what_a_provider_says_of_a_file_does_not_make_it_one(self, provider: Scripted, page: bytes) -> None:
        provider.otherwise = self.file(page)
        found = await self.had(provider.base)

        assert isinstance(found, tuple)
        assert really(found[1], found[0]) in {"application/octet-stream", "application/x-msdownload"}

    async def test_an_empty_file_is_no_trouble(self, provider: Scripted) -> None:
        """It is refused where it would be kept: store/blobs.py."""
        provider.otherwise = self.file(b"")

        assert await self.had(provider.base) == ("image/png", b"")


async def drip(writer: asyncio.StreamWriter, whole: bytes) -> None:
    """A letter at a time."""
    writer.write(head("Content-Type: image/png", "Transfer-Encoding: chunked"))
    for at in range(len(whole)):
        writer.write(b"1\r\n" + whole[at : at + 1] + b"\r\n")
        await asyncio.sleep(0.01)


def limited(monkeypatch: pytest.MonkeyPatch, within: float = WITHIN) -> list[tuple[int, float]]:
    """Files have small limits from here on; the adapter's own ones are noted."""
    noted: list[tuple[int, float]] = []
    opened = Once.open

    def open_less(
        self: Once, url: str, *, most: int, within: float = FILE, soon: float = within, **more: Any
    ) -> AbstractAsyncContextManager[Any]:
        noted.append((most, within))
        return opened(self, url, most=MOST, within=soon, **more)

    monkeypatch.setattr(Once, "open", open_less)
    return noted
