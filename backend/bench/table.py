"""What was found, as rows; the document is written from all that was ever recorded, newest run of each scenario."""

import platform
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from bench.process import SERVER_PYTHON
from rig.machine import ROOT

RECORD = Path(__file__).with_name("measured.json")
DOCUMENT = ROOT / "docs" / "benchmarks.md"
Verdict = Literal["pass", "fail", "void", "–"]
#: Versions that matter to a number, of both environments.
_PACKAGES = ("uvicorn", "starlette", "uvloop", "httptools", "websockets", "msgspec", "sqlalchemy", "openai")
_OWN_PACKAGES = ("picows", "chainlit", "python-socketio")


class Plan(Struct, frozen=True):
    """How long and how often: `seconds` a measurement, `repeats` of each that is quoted."""

    seconds: float
    repeats: int


class Row(Struct, frozen=True):
    """One number of the summary: what was promised, what was measured."""

    what: str
    target: str
    measured: str
    verdict: Verdict


class Report(Struct, frozen=True):
    """What one scenario found. `method` and `notes` are Markdown paragraphs, `tables` Markdown tables."""

    title: str
    rows: list[Row]
    method: str
    tables: list[str]
    notes: list[str] = []


class Kept(Struct, frozen=True):
    """A report with its circumstances."""

    date: str
    machine: str
    versions: str
    report: Report


def keep(found: Mapping[str, Report], date: str) -> None:
    """Record these reports beside what other scenarios left, and write the document anew."""
    kept = msgspec.json.decode(RECORD.read_bytes(), type=dict[str, Kept]) if RECORD.exists() else {}
    machine, versions = _machine(), _versions()
    kept |= {name: Kept(date, machine, versions, report) for name, report in found.items()}
    RECORD.write_bytes(msgspec.json.format(msgspec.json.encode(kept), indent=1) + b"\n")
    DOCUMENT.parent.mkdir(exist_ok=True)
    DOCUMENT.write_text(document(kept))


def grid(head: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """A Markdown table; all columns but the first are numbers."""
    ruler = ["---", *["---:"] * (len(head) - 1)]
    return "\n".join("| " + " | ".join(line) + " |" for line in (head, ruler, *lines))


def document(kept: Mapping[str, Kept]) -> str:
    """The whole page."""
    order = [
        name
        for name in ("fanout", "accept", "tokens", "idle", "resume", "slack", "channels", "overload", "soak", "start")
        if name in kept
    ]
    lines = [
        "# Benchmarks",
        "",
        "This page is written by `just bench`; the numbers are what the command found, good or bad. Every ratio was",
        "measured in one run, on one machine, with the peer beside us; the method stands above each table. Each",
        "scenario can be run alone: `just bench fanout`.",
        "",
        grid(
            ("what", "target", "measured", ""),
            [(row.what, row.target, row.measured, row.verdict) for name in order for row in kept[name].report.rows],
        ),
    ]
    for name in order:
        one = kept[name]
        lines += ["", f"## {one.report.title}", "", one.report.method]
        for part in (*one.report.tables, *one.report.notes):
            lines += ["", part]
        lines += ["", f"Measured on {one.date}: {one.machine}. {one.versions}."]
    return "\n".join(lines) + "\n"


def _machine() -> str:
    cpu = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text())
    memory = re.search(r"MemTotal:\s+(\d+)", Path("/proc/meminfo").read_text())
    cores = Path("/proc/cpuinfo").read_text().count("processor\t")
    size = round(int(memory.group(1)) / 1024**2) if memory else 0
    return (
        f"{cores} cores, {cpu.group(1).strip() if cpu else platform.machine()}, {size} GiB, Linux {platform.release()}"
    )


def _versions() -> str:
    ours = _installed(str(SERVER_PYTHON), _PACKAGES)
    return f"Python {platform.python_version()}, " + ", ".join(ours + _installed("", _OWN_PACKAGES))


def _installed(python: str, names: Sequence[str]) -> list[str]:
    code = (
        "import sys, importlib.metadata as m\nfor n in sys.argv[1:]:\n try: print(n, m.version(n))\n"
        " except m.PackageNotFoundError: pass"
    )
    said = subprocess.run([python or sys.executable, "-c", code, *names], capture_output=True, text=True, check=True)
    return said.stdout.split("\n")[:-1]
