"""The sandbox as a process of its own, as `up` starts it."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def running(*arguments: str | Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Its address, and the process; it ends with the block."""
    command = [sys.executable, "-m", "sandbox", *map(str, arguments)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{json.loads(process.stdout.readline())['port']}", process
        finally:
            process.stdin.close()
            process.stdout.close()
            process.wait(10)
