"""A stage with a second and a third channel: Ada is known on Slack (which streams) and by mail (which does not)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from throughline.conversation.channel import WEB, Capabilities
from throughline.conversation.events import ChannelName, DeliveryState
from throughline.conversation.faults import Fault
from throughline.conversation.ids import AccountId, ConversationId, IdentityId
from throughline.conversation.records import (
    Account,
    Acked,
    Binding,
    Caller,
    DeliveryRow,
    Follow,
    Identity,
    Mode,
    Trust,
)
from throughline.flow.move import Move
from throughline.flow.receive import Receive
from throughline.flow.reply import Reply
from throughline.ports import Tx

from .stage import ADA, TENANT, Stage, open_stage


def table(channel: ChannelName) -> Capabilities:
    """Slack streams; no other channel but the web can. Slack and mail have threads."""
    if channel == "web":
        return WEB
    return Capabilities(channel, channel.title(), stream=channel == "slack", threads=channel in {"slack", "gmail"})


class Moving:
    """The stage, `Move`, and how often couriers were woken."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.woken = 0
        self.move = Move(stage.store, stage.clock, stage.ids, table, self._deliver)
        stage.receive = Receive(
            stage.store, stage.clock, stage.ids, "Guide", stage.wake, capabilities_of=table, deliver=self._deliver,
            halt=self._halt,
        )  # fmt: skip

    def answering(self) -> Reply:
        """A process that answers begins."""
        stage = self.stage
        reply = Reply(
            stage.store, stage.live, stage.actor, stage.clock, "one", capabilities_of=table, deliver=self._deliver
        )  # fmt: skip
        stage.run(reply)
        return reply

    async def start(self, caller: Caller = ADA) -> ConversationId:
        """A conversation on the web."""
        return await self.stage.conversation(caller)

    async def say(self, where: ConversationId, text: str, caller: Caller = ADA) -> Acked:
        """Somebody says something on the web."""
        return await self.stage.say(where, text, caller)

    async def bind(self, where: str, channel: str, caller: Caller = ADA, **more: Any) -> Acked | Fault:
        """Go on elsewhere."""
        return await self.move.bind(caller, where, channel, **more)

    async def choose(
        self, where: ConversationId, modes: dict[str, Mode], follow: Follow | None = None, caller: Caller = ADA
    ) -> dict[str, str] | Fault:
        """Set modes by channel; the modes then."""
        asked: dict[str, Mode] = {b.id: modes[b.channel] for b in await self.bindings(where) if b.channel in modes}
        made = await self.move.choose(caller, where, asked, follow)
        return made if isinstance(made, Fault) else {b.channel: b.mode for b in made}

    async def bindings(self, where: ConversationId) -> list[Binding]:
        """As they are."""
        return await self.stage.store.read(lambda tx: tx.bindings.bindings(TENANT, where))

    async def modes(self, where: ConversationId) -> dict[str, str]:
        """Channel by channel."""
        return {b.channel: b.mode for b in await self.bindings(where)}

    async def rows(self, where: ConversationId, channel: str) -> list[tuple[str, bool, str]]:
        """Message text (or id, where it is not said yet), owed, state; in log order."""
        texts = {b.id: b.text for b in self.stage.bodies(where, "message")}
        return [
            (texts.get(r.message, r.message), r.owed, r.state)
            for r in await self.stage.rows(where)
            if r.channel == channel
        ]

    async def settle(self, where: ConversationId, channel: str, state: DeliveryState, **more: Any) -> None:
        """A courier has come that far with everything on a channel."""
        for row in await self.stage.rows(where):
            if row.channel == channel:
                changed = replace(row, state=state, **more)
                await self.stage.store.write(partial(_settle, row=changed))

    async def switch_off(self, channel: ChannelName) -> None:
        """An admin disables our account there."""

        def change(tx: Tx) -> None:
            account = tx.accounts.account(AccountId(f"a-{channel}"))
            assert account is not None
            assert tx.accounts.change(replace(account, enabled=False))

        await self.stage.store.write(change)

    def told(self, where: ConversationId) -> list[tuple[str, str]]:
        """What the log says of deliveries: channel and state."""
        return [(b.channel, b.state) for b in self.stage.bodies(where, "delivery")]

    def said(self, where: ConversationId) -> list[str]:
        """The kinds of the log, `bound` and messages with what matters of them."""
        found = []
        for entry in self.stage.entries:
            body: Any = entry.body()
            if entry.conversation == where and entry.kind == "bound":
                found.append(f"bound {body.to} {body.why}")
            elif entry.conversation == where and entry.kind == "message":
                found.append(f"{body.author.kind}: {body.text}")
        return found

    def _deliver(self) -> None:
        self.woken += 1

    def _halt(self, turn: Any) -> None:
        for reply, _ in self.stage.owners:
            reply.halt(turn)


def _settle(tx: Tx, row: DeliveryRow) -> bool:
    return tx.bindings.settle(row)


async def known(
    stage: Stage, name: str, channel: ChannelName, status: Trust = "verified", person: Any = ADA.person
) -> None:
    """Somebody's address on an account of ours."""

    def add(tx: Tx) -> None:
        account = AccountId(f"a-{channel}")
        if tx.accounts.account(account) is None:
            tx.accounts.add(
                Account(
                    account, TENANT, channel, channel, channel, "simulated", True, f"sandbox:{channel}", {}, "up", 1
                )
            )
        tx.people.add_identity(
            Identity(IdentityId(name), TENANT, person, account, channel, f"{channel}/{name}", status, 2)
        )  # fmt: skip

    await stage.store.write(add)


@asynccontextmanager
async def moving(folder: Path, *, demo: bool = True) -> AsyncIterator[Moving]:
    """Open it. `demo`: conversations begin live on Slack too."""
    stage = await open_stage(folder, demo=demo)
    await known(stage, "ada-slack", "slack")
    await known(stage, "ada-mail", "gmail")
    try:
        yield Moving(stage)
    finally:
        await stage.close()
