"""`python -m chaos [--only f12 …] [--minutes N] [--seed S]`: break things on purpose and count what was lost.

Without minutes each fault is run shortly; with them each gets its share, and as many faults as fit. What has been run
is remembered, so that a run that was stopped goes on where it was; each fault adds a line to docs/chaos.md.
"""

import argparse
import asyncio
import json
import random
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from chaos.fault import Fault, Plan
from chaos.figures import Figure, append
from chaos.menu import MENU
from rig.leash import leave_in_order

ROOT = Path(__file__).parents[2]
STATE = ROOT / ".cache" / "chaos.json"
#: So much more than a short run is a long one, at most: 1,000 kills, 3,000 failures.
LONG = 200.0


def main() -> int:
    """0: everything held; 1: something did not."""
    parser = argparse.ArgumentParser(prog="chaos", description="Break things on purpose; count what was lost.")
    parser.add_argument("--only", nargs="+", default=[], help="faults, by name or its beginning: f12 failover")
    parser.add_argument("--minutes", type=float, default=0.0, help="for all of them together; 0: each shortly")
    parser.add_argument("--seed", type=int, default=0, help="0: a new one, which is printed")
    parser.add_argument("--dry", action="store_true", help="print only, leave docs/chaos.md as it is")
    parser.add_argument("--anew", action="store_true", help="forget where an earlier run was stopped")
    given = parser.parse_args()
    chosen = [fault for fault in MENU if not given.only or any(fault.name.startswith(one) for one in given.only)]
    if not chosen:
        parser.error(f"there is no such fault; there are {', '.join(fault.name for fault in MENU)}")
    leave_in_order()
    seed, done = _resumed(given)
    print(f"chaos: seed {seed}, {len(chosen)} faults{f', {len(done)} of them done before' if done else ''}", flush=True)
    held = True
    for place, fault in enumerate(chosen):
        if fault.name in done:
            continue
        if missing := fault.needs():
            print(f"left out {fault.name}: {missing}", flush=True)
            continue
        share = 60 * given.minutes / len(chosen)
        found = _run(fault, seed, share)
        held = held and found.holds
        if not given.dry:
            append([found], seed, datetime.now(UTC).date().isoformat())
        done.append(fault.name)
        _remember(seed, given, [] if place == len(chosen) - 1 else done)
    return 0 if held else 1


def _run(fault: Fault, seed: int, share: float) -> Figure:
    print(f"\n{fault.name}: {fault.what}", flush=True)
    begun = time.monotonic()
    say = lambda words: print(f"  {time.monotonic() - begun:6.0f} s  {words}", flush=True)  # noqa: E731
    plan = Plan(seed, LONG, begun + share, say) if share else Plan(seed, say=say)
    found = asyncio.run(fault.run(plan))
    print(found.line(), flush=True)
    for broken in (*found.verdict.broken, *found.broken)[:20]:
        print(f"  {broken}", flush=True)
    return found


def _resumed(given: argparse.Namespace) -> tuple[int, list[str]]:
    """The seed, and what was done under it by a run that was stopped and asked for the same."""
    if STATE.exists() and not given.anew:
        found = json.loads(STATE.read_text())
        same = found["asked"] == _asked(given) and given.seed in {0, found["seed"]}
        if same and found["done"]:
            return found["seed"], found["done"]
    return given.seed or random.SystemRandom().randrange(1, 2**31), []


def _remember(seed: int, given: argparse.Namespace, done: list[str]) -> None:
    STATE.parent.mkdir(parents=True, exist_ok=True)
    STATE.write_text(json.dumps({"seed": seed, "asked": _asked(given), "done": done}))


def _asked(given: argparse.Namespace) -> list[object]:
    return [sorted(given.only), given.minutes]


if __name__ == "__main__":
    sys.exit(main())
