"""A network that fails for everyone: 1,000 sockets cut in mid-answer come back at once and must miss nothing."""

import asyncio
import time
import uuid

import msgspec
import uvloop
from msgspec import Struct

from bench.gateway import Gateway, serving
from bench.load import Heard, Socket, connect, many, until
from bench.process import LOAD_CORE, python, started
from bench.stats import ranged, spread
from bench.table import Plan, Report, Row, grid
from rig.machine import free_port

CONVERSATIONS, READERS, USERS = 100, 10, 20
RATE, SECONDS = 25, 12
#: Messages that each conversation gets while nobody is there.
MISSED = 3


class Cut(Struct, frozen=True):
    """Seconds until all had caught up; events that never came or came twice; readers whose text differs in the end."""

    took: float
    lost: int
    doubled: int
    unlike: int
    behind: int


class Reader:
    """A reader of one conversation over several sockets: what a browser keeps in mind."""

    def __init__(self, conversation: str, token: str) -> None:
        self.conversation, self.token = conversation, token
        self.epoch, self.seq = "", 0
        self.lost = self.doubled = 0
        self.text = ""
        self.final: str | None = None
        self.like = False
        self.head: int | None = None
        self.shown = False
        self.caught_up = 0.0
        self._gap = False

    def leave(self) -> None:
        """The socket is gone; what is known stays."""
        self.head, self.shown, self.caught_up = None, False, 0.0

    def hear(self, heard: Heard, at: float) -> None:
        """One frame."""
        match heard.t:
            case "watching":
                self.epoch, self.head = heard.epoch, heard.head
            case "event":
                self._event(heard)
            case "snapshot":
                self.text, self.shown, self._gap = heard.text, True, False
            case "delta":
                place = int(heard.at)
                self._gap |= place > len(self.text)
                self.text = self.text[:place] + heard.text
                self.shown = True
        if not self.caught_up and self.head is not None and self.seq >= self.head and self.shown:
            self.caught_up = at

    def _event(self, heard: Heard) -> None:
        if self.seq and heard.seq <= self.seq:
            self.doubled += 1
            return
        if self.seq and heard.seq > self.seq + 1:
            self.lost += heard.seq - self.seq - 1
        self.seq = heard.seq
        if heard.kind == "message" and self.final is None:
            body = msgspec.json.decode(heard.body)
            if body["author"]["kind"] == "agent":
                self.final, self.shown = body["text"], True
                self.like = not self._gap and body["text"].startswith(self.text)


async def cut(gateway: Gateway) -> Cut:
    """Answers begin everywhere; in the middle everyone is cut off and, a second later, back."""
    gateway.sign_in()
    readers = [Reader(c, token) for c, token in gateway.conversations(CONVERSATIONS) for _ in range(READERS)]

    def listen(socket: Socket, heard: Heard, at: float) -> None:
        readers[socket.place].hear(heard, at)

    sockets = await many(gateway.port, [reader.token for reader in readers], listen)
    for place, (socket, reader) in enumerate(zip(sockets, readers, strict=True)):
        socket.place = place
        socket.say({"t": "watch", "c": reader.conversation, "after": 0})
    await until(lambda: all(reader.head is not None for reader in readers), 10)
    for socket, reader in zip(sockets[::READERS], readers[::READERS], strict=True):
        socket.say({"t": "say", "c": reader.conversation, "id": str(uuid.uuid4()), "text": "Count."})
    await until(lambda: all(reader.shown for reader in readers), 20)
    await asyncio.sleep(1)
    for socket, reader in zip(sockets, readers, strict=True):
        socket.drop()
        reader.leave()
    await _say_unheard(gateway, readers[::READERS])
    begun = time.perf_counter()
    again = await asyncio.gather(*(_back(gateway, readers, place) for place in range(len(readers))))
    await until(lambda: all(reader.caught_up for reader in readers), 20)
    took = max((reader.caught_up for reader in readers), default=begun) - begun
    behind = sum(not reader.caught_up for reader in readers)
    await until(lambda: all(reader.final is not None for reader in readers), SECONDS * 3, 0.05)
    for socket in again:
        socket.drop()
    return Cut(
        took=took,
        lost=sum(r.lost for r in readers),
        doubled=sum(r.doubled for r in readers),
        unlike=sum(not r.like for r in readers),
        behind=behind,
    )


async def _back(gateway: Gateway, readers: list[Reader], place: int) -> Socket:
    reader = readers[place]

    def listen(_: Socket, heard: Heard, at: float) -> None:
        reader.hear(heard, at)

    where = [{"c": reader.conversation, "epoch": reader.epoch, "seq": reader.seq}]
    return await connect(gateway.port, reader.token, listen, place, where)


async def _say_unheard(gateway: Gateway, owners: list[Reader]) -> None:
    """Messages that come while nobody listens, over one socket for each user."""
    acked = 0

    def listen(_: Socket, heard: Heard, __: float) -> None:
        nonlocal acked
        acked += heard.t == "ack"

    tokens = list(dict.fromkeys(reader.token for reader in owners))
    sockets = dict(zip(tokens, await many(gateway.port, tokens, listen), strict=True))
    for n in range(MISSED):
        for reader in owners:
            frame = {"t": "say", "c": reader.conversation, "id": str(uuid.uuid4()), "text": f"And {n}?"}
            sockets[reader.token].say(frame)
    await until(lambda: acked == MISSED * len(owners), 20)
    for socket in sockets.values():
        socket.drop()


async def _ours(repeats: int) -> list[Cut]:
    found = []
    for _ in range(repeats):
        port = free_port()
        with (
            started("model", python("-m", "bench.peers.model", str(port), server=False), port, core=LOAD_CORE),
            serving(USERS, 0, f"bench-{RATE * SECONDS}-{RATE}-sure", port) as gateway,
        ):
            found.append(await cut(gateway))
    return found


def run(plan: Plan) -> Report:
    """Each time on a fresh server."""
    cuts = uvloop.run(_ours(min(plan.repeats, 3)))
    took = spread([one.took for one in cuts])
    lost, doubled = sum(one.lost for one in cuts), sum(one.doubled for one in cuts)
    unlike, behind = sum(one.unlike for one in cuts), sum(one.behind for one in cuts)
    count = CONVERSATIONS * READERS
    rows = [
        Row(
            f"{count:,} sockets cut in mid-answer, until all have caught up", "≤ 3 s", ranged(took, "s"),
            "void" if behind else "pass" if took.median <= 3 else "fail",
        ),
        Row(
            "Events lost, events doubled, answers that differ in the end", "0, 0, 0", f"{lost}, {doubled}, {unlike}",
            "fail" if lost or doubled or unlike or behind else "pass",
        ),
    ]  # fmt: skip
    table = grid(
        ("run", "seconds", "lost", "doubled", "differing", "never caught up"),
        [
            [str(n + 1), f"{c.took:.2f}", str(c.lost), str(c.doubled), str(c.unlike), str(c.behind)]
            for n, c in enumerate(cuts)
        ],
    )
    return Report("Resume", rows, _METHOD, [table])


_METHOD = f"""\
{CONVERSATIONS} conversations with a running answer ({RATE} tokens/s), {READERS} readers each. All connections are
dropped without a close; {MISSED} messages come in every conversation while nobody listens; then all readers connect
at once and resume by `epoch` and `seq` in their first frame. A reader has caught up when it has every event up to
the head it was told and the open answer's text so far; the time counts from the first connect, handshakes and
sign-in included. When the answers end, every reader's text must be the log's, without one event missing or twice."""
