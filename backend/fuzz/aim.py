"""One channel's run: seeds into a corpus, then mutations until the time is over or a promise is broken.

`python -m fuzz.aim CHANNEL --seconds N`. What was found is in `.cache/fuzz/<channel>-…`; give that file to `one` again.
"""

import argparse
import contextlib
import hashlib
import importlib
import importlib.util
import random
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

FOUND = Path(__file__).parents[2] / ".cache" / "fuzz"
#: Seconds that one input may take, and bytes that one may have.
SLOW, LONGEST = 5, 65_536


def main() -> int:
    """0: nothing was found."""
    parser = argparse.ArgumentParser()
    parser.add_argument("channel")
    parser.add_argument("--seconds", type=int, default=60)
    given = parser.parse_args()
    atheris = importlib.import_module("atheris") if importlib.util.find_spec("atheris") else None
    watch: Any = contextlib.nullcontext() if atheris is None else atheris.instrument_imports(include=["throughline"])
    with watch:
        aim = importlib.import_module(f"fuzz.{given.channel}")
    corpus = FOUND / given.channel
    corpus.mkdir(parents=True, exist_ok=True)
    for seed in aim.SEEDS:
        (corpus / hashlib.sha256(seed).hexdigest()).write_bytes(seed)
    if atheris is None:
        return _plain(given.channel, aim.one, aim.SEEDS, given.seconds)
    options = [
        f"-max_total_time={given.seconds}", f"-timeout={SLOW}", f"-max_len={LONGEST}", "-rss_limit_mb=2048",
        "-verbosity=0", "-print_final_stats=1", f"-artifact_prefix={FOUND / given.channel}-",
    ]  # fmt: skip
    atheris.Setup([sys.argv[0], *options, str(corpus)], aim.one)
    atheris.Fuzz()
    return 0


def _plain(name: str, one: Callable[[bytes], None], seeds: Sequence[bytes], seconds: float) -> int:
    """Without anybody who watches what the code does: seeds, cut, joined and written over by chance."""
    chance = random.Random()
    until, tried = time.monotonic() + seconds, 0
    while time.monotonic() < until:
        data = _mutated(chance, seeds)
        begun = time.monotonic()
        try:
            one(data)
        except Exception:
            kept = FOUND / f"{name}-crash-{hashlib.sha256(data).hexdigest()[:16]}"
            kept.write_bytes(data)
            print(f"  a promise is broken: {kept}")
            raise
        if time.monotonic() - begun > SLOW:
            (FOUND / f"{name}-slow-{hashlib.sha256(data).hexdigest()[:16]}").write_bytes(data)
            return 1
        tried += 1
    print(f"  {tried:,} inputs")
    return 0


def _mutated(chance: random.Random, seeds: Sequence[bytes]) -> bytes:
    data = bytearray(chance.choice(seeds))
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        at = chance.randrange(len(data) + 1)
        match chance.randrange(5):
            case 0:
                data[at : at + 1] = chance.randbytes(1)
            case 1:
                del data[at : at + chance.randrange(1, 64)]
            case 2:
                other = chance.choice(seeds)
                begin = chance.randrange(len(other) + 1)
                data[at:at] = other[begin : begin + chance.randrange(1, 64)]
            case 3:
                data[at:at] = data[max(0, at - 32) : at] * chance.choice((1, 2, 64))
            case _:
                data[at:at] = chance.choice(
                    (b'"', b"\\", b"{", b"]", b"\0", b"\xff", b"-1", b"1e999", b"\\ud800", b"%00")
                )
    return bytes(data[:LONGEST])


if __name__ == "__main__":
    sys.exit(main())
