"""A selection of the faults, seeded, against real processes, five minutes of them: the long runs are `just chaos`.

What is held here are promises, not times: other tests run beside it. Each is a piece of work of its own for whoever
deals them out, none of them a long one.
"""

import os

import pytest

from chaos.fault import Plan
from chaos.menu import MENU

SEED = int(os.environ.get("SEED", "5"))
#: How often, each time with another seed. What needs more of the machine than processes is not among them.
SELECTED = {
    "f10_half_open": 1, "f12_cuts": 1, "f08_pause": 1, "f01_kill": 2, "failover": 3, "f15_answers": 1,
    "f16_lost_answers": 2, "f17_model": 2, "f14_replays": 2, "f11_stalled": 1,
}  # fmt: skip


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.parametrize(("name", "turn"), [(name, turn) for name, times in SELECTED.items() for turn in range(times)])
async def test_a_fault_loses_and_doubles_nothing(name: str, turn: int) -> None:
    (fault,) = [one for one in MENU if one.name == name]

    found = await fault.run(Plan(SEED + turn, timed=False))

    print(found.line())
    assert found.n > 0
    assert (*found.verdict.broken, *found.broken) == (), f"seed {SEED + turn}"
    assert (found.verdict.lost, found.verdict.doubled) == (0, 0)


def test_every_fault_has_a_name_of_its_own_and_says_what_must_hold() -> None:
    names = [fault.name for fault in MENU]

    assert len(set(names)) == len(names)
    assert all(": " in fault.what or "nothing" in fault.what for fault in MENU)
