"""All faults there are, in the order in which they are run."""

from chaos.fault import Fault
from chaos.faults import (
    f01_kill,
    f04_eio,
    f05_disk_full,
    f08_pause,
    f09_clock,
    f10_half_open,
    f11_stalled,
    f12_cuts,
    f13_storm,
    f14_replays,
    f15_answers,
    f16_lost_answers,
    f17_model,
    f22_soak,
    failover,
)

MENU: tuple[Fault, ...] = (
    failover.FAULT, f01_kill.FAULT, f04_eio.FAULT, f05_disk_full.FAULT, f08_pause.FAULT, f09_clock.FAULT,
    f10_half_open.FAULT, f11_stalled.FAULT, f12_cuts.FAULT, f13_storm.FAULT, f14_replays.FAULT, f15_answers.FAULT,
    f16_lost_answers.FAULT, f17_model.FAULT, f22_soak.FAULT,
)  # fmt: skip
