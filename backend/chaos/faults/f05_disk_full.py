"""F5: the disk is full. Writes are refused and said to be; nothing acknowledged is lost; it recovers by itself."""

import asyncio
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2

from chaos.fault import Fault, Figure, Plan, figure
from chaos.world import World, world

NAME = "f05_disk_full"
_SIZE = 32_000_000
_PIECE = 65_536


def needs() -> str:
    """Whether a small disk can be made here."""
    return "" if os.geteuid() == 0 and shutil.which("mount") else "it needs root, to mount a small tmpfs"


@contextmanager
def small_disk() -> Iterator[Path]:
    """A file system of 32 MB, gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="throughline-chaos-disk-"))
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={_SIZE}", "chaos", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=False)
        folder.rmdir()


async def run(plan: Plan) -> Figure:
    """Fill it, try to write, free it, so often."""
    with small_disk() as disk:
        async with world(3, plan.chance(NAME), data=disk / "data") as made:
            await made.begin(("slack", "telegram", "web"))
            times: list[float] = []
            refused = kept = 0
            broken: list[str] = []
            for n in range(plan.many(1, 20)):
                if plan.over:
                    break
                for person in range(3):
                    await made.ask(person)
                _fill(disk / "filler")
                no, yes, words = await _tried(made)
                refused, kept, broken = refused + no, kept + yes, broken + words
                begun = time.monotonic()
                (disk / "filler").unlink()
                await made.ask(0)
                times.append(time.monotonic() - begun)
                plan.say(f"{n + 1} times full: {refused} refused")
            if not refused:
                broken.append("nothing was ever refused: the disk was not full")
            verdict = await made.verdict(30)
            note = f"{refused} writes refused while full, {kept} still fitted"
            return figure(NAME, len(times), made, verdict, tuple(times), note, tuple(broken))


def _fill(path: Path) -> None:
    with path.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(_PIECE))
        except OSError:
            return


async def _tried(made: World) -> tuple[int, int, list[str]]:
    """Writes while it is full: how many were refused, how many fitted, and what was answered that must not be."""
    refused = kept = 0
    broken: list[str] = []
    for n in range(40):
        number = made.notes.number()
        customer, before = made.customers[n % 3], made.customers[n % 3].shed
        try:
            text = f"Full {number} " + "x" * 1_800
            await customer.say(made.talks[n % 3], text, once=True)
        except httpx2.HTTPError as error:
            broken.append(f"no answer at all while the disk was full: {type(error).__name__}")
            continue
        refused, kept = (refused + 1, kept) if customer.shed > before else (refused, kept + 1)
    ready = await asyncio.to_thread(made.gateway.status, "/readyz")
    if refused and ready == 200:
        broken.append("/readyz says 200 while writes are refused")
    return refused, kept, broken


FAULT = Fault(NAME, "the disk is full: 503 and no ack, /readyz says so, and it recovers by itself", run, needs)
