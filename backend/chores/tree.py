"""What must not stand in the tree: a package index's address, a path of somebody's machine, a secret's shape."""

import re
import subprocess

from chores.places import ROOT

#: Written in two parts, so that this file does not find itself.
_FORBIDDEN = {
    "address of a package index": r"pypi\." r"org|python" r"hosted|registry\." r"npmjs|deb\." r"debian\.org",
    "path of one machine": r"(^|[^A-Za-z0-9_.~$}/-])/" r"(home|root|work|Users)/",
    "private key": r"BEGIN [A-Z ]*PRIVATE" r" KEY",
    "provider key": r"\b(sk-[A-Za-z0-9]{20,}|xox[bp]-[0-9]{6,}|AKIA[0-9A-Z]{16})\b",
}
_TEXT = re.compile(r"\.(py|ts|tsx|mjs|js|json|md|toml|ya?ml|txt|lock|baml|css|html|sh|ini)$|(^|/)[^.]+$|ignore$|npmrc$")


def findings() -> list[str]:
    """`file:line: what` for everything that is committed, or would be."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.splitlines()  # fmt: skip
    patterns = {what: re.compile(pattern) for what, pattern in _FORBIDDEN.items()}
    found: list[str] = []
    for name in listed:
        path = ROOT / name
        if not _TEXT.search(name) or not path.is_file():
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            found += [f"{name}:{number}: {what}" for what, pattern in patterns.items() if pattern.search(line)]
    return found
