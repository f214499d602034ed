"""F12: a provider's link breaks at every kind of place: in the request, in the answer, or it only gets slow."""

from chaos.fault import Fault, Figure, Plan
from chaos.faults.hurts import SWIFT, Hurt, by_network, each
from chaos.proxy import Weather
from chaos.world import CHANNELS

NAME = "f12_cuts"
#: Bytes after which a request is cut: none, one, in its first line, in its head, in its body; of an answer likewise.
REQUEST, ANSWER = (0, 1, 30, 150, 400), (0, 1, 12, 60, 200)
HURTS: dict[str, Hurt] = {
    **{f"request cut at {n}": by_network(Weather("cut request", cut_request=n)) for n in REQUEST},
    **{f"answer cut at {n}": by_network(Weather("cut answer", cut_answer=n)) for n in ANSWER},
    "late": by_network(Weather("late", delay=0.5)), "dripping": by_network(Weather("drip", drip=0.001)),
}  # fmt: skip


async def run(plan: Plan) -> Figure:
    """Every cut once on the swift channels; in a long run on all, again and again, and an answer that never comes."""
    if plan.size <= 1:
        return await each(NAME, plan, HURTS, SWIFT if plan.size == 1 else SWIFT[:1])
    silent: dict[str, Hurt] = {"silent": by_network(Weather("silent", silent=True))}
    return await each(NAME, plan, HURTS | silent, CHANNELS, plan.many(1, 10))


FAULT = Fault(NAME, "a link to a provider is cut at every class of byte: sent once, or in doubt and counted", run)
