"""A stage for answers in parts: a channel whose posts cannot be set anew, and what happens to them there."""

from typing import Any

from msgspec.structs import replace

from throughline.conversation.channel import Capabilities, Receipt
from throughline.conversation.events import Author, Bound, DeliveryState, Said
from throughline.conversation.ids import MessageId, TurnId
from throughline.conversation.receipts import raised
from throughline.conversation.records import Turn
from throughline.flow.steps.fates import pieces
from throughline.flow.steps.said import left_behind
from throughline.ports import Channels, Tx

from .counter import Counter, without
from .courier_stage import C1, CAN, GUIDE, TENANT, Stage

PHONE = without(CAN, stream=False, edit=False, typing=True, echo_wait=60.0, typing_lasts=25.0)
ONE, TWO, REST = "The first thing there is to say. ", "The second thing there is to say. ", "And that is all."


def on(stage: Stage, capabilities: Capabilities) -> None:
    """The channel is one like that."""
    stage.counter = Counter(stage.moved.set, capabilities)
    stage.channels = Channels([stage.counter])


async def says(stage: Stage, message: MessageId, n: int, text: str) -> None:
    """The agent has said a part."""
    part = Said(message, n, 0, text)
    await stage.store.write(lambda tx: tx.log.append(TENANT, C1, stage.clock.now(), part))


async def echoes(stage: Stage, message: MessageId, state: DeliveryState = "accepted") -> None:
    """The provider tells of everything that stands there, as it does."""
    names = [*stage.counter.stands]

    def hear(tx: Tx) -> None:
        for name in names:
            row = tx.bindings.delivery(TENANT, C1, message, GUIDE)
            assert row is not None
            count = pieces(tx, stage.counter, row, table, share)
            new = raised(row, Receipt(state, C1, message, name), count, stage.clock.now())
            if new is not None:
                tx.bindings.settle(new)

    await stage.store.write(hear)
    for courier, _ in stage.couriers:
        courier.wake()


async def leaves(stage: Stage, message: MessageId) -> None:
    """The talk goes on elsewhere."""
    turn = Turn(
        TurnId("t"), TENANT, C1, message, "running", "Guide", 1, 1, "one", 0, 1, "", stop_asked=False, due_at=0
    )  # fmt: skip

    def go(tx: Tx) -> None:
        old = next(b for b in tx.bindings.bindings(TENANT, C1) if b.id == GUIDE)
        gone = replace(old, mode="standby")
        tx.bindings.bind(gone)
        tx.log.append(TENANT, C1, stage.clock.now(), Bound(by=Author("person", "Ada"), to="web"))
        left_behind(tx, turn, gone, stage.clock.now(), table)

    await stage.store.write(go)


def texts(stage: Stage) -> list[str]:
    """What stands there, post by post."""
    return [*stage.counter.stands.values()]


async def stands(stage: Stage, count: int) -> None:
    """So many posts stand there, and it is written down."""
    await stage.until(lambda: len(stage.counter.stands) >= count)
    await stage.settle()


def table(_: Any) -> Capabilities:
    return PHONE


def share(_: Any) -> str:
    return ""
