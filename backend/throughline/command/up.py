"""The first minute: migrate, seed, start the sandbox, serve, and prove that an answer streams before saying so."""

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec

from throughline import __version__, observe
from throughline.api.shapes import DemoUser
from throughline.app import Model, Parts, assembled, listening, real_model, web_server
from throughline.command.console import fail, near, out, step
from throughline.command.seed import PASSWORD, TENANTS, seed
from throughline.command.selfcheck import Checked, self_check
from throughline.command.serve import in_use, not_listening, ready_to_run, run
from throughline.settings import Settings
from throughline.store.folder import FolderHeld
from throughline.store.migrate import migrate

DEMO_MODEL = "Built-in demo model"
_SANDBOX_START = 20.0


def up(given: Settings) -> int:
    """Serve the demo until Ctrl-C. 0: ended as asked; 1: could not run; 2: the settings do not allow it."""
    settings = msgspec.structs.replace(given, throughline_demo=True)
    observe.configure_logs("json" if settings.throughline_log == "json" else "console", level="WARNING")
    if not ready_to_run(settings):
        return 2
    began = time.monotonic()
    try:
        done = migrate(settings.throughline_data)
    except FolderHeld as held:
        return in_use(held)
    what = f"{near(settings.throughline_data)}/ {'up to date' if done.before == done.after else 'migrated'}"
    step("store", what, time.monotonic() - began)
    return run(settings, _up(settings))


async def _up(settings: Settings) -> int:
    try:
        sock = listening(settings.throughline_host, settings.port)
    except OSError as error:
        return not_listening(settings, error)
    async with _model(settings) as model:
        if model is None:
            return 1
        users = [DemoUser(f"{role}@demo.test", name, role) for role, name in TENANTS[0][2]]
        async with assembled(settings, model, users) as parts:

            async def hashed(password: str) -> str:
                return await asyncio.to_thread(parts.passwords.hash_now, password)

            began = time.monotonic()
            step("demo data", await seed(parts.store, parts.clock, hashed), time.monotonic() - began)
            server = web_server(parts)
            serving = observe.spawn(server.serve(sockets=[sock]), "server")
            await server.up.wait()
            base = f"http://{settings.throughline_host}:{settings.port}"
            checked = await self_check(base, parts.store, parts.clock, parts.ids, hashed)
            _announce(parts, model, base, checked)
            observe.arm_crash(settings.throughline_crash_at)
            await serving
    return 0


@asynccontextmanager
async def _model(settings: Settings) -> AsyncIterator[Model | None]:
    """The environment's model, else the sandbox's: a child process that dies with us."""
    real = real_model(settings)
    if real is not None:
        yield real
        return
    keep = settings.throughline_data / "sandbox"
    keep.mkdir(parents=True, exist_ok=True)
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "sandbox", "--keep", str(keep),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, cwd=Path(__file__).parents[2],
        # A Ctrl-C at the terminal is for us alone: the model is needed while running answers end.
        start_new_session=True,
    )  # fmt: skip
    try:
        assert child.stdout is not None
        line = await asyncio.wait_for(child.stdout.readline(), _SANDBOX_START)
        port = msgspec.json.decode(line, type=dict[str, int])["port"]
        yield Model(f"http://127.0.0.1:{port}/v1", "sandbox", "demo", DEMO_MODEL, demo=True)
    except (TimeoutError, msgspec.DecodeError):
        fail("The built-in model did not start.", "Its own words stand above; `python -m sandbox` shows them alone.")
        yield None
    finally:
        if child.returncode is None:
            child.terminate()
        await child.wait()


def _announce(parts: Parts, model: Model, base: str, checked: Checked) -> None:
    hint = "set OPENAI_API_KEY in .env for a real one" if model.demo else ""
    out.print(f"\n[bold]Throughline {__version__}[/]  ·  {base}   (Ctrl-C stops everything)")
    out.print("  Chat      /            API  /docs        Protocol  /protocol")
    out.print(f"  Sign in   demo buttons on the page (customer · operator · admin; password “{PASSWORD}”)")
    out.print(f"  Model     {model.label:<32}{hint}".rstrip())
    database = near(parts.settings.throughline_data / "throughline.db")
    out.print(f"  Storage   SQLite {database:<25}Fan-out in-process")
    out.print("  Channels  web ● built in")
    if checked.first_token is None:
        out.print(f"  Self-check  [red]✗[/] {checked.problem}")
    else:
        out.print(f"  Self-check  answer streamed, first token {checked.first_token * 1000:.0f} ms [green]✓[/]")
