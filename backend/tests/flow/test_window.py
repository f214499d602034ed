"""Where we may only answer for a while: no move there and no send once it is over, and how to open it again."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from msgspec.structs import replace

from throughline.conversation.channel import Piece, Post
from throughline.conversation.faults import Fault
from throughline.conversation.ids import IdentityId
from throughline.conversation.records import Acked, Caller, Identity
from throughline.conversation.window import TEMPLATE
from throughline.flow.move import Move
from throughline.ports import Channels, Tx

from .courier_stage import GUIDE, TENANT, Stage, open_stage
from .ear import ADA, CHAT, DEMO, Ear, ear
from .stage import ADA as CALLER

HER = "+1555/+4477"
DAY = 86_400


@pytest_asyncio.fixture
async def ears(tmp_path: Path) -> AsyncIterator[Ear]:
    async with ear(tmp_path / "data") as inside:
        await inside.store.write(
            lambda tx: tx.people.add_identity(
                Identity(IdentityId("i-chat"), DEMO, ADA, CHAT.id, "whatsapp", HER, "verified", 3, "Ada")
            )
        )
        yield inside


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    opened = await open_stage(tmp_path / "data")
    capabilities = replace(opened.counter.capabilities, window=float(DAY), stream=False, edit=False)
    opened.counter.capabilities = capabilities
    yield opened
    await opened.close()


async def test_a_command_to_go_on_where_the_window_is_closed_says_how_to_open_it(ears: Ear) -> None:
    await ears.say("hello", sender="T1/UADA")
    await ears.say("continue on whatsapp", sender="T1/UADA", answers=True)

    where = await ears.where()
    assert await ears.active(where) == "slack"
    assert "https://wa.me/1555" in ears.texts(where)[-1]


async def test_a_move_is_refused_while_it_is_closed_and_done_while_it_is_open(ears: Ear) -> None:
    await ears.say("hello", sender="T1/UADA")
    where = await ears.where()
    caller: Caller = replace(CALLER, tenant=DEMO, person=ADA)
    move = Move(ears.store, ears.clock, ears.ids, ears.can)

    refused = await move.bind(caller, where, "whatsapp")
    assert isinstance(refused, Fault)
    assert (refused.code, refused.hint.endswith("https://wa.me/1555")) == ("window_closed", True)
    await ears.say("I am here", CHAT, sender=HER, thread=None)
    assert isinstance(await move.bind(caller, where, "whatsapp"), Acked)
    known = await ears.identity(HER, CHAT)
    assert known is not None
    assert known.talks_in == where
    ears.clock.move(DAY)
    # Where the talk is already, nothing moves.
    assert isinstance(await move.bind(caller, where, "whatsapp"), Acked)


async def test_a_courier_sends_nothing_freely_once_it_is_over(stage: Stage) -> None:
    stage.start()
    message = await stage.say("Too late")
    await stage.until(stage.reached(message, "refused"))

    row = await stage.row(message)
    assert (row.reason, row.attempts, row.remote) == ("window_closed", 0, ())
    assert stage.counter.calls == []
    assert stage.events() == [(message, "refused")]


async def test_a_mirror_ends_without_a_word(stage: Stage) -> None:
    stage.start()
    message = await stage.say("Too late", owed=False)
    await stage.until(stage.reached(message, "dead"))

    assert stage.events() == []


async def test_who_writes_meanwhile_opens_it(stage: Stage) -> None:
    stage.start()
    late = await stage.say("Too late")
    await stage.until(stage.reached(late, "refused"))
    now = stage.clock.now()
    await stage.store.write(lambda tx: tx.people.spoke(TENANT, IdentityId(f"i-{GUIDE}"), now))
    message = await stage.say("In time")
    await stage.until(stage.reached(message, "accepted"))

    assert stage.counter.said() == "In time"


async def test_an_approved_template_leaves_all_the_same(stage: Stage) -> None:
    def render(post: Post) -> tuple[Piece, ...]:
        return (Piece(post.text, TEMPLATE, (post.conversation, post.message, 0)),)

    stage.counter.render = render  # type: ignore[method-assign]
    stage.channels = Channels([stage.counter])
    stage.start()
    message = await stage.say("We have news")
    await stage.until(stage.reached(message, "accepted"))

    assert stage.counter.said() == "We have news"


async def test_nothing_leaves_for_who_has_left(stage: Stage) -> None:
    def leave(tx: Tx) -> None:
        tx.people.consents(TENANT, IdentityId(f"i-{GUIDE}"), 5)

    await stage.store.write(leave)
    stage.start()
    message = await stage.say("Nothing")
    await stage.until(stage.reached(message, "superseded"))

    assert (await stage.row(message)).reason == "off"
    assert stage.counter.calls == []
