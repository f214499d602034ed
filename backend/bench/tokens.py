"""From the model's token to the browser's frame: how late, how dear, how many turns at once; and Chainlit's price."""

import asyncio
import re
import time
import uuid
from collections.abc import Callable, Sequence

import msgspec
import uvloop
from msgspec import Struct

from bench import chainlit
from bench.gateway import Gateway, lag_p99, serving
from bench.load import Heard, Socket, many, until
from bench.process import LOAD_CORE, python, started
from bench.stats import fraction, percentile, ranged, spread
from bench.table import Plan, Report, Row, grid
from rig.machine import free_port

TURNS, FEW, RATE, READERS, USERS = 200, 20, 25, 2, 10
SECONDS = 20
#: The server's flush window for provisional text, milliseconds (live/memory.py).
WINDOW = 30
_STAMP = re.compile(r" (\d{14})")


class Turns(Struct, frozen=True):
    """What some simultaneous turns cost and how late they were; seconds, CPU in microseconds a token and reader."""

    turns: int
    first: list[float]
    later: list[float]
    cpu: float
    server_busy: float
    generator_busy: float
    lag: float
    unlike: int
    unfinished: int


class Reader:
    """One reader of one conversation: folds deltas by offset and notes when each token came."""

    def __init__(self) -> None:
        self.text = ""
        self.final: str | None = None
        self.arrivals: list[tuple[float, int]] = []
        self.gaps = 0
        #: The text was a beginning of the message that the log keeps, without a gap.
        self.whole = False

    def hear(self, heard: Heard, at: float) -> None:
        """One frame."""
        if heard.t in {"delta", "snapshot"}:
            place = int(heard.at) if heard.t == "delta" else 0
            if place > len(self.text):
                self.gaps += 1
                return
            self.text = self.text[:place] + heard.text
            self.arrivals.append((at, len(self.text)))
        elif heard.t == "event" and heard.kind == "message":
            body = msgspec.json.decode(heard.body)
            if body["author"]["kind"] == "agent":
                # The message supersedes what was provisional, and brings what the window still held back.
                self.final = body["text"]
                self.whole = not self.gaps and body["text"].startswith(self.text)
                self.text = body["text"]
                self.arrivals.append((at, len(self.text)))

    def lateness(self) -> list[float]:
        """For each token, seconds from its birth to the frame that brought it."""
        found, arrivals = [], iter(self.arrivals)
        at, upto = next(arrivals, (0.0, 0))
        for token in _STAMP.finditer(" " + self.text.lstrip()):
            while upto < token.end() - 1:
                at, upto = next(arrivals, (at, 1 << 60))
            found.append(at - int(token[1]) / 1e6)
        return found


async def turns(
    gateway: Gateway, count: int, *, busy: bool, prepare: Callable[[str, str], None] = lambda *_: None
) -> Turns:
    """`count` turns at once with their readers; begun within a second, so that tokens do not march in step.

    `prepare` gets each conversation and its customer's token first.
    """
    conversations = gateway.conversations(count)
    for conversation, token in conversations:
        prepare(conversation, token)
    readers = [Reader() for _ in range(count * READERS)]

    def listen(socket: Socket, heard: Heard, at: float) -> None:
        readers[socket.place].hear(heard, at)

    sockets = await many(gateway.port, [token for _, token in conversations for _ in range(READERS)], listen)
    for place, socket in enumerate(sockets):
        socket.place = place
        socket.say({"t": "watch", "c": conversations[place // READERS][0]})
    await asyncio.sleep(1)
    before, lag, own, begun = gateway.server.cpu(), gateway.lag(), time.process_time(), time.perf_counter()
    for (conversation, _), socket in zip(conversations, sockets[::READERS], strict=True):
        socket.say({"t": "say", "c": conversation, "id": str(uuid.uuid4()), "text": "Count."})
        await asyncio.sleep((1.0 if busy else 0.5) / count)
    done = await until(lambda: all(r.final is not None for r in readers), SECONDS * 3, 0.05)
    took = time.perf_counter() - begun
    cpu, own = gateway.server.cpu() - before, time.process_time() - own
    late = [reader.lateness() for reader in readers]
    for socket in sockets:
        socket.drop()
    tokens = sum(map(len, late))
    return Turns(
        turns=count,
        first=sorted(one[0] for one in late if one),
        later=sorted(value for one in late for value in one[1:]),
        cpu=cpu / max(tokens, 1) * 1e6,
        server_busy=cpu / took,
        generator_busy=own / took,
        lag=lag_p99(lag, gateway.lag()),
        unlike=sum(not reader.whole for reader in readers if reader.final is not None),
        unfinished=0 if done else sum(reader.final is None for reader in readers),
    )


async def _ours(plan: Plan) -> tuple[list[Turns], list[Turns]]:
    model_port = free_port()
    repeats = min(plan.repeats, 3)
    with (
        started("model", python("-m", "bench.peers.model", str(model_port), server=False), model_port, core=LOAD_CORE),
        serving(USERS, 0, f"bench-{RATE * SECONDS}-{RATE}-sure", model_port) as gateway,
    ):
        few = [await turns(gateway, FEW, busy=False) for _ in range(repeats)]
        many_ = [await turns(gateway, TURNS, busy=True) for _ in range(repeats)]
        return few, many_


def run(plan: Plan) -> Report:
    """A few turns for the latency, many for the load, and Chainlit with as many."""
    chainlit.installed()
    few, crowd = uvloop.run(_ours(plan))
    peer = uvloop.run(chainlit.many(TURNS, SECONDS, RATE))
    peer_few = uvloop.run(chainlit.many(FEW, SECONDS, RATE))
    first = spread([percentile(t.first, 0.99) * 1e3 for t in few])
    later = spread([percentile(t.later, 0.99) * 1e3 for t in few])
    lag = spread([t.lag * 1e3 for t in crowd])
    cost, cost_few = spread([t.cpu for t in crowd]), spread([t.cpu for t in few])
    unlike = sum(t.unlike + t.unfinished for t in (*few, *crowd))
    ratio = cost.median / peer.cpu if peer.cpu else 0.0
    rows = [
        Row(
            f"Model's first token to the browser's frame, p99, {FEW} turns", "≤ 10 ms", ranged(first, "ms"),
            "pass" if first.median <= 10 else "fail",
        ),
        Row(
            f"Later tokens, p99, {FEW} turns", f"≤ {WINDOW} ms window + 15 ms", ranged(later, "ms"),
            "pass" if later.median <= WINDOW + 15 else "fail",
        ),
        Row(
            f"{TURNS} turns at {RATE} tokens/s, {READERS} readers each: event-loop lag p99", "≤ 60 ms",
            ranged(lag, "ms"), "pass" if lag.median <= 60 else "fail",
        ),
        Row(
            f"{TURNS} turns: folds that differ from the final text", "0", str(unlike),
            "pass" if not unlike else "fail",
        ),
        Row(
            f"{TURNS} turns: CPU per token and reader against Chainlit's", "≤ 1/8",
            f"{fraction(ratio)}: {ranged(cost)} to {peer.cpu:.0f} µs", "pass" if 0 < ratio <= 1 / 8 else "fail",
        ),
    ]  # fmt: skip
    table = grid(
        (
            "",
            "first token p50/p99 ms",
            "later p50/p99 ms",
            "CPU µs/token/reader",
            "loop lag p99 ms",
            "server busy",
            "generator busy",
        ),
        [
            _line(f"Throughline, {FEW} turns", few),
            _line(f"Throughline, {TURNS} turns", crowd),
            _chainlit_line(peer_few),
            _chainlit_line(peer),
        ],
    )
    notes = []
    if peer.took > SECONDS * 1.25 + 1:
        notes.append(
            f"Chainlit took {peer.took:.0f} s for the {TURNS} answers of {SECONDS} s: one core is "
            "not enough for that pace."
        )
    notes.append(
        f"With {FEW} turns ours costs {ranged(cost_few, 'µs')} a token and reader: fewer tokens share a flush."
    )
    return Report("Tokens", rows, _METHOD, [table], notes)


def _line(name: str, of: Sequence[Turns]) -> list[str]:
    return [
        name, _late([t.first for t in of]), _late([t.later for t in of]), ranged(spread([t.cpu for t in of])),
        ranged(spread([t.lag * 1e3 for t in of])), f"{spread([t.server_busy for t in of]).median:.0%}",
        f"{spread([t.generator_busy for t in of]).median:.0%}",
    ]  # fmt: skip


def _chainlit_line(of: chainlit.Cost) -> list[str]:
    return [
        f"Chainlit, {of.turns} turns", _late([of.first]), _late([of.later]), f"{of.cpu:.0f}", "–",
        f"{of.server_busy:.0%}", f"{of.generator_busy:.0%}",
    ]  # fmt: skip


def _late(runs: Sequence[list[float]]) -> str:
    middle, most = (spread([percentile(run, share) * 1e3 for run in runs]).median for share in (0.5, 0.99))
    return f"{middle:.1f} / {most:.1f}"


_METHOD = f"""\
A model stand-in on core 1 streams {RATE} tokens a second for {SECONDS} s over the OpenAI protocol and writes into
each token when it was born; the reader knows when the frame came. `throughline serve` on core 0, with its own agent
path, store and sockets; {READERS} sockets watch each conversation. Latency is taken with {FEW} turns at once, load
with {TURNS}. Every reader folds deltas by offset and compares with the message in the log. Chainlit runs an app
that streams from the same stand-in through the openai client to as many socket.io readers; two readers share one
upstream stream there too, so that it pays for it once, as we do. CPU is the whole server process's."""
