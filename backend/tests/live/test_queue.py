import asyncio
import json

from tests.live.stage import TOPIC, Stage, ToldPipe
from throughline.conversation.frames import Batch, Frame
from throughline.conversation.ids import MessageId
from throughline.live.framing import delta_frame, frame
from throughline.live.queue import Bounds, Queue

M = MessageId("m")
SMALL = Bounds(chunk=4_000, merge_at=2_000, hard_at=8_000)


def _event(seq: int, size: int = 10) -> Frame:
    return frame(json.dumps({"seq": seq, "x": "x" * size}).encode(), TOPIC, seq)


def _seqs(stage: Stage) -> list[int]:
    return [f["seq"] for f in stage.pipe.frames]


def test_what_comes_within_a_tick_is_one_write() -> None:
    stage = Stage()
    stage.queue.offer(_event(1))
    stage.loop.turn()
    for seq in (2, 3, 4):
        stage.queue.offer(_event(seq))
    stage.loop.turn()
    assert len(stage.pipe.writes) == 1
    stage.loop.turn(0.03)
    assert [len(w) for w in stage.pipe.writes] == [1, 3]
    assert _seqs(stage) == [1, 2, 3, 4]
    assert stage.pipe.bytes[1] == b"".join(_event(seq).wire for seq in (2, 3, 4))


def test_readers_of_one_topic_share_one_joined_write() -> None:
    stage, pipe = Stage(), ToldPipe()
    other = Queue(pipe, stage.flush, stage.live.snapshot, Bounds())
    frames = [_event(1), _event(2)]
    batch = Batch(frames, b"".join(f.wire for f in frames), 1, 2)
    stage.queue.offer_all(batch)
    other.offer_all(batch)
    other.offer(_event(3))
    stage.loop.turn()
    assert _seqs(stage) == [1, 2]
    assert [f["seq"] for f in pipe.frames] == [1, 2, 3]
    assert len(frames) == 2


def test_a_full_pipe_keeps_frames_until_it_has_drained() -> None:
    stage = Stage()
    stage.pipe.full = True
    stage.queue.offer(_event(1))
    stage.loop.turn(1)
    assert stage.pipe.writes == []
    stage.pipe.empty()
    stage.loop.turn(1)
    assert _seqs(stage) == [1]


def test_deltas_that_wait_become_one() -> None:
    stage = Stage(SMALL)
    stage.pipe.full = True
    for n in range(60):
        stage.queue.offer(delta_frame(TOPIC, M, 1, n, "x"))
    stage.pipe.empty()
    stage.loop.turn(1)
    assert [(f["at"], f["text"]) for f in stage.pipe.frames] == [(0, "x" * 60)]


def test_too_many_deltas_give_way_to_one_snapshot_that_later_deltas_join_on() -> None:
    stage = Stage(SMALL)
    stage.live.subscribe(TOPIC, "person", stage.queue)
    stage.live.begin(TOPIC, M, 1, "")
    stage.pipe.full = True
    for _ in range(40):
        stage.live.add(TOPIC, M, "y" * 300)
        stage.loop.turn(0.04)
    stage.live.publish([])
    stage.queue.offer(_event(5))
    stage.pipe.empty()
    stage.loop.turn(0.1)
    stage.live.add(TOPIC, M, "end")
    stage.loop.turn(0.1)
    last = stage.pipe.frames[-2:]
    assert [f.get("t", "event") for f in stage.pipe.frames] == ["event", "snapshot", "delta"]
    assert last[0]["text"] == "y" * 12_000
    assert last[1]["at"] == last[0]["at"] == 12_000


def test_a_message_that_ended_meanwhile_needs_no_snapshot() -> None:
    stage = Stage(SMALL)
    stage.live.subscribe(TOPIC, "person", stage.queue)
    stage.live.begin(TOPIC, M, 1, "")
    stage.pipe.full = True
    for _ in range(40):
        stage.live.add(TOPIC, M, "y" * 300)
        stage.loop.turn(0.04)
    stage.live.end(TOPIC, M)
    stage.queue.offer(_event(5))
    stage.pipe.empty()
    stage.loop.turn(0.1)
    assert _seqs(stage) == [5]


def test_past_the_hard_cap_the_socket_is_closed_as_slow_and_nothing_follows() -> None:
    stage = Stage(SMALL)
    stage.pipe.full = True
    for seq in range(20):
        stage.queue.offer(_event(seq, 1_000))
    assert stage.pipe.ended == [4001]
    assert stage.queue.held == 0
    stage.queue.offer(_event(21))
    stage.pipe.empty()
    stage.loop.turn(1)
    assert stage.pipe.writes == []


def test_a_burst_to_a_reader_who_keeps_up_closes_nothing() -> None:
    stage = Stage(SMALL)
    for seq in range(40):
        stage.queue.offer(_event(seq, 1_000))
    stage.loop.turn(1)
    assert stage.pipe.ended == []
    assert _seqs(stage) == list(range(40))


def test_one_turn_carries_a_chunk_and_the_others_come_next() -> None:
    stage, pipe = Stage(Bounds(chunk=2_000, merge_at=100_000)), ToldPipe()
    other = Queue(pipe, stage.flush, stage.live.snapshot, Bounds())
    for seq in range(10):
        stage.queue.offer(_event(seq, 1_000))
    other.offer(_event(1))
    stage.loop.turn()
    assert len(stage.pipe.frames) == 2
    assert len(pipe.frames) == 1
    stage.loop.turn(1)
    assert _seqs(stage) == list(range(10))


def test_a_close_sends_what_waits_and_then_nothing_ever() -> None:
    stage = Stage()
    stage.queue.offer(_event(1))
    stage.queue.close(4000, "bye")
    stage.queue.close(4501, "again")
    stage.queue.offer(_event(2))
    stage.queue.offer_all(Batch([_event(3)], _event(3).wire, 3, 3))
    stage.loop.turn(1)
    assert _seqs(stage) == [1]
    assert stage.pipe.ended == [4000]


async def test_room_is_there_when_all_has_left_or_the_socket_ended() -> None:
    stage = Stage()
    await stage.queue.room()
    stage.pipe.full = True
    stage.queue.offer(_event(1))
    stage.loop.turn()
    waiting = asyncio.ensure_future(stage.queue.room())
    await asyncio.sleep(0)
    assert not waiting.done()
    stage.pipe.empty()
    stage.loop.turn(1)
    await waiting
    stage.pipe.full = True
    stage.queue.offer(_event(2))
    waiting = asyncio.ensure_future(stage.queue.room())
    await asyncio.sleep(0)
    stage.queue.close(1000)
    await waiting
