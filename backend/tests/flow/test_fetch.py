"""Attachments fetched from where they came by: counted, looked at, written down, told in the log once."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from throughline.conversation.channel import Media, NotSent, Outcome, Refused
from throughline.conversation.files import PATIENCE, TRIES, File
from throughline.conversation.ids import ConversationId, FileId, MessageId
from throughline.flow.fetch import LEASE, UNSENT, Fetch
from throughline.flow.steps.say import due_turn
from throughline.ports import Channels, Fetched, Line, Tx
from throughline.store.blobs import DiskBlobs

from .ear import DEMO, OURS, Ear, Plain, ear
from .test_lines import seal

OGG = b"OggS" + bytes(400)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(400)


class Body:
    """ports.Fetched."""

    def __init__(self, media_type: str, *chunks: bytes, breaks: bool = False) -> None:
        self.media_type, self._chunks, self._breaks = media_type, chunks, breaks

    async def chunks(self) -> AsyncIterator[bytes]:
        for chunk in self._chunks:
            yield chunk
        if self._breaks:
            raise ConnectionResetError


class Shelf(Plain):
    """A channel that holds what was attached; answers by a script, the last one stays."""

    def __init__(self) -> None:
        self.asked: list[Media] = []
        self.answers: Sequence[Body | Outcome] = (Body("audio/ogg", OGG),)

    @asynccontextmanager
    async def fetch(self, line: Line, media: Media) -> AsyncIterator[Fetched | Outcome]:
        self.asked.append(media)
        yield self.answers[min(len(self.asked), len(self.answers)) - 1]


class Typist:
    """ports.Hears."""

    def __init__(self) -> None:
        self.heard: list[tuple[bytes, str]] = []

    async def transcribe(self, recording: bytes, media_type: str) -> str | None:
        self.heard.append((recording, media_type))
        return "When does the ferry leave?"

    async def close(self) -> None: ...


class Errands:
    """A conversation with a message whose attachments are not here yet, and who fetches them."""

    def __init__(self, slack: Ear, where: ConversationId, folder: Path) -> None:
        self.slack, self.where = slack, where
        self.shelf, self.typist, self.blobs, self.woken = Shelf(), Typist(), DiskBlobs(folder), 0
        self.fetch = Fetch(
            slack.store, slack.clock, self.blobs, Channels([self.shelf]), slack.lines, self.typist, self._wake
        )

    def _wake(self) -> None:
        self.woken += 1

    async def attach(self, *names: str, **more: Any) -> None:
        now = self.slack.clock.now()
        files = [
            File(
                FileId(name), DEMO, self.where, "audio", "audio/ogg", f"{name}.ogg", 0, "waiting", now,
                MessageId("m-1"), OURS.id, True, remote=Media(name, "audio", "audio/ogg"), due=now, **more,
            )
            for name in names
        ]  # fmt: skip

        def write(tx: Tx) -> None:
            for file in files:
                tx.files.add(file)

        await self.slack.store.write(write)

    async def file(self, name: str = "f-1") -> File:
        found = await self.slack.store.read(lambda tx: tx.files.file(DEMO, FileId(name)))
        assert found is not None
        return found

    async def run(self, until: Any) -> None:
        """Fetch until it is so: looked at after every step that the clock is asked for."""
        task = asyncio.get_running_loop().create_task(self.fetch.run())
        try:
            async with asyncio.timeout(20):
                # Each look reads the store, so that the others get their turn.
                while not await until():
                    continue
        finally:
            task.cancel()
            await asyncio.wait({task})

    async def settled(self, *names: str) -> bool:
        """They are, and everybody was told: a row can be read a moment before its event is handed on."""
        wanted = names or ("f-1",)
        # The store is asked first, always: who waits for this lets the others have their turn by it.
        states = [(await self.file(name)).state for name in wanted]
        told = {body.file for body in self.slack.bodies(self.where, "file_settled")}
        return "waiting" not in states and set(wanted) <= told


@pytest_asyncio.fixture
async def errands(tmp_path: Path) -> AsyncIterator[Errands]:
    async with ear(tmp_path / "data") as slack:
        await seal(slack, signing_secret="s")
        await slack.say("Listen")
        yield Errands(slack, await slack.where(), tmp_path / "files")


async def test_a_voice_note_is_kept_and_written_down(errands: Errands) -> None:
    await errands.attach("f-1")
    await errands.run(errands.settled)

    file = await errands.file()
    assert (file.state, file.kind, file.size, file.transcript) == (
        "ready", "audio", len(OGG), "When does the ferry leave?",
    )  # fmt: skip
    assert errands.typist.heard == [(OGG, "audio/ogg")]
    assert await errands.blobs.whole(DEMO, file.sha256 or "", 9_999) == OGG
    (told,) = errands.slack.bodies(errands.where, "file_settled")
    assert (told.file, told.message, told.state, told.transcript) == ("f-1", "m-1", "ready", file.transcript)


async def test_the_bytes_say_what_it_is(errands: Errands) -> None:
    errands.shelf.answers = (Body("audio/ogg", PNG),)
    await errands.attach("f-1")
    await errands.run(errands.settled)

    file = await errands.file()
    assert (file.kind, file.media_type, errands.typist.heard) == ("image", "image/png", [])


async def test_what_is_gone_is_said_to_be(errands: Errands) -> None:
    errands.shelf.answers = (Refused("media_gone"),)
    await errands.attach("f-1")
    await errands.run(errands.settled)

    (told,) = errands.slack.bodies(errands.where, "file_settled")
    assert (told.state, told.reason, len(errands.shelf.asked)) == ("refused", "media_gone", 1)


async def test_what_is_too_big_is_refused_and_not_kept(errands: Errands, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("throughline.flow.fetch.MOST", 100)
    await errands.attach("f-1")
    await errands.run(errands.settled)

    assert (await errands.file()).reason == "file_too_big"


@pytest.mark.parametrize("first", [NotSent("connect"), Body("audio/ogg", b"Ogg", breaks=True)], ids=["away", "breaks"])
async def test_what_failed_is_tried_again(errands: Errands, first: Body | Outcome) -> None:
    errands.shelf.answers = (first, Body("audio/ogg", OGG))
    await errands.attach("f-1")

    async def there() -> bool:
        file = await errands.file()
        if file.state == "waiting" and file.attempts and file.due < errands.slack.clock.now() + LEASE:
            errands.slack.clock.move(max(0, file.due - errands.slack.clock.now()) / 1000)
            errands.fetch.look()
        return await errands.settled()

    await errands.run(there)
    assert (len(errands.shelf.asked), (await errands.file()).state) == (2, "ready")


async def test_after_a_few_tries_it_is_given_up(errands: Errands) -> None:
    errands.shelf.answers = (NotSent("connect"),)
    await errands.attach("f-1", attempts=TRIES - 1)
    await errands.run(errands.settled)

    assert ((await errands.file()).state, (await errands.file()).reason) == ("refused", "not_reached")


async def test_a_turn_waits_for_the_last_attachment_and_then_begins(errands: Errands) -> None:
    row = await errands.slack.row(errands.where)
    now = errands.slack.clock.now()

    def later(tx: Tx) -> None:
        current = tx.turns.current(DEMO, errands.where)
        assert current is not None
        claimed = tx.turns.claim("test", now, now + 1)
        assert claimed is not None
        tx.turns.change(claimed.id, claimed.fence, status="completed")
        turn = due_turn(FileId("t-2"), MessageId("r-2"), row, now + PATIENCE)  # type: ignore[arg-type]
        assert tx.turns.due(turn)
        assert tx.turns.claim("test", now, now + 1) is None

    await errands.slack.store.write(later)
    await errands.attach("f-1", "f-2")

    async def begun() -> bool:
        return await errands.settled("f-1", "f-2") and errands.woken > 0

    await errands.run(begun)
    assert errands.woken == 1
    assert await errands.slack.store.write(lambda tx: tx.turns.claim("test", now, now + 1)) is not None


async def test_what_was_never_sent_is_swept_away(errands: Errands) -> None:
    old = errands.slack.clock.now()
    file = File(FileId("u-1"), DEMO, errands.where, "image", "image/png", "a.png", 9, "ready", old, sha256="0" * 64)
    await errands.slack.store.write(lambda tx: tx.files.add(file))
    errands.slack.clock.move(UNSENT / 1000 + 1)

    async def gone() -> bool:
        return await errands.slack.store.read(lambda tx: tx.files.file(DEMO, FileId("u-1"))) is None

    await errands.run(gone)
