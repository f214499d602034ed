"""The first minute: migrate, seed, start the sandbox, serve, and prove that an answer streams before saying so."""

import asyncio
import time
from collections.abc import Iterable

import msgspec

from throughline import __version__, observe
from throughline.api.shapes import DemoUser
from throughline.app import Model, Parts, assembled, listening, real_model, web_server
from throughline.command.console import near, out, step
from throughline.command.sandbox import introduce, sandbox
from throughline.command.seed import PASSWORD, TENANTS, seed
from throughline.command.selfcheck import Checked, self_check
from throughline.command.serve import in_use, not_listening, ready_to_run, run
from throughline.command.simulated import cast, hear
from throughline.command.slack import Kept, from_environment
from throughline.conversation.events import ChannelName
from throughline.settings import Settings
from throughline.store.folder import FolderHeld
from throughline.store.migrate import migrate

DEMO_MODEL = "Built-in demo model"


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
    async with sandbox(settings.throughline_data) as stand_ins:
        if stand_ins is None:
            return 1
        model = real_model(settings) or Model(f"{stand_ins}/v1", "sandbox", "demo", DEMO_MODEL, demo=True)
        users = [DemoUser(f"{role}@demo.test", name, role) for role, name in TENANTS[0][2]]
        async with assembled(settings, model, users, stand_ins) as parts:

            async def hashed(password: str) -> str:
                return await asyncio.to_thread(parts.passwords.hash_now, password)

            began = time.monotonic()
            seeded, trouble = await seed(parts.store, parts.clock, hashed, parts.ends)
            step("demo data", seeded, time.monotonic() - began)
            kept = await from_environment(settings, parts.store, parts.clock, parts.ends)
            server = web_server(parts)
            serving = observe.spawn(server.serve(sockets=[sock]), "server")
            await server.up.wait()
            base = f"http://{settings.throughline_host}:{settings.port}"
            checked = await self_check(base, parts.store, parts.clock, parts.ids, hashed)
            trouble = trouble or await _introduced(parts, base, stand_ins)
            _announce(parts, model, base, checked, channel_line(parts.ends.channels.names(), trouble, kept))
            observe.arm_crash(settings.throughline_crash_at)
            await serving
    return 0


async def _introduced(parts: Parts, base: str, sandbox: str) -> str | None:
    """Tell the stand-ins who we are, and where we are. None, or what did not work."""
    trouble = await introduce(sandbox, await cast(parts.ends, base))
    if trouble is None:
        await hear(parts.ends)
    return trouble


def channel_line(channels: Iterable[ChannelName], trouble: str | None, kept: Kept) -> str:
    """How each channel is reached, in a few words: the simulated accounts, and the environment's."""
    words = ["web ● built in"]
    if trouble is not None:
        words.append(f"[red]✗[/] {trouble}")
    for name in channels:
        if trouble is None:
            words.append(f"{name} ○ simulated")
        if name == "slack" and kept.account is not None:
            words.append("slack ● real (Socket Mode)" if kept.account.options.get("socket") == "on" else "slack ● real")
    if kept.trouble is not None:
        words.append(f"[red]✗[/] SLACK_…: {kept.trouble}")
    return "   ".join(words)


def _announce(parts: Parts, model: Model, base: str, checked: Checked, channels: str) -> None:
    hint = "set OPENAI_API_KEY in .env for a real one" if model.demo else ""
    out.print(f"\n[bold]Throughline {__version__}[/]  ·  {base}   (Ctrl-C stops everything)")
    out.print("  Chat      /            Admin  /admin        Lab  /lab        API  /docs        Protocol  /protocol")
    out.print(f"  Sign in   demo buttons on the page (customer · operator · admin; password “{PASSWORD}”)")
    out.print(f"  Model     {model.label:<32}{hint}".rstrip())
    database = near(parts.settings.throughline_data / "throughline.db")
    out.print(f"  Storage   SQLite {database:<24} Fan-out in-process")
    out.print(f"  Channels  {channels}   (just doctor CHANNEL)")
    if checked.first_token is None:
        out.print(f"  Self-check  [red]✗[/] {checked.problem}")
    else:
        out.print(f"  Self-check  answer streamed, first token {checked.first_token * 1000:.0f} ms [green]✓[/]")
