"""`python -m bench [scenario …]`: run them, print the summary, write docs/benchmarks.md.

Peers and the load generator live in an environment of their own; any Python may start this, it goes on there.
"""

import argparse
import importlib
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
OWN = ROOT / ".venv-bench"
#: In this order; `soak` takes half an hour and `start` builds everything anew, so they run only when they are named.
SCENARIOS = ("fanout", "accept", "tokens", "idle", "resume", "slack", "channels", "overload", "soak", "start")


def main() -> int:
    """0: all ran (whatever they found), 1: a server failed, 2: something has to be installed first."""
    parser = argparse.ArgumentParser(prog="bench", description="Measure, with peers side by side.")
    parser.add_argument("scenario", nargs="*", help=f"of {', '.join(SCENARIOS)}; else all but the last two")
    parser.add_argument("--date", default="an unnamed day", help="what the document says about when")
    parser.add_argument("--seconds", type=float, default=4.0, help="of one measurement")
    parser.add_argument("--repeats", type=int, default=5, help="of each quoted measurement")
    parser.add_argument("--dry", action="store_true", help="print only, leave the document as it is")
    given = parser.parse_args()
    unknown = [name for name in given.scenario if name not in SCENARIOS]
    if unknown:
        parser.error(f"there is no scenario {unknown[0]}; there are {', '.join(SCENARIOS)}")
    if Path(sys.prefix).resolve() != OWN.resolve():
        return _go_on_there()
    return _run(given)


def _go_on_there() -> int:
    """Bring the benchmark's environment up to its lock and run in it."""
    uv = ROOT / ".venv" / "bin" / "uv"
    if not uv.exists():
        print("The server is not installed yet. Run: npx -y rust-just ready")
        return 2
    python = OWN / "bin" / "python"
    if not python.exists():
        subprocess.run([uv, "venv", "-q", "--python", ROOT / ".venv" / "bin" / "python", OWN], check=True)
    lock = ROOT / "backend" / "requirements-bench.lock"
    subprocess.run([uv, "pip", "sync", "-q", "--require-hashes", "--python", python, lock], check=True)
    os.execv(python, [str(python), "-m", "bench", *sys.argv[1:]])


def _run(given: argparse.Namespace) -> int:
    from bench.process import Failed, Missing, pin_load
    from bench.table import Plan, Report, keep
    from rig.leash import leave_in_order

    leave_in_order()
    pin_load()
    plan = Plan(seconds=given.seconds, repeats=given.repeats)
    found: dict[str, Report] = {}
    code = 0
    for name in given.scenario or SCENARIOS[:-2]:
        print(f"{name}:", flush=True)
        try:
            report = importlib.import_module(f"bench.{name}").run(plan)
        except Missing as missing:
            print(f"  Something is not installed. Run: {missing}")
            code = 2
            continue
        except Failed as failed:
            print(f"  {failed}")
            code = code or 1
            continue
        found[name] = report
        for row in report.rows:
            print(f"  {row.verdict:5} {row.what}: {row.measured} (target {row.target})", flush=True)
    if found and not given.dry:
        keep(found, given.date)
    return code


if __name__ == "__main__":
    sys.exit(main())
