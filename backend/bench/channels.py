"""All channels: what a signed webhook costs, what replays do, moves, states, settings, hostile mail, answers."""

import asyncio
import random
import sqlite3
import time
import urllib.request
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec
import uvloop
from msgspec import Struct

from bench import signed, slack
from bench.accept import bare
from bench.gateway import Gateway, serving
from bench.load import Heard, Socket, connect, until
from bench.posts import CONNECTIONS, Asked, Rate, post
from bench.process import LOAD_CORE, python, scratch, started
from bench.roles import BOT, ENDS, META, SMS
from bench.stats import fraction, percentile, ranged, spread
from bench.table import Plan, Report, Row, grid
from rig.machine import free_port

#: Messages of each provider that are replayed, and how often each comes.
REPLAYED, TIMES = 300, 5
MAILS, FEW_MAILS = 10_000, 1_000
LAG = 0.020
ANSWERS, ANSWERS_A_SECOND = 200, 20
ROUNDS = 50
_CLOSED = "http://127.0.0.1:9"


class Replays(Struct, frozen=True):
    """How many messages there were, and how many of them are not in the store exactly once."""

    count: int
    lost: int
    doubled: int
    refused: int


class Lags(Struct, frozen=True):
    """How late the event loop was at the worst and at the 99th percentile, seconds; mails a second; how many looks."""

    worst: float
    p99: float
    over: int
    looks: int
    rate: float


@contextmanager
def google() -> Iterator[tuple[str, signed.Google]]:
    """A Gmail whose keys are ours."""
    port, signs = free_port(), signed.Google()
    with scratch("google") as folder:
        keys = folder / "keys.json"
        keys.write_bytes(signs.keys())
        command = python("-m", "bench.peers.google", str(port), str(keys), server=False)
        with started("gmail", command, port, core=LOAD_CORE):
            yield f"http://127.0.0.1:{port}", signs


def ask(origin: str, method: str, path: str, body: object | None = None) -> object:
    """One request to a stand-in's controls. Raises urllib's errors."""
    data = None if body is None else msgspec.json.encode(body)
    request = urllib.request.Request(
        f"{origin}/{path}", data, {"content-type": "application/json"}, method=method
    )  # fmt: skip
    with urllib.request.urlopen(request, timeout=30) as answer:
        return msgspec.json.decode(answer.read() or b"null")


def kept(data: Path) -> Counter[str]:
    """How often each numbered message stands in the logs, by its number: counted in the store itself."""
    (file,) = data.glob("*.db")
    with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as raw:
        bodies = raw.execute("select member from events where kind = 'message'")
        texts = (msgspec.json.decode(body)["text"] for (body,) in bodies)
        return Counter(text[:9] for text in texts if text[:1] in "ng" and text[1:9].isdigit())


def mixed(gateway: Gateway, signs: signed.Google, since: int = 0) -> "list[Asked]":
    """REPLAYED messages of each provider, numbered from `since` on."""
    makes = signed.every(gateway.port, signs)
    return [make(since + place * REPLAYED + n) for place, make in enumerate(makes.values()) for n in range(REPLAYED)]


async def webhooks(plan: Plan) -> tuple[list[Rate], Replays]:
    """Signed webhooks of all providers at full rate, agent off; then the same few again and again, shuffled."""
    with google() as (mail, signs), serving(1, slack=f"{_CLOSED}/slack/api/", ends=(_CLOSED, mail)) as gateway:
        makes = list(signed.every(gateway.port, signs).values())
        sent = 0

        def make(_: int) -> Asked:
            nonlocal sent
            sent += 1
            return makes[sent % len(makes)](sent)

        # The keys of pushes are fetched by the account's ear, a moment after the start.
        await asyncio.sleep(2)
        await post(gateway.port, make, 1)
        rates = [await post(gateway.port, make, plan.seconds) for _ in range(plan.repeats)]
        return rates, await _replayed(gateway, signs, mail, 50_000_000)


async def _replayed(gateway: Gateway, signs: signed.Google, mail: str, since: int) -> Replays:
    names = list(signed.every(gateway.port, signs))
    added = await asyncio.to_thread(ask, mail, "POST", "mails", {"count": REPLAYED, "hostile": False})
    requests = mixed(gateway, signs, since) * TIMES
    random.Random(1).shuffle(requests)
    rest = iter(requests)
    done = await post(gateway.port, lambda _: next(rest, None), 600)
    # A push says only that there is mail: what is counted is the mail.
    last = added["count"] if isinstance(added, dict) else 0
    expected = {f"g{number:08d}" for number in range(last - REPLAYED, last)} | {
        f"n{since + place * REPLAYED + n:08d}"
        for place, name in enumerate(names)
        for n in range(REPLAYED)
        if name != "gmail"
    }
    await until(lambda: expected <= kept(gateway.data).keys(), 60, 0.5)
    found = kept(gateway.data)
    times = [found[name] for name in expected]
    return Replays(len(expected), times.count(0), sum(n > 1 for n in times), done.refused)


def introduce(stand: slack.Stand, gateway: Gateway, people: int) -> None:
    """Our ends at the stand-ins, and who is there: the customers, and people who will write for the first time."""
    origin, us = f"http://127.0.0.1:{stand.port}", f"http://127.0.0.1:{gateway.port}"
    meta, sms, bot = ENDS["meta"], ENDS["sms"], ENDS["telegram"]
    told = {
        f"meta/_ctl/ends/{META}": {
            "label": "Bench", "display_phone_number": "+44 7700 900100", "waba_id": "9" * 15,
            "webhook_url": us + meta.webhook, **meta.secrets,
        },
        f"twilio/_ctl/ends/{SMS}": {
            "label": "Bench", "channel": "sms", "account_sid": sms.options["account_sid"], **sms.secrets,
            "webhook_url": us + sms.webhook,
        },
        f"telegram/_ctl/ends/{BOT}": {
            "label": "Bench", "username": "bench_bot", "token": bot.secrets["bot_token"],
            "webhook_url": us + bot.webhook, "secret_token": bot.secrets["webhook_secret"],
        },
    }  # fmt: skip
    for path, body in told.items():
        ask(origin, "PUT", path, body)
    for n in (*range(slack.STREAMS), *range(20_000, 20_000 + people)):
        name, phone = f"Customer {n}", meta.of(n).partition("/")[2]
        ask(origin, "PUT", f"meta/_ctl/people/{phone}", {"name": name, "ends": [META]})
        ask(origin, "PUT", f"meta/_ctl/people/{phone}/heard", {"end": META})
        if n < slack.STREAMS:
            ask(origin, "PUT", f"twilio/_ctl/people/{sms.of(n).partition('/')[2]}", {"name": name, "ends": [SMS]})
            chat = {"name": name, "ends": [int(BOT)], "started": [int(BOT)]}
            ask(origin, "PUT", f"telegram/_ctl/people/{bot.of(n)}", chat)


async def moves(gateway: Gateway) -> list[float]:
    """From the `bind` frame to its `ack`: STREAMS people, each to every channel and back to the web."""
    heard: dict[str, float] = {}

    def listen(_: Socket, frame: Heard, at: float) -> None:
        if frame.t in {"ack", "nack"}:
            heard[frame.id] = at if frame.t == "ack" else at + 60

    times = []
    for place, (conversation, token) in enumerate(gateway.conversations(slack.STREAMS)):
        socket = await connect(gateway.port, token, listen, place)
        socket.say({"t": "watch", "c": conversation})
        for channel in ("whatsapp", "sms", "telegram", "gmail", "slack", "web"):
            name, begun = str(uuid.uuid4()), time.perf_counter()
            socket.say({"t": "bind", "c": conversation, "id": name, "channel": channel})
            await until(lambda n=name: n in heard, 5)  # type: ignore[misc]
            times.append(heard.get(name, begun + 60) - begun)
        socket.drop()
    return times


async def answers(stand: slack.Stand, gateway: Gateway) -> tuple[list[float], int]:
    """From a webhook of somebody new to their answer at the stand-in, open loop; and how many got none."""
    loop, begun_at = asyncio.get_running_loop(), dict[str, float]()
    first = loop.time()

    def tell(n: int) -> None:
        path, body, headers = signed.meta(90_000_000 + n, 20_000 + n)
        named = dict(line.split(": ", 1) for line in headers.split("\r\n")) | {"content-type": "application/json"}
        request = urllib.request.Request(f"http://127.0.0.1:{gateway.port}{path}", body, named, method="POST")
        begun_at[ENDS["meta"].of(20_000 + n).partition("/")[2]] = time.time()
        urllib.request.urlopen(request, timeout=30).read()

    asked = []
    for n in range(ANSWERS):
        await asyncio.sleep(max(0.0, first + n / ANSWERS_A_SECOND - loop.time()))
        asked.append(asyncio.ensure_future(asyncio.to_thread(tell, n)))
    await asyncio.gather(*asked)
    took: dict[str, float] = {}
    deadline = loop.time() + 20
    while len(took) < ANSWERS and loop.time() < deadline:
        await asyncio.sleep(0.5)
        took = await asyncio.to_thread(_taken, stand, begun_at)
    return sorted(took.values()), ANSWERS - len(took)


def _taken(stand: slack.Stand, begun_at: dict[str, float]) -> dict[str, float]:
    found: dict[str, float] = {}
    after, origin = 0, f"http://127.0.0.1:{stand.port}"
    while True:
        page = ask(origin, "GET", f"meta/_ctl/requests?after={after}")
        requests = page["requests"] if isinstance(page, dict) else []
        if not requests:
            return found
        after = requests[-1]["number"]
        for one in requests:
            whom = one["body"].get("to", "") if isinstance(one["body"], dict) else ""
            if one["done"] and whom in begun_at and one["body"].get("type") == "text":
                found.setdefault(whom, one["at"] - begun_at[whom])


async def settings(gateway: Gateway) -> list[float]:
    """Each request of the configuration API: read, change, switch off and on, in turns."""
    path, admin = "/api/v1/admin/channels/whatsapp/accounts/bench-meta", gateway.admins[0]
    body = {"name": "Bench", "options": {"welcome": "off"}, "secrets": {"verify_token": "bench-verify-token"}}
    asked = (
        ("GET", "/api/v1/admin/channels", None), ("GET", path, None), ("PUT", path, body),
        ("POST", f"{path}/disable", None), ("POST", f"{path}/enable", None),
    )  # fmt: skip
    times = []
    for _ in range(ROUNDS):
        for method, where, what in asked:
            begun = time.perf_counter()
            await asyncio.to_thread(gateway.call, method, where, what, admin)
            times.append(time.perf_counter() - begun)
    return times


async def hostile(plan: Plan, *, harmless: bool = False) -> Lags:
    """How late the event loop is while a mailbox of hostile mail is read."""
    count = MAILS if plan.seconds >= 4 else FEW_MAILS
    with google() as (mail, signs), serving(1, ends=(_CLOSED, mail), command=("bench.watched",)) as gateway:
        await asyncio.sleep(3)
        gateway.text("/bench/lag")
        await asyncio.to_thread(ask, mail, "POST", "mails", {"count": count, "hostile": not harmless})
        _, body, headers = signs.push(1)
        begun, data = time.perf_counter(), gateway.data
        name, value = headers.split(": ", 1)
        request = urllib.request.Request(
            f"http://127.0.0.1:{gateway.port}{ENDS['gmail'].webhook}", body,
            {name: value, "content-type": "application/json"}, method="POST",
        )  # fmt: skip
        await asyncio.to_thread(lambda: urllib.request.urlopen(request, timeout=30).read())
        done = await until(lambda: _cursor(data) >= 1_000 + count, 900, 0.25)
        took = time.perf_counter() - begun
        late = sorted(msgspec.json.decode(gateway.text("/bench/lag"), type=list[float]))
    over = sum(one > LAG for one in late)
    return Lags(late[-1] if done else 60.0, percentile(late, 0.99), over, len(late), count / took)


def _cursor(data: Path) -> int:
    (file,) = data.glob("*.db")
    with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as raw:
        return int(raw.execute("select cursor from accounts where channel = 'gmail'").fetchone()[0] or 0)


class Beside(Struct, frozen=True):
    """What was seen with every stand-in there. Seconds."""

    moves: list[float]
    told: list[float]
    settings: list[float]
    answers: list[float]
    unanswered: int


async def _beside() -> Beside:
    model_port = free_port()
    model = python("-m", "bench.peers.model", str(model_port), server=False)
    with (
        slack.standing() as stand,
        google() as (mail, _),
        started("model", model, model_port, core=LOAD_CORE),
        serving(
            slack.STREAMS, 0, "bench-3-1000-sure", model_port, slack=stand.api,
            ends=(f"http://127.0.0.1:{stand.port}", mail),
        ) as gateway,
    ):  # fmt: skip
        stand.introduce(gateway, slack.STREAMS)
        await asyncio.to_thread(introduce, stand, gateway, ANSWERS)
        moved = await moves(gateway)
        told = await slack.status(gateway, "whatsapp", "bench-meta")
        gateway.sign_in()
        set_up = await settings(gateway)
        answered, unanswered = await answers(stand, gateway)
        return Beside(moved, told, set_up, answered, unanswered)


def run(plan: Plan) -> Report:
    """All of it."""
    peer = uvloop.run(bare(plan))
    rates, replays = uvloop.run(webhooks(plan))
    found = uvloop.run(_beside())
    bad, good = uvloop.run(hostile(plan)), uvloop.run(hostile(plan, harmless=True))
    ours, theirs = spread([r.per_second for r in rates]), spread([r.per_second for r in peer])
    ratio, refused = ours.median / theirs.median, sum(r.refused for r in rates)
    moved, seen = max(found.moves), percentile(sorted(found.told), 0.99)
    set_up, answered = percentile(sorted(found.settings), 0.99), percentile(found.answers, 0.99)
    wrong = replays.lost + replays.doubled
    rows = [
        Row(
            "Signed webhooks of all providers mixed, verified, durable before the 200, against a bare POST endpoint",
            "≥ 1/8", f"{fraction(ratio)}: {ranged(ours)} to {ranged(theirs, '/s')}",
            "void" if refused else "pass" if ratio >= 1 / 8 else "fail",
        ),
        Row(
            f"{replays.count:,} messages of all providers, each {TIMES} times and shuffled: lost, doubled", "0, 0",
            f"{replays.lost}, {replays.doubled}",
            "void" if replays.refused else "fail" if wrong else "pass",
        ),
        Row(
            "A move to any channel and back, the slowest", "≤ 1 s", f"{moved * 1e3:.0f} ms",
            "pass" if moved <= 1 else "fail",
        ),
        Row(
            f"A WhatsApp account's new state in each of {slack.WATCHERS} clients, p99", "≤ 500 ms",
            f"{seen * 1e3:.0f} ms", "pass" if seen <= 0.5 else "fail",
        ),
        Row("Configuration API, p99", "≤ 100 ms", f"{set_up * 1e3:.0f} ms", "pass" if set_up <= 0.1 else "fail"),
        Row(
            f"{MAILS if plan.seconds >= 4 else FEW_MAILS:,} hostile mails: event-loop lag, the worst", "≤ 20 ms",
            f"{bad.worst * 1e3:.1f} ms, {bad.over} of {bad.looks:,} looks over it",
            "pass" if bad.worst <= LAG else "fail",
        ),
        Row(
            "WhatsApp's webhook in to its answer accepted, with a model that answers at once, p99", "≤ 200 ms",
            f"{answered * 1e3:.0f} ms over {len(found.answers)}",
            "void" if found.unanswered else "pass" if answered <= 0.2 else "fail",
        ),
    ]  # fmt: skip
    tables = [
        grid(
            ("", "a second", "p50 ms", "p99 ms"),
            [_line("signed webhooks, durable", rates), _line("bare Starlette POST", peer)],
        ),
        grid(
            ("mails", "a second", "lag p99 ms", "worst ms", "over 20 ms"),
            [_lag_line("hostile", bad), _lag_line("harmless", good)],
        ),
    ]
    notes = [f"Configuration requests: {len(found.settings)}; moves: {len(found.moves)}, half of them in "
             f"{percentile(sorted(found.moves), 0.5) * 1e3:.1f} ms; half of the answers in "
             f"{percentile(found.answers, 0.5) * 1e3:.0f} ms."]  # fmt: skip
    return Report("All channels", rows, _METHOD, tables, notes)


def _line(name: str, rates: Sequence[Rate]) -> list[str]:
    return [
        name, ranged(spread([r.per_second for r in rates])), ranged(spread([r.p50 * 1e3 for r in rates])),
        ranged(spread([r.p99 * 1e3 for r in rates])),
    ]  # fmt: skip


def _lag_line(name: str, lags: Lags) -> list[str]:
    return [name, f"{lags.rate:,.0f}", f"{lags.p99 * 1e3:.1f}", f"{lags.worst * 1e3:.1f}", f"{lags.over:,}"]


_METHOD = f"""\
Webhooks: {CONNECTIONS} keep-alive connections that each ask again when they were answered; Slack, WhatsApp by Meta and
by Twilio, SMS, Telegram and Gmail's push in turns, each signed as its provider signs, from {signed.PEOPLE} people
each; `throughline serve` on a fresh store on disk, agent off. Peer, cores and client as in "Keeping a message".
Replays: {REPLAYED} messages of each, every one {TIMES} times, all shuffled; what stands in the store is counted in its
file, and of Gmail the mails that the pushes told of. Moves: {slack.STREAMS} people, one after the other, from the web
to each channel and back, from the `bind` frame to its `ack`. State: from the admin's request to the frame in each
client. Configuration: reading, changing, switching off and on. Hostile mail: every kind of the tests' catalogue in
turn, served as fast as it is asked for; the loop is looked at every 5 ms, on the one core that the server has. Answers:
{ANSWERS_A_SECOND} people a second who write for the first time; a model that says three words in 3 ms; the time counts
to the stand-in's own record of the answer."""
