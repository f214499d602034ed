"""Everything that a fault plays with: stand-ins, a breaking network before each, a gateway, people, what they noted."""

import asyncio
import random
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, closing
from pathlib import Path

from msgspec import Struct

from chaos import kept
from chaos.cast import ENDS, told
from chaos.furnish import furnish
from chaos.history import History, Verdict, check
from chaos.kept import Kept
from chaos.model import Model
from chaos.people import Notes, Voice
from chaos.process import SECRET, Gateway, StandIns
from chaos.proxy import Proxy
from chaos.reader import Reader
from chaos.truth import Truth, mark
from throughline import observe
from throughline.conversation.policy import Policy

#: A tenant without limits that loses patience soon, so that a run is not spent with waiting.
HASTY = Policy(
    messages_per_minute=0, messages_per_day=0, requests_per_minute=0, sends_per_minute=0, retry_ms=200,
    failover_after=2.0, unseen_after=5.0, give_up_after=120.0,
)  # fmt: skip
CHANNELS = (*ENDS,)


class Sure(Struct, frozen=True):
    """Doubles in doubt, by channel and in words; and those that are none."""

    words: str
    broken: tuple[str, ...]


class World:
    """One run's. Use `world` to get one."""

    def __init__(
        self, folder: Path, data: Path, stand_ins: StandIns, proxies: Mapping[str, Proxy], gateway: Gateway,
        people: int, chance: random.Random,
    ) -> None:  # fmt: skip
        self.folder, self.data, self.chance = folder, data, chance
        self.stand_ins, self.proxies, self.gateway = stand_ins, proxies, gateway
        self.notes, self.truth = Notes(), Truth(stand_ins)
        self.customers = [Voice(gateway.url, f"customer{n}@chaos.test", self.notes) for n in range(people)]
        self.operator = Voice(gateway.url, "operator0@chaos.test", self.notes)
        #: A conversation of each customer, by their number.
        self.talks: list[str] = []
        self.readers: list[Reader] = []
        self.recovered: list[float] = []

    async def begin(self, channels: Sequence[str] = CHANNELS) -> None:
        """A conversation for everybody; the nth one's answers go to the nth of these channels."""
        await asyncio.to_thread(self.introduce)
        for n, customer in enumerate(self.customers):
            self.talks.append(await customer.begin(channels[n % len(channels)]))

    def introduce(self) -> None:
        """Tell the stand-ins who we are and where."""
        for path, body in told(self.gateway.url, len(self.customers)):
            self.stand_ins.ask("POST" if path.endswith("/event") else "PUT", path, body)

    def switch(self, channel: str, **switches: object) -> None:
        """Something goes wrong at a stand-in; without a word about what, all is well again."""
        end = ENDS[channel]
        self.stand_ins.ask("PUT", f"{end.provider}/_lab/switches", {"app": end.app, **switches})

    async def tell(self, n: int, pieces: int = 1, pad: int = 0) -> str:
        """The operator says something to a person; the message's id."""
        number = self.notes.number()
        text = "\n\n".join(f"Word {mark(number, piece)}. {'So it is. ' * pad}".strip() for piece in range(pieces))
        return await self.operator.say(self.talks[n], text, number=number, pieces=pieces)

    async def ask(self, n: int) -> str:
        """A person says something on the web; the message's id."""
        number = self.notes.number()
        return await self.customers[n].say(self.talks[n], f"Question {mark(number)}?", number=number, pieces=1)

    async def kill(self) -> None:
        """Kill -9, and start again. How long that took is noted, but for a spare one: nobody has one in real life."""
        spared = self.gateway.spared
        self.gateway.kill()
        took = await self.gateway.start()
        if not spared:
            self.recovered.append(took)

    def watched(self, n: int, url: str = "", patience: float = 20.0) -> Reader:
        """Another program that watches a person's conversation. `url`: another way to the gateway."""
        reader = Reader(url or self.gateway.url, self.customers[n].email, self.talks[n], patience)
        self.readers.append(reader)
        observe.spawn(reader.watch(), "reader")
        return reader

    def sure_doubles(self) -> Sure:
        """Where doubt is no excuse: web and mail must not have anything twice, whatever happened."""
        times = Counter((e.message, e.channel, e.piece) for e in self.history.effects)
        twice = Counter(channel for (_, channel, _), n in times.items() if n > 1)
        places = Counter(message for message, _ in {(e.message, e.channel) for e in self.history.effects if e.message})
        rows = {r.message for r in self.history.rows if r.late}
        both = sum(n > 1 and message in rows for message, n in places.items())
        found = [f"{n} twice on {channel} after doubt" for channel, n in twice.items() if channel != "gmail"]
        words = ", ".join([*found, *([f"{both} on two channels after doubt"] if both else [])])
        broken = tuple(f"doubled: {message} on gmail" for (message, c, _), n in times.items() if c == "gmail" and n > 1)
        return Sure(words, broken)

    def turns(self) -> Counter[str]:
        """Runs of the agent, by where they are."""
        with closing(kept.connected(self.data)) as raw:
            return Counter(dict(raw.execute("select status, count(*) from turns group by status")))

    async def quiet(self, seconds: float) -> None:
        """Until no turn is due or running. Raises TimeoutError."""
        async with asyncio.timeout(seconds):
            while (found := await asyncio.to_thread(self.turns))["due"] + found["running"]:
                await asyncio.sleep(0.1)

    def kept(self) -> Kept:
        """What the store has."""
        return kept.read(self.data, self.talks)

    async def settled(self, seconds: float) -> Kept:
        """What it has once nothing waits any more, or after so long."""
        until = time.monotonic() + seconds
        while True:
            found = await asyncio.to_thread(self.kept)
            if not found.waiting() or time.monotonic() > until:
                return found
            await asyncio.sleep(0.25)

    async def verdict(self, seconds: float = 60.0, *, rested: bool = True) -> Verdict:
        """Let it come to rest, then hold everything against the promises. Not `rested`: some may still wait."""
        await self.settled(seconds)
        # What a stand-in has just taken may be on its way to the row: a moment, then both are read.
        await asyncio.sleep(0.3)
        # Where it has not come to rest: what a reader saw stands in the log, what a row says stands at the provider.
        seen = [(reader.talk, [*reader.seen]) for reader in self.readers]
        found = await asyncio.to_thread(self.kept)
        await asyncio.to_thread(self.truth.look)
        self.history = History(
            said=[*self.notes.said.values()], logs=found.logs, rows=[one.row for one in found.rows],
            effects=self.truth.effects(self.notes.names), pieces=self.notes.pieces, settled=rested,
            seen=seen,
        )  # fmt: skip
        verdict = check(self.history)
        holes = tuple(f"view: a reader of {r.talk} was shown a hole" for r in self.readers if r.holes)
        return Verdict(verdict.broken + holes, verdict.lost, verdict.doubled, verdict.ambiguous)


@asynccontextmanager
async def world(
    people: int, chance: random.Random, *, policy: Policy = HASTY, model: Model | None = None,
    data: Path | None = None, extra: Mapping[str, str] | None = None,
) -> AsyncIterator[World]:  # fmt: skip
    """Start all of it in a folder of its own. Without a model no agent answers. `data`: another place for the store."""
    with tempfile.TemporaryDirectory(prefix="throughline-chaos-") as name:
        folder = Path(name)
        stand_ins = await asyncio.to_thread(StandIns, folder / "stand-ins")
        proxies = {channel: await Proxy(stand_ins.port).start() for channel in ENDS}
        environment = {"THROUGHLINE_AGENT": "off"}
        if model is not None:
            environment = {
                "OPENAI_BASE_URL": f"http://127.0.0.1:{model.port}/v1", "OPENAI_API_KEY": "none",
                "OPENAI_MODEL": "chaos",
            }  # fmt: skip
        store = data or folder / "data"
        gateway = Gateway(folder, store, environment | dict(extra or {}))
        made = World(folder, store, stand_ins, proxies, gateway, people, chance)
        try:
            await furnish(store, SECRET, people, policy, {c: p.port for c, p in proxies.items()})
            await gateway.start()
            yield made
        finally:
            for voice in (*made.customers, made.operator):
                await voice.close()
            await asyncio.to_thread(gateway.stop)
            for proxy in proxies.values():
                await proxy.close()
            await asyncio.to_thread(stand_ins.close)
