"""What this machine has and says: free ports, what a child is told of it, and what a process uses. Linux's /proc."""

import os
import socket
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]
BACKEND = ROOT / "backend"


def free_port() -> int:
    """A loopback port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """What a child gets: nothing of ours but what programs need to be found, and `extra`."""
    keep = {k: v for k, v in os.environ.items() if k in {"PATH", "HOME", "LANG", "LC_ALL"}}
    return keep | dict(extra or {})


def rss(pid: int) -> int:
    """Resident bytes; 0 where it is gone."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def descriptors(pid: int) -> int:
    """Open files and sockets; 0 where it is gone."""
    try:
        return len([*Path(f"/proc/{pid}/fd").iterdir()])
    except OSError:
        return 0
