"""Cursors over a tiny log and the memory engine: no gap, no double, whatever the moment."""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.flow.log_stage import ANA, BEN, DEMO, KOFI, SAM, C, D, Scene
from throughline.conversation.events import Hidden, entry
from throughline.conversation.ids import ConversationId, MessageId
from throughline.conversation.records import Caller
from throughline.flow.watch import Bounds, Position
from throughline.ports import StoreDown


async def test_from_a_place_come_the_missed_events_then_live_ones() -> None:
    scene = Scene()
    scene.append(5)
    assert await scene.watch.follow(C, 2) is None
    scene.append(2)
    await scene.settle()
    assert scene.tab.got == [("watching", 5, 2, True), 3, 4, 5, 6, 7]


async def test_without_a_place_come_the_last_messages() -> None:
    scene = Scene(bounds=Bounds(messages=3))
    scene.append(10)
    await scene.watch.follow(C, None)
    assert scene.tab.got == [("watching", 10, 7, True), 8, 9, 10]


async def test_without_a_place_the_running_turn_is_told_however_much_was_said_since() -> None:
    scene = Scene(bounds=Bounds(messages=3))
    scene.append(10)
    scene.log.turn_began = 5
    await scene.watch.follow(C, None)
    assert scene.tab.got == [("watching", 10, 4, True), 5, 6, 7, 8, 9, 10]


async def test_an_open_text_is_given_once_after_the_events_and_before_live_words() -> None:
    scene = Scene()
    scene.append(1)
    topic = (DEMO, C)
    scene.stage.live.begin(topic, MessageId("m"), 1, "")
    scene.stage.live.add(topic, MessageId("m"), "so far")
    await scene.watch.follow(C, 0)
    scene.stage.live.add(topic, MessageId("m"), " and on")
    await scene.settle()
    assert scene.tab.got == [("watching", 1, 0, True), 1, ("snapshot", "so far"), ("delta", " and on")]


async def test_words_while_the_log_is_read_are_in_the_snapshot_only() -> None:
    scene = Scene()
    scene.append(1)
    topic = (DEMO, C)
    scene.stage.live.begin(topic, MessageId("m"), 1, "")

    def write() -> None:
        scene.stage.live.add(topic, MessageId("m"), "x")
        scene.stage.loop.turn(0.1)

    scene.log.during = write
    await scene.watch.follow(C, 0)
    assert scene.tab.got == [("watching", 1, 0, True), 1, ("snapshot", "x")]


@pytest.mark.parametrize("seq", [6, -1, 2**53, 2**63])
async def test_a_seq_that_cannot_be_recovers_nothing_and_nothing_follows(seq: int) -> None:
    scene = Scene()
    scene.append(5)
    assert await scene.watch.take_up([Position(C, "e1", seq)]) == []
    await scene.watch.follow(C, seq)
    scene.append(1)
    await scene.settle()
    assert scene.tab.got == [("watching", 5, 5, False)] * 2
    assert scene.watch.sink(C) is None


async def test_another_epoch_recovers_nothing() -> None:
    scene = Scene()
    scene.append(5)
    await scene.watch.take_up([Position(C, "e0", 3)])
    scene.append(1)
    await scene.settle()
    assert scene.tab.got == [("watching", 5, 5, False)]


async def test_below_the_floor_nothing_is_recovered_not_even_a_part() -> None:
    scene = Scene()
    scene.append(5)
    scene.log.floor = 2
    await scene.watch.follow(C, 1)
    assert scene.tab.got == [("watching", 5, 5, False)]


async def test_who_is_too_far_behind_starts_anew() -> None:
    scene = Scene(bounds=Bounds(replay=100))
    scene.append(101, quiet=True)
    await scene.watch.follow(C, 0)
    await scene.watch.follow(C, 1)
    assert scene.tab.got[0] == ("watching", 101, 101, False)
    assert scene.seqs == list(range(2, 102))


async def test_a_long_replay_comes_in_pages_with_live_events_joined_on() -> None:
    scene = Scene(bounds=Bounds(page=7, held=3))
    scene.append(50, quiet=True)
    left = [30]

    def more() -> None:
        if left[0]:
            left[0] -= 1
            scene.append(1)
            scene.stage.loop.turn(0.03)

    scene.log.during = more
    await scene.watch.follow(C, 0)
    scene.append(2)
    await scene.settle()
    row = scene.log.conversation(DEMO, C)
    assert row is not None
    assert scene.seqs == list(range(1, row.head + 1))


async def test_a_resume_of_many_takes_one_read() -> None:
    scene = Scene()
    names = [ConversationId(f"c{n}") for n in range(100)]
    scene.log.start(*names)
    for name in names:
        scene.append(3, name, quiet=True)
    await scene.watch.take_up([Position(name, "e1", 1) for name in names])
    assert scene.log.reads == 1
    assert scene.seqs == [2, 3] * 100


async def test_what_the_first_read_has_no_room_for_is_read_after() -> None:
    scene = Scene(bounds=Bounds(first=4, page=3))
    scene.log.start(D)
    scene.append(5, C, quiet=True)
    scene.append(5, D, quiet=True)
    await scene.watch.take_up([Position(C, "e1", 0), Position(D, "e1", 0)])
    assert scene.tab.got == [("watching", 5, 0, True), 1, 2, 3, 4, 5] * 2


@pytest.mark.parametrize("stranger", [BEN, KOFI, SAM])
async def test_strangers_get_the_same_answer_as_for_what_is_not_there(stranger: Caller) -> None:
    scene = Scene(stranger)
    scene.append(1)
    foreign = await scene.watch.follow(C, 0)
    unknown = await scene.watch.follow(ConversationId("nowhere"), 0)
    assert foreign == unknown
    assert foreign is not None
    assert foreign.code == "unknown_conversation"
    assert await scene.watch.take_up([Position(C, "e1", 0)]) == [(C, foreign)]
    scene.append(1)
    await scene.settle()
    assert scene.tab.got == []


async def test_a_stranger_hears_nothing_while_it_is_found_out() -> None:
    scene = Scene(BEN)

    def during() -> None:
        scene.append(1)
        scene.stage.loop.turn(1)

    scene.log.during = during
    await scene.watch.follow(C, 0)
    assert scene.tab.got == []


async def test_members_see_all_of_their_tenant() -> None:
    scene = Scene(ANA)
    scene.append(2)
    assert await scene.watch.follow(C, 0) is None
    assert scene.seqs == [1, 2]


async def test_a_lost_live_event_is_closed_from_the_log() -> None:
    scene = Scene()
    await scene.watch.follow(C, 0)
    scene.append(1)
    scene.append(1, quiet=True)
    scene.append(2)
    await scene.settle()
    assert scene.seqs == [1, 2, 3, 4]


async def test_a_repeated_live_event_is_dropped() -> None:
    scene = Scene()
    await scene.watch.follow(C, 0)
    scene.append(2)
    scene.stage.loop.turn(1)
    scene.stage.live.publish(scene.log.entries_of[C])
    scene.append(1)
    await scene.settle()
    assert scene.seqs == [1, 2, 3]


async def test_a_gap_that_the_log_cannot_close_starts_over() -> None:
    scene = Scene()
    await scene.watch.follow(C, 0)
    scene.stage.live.publish([entry(DEMO, C, 5, 0, Hidden())])
    await scene.settle()
    assert scene.tab.over
    assert scene.seqs == []


async def test_a_store_that_is_down_leaves_no_cursor_behind() -> None:
    scene = Scene()
    scene.log.down = True
    with pytest.raises(StoreDown):
        await scene.watch.follow(C, 0)
    with pytest.raises(StoreDown):
        await scene.watch.take_up([Position(C, "e1", 0)])
    assert scene.stage.live._rooms == {}


async def test_a_store_that_is_down_when_a_gap_is_closed_starts_over() -> None:
    scene = Scene()
    await scene.watch.follow(C, 0)
    scene.append(1, quiet=True)
    scene.log.down = True
    scene.append(1)
    await scene.settle()
    assert scene.tab.over


async def test_watching_again_begins_again_and_leaving_ends() -> None:
    scene = Scene()
    scene.append(2)
    await scene.watch.follow(C, 1)
    await scene.watch.follow(C, 0)
    scene.append(1)
    await scene.settle()
    scene.watch.leave(C)
    scene.append(1)
    await scene.settle()
    assert scene.seqs == [2, 1, 2, 3]
    assert scene.stage.live._rooms == {}


async def test_a_reader_that_goes_while_the_log_is_read_gets_nothing_more() -> None:
    scene = Scene(bounds=Bounds(page=2))
    scene.append(9, quiet=True)

    def go() -> None:
        if scene.log.reads == 2:
            scene.watch.close()

    scene.log.during = go
    await scene.watch.follow(C, 0)
    assert scene.seqs == [1, 2]
    assert scene.stage.live._rooms == {}


async def test_too_many_conversations_are_refused() -> None:
    scene = Scene(bounds=Bounds(watches=1))
    scene.log.start(D)
    await scene.watch.follow(C, 0)
    fault = await scene.watch.follow(D, 0)
    assert fault is not None
    assert fault.code == "too_many_watches"
    scene.watch.leave(C)
    assert await scene.watch.follow(D, 0) is None


async def test_a_person_sees_hidden_events_as_hidden_and_seq_stays_dense() -> None:
    scene = Scene()
    scene.append(1)
    scene.append(1, hidden=True)
    await scene.watch.follow(C, 0)
    scene.append(1, hidden=True)
    await scene.settle()
    assert scene.seqs == [1, 2, 3]


_moves = st.lists(st.sampled_from(["append", "lose", "turn", "watch", "leave", "watch all", "yield"]), max_size=40)


@settings(deadline=None)
@given(_moves, st.lists(st.sampled_from(["append", "lose", "turn", "nothing"]), max_size=20), st.integers(1, 4))
def test_whatever_the_moment_every_cursor_is_dense_from_where_it_began(
    moves: list[str], inside: list[str], page: int
) -> None:
    async def story() -> None:
        scene = Scene(bounds=Bounds(page=page, held=2, messages=2))
        scene.append(3, quiet=True)
        left = list(inside)

        def act(move: str) -> None:
            match move:
                case "append" | "lose":
                    scene.append(1, quiet=move == "lose")
                case "turn":
                    scene.stage.loop.turn(0.03)

        scene.log.during = lambda: act(left.pop()) if left else None
        for move in moves:
            match move:
                case "watch":
                    await scene.watch.follow(C, None)
                case "watch all":
                    await scene.watch.follow(C, 0)
                case "leave":
                    scene.watch.leave(C)
                case "yield":
                    await asyncio.sleep(0)
                case _:
                    act(move)
        scene.log.during = None
        scene.append(1)
        await scene.settle()
        have = None
        for got in scene.tab.got:
            if isinstance(got, int):
                assert have is not None
                assert got == have + 1
                have = got
            elif got[0] == "watching":
                assert got[3]
                have = got[2]
        if scene.watch.sink(C) is not None:
            row = scene.log.conversation(DEMO, C)
            assert row is not None
            assert have == row.head
        assert not scene.tab.over

    asyncio.run(story())
