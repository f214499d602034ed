"""F16: the message arrives, the answer does not. One effect, or doubt that is counted."""

from chaos.fault import Fault, Figure, Plan
from chaos.faults.hurts import Hurt, by_switch, each
from chaos.world import CHANNELS

NAME = "f16_lost_answers"
HURTS: dict[str, Hurt] = {"lost": by_switch(lose_answer=True)}


async def run(plan: Plan) -> Figure:
    """So often on each channel, those included that tell us by an echo that it arrived."""
    return await each(NAME, plan, HURTS, CHANNELS, plan.many(2, 100))


FAULT = Fault(NAME, "the effect is there, its answer is lost: an echo settles it, or it is in doubt and counted", run)
