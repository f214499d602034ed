"""Serve a real installation: check what must be right before anyone can reach it, then run until asked to end."""

import errno
import sqlite3
from collections.abc import Coroutine
from typing import Any

import uvloop

from throughline import __version__, observe
from throughline.app import Model, assembled, listening, real_model, web_server
from throughline.command.console import err, fail, near, out, port_owner
from throughline.command.slack import from_environment
from throughline.settings import Settings
from throughline.store.folder import FolderHeld
from throughline.store.migrate import pending
from throughline.store.revision import Unmigrated

MIN_SECRET = 32


def serve(settings: Settings) -> int:
    """Run until SIGTERM or Ctrl-C. 0: ended as asked; 1: could not run; 2: the settings do not allow it."""
    observe.configure_logs("json" if settings.throughline_log == "json" else "console")
    if not ready_to_run(settings):
        return 2
    if pending(settings.throughline_data):
        fail("The store is not at this version's schema.", "Run: throughline migrate")
        return 1
    return run(settings, _serve(settings, real_model(settings)))


def ready_to_run(settings: Settings) -> bool:
    """Whether these settings may face the world; says what to change if not."""
    if settings.throughline_demo and not settings.loopback:
        fail(
            "Demo users have a known password; they are not served on an address that others can reach.",
            "Set THROUGHLINE_HOST=127.0.0.1, or unset THROUGHLINE_DEMO and use `throughline serve`.",
        )
        return False
    if len(settings.throughline_secret) < MIN_SECRET:
        fail(
            f"THROUGHLINE_SECRET needs {MIN_SECRET} characters or more.",
            "Make one: python3 -c 'import secrets; print(secrets.token_urlsafe(48))', and put it into .env",
        )
        return False
    if settings.database_url or settings.redis_url:
        fail("This version keeps everything in its own folder.", "Unset DATABASE_URL and REDIS_URL.")
        return False
    return True


def run(settings: Settings, work: Coroutine[Any, Any, int]) -> int:
    """Run on uvloop; what cannot be started is said in words."""
    try:
        return uvloop.run(work)
    except FolderHeld as held:
        return in_use(held)
    except Unmigrated as old:
        fail(str(old), "Run: throughline migrate")
    except sqlite3.Error as error:
        fail(f"{near(settings.throughline_data)} cannot be opened: {error}", "Check its owner and its disk.")
    except KeyboardInterrupt:
        return 0
    return 1


def in_use(held: FolderHeld) -> int:
    """Say who has the data folder. 1, to end with."""
    fail(str(held), "Stop the other process, or give this one a folder of its own: THROUGHLINE_DATA=…")
    return 1


def not_listening(settings: Settings, error: OSError) -> int:
    """Say who has the port, or what else is wrong with the address, and what to type instead. 1, to end with."""
    if error.errno != errno.EADDRINUSE:
        where = f"{settings.throughline_host} port {settings.port}"
        fail(f"Cannot listen on {where}: {error.strerror}.", "Set THROUGHLINE_HOST and PORT to an address of ours.")
        return 1
    owner = port_owner(settings.port)
    fail(
        f"Port {settings.port} is taken" + (f" by {owner}." if owner else "."),
        f"Stop it, or choose another: PORT={settings.port + 1} just up",
    )
    return 1


async def _serve(settings: Settings, model: Model | None) -> int:
    try:
        sock = listening(settings.throughline_host, settings.port)
    except OSError as error:
        return not_listening(settings, error)
    async with assembled(settings, model) as parts:
        out.print(f"Throughline {__version__}  ·  http://{settings.throughline_host}:{settings.port}")
        if model is None:
            err.print(
                "No model is configured: messages are kept, turns end with a friendly line. Set OPENAI_API_KEY,\n"
                "or OPENAI_BASE_URL for a server of your own, and start again."
            )
        kept = await from_environment(settings, parts.store, parts.clock, parts.ends)
        if kept.trouble is not None:
            err.print(f"SLACK_… settings are not used: {kept.trouble}")
        observe.arm_crash(settings.throughline_crash_at)
        await web_server(parts).serve(sockets=[sock])
    return 0
