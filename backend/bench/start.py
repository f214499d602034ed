"""A newcomer's first minutes: a fresh clone with empty caches until it is ready, the second start, the first page."""

import contextlib
import gzip
import os
import re
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from bench.process import Failed, on_cores, scratch
from bench.table import Plan, Report, Row, Verdict, grid
from rig.leash import let_go, started
from rig.machine import ROOT, free_port

COMMAND = ("npx", "-y", "rust-just", "up")
FIRST, AGAIN, JAVASCRIPT = 180.0, 6.0, 200_000
_PATIENCE = 900.0
_SCRIPT = re.compile(r'(?:src|href)="(/[^"]+\.js)"')


def run(_: Plan) -> Report:
    """Once each: a first start cannot be repeated without a new folder."""
    with scratch("start") as folder:
        clone = folder / "clone"
        subprocess.run(["git", "clone", "-q", "--no-hardlinks", str(ROOT), str(clone)], check=True)
        port = free_port()
        env = {
            "PORT": str(port),
            "UV_CACHE_DIR": str(folder / "uv"),
            "PIP_CACHE_DIR": str(folder / "pip"),
            "npm_config_cache": str(folder / "npm"),
            "XDG_CACHE_HOME": str(folder / "cache"),
        }
        first, _ignored = _until_ready(clone, env, port)
        print(f"  from empty caches: {first:.1f} s", flush=True)
        again, size = _until_ready(clone, env, port)
    rows = [
        Row("`up` in a fresh clone with empty caches", "≤ 180 s", f"{first:.0f} s", _verdict(first, FIRST)),
        Row("`up` again", "≤ 6 s", f"{again:.1f} s", _verdict(again, AGAIN)),
        Row(
            "JavaScript of the first page, gzipped", "≤ 200 kB", f"{size / 1000:.0f} kB",
            _verdict(size, JAVASCRIPT),
        ),
    ]  # fmt: skip
    table = grid(("start", "seconds to /readyz"), [["first", f"{first:.1f}"], ["second", f"{again:.1f}"]])
    return Report("The first minute", rows, _METHOD, [table])


def _until_ready(clone: Path, env: Mapping[str, str], port: int) -> tuple[float, int]:
    """Seconds from the command to a ready gateway, and the bytes of its first page's scripts."""
    output = clone.parent / "output.txt"
    begun = time.monotonic()
    with output.open("wb") as sink, on_cores(range(os.cpu_count() or 1)):
        popen = started(COMMAND, cwd=clone, env=_newcomer(env), output=sink)
    try:
        while not _answers(f"http://127.0.0.1:{port}/readyz"):
            if popen.poll() is not None or time.monotonic() > begun + _PATIENCE:
                raise Failed(f"`up` was not ready: {output.read_text(errors='replace')[-1500:]}")
            time.sleep(0.05)
        return time.monotonic() - begun, _scripts(f"http://127.0.0.1:{port}")
    finally:
        # The command is a chain of programs; they share the session that was made for them.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(popen.pid, signal.SIGINT)
        try:
            popen.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(popen.pid, signal.SIGKILL)
        let_go(popen)
        _await_gone(port)


def _newcomer(extra: Mapping[str, str]) -> dict[str, str]:
    """The shell's own environment, which knows the way to package registries, without settings of the product."""
    own = ("THROUGHLINE_", "OPENAI_", "DATABASE_URL", "REDIS_URL", "VIRTUAL_ENV", "PYTHONPATH")
    return {name: value for name, value in os.environ.items() if not name.startswith(own)} | dict(extra)


def _verdict(found: float, most: float) -> Verdict:
    return "pass" if found <= most else "fail"


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=1) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _scripts(base: str) -> int:
    """What a browser loads before the page works: scripts and preloaded modules, as gzip sends them."""
    with urllib.request.urlopen(base, timeout=10) as answer:
        page = answer.read().decode()
    total = 0
    for path in sorted(set(_SCRIPT.findall(page))):
        request = urllib.request.Request(base + path, headers={"accept-encoding": "gzip"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            body = answer.read()
            total += len(body) if answer.headers.get("content-encoding") == "gzip" else len(gzip.compress(body, 6))
    return total


def _await_gone(port: int) -> None:
    deadline = time.monotonic() + 15
    while _answers(f"http://127.0.0.1:{port}/livez") and time.monotonic() < deadline:
        time.sleep(0.1)


_METHOD = """\
The committed state is cloned into an empty folder; uv's, pip's and npm's caches are empty folders too. The time
runs from `npx -y rust-just up` until `/readyz` answers 200, downloads included; then the same command again. The
scripts of the first page are those that its HTML names, as gzip sends them."""
