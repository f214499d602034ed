"""`python -m fuzz.autobahn [--python python2.7]`: our frame path against the Autobahn cases; verdicts go to the docs.

The suite runs on Python 2.7 alone, so it lives in an environment of its own and never in `test`. What it speaks to is
the very protocol class that serves `/api/v1/socket`, with its limits, under an application that repeats what it hears.
"""

import argparse
import asyncio
import json
import shutil
import socket
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

import uvicorn

from throughline.live.uvicorn_path import FRAGMENTS, MAX_FRAME, socket_options

ROOT = Path(__file__).parents[2]
OWN = ROOT / ".venv-autobahn"
PAGE = ROOT / "docs" / "websocket-conformance.md"
PINNED = "autobahntestsuite==25.10.1"
#: Large messages are refused here by rule, and deflate is off: what measures them measures nothing.
LEFT_OUT = ("9.*", "12.*", "13.*")
#: Seconds for all cases.
PATIENCE = 300
#: The chapters of the suite.
CHAPTERS = {
    "1": "Framing", "2": "Pings and pongs", "3": "Reserved bits", "4": "Opcodes", "5": "Fragments", "6": "UTF-8",
    "7": "Closing", "10": "Fragmented in places",
}  # fmt: skip
#: What the `websockets` library does otherwise on purpose, and why that is all right here.
KNOWN = {
    "7.1.5": "a close in the middle of a message in pieces is answered with 1002, not 1000; RFC 6455 §5.5.1 allows it",
}
VERDICTS = ("OK", "NON-STRICT", "INFORMATIONAL", "UNIMPLEMENTED", "FAILED")

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """An application that says back what it hears."""
    if scope["type"] != "websocket":
        return
    await receive()
    await send({"type": "websocket.accept"})
    while (event := await receive())["type"] == "websocket.receive":
        kind = "text" if event.get("text") is not None else "bytes"
        await send({"type": "websocket.send", kind: event[kind]})


def main() -> int:
    """0: the table is written, 1: a case failed, 2: there is no Python 2.7, or the suite cannot be installed."""
    parser = argparse.ArgumentParser(prog="fuzz.autobahn", description="The Autobahn cases against our frame path.")
    parser.add_argument("--python", default="python2.7", help="a Python 2.7")
    parser.add_argument("--path", default="fast", choices=("fast", "asgi"), help="which frame path")
    given = parser.parse_args()
    python = shutil.which(given.python)
    if python is None or not _installed(python):
        print(f"Autobahn needs a Python 2.7 and {PINNED}. Name one: python -m fuzz.autobahn --python PATH")
        return 2
    verdicts = asyncio.run(_run(python, given.path))
    PAGE.write_text(_page(verdicts))
    worst = [name for name, verdict in verdicts.items() if verdict == "FAILED" and name not in KNOWN]
    print(f"{len(verdicts)} cases, {len(worst)} failed that may not {worst or ''}; see {PAGE.relative_to(ROOT)}")
    return 1 if worst else 0


def _installed(python: str) -> bool:
    if not (OWN / "autobahntestsuite").is_dir():
        command = [python, "-m", "pip", "install", "-q", "--target", str(OWN), PINNED]
        if subprocess.run(command, check=False, stderr=subprocess.DEVNULL).returncode:
            return False
        # Installed beside each other, the parts of this package do not find it.
        (OWN / "zope" / "__init__.py").touch()
    return True


async def _run(python: str, path: str) -> dict[str, str]:
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(echo, log_level="critical", lifespan="off", **socket_options(path))
    server = uvicorn.Server(config)
    serving = asyncio.ensure_future(server.serve(sockets=[listening]))
    try:
        with tempfile.TemporaryDirectory() as folder:
            return await asyncio.to_thread(_cases, python, listening.getsockname()[1], Path(folder))
    finally:
        server.should_exit = True
        await serving


def _cases(python: str, port: int, folder: Path) -> dict[str, str]:
    url = f"ws://127.0.0.1:{port}"
    spec = {
        "outdir": "reports", "servers": [{"agent": "throughline", "url": url}], "cases": ["*"],
        "exclude-cases": LEFT_OUT,
    }  # fmt: skip
    (folder / "spec.json").write_text(json.dumps(spec))
    go = f"import sys; sys.path.insert(0, {str(OWN)!r}); from autobahntestsuite.wstest import run; run()"
    subprocess.run(
        [python, "-c", go, "-m", "fuzzingclient", "-s", "spec.json"], cwd=folder, check=True, timeout=PATIENCE,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    found = json.loads((folder / "reports" / "index.json").read_text())["throughline"]
    return {name: case["behavior"] for name, case in sorted(found.items(), key=lambda item: _order(item[0]))}


def _order(name: str) -> list[int]:
    return [int(part) for part in name.split(".")]


def _page(verdicts: dict[str, str]) -> str:
    """The page of the docs."""
    rows = []
    for chapter, title in CHAPTERS.items():
        mine = Counter(verdict for name, verdict in verdicts.items() if name.partition(".")[0] == chapter)
        cells = " | ".join(str(mine[verdict] or "") for verdict in VERDICTS)
        rows.append(f"| {chapter} {title} | {cells} |")
    total = Counter(verdicts.values())
    rows.append("| all | " + " | ".join(str(total[verdict] or "0") for verdict in VERDICTS) + " |")
    others = [
        f"- {verdict}: {', '.join(name for name, was in verdicts.items() if was == verdict)}"
        for verdict in VERDICTS[1:]
        if total[verdict]
    ]
    head = " | ".join(VERDICTS)
    return "\n".join(
        [
            "# WebSocket conformance",
            "",
            "Written by `python -m fuzz.autobahn` (in `backend/`); not edited by hand.",
            "",
            f"{len(verdicts)} cases of `{PINNED}` against the frame path that serves `/api/v1/socket`: messages of at",
            f"most {MAX_FRAME:,} bytes in at most {FRAGMENTS} pieces, no deflate. Left out are {', '.join(LEFT_OUT)}:",
            "large messages, which are refused here by rule, and compression, which is off.",
            "",
            f"| chapter | {head} |",
            "|---" * (len(VERDICTS) + 1) + "|",
            *rows,
            "",
            "What is not plainly OK:",
            "",
            *others,
            "",
            "Not strict: a protocol error closes the connection before the frame in front of it was said back (3, 4,",
            "5.15), and bad UTF-8 is noticed at the end of a frame, not within it (6.4). The standard asks neither.",
            "Failed and known:",
            "",
            *(f"- {name}: {why}." for name, why in KNOWN.items() if verdicts.get(name) == "FAILED"),
            "",
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
