"""`just test`: every test there is, one closing line, and an exit code that can be believed."""

import json
import shutil
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from chores import browser, steps
from chores.lines import Lines
from chores.places import BACKEND, E2E, FRONTEND, REPORTS, environment, tool
from chores.run import openly

#: Per cent of the back end's lines and branches that its tests must run.
COVERAGE = 80


@dataclass
class Tally:
    """How a suite went. A suite that broke before it could count is one failure."""

    passed: int = 0
    failed: int = 0

    def plus(self, other: "Tally") -> "Tally":
        """Both together."""
        return Tally(self.passed + other.passed, self.failed + other.failed)


def run() -> int:
    """Install what is missing, run all suites, say how it went."""
    begun = time.monotonic()
    lines = Lines(total=7)
    lines.title("Throughline · test")
    steps.ready(lines)
    chromium = browser.chromium(lines)
    browser.strace(lines)
    shutil.rmtree(REPORTS, ignore_errors=True)
    REPORTS.mkdir(parents=True)
    total = Tally()
    for name, suite in (("back end", back_end), ("front end", front_end), ("stories", lambda: stories(chromium))):
        print(f"\n── {name} " + "─" * (60 - len(name)), flush=True)
        total = total.plus(_counted(name, suite))
    print(f"\n{total.passed} passed, {total.failed} failed in {time.monotonic() - begun:.0f} s", flush=True)
    return 1 if total.failed else 0


def _counted(name: str, suite: Callable[[], tuple[int, Tally]]) -> Tally:
    code, tally = suite()
    if tally.passed + tally.failed == 0:
        print(f"{name}: no test ran")
        return Tally(0, 1)
    if code != 0 and tally.failed == 0:
        print(f"{name}: every test passed, yet the run ended with exit code {code}")
        return Tally(tally.passed, 1)
    return tally


def back_end() -> tuple[int, Tally]:
    """Run pytest on four processes, for a good part of the time is waiting; under coverage, with the gate."""
    report = REPORTS / "back-end.xml"
    options = ["-n", "4", "--dist", "worksteal", "--cov", "--cov-report=", "--junitxml", str(report)]
    code = openly([tool("pytest"), *options], BACKEND)
    tally = junit(report)
    gate = openly([tool("coverage"), "report", f"--fail-under={COVERAGE}", "--skip-covered"], BACKEND)
    if gate != 0:
        print(f"back end: the tests must run {COVERAGE} % of the lines, see above")
        tally = tally.plus(Tally(0, 1))
    return code, tally


def front_end() -> tuple[int, Tally]:
    """Run vitest, once."""
    report = REPORTS / "front-end.json"
    command = ["npm", "test", "--silent", "--", "--reporter=default", "--reporter=json", f"--outputFile.json={report}"]
    code = openly(command, FRONTEND)
    if not report.exists():
        return code, Tally()
    counts = json.loads(report.read_text(encoding="utf-8"))
    unseen = counts["numPendingTests"] + counts.get("numTodoTests", 0)
    return code, Tally(counts["numPassedTests"], counts["numFailedTests"] + unseen)


def stories(chromium: str) -> tuple[int, Tally]:
    """The browser stories: several at a time, for they mostly wait; then, alone, those that measure times."""
    env, code, total = environment(CHROMIUM_PATH=chromium), 0, Tally()
    for name, options in (
        ("stories", ["-m", "not timed", "-n", "4", "--dist", "worksteal"]),
        ("timed", ["-m", "timed"]),
    ):
        report = REPORTS / f"{name}.xml"
        code = openly([tool("pytest"), ".", *options, "--junitxml", str(report)], E2E, env) or code
        total = total.plus(junit(report))
    return code, total


def junit(report: Path) -> Tally:
    """Counts of a JUnit file. A skipped test counts as failed: nobody has seen it pass."""
    if not report.exists():
        return Tally()
    tally = Tally()
    for suite in ET.parse(report).getroot().iter("testsuite"):  # noqa: S314 - it was written by the run above
        bad = sum(int(suite.get(key, "0")) for key in ("failures", "errors", "skipped"))
        tally = tally.plus(Tally(int(suite.get("tests", "0")) - bad, bad))
    return tally
