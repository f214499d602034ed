from tests.live.stage import ToldLoop
from throughline.live.flush import Flush


class Slow:
    """Takes time to flush."""

    def __init__(self, loop: ToldLoop, takes: float) -> None:
        self.loop, self.takes = loop, takes
        self.at: list[float] = []

    def flush(self) -> None:
        self.at.append(self.loop.now)
        self.loop.now += self.takes


def test_the_first_flush_is_at_once_and_the_next_waits_in_proportion() -> None:
    loop = ToldLoop()
    flush = Flush(loop, loop.time, shortest=0.005, longest=0.024, share=6)
    quick = Slow(loop, 0.0)
    flush.soon(quick)
    loop.turn()
    flush.soon(quick)
    loop.turn(1)
    assert [round(at - 100, 4) for at in quick.at] == [0, 0.005]
    slow = Slow(loop, 0.002)
    flush.soon(slow)
    loop.turn(0)
    flush.soon(slow)
    loop.turn(1)
    assert round(slow.at[1] - slow.at[0], 4) == 0.014
    slower = Slow(loop, 0.010)
    flush.soon(slower)
    loop.turn(0)
    flush.soon(slower)
    loop.turn(1)
    assert round(slower.at[1] - slower.at[0], 4) == 0.024


def test_many_are_flushed_in_batches_so_that_the_loop_can_breathe() -> None:
    loop = ToldLoop()
    flush = Flush(loop, loop.time, batch=10)
    order: list[int | str] = []

    class One:
        def __init__(self, n: int) -> None:
            self.n = n

        def flush(self) -> None:
            order.append(self.n)
            if self.n == 3:
                loop.call_soon(lambda: order.append("breath"))

    for n in range(25):
        flush.soon(One(n))
    loop.turn()
    assert order[:10] == list(range(10))
    assert order.index("breath") == 10
    assert len(order) == 26


def test_what_becomes_dirty_while_flushing_is_flushed_next_time() -> None:
    loop = ToldLoop()
    flush = Flush(loop, loop.time)
    times: list[float] = []

    class Again:
        def flush(self) -> None:
            times.append(loop.now)
            if len(times) < 3:
                flush.soon(self)

    flush.soon(Again())
    loop.turn()
    assert len(times) == 1
    loop.turn(1)
    assert len(times) == 3
