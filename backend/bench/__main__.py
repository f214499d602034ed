"""`python -m bench [scenario …]`: run them, print the summary, write docs/benchmarks.md."""

import argparse
import importlib
import sys

from bench.process import SERVER_PYTHON, Failed, Missing, pin_load
from bench.table import Plan, Report, keep

#: In this order; `start` builds everything anew and takes minutes, so it runs only when it is named.
SCENARIOS = ("fanout", "accept", "tokens", "idle", "resume", "start")


def main() -> int:
    """0: all ran (whatever they found), 1: a server failed, 2: something has to be installed first."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("scenario", nargs="*", choices=[*SCENARIOS, []], help="all but `start` when none is named")
    parser.add_argument("--date", default="an unnamed day", help="what the document says about when")
    parser.add_argument("--seconds", type=float, default=4.0, help="of one measurement")
    parser.add_argument("--repeats", type=int, default=5, help="of each quoted measurement")
    parser.add_argument("--dry", action="store_true", help="print only, leave the document as it is")
    given = parser.parse_args()
    if not SERVER_PYTHON.exists():
        print("The server is not installed yet; run `npx -y rust-just up` once.")
        return 2
    pin_load()
    plan = Plan(seconds=given.seconds, repeats=given.repeats)
    found: dict[str, Report] = {}
    code = 0
    for name in given.scenario or SCENARIOS[:-1]:
        print(f"{name}:", flush=True)
        try:
            report = importlib.import_module(f"bench.{name}").run(plan)
        except Missing as missing:
            print(f"  Something is not installed. Run: {missing}")
            code = max(code, 2)
            continue
        except Failed as failed:
            print(f"  {failed}")
            code = max(code, 1)
            continue
        found[name] = report
        for row in report.rows:
            print(f"  {row.verdict:5} {row.what}: {row.measured} (target {row.target})", flush=True)
    if found and not given.dry:
        keep(found, given.date)
    return code


if __name__ == "__main__":
    sys.exit(main())
