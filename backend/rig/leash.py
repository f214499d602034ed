"""Processes on a leash: however we end, by kill -9 too, they and all they started are gone at once.

A leash is a pipe that only we hold the other end of. Whoever is started has a watcher in its own process group, which
reads the pipe: as soon as nobody holds the end any more, it kills the whole group. The kernel lets go for us when we
die, so nothing of ours has to run for that.
"""

import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

#: The watcher is nobody's child by the time the program begins: it is not metered with it, nor waited for. The shell
#: gives what runs in the background no stdin, hence the detour by 3. SIGINT to the group is for the program alone.
_SCRIPT = (
    "exec 3<&0; ( { trap '' INT TERM HUP; read -r _ <&3; kill -KILL 0; } >/dev/null 2>&1 & ); "
    'exec "$@" </dev/null 3<&-'
)


def started(
    command: Sequence[str | Path], *, cwd: Path, env: Mapping[str, str], output: IO[bytes]
) -> subprocess.Popen[bytes]:
    """The program, in a session of its own; what it prints goes to `output`. Whoever started it calls `let_go`."""
    return subprocess.Popen(
        ["/bin/sh", "-c", _SCRIPT, "leash", *(str(part) for part in command)], cwd=cwd, env=dict(env), stdout=output,
        stderr=subprocess.STDOUT, stdin=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip


def let_go(process: subprocess.Popen[bytes]) -> None:
    """Kill what is left of its group, and wait. It may have ended long ago."""
    if process.stdin is not None:
        process.stdin.close()
    process.wait()


def leave_in_order() -> None:
    """From now on a SIGTERM or SIGHUP is an exit: folders are removed and disks unmounted, as after Ctrl-C."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda got, _: sys.exit(128 + got))
