"""The composition root: the only place that picks engines and joins parts. No framework, plain calls."""

import asyncio
import gc
import os
import signal
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path
from urllib.parse import quote

import uuid_utils
import uvicorn
from msgspec import Struct
from starlette.routing import Route as HttpRoute
from starlette.routing import WebSocketRoute
from starlette.types import ASGIApp

from throughline import __version__, observe
from throughline.agent.hear import Transcriber
from throughline.agent.llm import Llm, Route
from throughline.agent.turn import Silent, Writer
from throughline.api import inbox
from throughline.api.door import Door, asgi
from throughline.api.head import BoundedHead
from throughline.api.lab import Lab, simulated_ends
from throughline.api.needs import Ends
from throughline.api.shapes import About, DemoUser, ModelShown
from throughline.api.socket import SocketDoor, SocketNeeds
from throughline.api.sockets import Sockets
from throughline.carry import Enclosures, carriers, start
from throughline.conversation.events import Entry
from throughline.conversation.files import File
from throughline.conversation.ids import SessionId
from throughline.conversation.records import Account
from throughline.flow.reply import Reply
from throughline.identity.attempts import Attempts
from throughline.identity.codes import Codes
from throughline.identity.consents import Consents
from throughline.identity.passwords import Passwords
from throughline.identity.refresh import Families
from throughline.identity.sign_in import SignIn
from throughline.identity.signed import Shared, Signed
from throughline.identity.tickets import Tickets
from throughline.identity.tokens import Tokens
from throughline.live.flush import Flush
from throughline.live.limits import MovingWindow
from throughline.live.memory import MemoryLive
from throughline.live.uvicorn_path import Draining, socket_options
from throughline.ports import Agent, Clock, Store
from throughline.reach import let_go, reached
from throughline.settings import Settings
from throughline.store.blobs import DiskBlobs
from throughline.store.sqlite import open_sqlite

#: The built web client and the packages of the offline manual, in a source checkout.
FRONTEND = Path(__file__).parents[2] / "frontend"
#: What the agent is called until an organisation names its own.
AGENT = "Agent"
#: Milliseconds for which a link in a message on another channel opens its file.
SHARED = 7 * 86_400_000
#: Objects before the collector looks at the youngest, and looks before it goes further: answers make many small ones.
COLLECT = (10_000, 20, 20)


class SystemClock:
    """ports.Clock: this machine's."""

    def now(self) -> int:
        """UTC milliseconds."""
        return time.time_ns() // 1_000_000

    def monotonic(self) -> float:
        """Seconds that never go back."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)


class TimedIds:
    """ports.Ids: UUIDv7."""

    def new(self) -> str:
        """A name that sorts by time."""
        return str(uuid_utils.uuid7())


class Model(Struct, frozen=True):
    """Which model answers. `demo`: it is our own stand-in."""

    base_url: str
    key: str
    name: str
    label: str
    demo: bool = False


class Parts(Struct, frozen=True):
    """A running gateway, as its commands need it."""

    settings: Settings
    clock: SystemClock
    ids: TimedIds
    store: Store
    passwords: Passwords
    sockets: Sockets
    reply: Reply
    live: MemoryLive
    ends: Ends
    lab: Lab
    asgi: ASGIApp


def real_model(settings: Settings) -> Model | None:
    """The model that the environment names, if it names one."""
    if not (settings.openai_api_key or settings.openai_base_url):
        return None
    return Model(settings.openai_base_url, settings.openai_api_key, settings.openai_model, settings.openai_model)


@asynccontextmanager
async def assembled(
    settings: Settings, model: Model | None, demo_users: Sequence[DemoUser] = (), sandbox: str | None = None
) -> AsyncIterator[Parts]:
    """Everything joined and started: the store is open, turns are answered. Raises what `open_sqlite` raises.

    `sandbox`: where the stand-ins are, in demo mode.
    """
    clock, ids, loop = SystemClock(), TimedIds(), asyncio.get_running_loop()
    flush = Flush(loop, clock.monotonic)
    live = MemoryLive(loop, flush)

    def committed(entries: Sequence[Entry]) -> None:
        live.publish(entries)

    def died(_: str) -> None:
        # The disk gave an error: what it holds is not known any more. Recovery begins with a fresh process.
        os._exit(74)

    def changed(account: Account) -> None:
        inbox.tell_account(live, account)
        # What waits for an account may go on, or ends; an ear is opened or shut; it may have missed something.
        joined.deliver.wake()
        joined.listen.look()
        joined.backfill.look()

    store = await open_sqlite(settings.throughline_data, clock, committed, died=died)
    ends = reached(store, clock, settings.throughline_secret, settings.public_url, sandbox, changed)
    agent: Agent = Silent()
    if model is not None:
        agent = Writer(Llm(Route(model.base_url, model.key, model.name), clock), clock, model.label, demo=model.demo)
    enclosures, signed = _enclosures(settings, model, clock)
    writer = AGENT if settings.throughline_agent != "off" else ""
    joined = carriers(
        store,
        live,
        agent,
        clock,
        ids,
        ends,
        f"{os.getpid()}-{ids.new()}",
        writer,
        enclosures,
        Codes(settings.throughline_secret.encode()),
    )
    passwords, sockets = Passwords(), Sockets()
    secret = settings.throughline_secret.encode()
    tokens = Tokens(secret, clock)
    tickets = Tickets(clock, tokens.is_revoked)

    def revoked(session: SessionId) -> None:
        sockets.close_session(session)

    sign_in = SignIn(store, clock, ids, passwords, tokens, Families(secret), Attempts(clock), revoked)
    origins = frozenset({*_own_origins(settings), *settings.origins})

    socket_door = SocketDoor(
        SocketNeeds(
            redeem=tickets.redeem,
            verify=tokens.read_until,
            say=joined.receive.say,
            stop=joined.reply.stop,
            bind=joined.move.bind,
            mark=joined.receive.mark,
            store=store,
            live=live,
            flush=flush,
            snapshot=live.snapshot,
            sockets=sockets,
            clock=clock,
            origins=origins,
        )
    )
    running = start(joined)
    door = Door(
        store=store,
        clock=clock,
        ids=ids,
        limits=MovingWindow(clock),
        sign_in=sign_in,
        tickets=tickets,
        receive=joined.receive,
        move=joined.move,
        about=About(
            version=__version__,
            demo=settings.throughline_demo,
            demo_users=list(demo_users),
            model=None if model is None else ModelShown(model.label, model.demo),
        ),
        loopback=settings.loopback,
        scrape_token=settings.throughline_scrape_token,
        origins=origins,
        web=FRONTEND / "dist",
        manual=FRONTEND / "node_modules",
        checks=(
            ("sockets", lambda: "draining" if sockets.draining else None),
            ("turns", lambda: "nobody answers any more" if running.wrong("reply") else None),
            ("deliveries", lambda: "nobody delivers any more" if running.wrong("deliver") else None),
        ),
        blobs=enclosures.blobs,
        signed=signed,
        hears=enclosures.hears,
        linking=joined.linking,
        outreach=joined.outreach,
        resend=joined.resend,
        consents=Consents(clock, tokens.is_revoked),
        ends=ends,
        hear=joined.hear,
    )
    lab = Lab(door, sandbox if settings.throughline_demo else None, partial(simulated_ends, store))
    watching = observe.spawn(observe.watch_loop(), "loop lag")
    try:
        others = [HttpRoute("/lab/{provider}/{path:path}", lab), WebSocketRoute("/api/v1/socket", socket_door)]
        yield Parts(settings, clock, ids, store, passwords, sockets, joined.reply, live, ends, lab, asgi(door, others))
    finally:
        watching.cancel()
        await running.close()
        await agent.close()
        if enclosures.hears is not None:
            await enclosures.hears.close()
        await lab.close()
        await let_go(ends)
        await store.close()
        passwords.close()


class WebServer(Draining):
    """A server that says when it takes connections."""

    def __init__(self, config: uvicorn.Config, drain: Callable[[], Awaitable[None]]) -> None:
        super().__init__(config, drain)
        self.up = asyncio.Event()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """SIGTERM and Ctrl-C end the serving, not the process: what is joined here is still taken apart in order."""
        loop, ours = asyncio.get_running_loop(), (signal.SIGINT, signal.SIGTERM)
        for number in ours:
            loop.add_signal_handler(number, self.handle_exit, number, None)
        try:
            yield
        finally:
            for number in ours:
                loop.remove_signal_handler(number)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """uvicorn's, and then the word. What is there by now stays: the collector need not walk it again and again."""
        await super().startup(sockets)
        gc.collect()
        gc.freeze()
        gc.enable()
        gc.set_threshold(*COLLECT)
        self.up.set()


def web_server(parts: Parts) -> WebServer:
    """Uvicorn with our frame path; on its way out it sends everyone away in peace before it closes sockets."""
    config = uvicorn.Config(
        parts.asgi,
        host=parts.settings.throughline_host,
        port=parts.settings.port,
        http=BoundedHead,
        lifespan="off",
        access_log=False,
        log_config=None,
        server_header=False,
        date_header=True,
        timeout_graceful_shutdown=3,
        **socket_options(parts.settings.throughline_frame_path),
    )

    async def drain() -> None:
        parts.lab.end_streams()
        await parts.sockets.drain(parts.clock.sleep, window=0.5 if parts.settings.throughline_demo else 2.0)

    return WebServer(config, drain)


def listening(host: str, port: int) -> socket.socket:
    """The address to serve on, taken before anything is announced. Raises OSError if somebody has it."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=4096)


def _enclosures(settings: Settings, model: Model | None, clock: Clock) -> tuple[Enclosures, Signed]:
    """What is needed of attachments, and what signs links to them."""
    signed = Signed(settings.throughline_secret.encode())
    hears = None
    if model is not None and settings.openai_transcription_model:
        hears = Transcriber(Route(model.base_url, model.key, settings.openai_transcription_model))

    def share(file: File) -> str:
        token = signed.token(Shared(file.tenant, file.id, clock.now() + SHARED))
        return f"{settings.public_url}/files/{token}/{quote(file.name)}"

    blobs = DiskBlobs(settings.throughline_data / "files")
    return Enclosures(blobs, hears, share, sees=settings.openai_vision != "off"), signed


def _own_origins(settings: Settings) -> set[str]:
    hosts = {"127.0.0.1", "localhost", "[::1]"} if settings.loopback else {settings.throughline_host}
    return {f"http://{host}:{settings.port}" for host in hosts} | {settings.public_origin}
