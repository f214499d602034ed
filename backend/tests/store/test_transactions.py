"""Transactions: all or nothing, alone or in a group; durable first, then told, in order; refused when it cannot."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from throughline.conversation.events import Entry
from throughline.conversation.ids import MessageId
from throughline.ports import Store, StoreDown, Tx

from .engines import Open
from .given import ACME, C1, begun, say, saying, words


class Wrong(Exception):  # noqa: N818 - what a rule says
    """A rule inside a transaction said no."""


async def count(store: Store) -> int:
    return len(await store.read(lambda tx: tx.log.entries(ACME, C1, 0, 1_000)))


async def test_what_fails_is_undone_whole_and_its_exception_comes_out(store: Store, told: list[Entry]) -> None:
    await store.write(begun)

    def half(tx: Tx) -> None:
        say(tx, "m1")
        raise Wrong("after the first statement")

    with pytest.raises(Wrong, match="after the first"):
        await store.write(half)

    assert await count(store) == 0
    assert told == []
    assert await store.read(lambda tx: tx.messages.logged(ACME, C1, MessageId("m1"))) is None


async def test_one_of_a_group_fails_and_the_others_stay(store: Store, told: list[Entry]) -> None:
    await store.write(begun)

    def fails(tx: Tx, n: int) -> None:
        say(tx, f"bad{n}")
        match n % 4:
            case 0:
                raise Wrong(str(n))
            case 1:
                say(tx, f"bad{n}")  # the id is taken
            case 2:
                tx.log.append(ACME, C1, 1 << 80, words("a time that no column holds"))
            case _:
                tx.log.append(ACME, C1, 20, words("\ud800"))

    def either(n: int) -> asyncio.Future[object]:
        return asyncio.ensure_future(store.write(lambda tx: fails(tx, n) if n % 3 == 0 else say(tx, f"m{n}")))

    results = await asyncio.gather(*(either(n) for n in range(90)), return_exceptions=True)

    assert [isinstance(result, Exception) for result in results] == [n % 3 == 0 for n in range(90)]
    assert [item.seq for item in told] == list(range(1, 61))
    kept = await store.read(lambda tx: tx.log.entries(ACME, C1, 0, 1_000))
    assert kept == told
    assert {item.body().id for item in kept} == {f"m{n}" for n in range(90) if n % 3}  # type: ignore[attr-defined]


async def test_a_swallowed_error_of_one_statement_does_not_poison_the_rest(store: Store) -> None:
    await store.write(begun)
    await store.write(lambda tx: say(tx, "m1"))

    def tolerant(tx: Tx) -> int:
        try:
            say(tx, "m1")
        except Exception:
            return say(tx, "m2").seq
        raise AssertionError("the id was taken")

    seq = await store.write(tolerant)

    # The swallowed half stays in: whoever catches inside a transaction keeps what came before the error.
    assert [item.seq for item in await store.read(lambda tx: tx.log.entries(ACME, C1, 0, 9))] == list(range(1, seq + 1))


async def test_stop_iteration_comes_out_as_an_error_and_not_as_silence(store: Store) -> None:
    with pytest.raises(RuntimeError):
        await store.write(lambda _: next(iter(())))


async def test_events_are_handed_over_before_their_writer_goes_on(engine: Open, tmp_path: Path) -> None:
    order: list[str] = []
    store = await engine(tmp_path / "data", lambda entries: order.extend(f"told {e.seq}" for e in entries))
    try:
        await store.write(begun)

        async def writer(n: int) -> None:
            entry = await store.write(saying(f"m{n}"))
            order.append(f"done {entry.seq}")

        await asyncio.gather(*(writer(n) for n in range(20)))
    finally:
        await store.close()

    assert len(order) == 40
    for seq in range(1, 21):
        assert order.index(f"told {seq}") < order.index(f"done {seq}")
    assert [step for step in order if step.startswith("told")] == [f"told {seq}" for seq in range(1, 21)]


async def test_a_failing_listener_costs_no_writer_its_answer(engine: Open, tmp_path: Path) -> None:
    def broken(_: object) -> None:
        raise Wrong("nobody can be told")

    unhandled: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: unhandled.append(context["exception"]))
    store = await engine(tmp_path / "data", broken)
    try:
        await store.write(begun)
        entry = await store.write(lambda tx: say(tx, "m1"))
    finally:
        await store.close()

    assert entry.seq == 1
    assert [type(error) for error in unhandled] == [Wrong]


async def test_a_read_sees_what_was_committed_before_it(store: Store) -> None:
    await store.write(begun)
    for n in range(20):
        await store.write(saying(f"m{n}"))
        assert await count(store) == n + 1


async def test_a_read_is_one_moment(store: Store) -> None:
    await store.write(begun)
    loop = asyncio.get_running_loop()
    first, second = asyncio.Event(), asyncio.Event()

    def both(tx: Tx) -> tuple[int, int]:
        before = len(tx.log.entries(ACME, C1, 0, 9))
        loop.call_soon_threadsafe(first.set)
        asyncio.run_coroutine_threadsafe(second.wait(), loop).result(10)
        return before, len(tx.log.entries(ACME, C1, 0, 9))

    async def between() -> None:
        await first.wait()
        await store.write(lambda tx: say(tx, "m1"))
        second.set()

    seen, _ = await asyncio.gather(store.read(both), between())

    assert seen == (0, 0)
    assert await count(store) == 1


async def test_a_read_cannot_write(store: Store) -> None:
    await store.write(begun)

    with pytest.raises(Exception, match="readonly"):
        await store.read(lambda tx: say(tx, "m1"))

    assert await count(store) == 0
    assert store.health() is None
    await store.write(lambda tx: say(tx, "m1"))


async def test_an_exception_comes_out_of_a_read(store: Store) -> None:
    def wrong(_: Tx) -> None:
        raise Wrong("no")

    for _ in range(10):  # more often than there are readers
        with pytest.raises(Wrong):
            await store.read(wrong)
    assert await store.read(lambda tx: tx.people.tenants()) == []


async def test_a_caller_that_goes_away_does_not_undo_its_write(store: Store, told: list[Entry]) -> None:
    await store.write(begun)

    impatient = asyncio.ensure_future(store.write(lambda tx: say(tx, "m1")))
    await asyncio.sleep(0)
    impatient.cancel()
    with pytest.raises(asyncio.CancelledError):
        await impatient
    await store.write(lambda tx: say(tx, "m2"))

    assert [item.seq for item in told] == [1, 2]


async def test_closing_finishes_what_waits_and_refuses_what_comes(engine: Open, tmp_path: Path) -> None:
    told: list[Entry] = []
    store = await engine(tmp_path / "data", told.extend)
    await store.write(begun)
    waiting = [asyncio.ensure_future(store.write(saying(f"m{n}"))) for n in range(30)]
    await asyncio.sleep(0)
    await store.close()
    await store.close()

    assert [entry.seq for entry in await asyncio.gather(*waiting)] == list(range(1, 31))
    assert len(told) == 30
    with pytest.raises(StoreDown):
        await store.write(lambda tx: say(tx, "late"))
    with pytest.raises(StoreDown):
        await store.read(lambda tx: tx.people.tenants())


async def test_what_was_acknowledged_is_there_after_a_restart_in_the_same_epoch(engine: Open, tmp_path: Path) -> None:
    told: list[Entry] = []
    store = await engine(tmp_path / "data", told.extend)
    epoch = store.epoch
    await store.write(begun)
    await asyncio.gather(*(store.write(saying(f"m{n}")) for n in range(10)))
    await store.close()

    store = await engine(tmp_path / "data", told.extend)
    kept = await store.read(lambda tx: tx.log.entries(ACME, C1, 0, 99))
    reopened = store.epoch
    await store.close()

    assert kept == told
    assert reopened == epoch
    assert len(epoch) >= 16


async def test_two_databases_have_two_epochs(engine: Open, tmp_path: Path) -> None:
    epochs = set()
    for name in ("one", "two"):
        store = await engine(tmp_path / name, lambda _: None)
        epochs.add(store.epoch)
        await store.close()

    assert len(epochs) == 2


async def test_what_one_of_a_group_reads_is_what_the_one_before_it_wrote(store: Store) -> None:
    await store.write(begun)

    def reads_and_says(tx: Tx, n: int) -> int:
        before = tx.log.conversation(ACME, C1)
        assert before is not None
        assert tx.log.conversation(ACME, C1) == before
        say(tx, f"m{n}")
        after = tx.log.conversation(ACME, C1)
        assert after is not None
        assert after.head == before.head + 1
        return before.head

    heads = await asyncio.gather(*(store.write(lambda tx, n=n: reads_and_says(tx, n)) for n in range(30)))  # type: ignore[misc]

    assert heads == list(range(30))


async def test_what_a_failed_one_of_a_group_had_read_of_its_own_is_forgotten_with_it(store: Store) -> None:
    await store.write(begun)

    def fails(tx: Tx) -> None:
        tx.messages.titled(ACME, C1, "never")
        found = tx.log.conversation(ACME, C1)
        assert found is not None
        assert found.title == "never"
        raise Wrong

    def title(tx: Tx) -> str | None:
        found = tx.log.conversation(ACME, C1)
        return None if found is None else found.title

    results = await asyncio.gather(
        *(store.write(fails if n % 2 else title) for n in range(20)), return_exceptions=True
    )  # fmt: skip

    assert {result for result in results if isinstance(result, str)} == {""}
    assert sum(isinstance(result, Wrong) for result in results) == 10


async def test_what_another_program_committed_is_seen_by_the_next_transaction(store: Store, tmp_path: Path) -> None:
    await store.write(begun)

    def titles(tx: Tx) -> str:
        found = tx.log.conversation(ACME, C1)
        assert found is not None
        return found.title

    assert await store.write(titles) == ""
    (file,) = await asyncio.to_thread(lambda: list(tmp_path.rglob("*.db")))
    other = sqlite3.connect(file)
    with closing(other), other:
        other.execute("UPDATE conversations SET title = 'theirs'")

    assert await store.write(titles) == "theirs"
    assert await store.read(titles) == "theirs"
