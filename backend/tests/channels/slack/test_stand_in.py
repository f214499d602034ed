"""The adapter and the stand-in meet: written apart, from the same published facts, they understand each other."""

import asyncio

from tests.sandbox.slack_stage import ADA, BOT, BOT_ID, GENERAL, TEAM, Stage, stage
from throughline.channels.slack.channel import Slack
from throughline.conversation.channel import (
    Accepted,
    Halt,
    Inbound,
    Outcome,
    Piece,
    Place,
    RawRequest,
    Reading,
    Receipt,
    Refused,
    Reply,
)
from throughline.observe import spawn

from .given import MARK, post
from .standing import at

#: The stand-in's own clock; it stands.
NOW = 1_790_000_000_000


def taken(outcome: Outcome) -> Accepted:
    assert isinstance(outcome, Accepted), outcome
    return outcome


async def heard(slack: Slack, other: Stage) -> Reading:
    """The next webhook that says something."""
    while True:
        headers, body = await asyncio.wait_for(other.receiver.got.get(), 20)
        reading = slack.read(RawRequest("POST", "/", "", headers, body), at(other), NOW)
        assert isinstance(reading, Reading), reading
        assert reading.quarantine is None, (reading, body)
        if reading != Reading():
            return reading


async def test_a_message_comes_in_and_an_answer_goes_out_in_its_thread(slack: Slack, other: Stage) -> None:
    ts = await other.say("Is 1 < 2 & 3?")
    (inbound,) = (await heard(slack, other)).inbound

    assert inbound == Inbound(
        f"{TEAM}:{other.dm}:{ts}", inbound.sender, "Is 1 < 2 & 3?", f"{other.dm}:{ts}", answers=False
    )
    assert inbound.sender.address == f"{TEAM}/{ADA}"
    (piece,) = slack.render(post("Yes: **1 < 2**, <!channel>."))
    sent = taken(await slack.send(at(other), Place(inbound.sender.address, inbound.thread), piece))
    assert sent.thread is None
    echo = await heard(slack, other)
    assert echo.receipts == (Receipt("accepted", MARK[0], MARK[1], sent.remote, inbound.thread),)


async def test_the_first_post_opens_a_thread_that_an_answer_comes_back_in(slack: Slack, other: Stage) -> None:
    (piece,) = slack.render(post("Hello from here"))
    sent = taken(await slack.send(at(other), Place(f"{TEAM}/{ADA}"), piece))

    assert sent.thread is not None
    await other.say("hi", thread_ts=sent.remote)
    reading = await heard(slack, other)
    while not reading.inbound:
        reading = await heard(slack, other)
    assert (reading.inbound[0].thread, reading.inbound[0].answers) == (sent.thread, True)


async def test_a_stream_grows_ends_and_has_the_logs_text(slack: Slack, other: Stage) -> None:
    text = "Is `a < b` & so?\n\n> quoted\n\n<@U1>"
    root = await other.say("question")
    place = Place(f"{TEAM}/{ADA}", f"{other.dm}:{root}")
    shown = [slack.shown(text[n : n + 5]) for n in range(0, len(text), 5)]
    (piece,) = slack.render(post(text))

    stream = taken(await slack.start(at(other), place, shown[0]))
    for part in shown[1:-1]:
        taken(await slack.append(at(other), place, stream.remote, part))
    taken(await slack.stop(at(other), place, stream.remote, shown[-1], piece))

    assert (await other.texts())[-1] == piece.text
    assert await slack.append(at(other), place, stream.remote, "more") == Refused("not_streaming")
    taken(await slack.edit(at(other), place, stream.remote, Piece("anew", "markdown", MARK)))
    assert (await other.texts())[-1] == "anew"
    taken(await slack.remove(at(other), place, stream.remote))
    taken(await slack.remove(at(other), place, stream.remote))
    assert "anew" not in await other.texts()


async def test_a_probe_finds_what_the_account_is(slack: Slack, other: Stage) -> None:
    probe = await slack.probe(at(other))

    assert (probe.health, probe.reason) == ("up", None)
    assert (probe.options["team"], probe.options["bot_user"], probe.options["bot_id"]) == (TEAM, BOT, BOT_ID)


async def test_a_status_shows_in_the_thread(slack: Slack, other: Stage) -> None:
    root = await other.say("question")
    for status in ("working", "waiting", "done"):
        taken(await slack.status(at(other), Place(f"{TEAM}/{ADA}", f"{other.dm}:{root}"), status))


async def test_a_mention_in_a_channel_is_a_groups_and_its_stream_names_whom_it_is_for(
    slack: Slack, other: Stage
) -> None:
    ts = await other.say("what now?", channel=GENERAL, mention=True)
    reading = await heard(slack, other)

    (inbound,) = reading.inbound
    assert (inbound.group, inbound.thread, inbound.text) == (True, f"{GENERAL}:{ts}", "what now?")
    taken(await slack.start(at(other), Place(inbound.sender.address, inbound.thread), "This."))


async def test_a_socket_brings_the_same_message(slack: Slack) -> None:
    readings: asyncio.Queue[Reading] = asyncio.Queue()

    async def take(reading: Reading) -> Reply:
        readings.put_nowait(reading)
        return Reply()

    async with stage(socket=True) as other:
        await other.put("/_ctl/tiers", scale=0)
        task = spawn(slack.listen(at(other), take, asyncio.Event()), "listening")
        try:
            ts = await other.say("over the socket")
            reading = await asyncio.wait_for(readings.get(), 30)
            await other.settled()
        finally:
            task.cancel()
            await asyncio.wait({task})

    assert [(i.text, i.key) for i in reading.inbound] == [("over the socket", f"{TEAM}:{other.dm}:{ts}")]


async def test_the_stop_button_is_heard(slack: Slack, other: Stage) -> None:
    root = await other.say("question")
    place = Place(f"{TEAM}/{ADA}", f"{other.dm}:{root}")
    stream = taken(await slack.start(at(other), place, "Slowly"))
    await other.post("/_lab/stop", channel=other.dm, thread_ts=root, user=ADA)
    reading = await heard(slack, other)
    while not reading.halts:
        reading = await heard(slack, other)

    assert isinstance(reading.halts[0], Halt)
    assert reading.halts[0].thread == place.thread
    outcome = await slack.append(at(other), place, stream.remote, "more")
    assert outcome in {Refused("stopped_by_user"), Refused("not_streaming")}
