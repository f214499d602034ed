"""A short selection of the faults, seeded, against real processes: the long runs are `just chaos`."""

import os

import pytest

from chaos.fault import Plan
from chaos.menu import MENU

SEED = int(os.environ.get("SEED", "5"))
#: What is short, and needs nothing of the machine but processes.
SELECTED = ("failover", "f01_kill", "f12_cuts", "f14_replays", "f16_lost_answers", "f17_model")


@pytest.mark.xdist_group("chaos")
@pytest.mark.parametrize("name", SELECTED)
async def test_a_fault_loses_and_doubles_nothing(name: str) -> None:
    (fault,) = [one for one in MENU if one.name == name]

    found = await fault.run(Plan(SEED, size=0.5))

    print(found.line())
    assert found.n > 0
    assert (*found.verdict.broken, *found.broken) == (), f"seed {SEED}"
    assert (found.verdict.lost, found.verdict.doubled) == (0, 0)


def test_every_fault_has_a_name_of_its_own_and_says_what_must_hold() -> None:
    names = [fault.name for fault in MENU]

    assert len(set(names)) == len(names)
    assert all(": " in fault.what or "nothing" in fault.what for fault in MENU)
