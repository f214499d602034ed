"""F15: providers answer badly: busy, broken, in HTML, hugely, drop by drop, elsewhere, or not as they promised."""

from chaos.fault import Fault, Figure, Plan
from chaos.faults.hurts import SWIFT, Hurt, by_switch, each
from chaos.world import CHANNELS

NAME = "f15_answers"
HURTS: dict[str, Hurt] = {
    "429": by_switch(rate_limit=1), "500": by_switch(http=500), "503": by_switch(http=503),
    "redirect": by_switch(http=302), "HTML": by_switch(html=True), "half an answer": by_switch(cut=True),
    "2 MB": by_switch(huge_mb=2), "drop by drop": by_switch(drip_s=1.0), "nothing": by_switch(drop_request=True),
}  # fmt: skip


async def run(plan: Plan) -> Figure:
    """Every answer once on the swift channels; in a long run on all, again and again."""
    if plan.size <= 1:
        return await each(NAME, plan, HURTS, SWIFT)
    return await each(NAME, plan, HURTS, CHANNELS, plan.many(1, 10))


FAULT = Fault(NAME, "a provider answers badly: each answer has its class, nothing is lost or repeated blindly", run)
