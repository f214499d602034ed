"""Slack beside the web: what a signed event costs, how late a stream may be, and that a hanging Slack hurts nobody."""

import asyncio
import hashlib
import hmac
import itertools
import time
import urllib.request
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import msgspec
import uvloop
from msgspec import Struct

from bench import tokens
from bench.accept import bare
from bench.gateway import Gateway, serving
from bench.load import Heard, Socket, connect, until
from bench.posts import CONNECTIONS, Rate, post
from bench.process import LOAD_CORE, python, started
from bench.stats import Spread, fraction, percentile, ranged, spread
from bench.table import Plan, Report, Row, grid
from rig.machine import free_port

ACCOUNT, TEAM, APP, BOT, SIGNING = "bench-slack", "T0BENCH", "A0BENCH", "U0BENCHBOT", "b" * 32
STREAMS, APPENDS, MINUTE = 20, 100, 60.0
SECONDS = 20
WATCHERS = 50
_TEXT = "A message of a common length, as people write them when they ask for something." * 2
_numbers = itertools.count(1)


class Streamed(Struct, frozen=True):
    """What one workspace saw of some simultaneous answers. Seconds."""

    lags: list[float]
    appends: int
    moves: list[float]
    unlike: int


class Stand:
    """The stand-in for Slack, and its control side."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.api = f"http://127.0.0.1:{port}/slack/api/"

    def call(self, method: str, path: str, body: object | None = None) -> Any:
        """One request of the control or lab side. Raises urllib's errors."""
        data = None if body is None else msgspec.json.encode(body)
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/slack/{path}", data, {"content-type": "application/json"}, method=method
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return msgspec.json.decode(answer.read() or b"null")

    def introduce(self, gateway: Gateway, people: int) -> None:
        """Our app, and its people."""
        url = f"http://127.0.0.1:{gateway.port}/api/v1/channels/slack/webhook/{ACCOUNT}"
        app = {
            "team": {"id": TEAM, "name": "Bench"}, "bot_user": BOT, "bot_id": "B0BENCH", "bot_token": "xoxb-bench-0",
            "signing_secret": SIGNING, "app_token": "xapp-bench-0", "request_url": url, "socket": False,
        }  # fmt: skip
        self.call("PUT", f"_ctl/apps/{APP}", app)
        for n in range(people):
            self.call("PUT", f"_ctl/people/U{n:04d}", {"name": f"Customer {n}", "team": TEAM})

    def requests(self, method: str) -> list[dict[str, Any]]:
        """Everything asked of a method so far, in order."""
        found: list[dict[str, Any]] = []
        after = 0
        while page := self.call("GET", f"_ctl/requests?after={after}"):
            if not page["requests"]:
                return found
            after = page["next"]
            found += [asked for asked in page["requests"] if asked["method"] == method]
        return found


@contextmanager
def standing() -> Iterator[Stand]:
    """The stand-in as a process of its own, on the generator's core."""
    port = free_port()
    with started("sandbox", python("-m", "sandbox", "--port", str(port)), port, core=LOAD_CORE):
        yield Stand(port)


def event(n: int, text: str = _TEXT) -> tuple[str, bytes, str]:
    """A signed message of its own, dealt out to a hundred threads."""
    ts = f"{1_700_000_000 + n // 1_000_000}.{n % 1_000_000:06d}"
    person, thread = f"U{n % 100:04d}", f"1699999999.{n % 100:06d}"
    body = msgspec.json.encode(
        {
            "token": "x", "team_id": TEAM, "api_app_id": APP, "type": "event_callback", "event_id": f"Ev{n:010d}",
            "event_time": 1_700_000_000, "authorizations": [{"team_id": TEAM, "user_id": BOT, "is_bot": True}],
            "event": {
                "type": "message", "channel": f"D{n % 100:04d}", "channel_type": "im", "user": person, "text": text,
                "ts": ts, "thread_ts": thread, "client_msg_id": str(n), "team": TEAM,
            },
        }
    )  # fmt: skip
    now = str(int(time.time()))
    signed = hmac.new(SIGNING.encode(), b"v0:%b:%b" % (now.encode(), body), hashlib.sha256).hexdigest()
    headers = f"X-Slack-Request-Timestamp: {now}\r\nX-Slack-Signature: v0={signed}"
    return f"/api/v1/channels/slack/webhook/{ACCOUNT}", body, headers


async def events(plan: Plan) -> list[Rate]:
    """Signed events at full rate, agent off."""
    with serving(customers=100, slack="http://127.0.0.1:9/slack/api/") as gateway:

        def make(_: int) -> tuple[str, bytes, str]:
            return event(next(_numbers))

        await post(gateway.port, make, 1)
        return [await post(gateway.port, make, plan.seconds) for _ in range(plan.repeats)]


def lags(asked: Sequence[dict[str, Any]]) -> list[float]:
    """How long each append came after the first moment at which the tier had room for it.

    The tier as published: a hundred at once, then a hundred a minute. While it has room nobody waits for it; then the
    time counts from the append before it in the same stream, and what is above one second of pace is late.
    """
    room, last, found = float(APPENDS), 0.0, []
    free_at = 0.0
    before: dict[str, float] = {}
    for one in asked:
        at = float(one["at"])
        if last:
            room = min(APPENDS, room + (at - last) * APPENDS / MINUTE)
        last = at
        stream = str(one["body"].get("ts"))
        since = max(free_at, before.get(stream, at - 1.0) + 1.0)
        found.append(max(0.0, at - since))
        room -= 1
        free_at = at if room >= 1 else at + (1 - room) * MINUTE / APPENDS
        before[stream] = at
    return found


async def streams(stand: Stand, gateway: Gateway) -> Streamed:
    """STREAMS people move to Slack, ask, and read along; the web keeps its sockets."""
    conversations = gateway.conversations(STREAMS)
    heard: list[list[tuple[float, Heard]]] = [[] for _ in conversations]

    def listen(socket: Socket, frame: Heard, at: float) -> None:
        heard[socket.place].append((at, frame))

    sockets, moves = [], []
    for place, (conversation, token) in enumerate(conversations):
        socket = await connect(gateway.port, token, listen, place)
        socket.place = place
        socket.say({"t": "watch", "c": conversation})
        sockets.append(socket)
        name, begun = str(uuid.uuid4()), time.perf_counter()
        socket.say({"t": "bind", "c": conversation, "id": name, "channel": "slack"})
        await until(lambda p=place, n=name: any(f.id == n for _, f in heard[p]), 5)  # type: ignore[misc]
        moves.append(next((at for at, f in heard[place] if f.t == "ack" and f.id == name), begun + 5) - begun)
        gateway.call("PUT", f"/api/v1/conversations/{conversation}/bindings", {"follow": "pin"}, token)
    await asyncio.sleep(3)
    for (conversation, _), socket in zip(conversations, sockets, strict=True):
        socket.say({"t": "say", "c": conversation, "id": str(uuid.uuid4()), "text": "Count."})
    agents = [False] * STREAMS

    def done() -> bool:
        for place, frames in enumerate(heard):
            agents[place] = any(_from_agent(f) for _, f in frames)
        return all(agents)

    await until(done, SECONDS * 3, 0.2)
    await asyncio.sleep(8)
    finals = {b["id"]: b["text"] for frames in heard for _, f in frames if (b := _from_agent(f))}
    shown = "\n".join(str(m.get("text", "")) for m in stand.call("GET", "_ctl/messages")["messages"])
    unlike = sum(text not in shown for text in finals.values()) + agents.count(False)
    appends = stand.requests("chat.appendStream")
    for socket in sockets:
        socket.drop()
    return Streamed(lags(appends), len(appends), moves, unlike)


def _from_agent(frame: Heard) -> dict[str, Any] | None:
    if frame.t != "event" or frame.kind != "message":
        return None
    body: dict[str, Any] = msgspec.json.decode(frame.body)
    return body if body["author"]["kind"] == "agent" else None


async def status(gateway: Gateway, channel: str = "slack", account: str = ACCOUNT) -> list[float]:
    """From switching an account off to the frame in each of WATCHERS clients."""
    times: list[float] = []

    def listen(_: Socket, frame: Heard, at: float) -> None:
        if frame.t == "account":
            times.append(at)

    sockets = [await connect(gateway.port, gateway.customers[n % STREAMS], listen, n) for n in range(WATCHERS)]
    found = []
    for verb in ("disable", "enable") * 3:
        times.clear()
        begun = time.perf_counter()
        path = f"/api/v1/admin/channels/{channel}/accounts/{account}/{verb}"
        await asyncio.to_thread(gateway.call, "POST", path, None, gateway.admins[0])
        await until(lambda: len(times) >= WATCHERS, 5)
        found += [at - begun for at in times] or [5.0]
    for socket in sockets:
        socket.drop()
    return found


async def hang(stand: Stand, gateway: Gateway, repeats: int) -> tuple[list[float], list[float]]:
    """p99 of the web readers' tokens while Slack is well, and while it hangs; in turns."""
    well: list[float] = []
    hanging: list[float] = []

    def mirrored(conversation: str, token: str) -> None:
        path = f"/api/v1/conversations/{conversation}/bindings"
        items = [
            {"id": b["id"], "mode": "mirror"}
            for b in gateway.call("GET", path, None, token)["items"]
            if b["channel"] == "slack"
        ]
        gateway.call("PUT", path, {"items": items}, token)

    for _ in range(repeats):
        for into, seconds in ((well, 0.0), (hanging, 30.0)):
            stand.call("PUT", "_lab/switches", {"app": APP, "hang_s": seconds})
            found = await tokens.turns(gateway, tokens.FEW, busy=False, prepare=mirrored)
            into.append(percentile(found.later, 0.99))
    stand.call("PUT", "_lab/switches", {"app": APP, "hang_s": 0.0})
    return well, hanging


async def _beside(plan: Plan) -> tuple[Streamed, list[float], list[float], list[float]]:
    model_port = free_port()
    model = python("-m", "bench.peers.model", str(model_port), server=False)
    words = f"bench-{tokens.RATE * SECONDS}-{tokens.RATE}-sure"
    with (
        standing() as stand,
        started("model", model, model_port, core=LOAD_CORE),
        serving(STREAMS, 0, words, model_port, slack=stand.api) as gateway,
    ):
        stand.introduce(gateway, STREAMS)
        found = await streams(stand, gateway)
        told = await status(gateway)
        gateway.sign_in()
        return found, told, *await hang(stand, gateway, min(plan.repeats, 3))


def run(plan: Plan) -> Report:
    """All of it."""
    peer = uvloop.run(bare(plan))
    rates = uvloop.run(events(plan))
    found, told, well, hanging = uvloop.run(_beside(plan))
    ours, theirs = spread([r.per_second for r in rates]), spread([r.per_second for r in peer])
    ratio, refused = ours.median / theirs.median, sum(r.refused for r in rates)
    lag = percentile(sorted(found.lags), 0.99) if found.lags else 0.0
    moved, seen = max(found.moves), percentile(sorted(told), 0.99)
    cost = spread(hanging).median / spread(well).median
    rows = [
        Row(
            "Signed Slack events, verified, deduped, durable before the 200, against a bare POST endpoint", "≥ 1/8",
            f"{fraction(ratio)}: {ranged(ours)} to {ranged(theirs, '/s')}",
            "void" if refused else "pass" if ratio >= 1 / 8 else "fail",
        ),
        Row(
            f"{STREAMS} streams in one workspace: an append after the tier has room for it, p99", "≤ 1.5 s",
            f"{lag:.2f} s over {found.appends} appends",
            "void" if found.unlike else "pass" if found.appends and lag <= 1.5 else "fail",
        ),
        Row(
            f"{STREAMS} streams: answers in Slack that differ from the log", "0", str(found.unlike),
            "pass" if not found.unlike else "fail",
        ),
        Row("A move to Slack, the slowest", "≤ 1 s", f"{moved * 1e3:.0f} ms", "pass" if moved <= 1 else "fail"),
        Row(
            f"An account's new state in each of {WATCHERS} clients, p99", "≤ 500 ms", f"{seen * 1e3:.0f} ms",
            "pass" if seen <= 0.5 else "fail",
        ),
        Row(
            "A Slack that hangs: p99 of the web readers' tokens against a well one's", "≤ 1.05",
            f"{cost:.2f}: {ranged(_ms(hanging))} to {ranged(_ms(well), 'ms')}",
            "pass" if cost <= 1.05 else "fail",
        ),
    ]  # fmt: skip
    table = grid(
        ("", "a second", "p50 ms", "p99 ms"),
        [_line("signed Slack events, durable", rates), _line("bare Starlette POST", peer)],
    )
    return Report("Slack", rows, _METHOD, [table], [])


def _ms(seconds: Sequence[float]) -> Spread:
    return spread([s * 1e3 for s in seconds])


def _line(name: str, rates: Sequence[Rate]) -> list[str]:
    return [
        name, ranged(spread([r.per_second for r in rates])), ranged(spread([r.p50 * 1e3 for r in rates])),
        ranged(spread([r.p99 * 1e3 for r in rates])),
    ]  # fmt: skip


_METHOD = f"""\
Events: {CONNECTIONS} keep-alive connections that each ask again when they were answered; every event is signed, has
an id and a `ts` of its own, and belongs to one of 100 threads; `throughline serve` on a fresh store on disk, agent off.
Peer, cores and client as in "Keeping a message". Streams: {STREAMS} people of one workspace move their talk to Slack,
pin it there and ask at once; the model writes {tokens.RATE} tokens a second for {SECONDS} s. The stand-in for Slack
(its published tiers: 20 starts, 100 appends a minute for the workspace) notes when each append came; it is late by what
lies between that and the moment at which the tier had room and the stream was a second old. A hundred appends a minute
among {STREAMS} streams are one in twelve seconds for each: that wait is Slack's, and is not counted. Moves: from the
`bind` frame to its `ack`. State: from the admin's request to the frame in each client. Hanging: {tokens.FEW} turns with
two readers each, Slack answering at once and after 30 s, in turns."""
