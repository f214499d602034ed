"""The two programs the tests need beside the lock files: a Chromium, and strace to see the sync before the ack."""

import os
import shutil
from pathlib import Path

from chores.lines import Lines
from chores.places import tool
from chores.run import Failed, first_line, quietly

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_PLAYWRIGHT = "from playwright.sync_api import sync_playwright as s\nwith s() as p: print(p.chromium.executable_path)"


def chromium(lines: Lines) -> str:
    """Path of a Chromium: CHROMIUM_PATH, an installed one, Playwright's own, or one that root may install on Debian."""
    with lines.step("browser") as outcome:
        outcome.fresh = False
        given = os.environ.get("CHROMIUM_PATH", "")
        if given and not shutil.which(given):
            raise Failed(f"CHROMIUM_PATH is {given}, and there is no program there.", 2)
        path = given or _installed() or _of_playwright()
        if not path:
            outcome.fresh = True
            _from_debian("chromium", "sudo apt-get install -y chromium   (or: .venv/bin/playwright install chromium)")
            path = _installed()
        if not path:
            raise Failed("Chromium was installed, yet cannot be found. Say where it is: CHROMIUM_PATH=…", 2)
        outcome.detail = (first_line([path, "--version"]) or path).split(" built on")[0].strip()
        return path


def strace(lines: Lines) -> None:
    """See that strace is there, or is put there by root on Debian."""
    with lines.step("strace") as outcome:
        outcome.fresh = False
        if not shutil.which("strace"):
            outcome.fresh = True
            _from_debian("strace", "sudo apt-get install -y strace")
        outcome.detail = (first_line(["strace", "--version"]) or "there")[:27]


def _installed() -> str:
    return next((found for found in map(shutil.which, _NAMES) if found), "")


def _of_playwright() -> str:
    path = first_line([tool("python"), "-c", _PLAYWRIGHT]) or ""
    return path if path and Path(path).exists() else ""


def _from_debian(package: str, line: str) -> None:
    if os.name != "posix" or os.geteuid() != 0 or not shutil.which("apt-get"):
        raise Failed(f"The tests need {package}, and never skip. Run:  {line}", 2)
    env = dict(os.environ) | {"DEBIAN_FRONTEND": "noninteractive"}
    quietly("apt-update", ["apt-get", "update"], "Check the network, then run it again.", env=env)
    install = ["apt-get", "install", "-y", "--no-install-recommends", package]
    quietly(f"apt-{package}", install, f"Install it by hand:  {line}", env=env)
