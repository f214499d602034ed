"""The stand-ins beside a demo: a child process that dies with us, and what our accounts there are told at start."""

import asyncio
import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
import msgspec

from throughline.command.cast import Told
from throughline.command.console import fail

_START = 20.0
_TOLD = 10.0


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


async def introduce(base: str, told: Iterable[Told]) -> str | None:
    """Tell the stand-ins which ends they have, where their events go, and who writes to them.

    None, or what did not work. Safe to repeat: a stand-in keeps what it knew about each.
    """
    try:
        async with httpx2.AsyncClient(base_url=base, trust_env=False, timeout=_TOLD) as http:
            for one in told:
                (await http.put(f"/{one.path}", json=one.body)).raise_for_status()
    except httpx2.HTTPStatusError as refused:
        return f"the sandbox answered {refused.response.status_code}"
    except httpx2.HTTPError as error:
        return f"the sandbox was not reached: {type(error).__name__}"
    return None
