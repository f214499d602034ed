"""F17: the model is cut off, says nothing, never ends, or speaks nonsense. One reply, or a friendly line, a turn."""

from chaos.fault import REST, Fault, Figure, Plan, figure
from chaos.model import MOODS, Model, Mood
from chaos.world import HASTY, world

NAME = "f17_model"
#: Those that end soon; the others wait for our own limits.
_SHORT: tuple[Mood, ...] = ("cut", "empty", "broken_tool", "garbage", "refused")


async def run(plan: Plan) -> Figure:
    """Each mood in turn, then a good answer, which must come."""
    chance = plan.chance(NAME)
    moods = [*(_SHORT if plan.size <= 1 else MOODS)] * plan.many(1, 20)
    chance.shuffle(moods)
    now: list[Mood] = ["well"]
    model = await Model(lambda: now[0]).start()
    try:
        async with world(1, chance, policy=HASTY, model=model) as made:
            await made.begin(("web",))
            made.watched(0)
            for mood in moods:
                if plan.over:
                    break
                now[0] = mood
                await made.ask(0)
                await made.quiet(180)
                now[0] = "well"
                await made.ask(0)
                await made.quiet(60)
                plan.say(mood)
            verdict = await made.verdict(REST)
            ends = made.turns()
            broken: tuple[str, ...] = (
                () if ends["running"] == ends["due"] == 0 else (f"a turn never ended: {dict(ends)}",)
            )
            good = ends["completed"] >= len(moods)
            broken += () if good else (f"a good answer did not come: {dict(ends)}",)
            note = ", ".join(f"{n} {word}" for word, n in sorted(ends.items()) if n)
            return figure(NAME, len(moods), made, verdict, (), f"turns: {note}", broken)
    finally:
        await model.close()


FAULT = Fault(NAME, "the model fails in every way: every turn ends, at most one reply each, the next one is good", run)
