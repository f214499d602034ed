"""One event to 500 sockets: what a delivery costs our server, nchan and a plain loop, at the same offered loads."""

import gc
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager

from msgspec import Struct

from bench import ours
from bench.peers import nchan
from bench.process import Server, python, scratch, started
from bench.sameness import Crowd, Reader, Reference
from bench.stats import fraction, percentile, ranged, spread
from bench.table import Plan, Report, Row, Verdict, grid
from rig.machine import free_port

SOCKETS = 500
EVENT = 200
#: Events a second; each step about a quarter more than the last.
LADDER = (60, 80, 100, 125, 160, 200, 250, 315, 400, 500, 630, 800, 1000, 1250, 1600, 2000, 2500)
P99_LIMIT = 0.100
_SAMPLED_EVERY = 10
#: A disturbance from outside must not end a ladder.
_TRIES = 3
_WARM = 0.5
#: Seconds that everything may take to arrive after the last event.
_GRACE = 5.0
#: Publishes event number n.
Publish = Callable[[int], None]


class Step(Struct, frozen=True):
    """What one offered load did to one server. Times in seconds, CPU in microseconds a delivery."""

    offered: float
    delivered: float
    cpu: float
    server_busy: float
    generator_busy: float
    p50: float
    p99: float
    void: str

    @property
    def sustained(self) -> bool:
        """Everything arrived, at the offered rate, in time."""
        return not self.void and self.delivered >= 0.99 * self.offered and self.p99 <= P99_LIMIT


class Target(Struct, frozen=True):
    """A running server with its readers and a socket that publishes."""

    server: Server
    crowd: Crowd
    publisher: Publish


Opening = Callable[[], AbstractContextManager[Target]]


def event(number: int, size: int = EVENT) -> bytes:
    """Event `number`: JSON text of exactly `size` bytes."""
    head = b'{"t":"event","n":"#%07d#","text":"' % number
    return head + b"x" * (size - len(head) - 2) + b'"}'


@contextmanager
def open_nchan() -> Iterator[Target]:
    """Nginx with nchan, its readers on one channel."""
    port = free_port()
    with scratch("nchan") as folder, started("nchan", nchan.command(folder, port), port) as server:
        yield from _opened(server)


@contextmanager
def open_loop() -> Iterator[Target]:
    """The plain Starlette loop."""
    port = free_port()
    with started("starlette loop", python("-m", "bench.peers.starlette_loop", str(port)), port) as server:
        yield from _opened(server)


@contextmanager
def open_ours() -> Iterator[Target]:
    """Our live engine, sockets and frame path."""
    with ours.serving_readers(SOCKETS) as (server, crowd, publisher):
        yield Target(server, crowd, publisher)


def offer(target: Target, rate: float, seconds: float) -> Step:
    """Publish on a fixed schedule, whatever the server does, and check every delivery."""
    crowd, reference = target.crowd, Reference()
    crowd.wait(0.3)
    for n, reader in enumerate(crowd.readers):
        reader.arm(reference, timed=n % _SAMPLED_EVERY == 0)
    count = max(10, int(rate * seconds))
    gc.collect()
    gc.disable()
    server_before, generator_before = target.server.cpu(), time.process_time()
    begun = time.perf_counter()
    start = begun + 0.01
    _publish(target, count, start, rate)
    crowd.wait(_GRACE, done=lambda: _arrived(crowd.readers, reference, count))
    ended = time.perf_counter()
    server_cpu, generator_cpu = target.server.cpu() - server_before, time.process_time() - generator_before
    gc.enable()
    target.server.check()
    late = sorted(_latencies(crowd.readers, reference, start, rate))
    took = _last(crowd.readers) - start
    step = Step(
        offered=rate,
        # The last event may take as long as any other before it counts as late.
        delivered=min(rate, count / max(took - P99_LIMIT, 1e-9)),
        cpu=server_cpu / (count * len(crowd.readers)) * 1e6,
        server_busy=server_cpu / (ended - begun),
        generator_busy=generator_cpu / (ended - begun),
        p50=percentile(late, 0.50),
        p99=percentile(late, 0.99),
        void=_void(crowd.readers, reference, count),
    )
    for reader in crowd.readers:
        reader.disarm()
    return step


def climb(opening: Opening, seconds: float, ladder: Sequence[int] = LADDER) -> list[Step]:
    """Load after load until one is not sustained, however often it is tried."""
    steps: list[Step] = []
    with opening() as target:
        offer(target, ladder[0], _WARM)
        for rate in ladder:
            step = offer(target, rate, seconds)
            for _ in range(_TRIES - 1):
                if step.sustained or step.void:
                    break
                step = offer(target, rate, seconds)
            steps.append(step)
            print(f"  {target.server.name}: {_told(step)}", flush=True)
            if not step.sustained:
                break
    return steps


def repeated(opening: Opening, rate: float, seconds: float, times: int) -> list[Step]:
    """The same load several times on a fresh server."""
    with opening() as target:
        offer(target, rate, _WARM)
        return [offer(target, rate, seconds) for _ in range(times)]


def _publish(target: Target, count: int, start: float, rate: float) -> None:
    """Events at their times and reads in between, from one thread: no event waits for a slow answer."""
    sent = 0

    def publish_due() -> None:
        nonlocal sent
        now = time.perf_counter()
        while sent < count and now >= start + sent / rate:
            target.publisher(sent)
            sent += 1

    while sent < count:
        publish_due()
        target.crowd.take(start + sent / rate, publish_due)


def _arrived(readers: Sequence[Reader], reference: Reference, count: int) -> bool:
    whole = count * reference.size
    return whole > 0 and all(reader.position >= whole for reader in readers)


def _void(readers: Sequence[Reader], reference: Reference, count: int) -> str:
    faults = {reader.fault for reader in readers if reader.fault}
    if faults:
        return "; ".join(sorted(faults))
    numbers = [int(payload.split(b"#", 2)[1]) for payload in reference.payloads()]
    if numbers != list(range(len(numbers))):
        return "events out of order or doubled"
    if len(numbers) != count or any(reader.position != count * reference.size for reader in readers):
        return f"not everything arrived within {_GRACE:.0f} s"
    return ""


def _latencies(readers: Sequence[Reader], reference: Reference, start: float, rate: float) -> list[float]:
    found: list[float] = []
    size = reference.size
    for reader in readers:
        if reader.times is None:
            continue
        number = 0
        for at, place in zip(reader.times, reader.places, strict=True):
            while (number + 1) * size <= place:
                found.append(at - (start + number / rate))
                number += 1
    return found


def _last(readers: Sequence[Reader]) -> float:
    return max((reader.times[-1] for reader in readers if reader.times), default=0.0)


def _opened(server: Server) -> Iterator[Target]:
    crowd, side = Crowd(), Crowd()
    try:
        for _ in range(SOCKETS):
            crowd.join(server.port, "/read")
        publisher = side.join(server.port, "/publish")

        def publish(number: int) -> None:
            publisher.send(event(number))
            side.take(0)
            publisher.greeted.clear()

        yield Target(server, crowd, publish)
    finally:
        side.close()
        crowd.close()


def _told(step: Step) -> str:
    mark = "" if step.generator_busy < 0.7 else " [generator over 70 %]"
    end = "sustained" if step.sustained else step.void or "not sustained"
    return (
        f"{step.offered:>5.0f}/s  {step.cpu:6.2f} µs/delivery  p50 {step.p50 * 1e3:6.1f} ms  "
        f"p99 {step.p99 * 1e3:6.1f} ms  server {step.server_busy:4.0%}  "
        f"generator {step.generator_busy:4.0%}{mark}  {end}"
    )


def run(plan: Plan) -> Report:
    """Each server's own maximum, then all three at the loads that are quoted, in turns."""
    nchan.binary()
    openings: dict[str, Opening] = {"Throughline": open_ours, "nchan": open_nchan, "Starlette loop": open_loop}
    climbs = {name: climb(opening, plan.seconds) for name, opening in openings.items()}
    most = {name: max((s.offered for s in steps if s.sustained), default=0.0) for name, steps in climbs.items()}
    loads = sorted({60.0, most["nchan"], _roomy(climbs["nchan"])} - {0.0})
    found: dict[tuple[str, float], list[Step]] = {}
    for _ in range(plan.repeats):
        for name, opening in openings.items():
            for load in sorted({min(load, most[name]) for load in loads} - {0.0}):
                found.setdefault((name, load), []).extend(repeated(opening, load, plan.seconds, 1))
    rows = []
    for load in loads:
        mine = found["Throughline", min(load, most["Throughline"])]
        if load == 60:
            rows.append(_against(mine, found["nchan", 60.0], "nchan's at 60 events/s", 1.0))
        elif load == most["nchan"]:
            theirs = min(load, most["Starlette loop"])
            rows += [
                _against(mine, found["nchan", load], f"nchan's at its maximum, {load:.0f} events/s", 1 / 5),
                _against(
                    mine, found["Starlette loop", theirs], f"a Starlette loop's (at its {theirs:.0f} events/s)", 1 / 10
                ),
                _lateness(mine, load),
            ]
    table = grid(
        ("server at events/s", "CPU µs/delivery", "p50 ms", "p99 ms", "server busy", "generator busy", "checked"),
        [_line(name, steps) for (name, _), steps in sorted(found.items(), key=lambda one: (one[0][1], one[0][0]))],
    )
    maxima = grid(
        ("server", "most events/s sustained", "deliveries/s", "CPU µs/delivery there"),
        [_summit(name, climbs[name], most[name]) for name in openings],
    )
    return Report(
        "Fan-out", rows, _METHOD.format(version=nchan.version(), seconds=plan.seconds), [table, maxima], _NOTES
    )


_METHOD = f"""\
One event of {EVENT} bytes to {SOCKETS} sockets of one conversation, offered on a fixed schedule whatever the server
does (open loop: a delivery's time counts from its event's place in the schedule). Server on core 0, generator on
core 1. The number is CPU (user and system, all processes of the server) per delivery over {{seconds:.0f}} s; beside
it the time to the reader. Every delivery of every socket is compared to the byte, with its order; a run that
differs is void. Peers: {{version}} with one worker, its default buffer and one WebSocket publisher; and the loop
most people write, `await send_text` for each socket, on uvicorn with uvloop, httptools and no deflate. Ours is the
real live engine, socket endpoint and frame path with a publisher on a WebSocket like nchan's, that gives events to
`Live.publish`: the log and its syncs are not in this number, as they are not in the peers' (they are in the next
section). A load is sustained when everything arrives at 99 % of the offered rate with p99 ≤ 100 ms. The ladder's
steps are about a quarter apart."""
_NOTES = [
    "Where a generator is busier than 70 % (marked *) it reads in batches, which makes deliveries cheaper for a server "
    "that writes each one apart. Targets are judged at 60 events/s and at nchan's maximum; the highest load at which "
    "the generator had room stands beside them in the table."
]


def _roomy(steps: Sequence[Step]) -> float:
    return max((s.offered for s in steps if s.sustained and s.generator_busy < 0.7), default=0.0)


def _verdict(steps: Sequence[Step], good: bool) -> Verdict:
    if any(step.void for step in steps):
        return "void"
    return "pass" if good else "fail"


def _against(mine: Sequence[Step], theirs: Sequence[Step], whose: str, target: float) -> Row:
    ours_cpu, their_cpu = spread([s.cpu for s in mine]), spread([s.cpu for s in theirs])
    ratio = ours_cpu.median / their_cpu.median if their_cpu.median else 0.0
    return Row(
        f"Fan-out, CPU per delivery against {whose}",
        "≤ 1" if target == 1 else f"≤ 1/{1 / target:.0f}",
        f"{fraction(ratio)}: {ranged(ours_cpu)} to {ranged(their_cpu, 'µs')}",
        _verdict([*mine, *theirs], ratio <= target),
    )


def _lateness(mine: Sequence[Step], load: float) -> Row:
    late = spread([step.p99 * 1e3 for step in mine])
    return Row(
        f"Fan-out, p99 of a delivery at {load:.0f} events/s to {SOCKETS} sockets", "≤ 30 ms", ranged(late, "ms"),
        _verdict(mine, late.median <= 30),
    )  # fmt: skip


def _line(name: str, steps: Sequence[Step]) -> list[str]:
    busy = spread([s.generator_busy * 100 for s in steps])
    return [
        f"{name} at {steps[0].offered:.0f}",
        ranged(spread([s.cpu for s in steps])),
        ranged(spread([s.p50 * 1e3 for s in steps])),
        ranged(spread([s.p99 * 1e3 for s in steps])),
        f"{spread([s.server_busy * 100 for s in steps]).median:.0f} %",
        f"{busy.median:.0f} %{'*' if busy.median >= 70 else ''}",
        next((s.void for s in steps if s.void), "all the same"),
    ]


def _summit(name: str, steps: Sequence[Step], most: float) -> list[str]:
    there = next((s for s in steps if s.offered == most), None)
    if there is None:
        return [name, "none", "0", "–"]
    mark = "*" if there.generator_busy >= 0.7 else ""
    more = " or more" if there is steps[-1] else ""
    return [name, f"{most:.0f}{mark}{more}", f"{most * SOCKETS:,.0f}", f"{there.cpu:.2f}"]
