"""Attachments as rows: what waits to be fetched, what a message has, what was never sent."""

import msgspec
import pytest

from throughline.conversation.channel import Media
from throughline.conversation.files import File
from throughline.conversation.ids import AccountId, FileId, MessageId, UserId
from throughline.ports import Conflict, Store, Tx

from .given import ACME, C1, RIVAL, conversation, people

WAITING = File(
    FileId("f1"), ACME, C1, "audio", "audio/ogg", "note.ogg", 0, "waiting", 5, MessageId("m1"), AccountId("a1"), True,
    remote=Media("wamid.1", "audio", "audio/ogg", "note.ogg", 70, voice=True), due=10, owner=UserId("u1"),
)  # fmt: skip


def named(name: str, **more: object) -> File:
    return msgspec.structs.replace(WAITING, id=FileId(name), **more)


async def kept(store: Store, *files: File) -> None:
    def write(tx: Tx) -> None:
        people(tx)
        tx.log.start(conversation(ACME, C1))
        for file in files:
            tx.files.add(file)

    await store.write(write)


async def test_a_file_comes_back_as_it_was_written(store: Store) -> None:
    await kept(store, WAITING)

    assert await store.read(lambda tx: tx.files.file(ACME, WAITING.id)) == WAITING
    assert await store.read(lambda tx: tx.files.file(RIVAL, WAITING.id)) is None


async def test_what_became_of_it_is_written(store: Store) -> None:
    settled = msgspec.structs.replace(
        WAITING, state="ready", kind="file", media_type="application/pdf", name="a.pdf", size=9, sha256="0" * 64,
        transcript="Hello", reason="none", due=99, attempts=3, message=MessageId("m2"),
    )  # fmt: skip
    await kept(store, WAITING)

    assert await store.write(lambda tx: tx.files.change(settled))
    assert await store.read(lambda tx: tx.files.file(ACME, WAITING.id)) == settled
    assert not await store.write(lambda tx: tx.files.change(named("none")))


async def test_an_id_is_taken_once(store: Store) -> None:
    await kept(store, WAITING)

    with pytest.raises(Conflict):
        await store.write(lambda tx: tx.files.add(WAITING))


async def test_a_messages_files_come_in_their_order(store: Store) -> None:
    await kept(store, named("f2"), named("f1"), named("f3", message=MessageId("m2")), named("f4", message=None))

    found = await store.read(lambda tx: tx.files.of_message(ACME, C1, MessageId("m1")))
    assert [file.id for file in found] == ["f1", "f2"]


async def test_those_that_wait_are_fetched_longest_waiting_first(store: Store) -> None:
    waits = [named("late", due=30), named("first", due=10), named("next", due=20)]
    await kept(store, *waits, named("here", state="ready"))

    def due(tx: Tx) -> list[str]:
        return [file.id for file in tx.files.fetchable(20, 9)]

    assert await store.read(due) == ["first", "next"]
    assert await store.read(lambda tx: len(tx.files.fetchable(99, 1))) == 1


async def test_only_what_no_message_has_can_be_dropped_and_is_swept(store: Store) -> None:
    await kept(store, named("sent", state="ready"), named("unsent", state="ready", message=None))

    def old(tx: Tx, before: int) -> list[str]:
        return [file.id for file in tx.files.unsent(before, 9)]

    assert await store.read(lambda tx: old(tx, 6)) == ["unsent"]
    assert await store.read(lambda tx: old(tx, 5)) == []
    assert not await store.write(lambda tx: tx.files.drop(ACME, FileId("sent")))
    assert not await store.write(lambda tx: tx.files.drop(RIVAL, FileId("unsent")))
    assert await store.write(lambda tx: tx.files.drop(ACME, FileId("unsent")))
