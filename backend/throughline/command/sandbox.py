"""The stand-ins beside a demo: a child process that dies with us, and what our accounts there are told at start."""

import asyncio
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
import msgspec
from msgspec import Struct

from throughline.command.console import fail

_START = 20.0
_TOLD = 10.0


class Guest(Struct, frozen=True):
    """Somebody who writes to us from a stand-in's side: their id there, their name, their team."""

    id: str
    name: str
    team: str


class App(Struct, frozen=True):
    """An app of ours at the Slack stand-in, as its control side takes it."""

    id: str
    team: str
    team_name: str
    bot_user: str
    bot_id: str
    request_url: str
    #: bot_token, signing_secret, app_token
    secrets: Mapping[str, str]
    socket: bool = False


@asynccontextmanager
async def sandbox(data: Path) -> AsyncIterator[str | None]:
    """Where the stand-ins are (`http://127.0.0.1:PORT`) while this is open; None: they did not start, it is said why.

    `data` is the data folder: what they receive is kept below it and read again at the next start.
    """
    keep = data / "sandbox"
    keep.mkdir(parents=True, exist_ok=True)
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "sandbox", "--keep", str(keep),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, cwd=Path(__file__).parents[2],
        # A Ctrl-C at the terminal is for us alone: the model is needed while running answers end.
        start_new_session=True,
    )  # fmt: skip
    try:
        assert child.stdout is not None
        try:
            line = await asyncio.wait_for(child.stdout.readline(), _START)
            port = msgspec.json.decode(line, type=dict[str, int])["port"]
        except (TimeoutError, msgspec.DecodeError):
            fail("The sandbox did not start.", "Its own words stand above; `python -m sandbox` shows them alone.")
            yield None
            return
        yield f"http://127.0.0.1:{port}"
    finally:
        if child.returncode is None:
            child.terminate()
        await child.wait()


async def introduce(base: str, apps: Sequence[App], guests: Sequence[Guest]) -> str | None:
    """Tell the Slack stand-in which apps it has, where their events go, and who writes to them.

    None, or what did not work. Safe to repeat: the stand-in keeps what it knew about each.
    """
    try:
        async with httpx2.AsyncClient(base_url=f"{base}/slack/_ctl/", trust_env=False, timeout=_TOLD) as http:
            for app in apps:
                (await http.put(f"apps/{app.id}", json=_app(app))).raise_for_status()
            for guest in guests:
                known = {"name": guest.name, "team": guest.team}
                (await http.put(f"people/{guest.id}", json=known)).raise_for_status()
    except httpx2.HTTPStatusError as refused:
        return f"the sandbox answered {refused.response.status_code}"
    except httpx2.HTTPError as error:
        return f"the sandbox was not reached: {type(error).__name__}"
    return None


def _app(app: App) -> dict[str, object]:
    return {
        "name": "Throughline",
        "team": {"id": app.team, "name": app.team_name},
        "bot_user": app.bot_user,
        "bot_id": app.bot_id,
        "request_url": app.request_url,
        "socket": app.socket,
        **app.secrets,
    }
