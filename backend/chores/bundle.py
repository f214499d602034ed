"""The web client's weight: what a browser has to load, gzipped, held against a budget."""

import gzip
from pathlib import Path

#: kB of gzipped JavaScript, everything the build emits.
BUDGET = 200


def weight(dist: Path) -> float:
    """Weigh, in kB (1,000 bytes), all JavaScript in the build, each file gzipped as a server would."""
    return sum(len(gzip.compress(script.read_bytes(), 9)) for script in dist.rglob("*.js")) / 1000
