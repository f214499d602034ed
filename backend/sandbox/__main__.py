"""`python -m sandbox`: serve the stand-ins on a loopback port, print `{"port": N}`, end when the parent does."""

import argparse
import asyncio
import os
import signal
import socket
import stat
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, contextmanager
from pathlib import Path
from typing import Protocol

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.types import ASGIApp

from sandbox.book import Book
from sandbox.broken import Closable
from sandbox.gmail.app import Gmail
from sandbox.library import Library, read_pages
from sandbox.meta.app import Meta
from sandbox.model import Model
from sandbox.slack.app import Slack
from sandbox.telegram.app import Telegram
from sandbox.twilio.app import Twilio

_HERE = Path(__file__).parent
_PROJECT = _HERE.parents[1]
#: Seconds between looks whether the parent is still the same process.
_WATCH = 0.5


class StandIn(Protocol):
    """One provider's: what is below its name, what goes on by itself, and the end of what would stay open."""

    def app(self) -> Starlette:
        """Everything below `/<provider>`."""

    def running(self) -> AbstractAsyncContextManager[None]:
        """What goes on by itself."""

    def end(self) -> None:
        """The server is about to go: streams and sockets end."""


#: Each provider's stand-in, made with the folder for what it receives (None: it forgets).
STAND_INS: Mapping[str, Callable[[Path | None], StandIn]] = {
    "gmail": Gmail, "meta": Meta, "slack": Slack, "telegram": Telegram, "twilio": Twilio,
}  # fmt: skip


class Server(uvicorn.Server):
    """uvicorn's, which would raise a signal again after it has served: ours ends with 0 and without a word."""

    def __init__(self, app: ASGIApp, stand_ins: Iterable[StandIn]) -> None:
        super().__init__(settings(app))
        self.stand_ins = (*stand_ins,)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """What would stay open for ever ends first."""
        for one in self.stand_ins:
            one.end()
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """SIGTERM ends us; Ctrl-C only where we were started alone: a parent still needs us while it ends."""
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, self.handle_exit, signal.SIGTERM, None)
        if not has_parent():
            loop.add_signal_handler(signal.SIGINT, self.handle_exit, signal.SIGINT, None)
        yield


def settings(app: ASGIApp) -> uvicorn.Config:
    """How the stand-ins are served."""
    return uvicorn.Config(
        app, http=Closable, ws="websockets-sansio", lifespan="off", log_level="critical", access_log=False,
        timeout_graceful_shutdown=1,
    )  # fmt: skip


def has_parent() -> bool:
    """Whether standard input is the pipe of the program that started us."""
    return stat.S_ISFIFO(os.fstat(sys.stdin.fileno()).st_mode)


def main() -> None:
    """Serve until the parent is gone or a signal comes."""
    if has_parent():
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0: any free one")
    parser.add_argument("--keep", type=Path, default=None, help="folder for what is received")
    parser.add_argument("--rate", type=float, default=30.0, help="tokens a second; 0: as fast as it goes")
    given = parser.parse_args()
    library = Library(read_pages([_PROJECT / "README.md", _PROJECT / "docs"], _HERE / "knowledge.md"))
    model = Model(library, Book(given.keep), given.rate)
    listening = socket.create_server(("127.0.0.1", given.port), backlog=2048)
    print(f'{{"port": {listening.getsockname()[1]}}}', flush=True)  # noqa: T201 - the one line that a parent reads
    asyncio.run(_serve(model, given.keep, listening))


async def _serve(model: Model, keep: Path | None, listening: socket.socket) -> None:
    made = {name: make(keep) for name, make in STAND_INS.items()}
    app = Starlette(routes=[*(Mount(f"/{name}", one.app()) for name, one in made.items()), Mount("/", model.app())])
    server = Server(app, made.values())
    watch = asyncio.get_running_loop().create_task(_outlive_nobody(server))
    try:
        async with AsyncExitStack() as stack:
            for one in made.values():
                await stack.enter_async_context(one.running())
            await server.serve(sockets=[listening])
    finally:
        watch.cancel()


async def _outlive_nobody(server: uvicorn.Server) -> None:
    """End with the parent: at once where standard input is its pipe, soon where only its process id tells."""
    loop, gone, parent = asyncio.get_running_loop(), asyncio.Event(), os.getppid()
    if has_parent():
        loop.add_reader(sys.stdin.fileno(), lambda: None if os.read(sys.stdin.fileno(), 4096) else gone.set())
    while os.getppid() == parent and not gone.is_set():
        try:
            await asyncio.wait_for(gone.wait(), _WATCH)
        except TimeoutError:
            continue
    server.should_exit = True


if __name__ == "__main__":
    main()
