"""What carries messages, joined: the verbs of flow, each told what to wake after its commits."""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial

from msgspec import Struct

from throughline import observe
from throughline.api import inbox
from throughline.api.needs import Ends
from throughline.conversation.files import File
from throughline.conversation.ids import AccountId, MessageId
from throughline.conversation.lost import kind
from throughline.conversation.records import Binding, Conversation, DeliveryRow
from throughline.flow.backfill import Backfill
from throughline.flow.courier.deliver import Deliver
from throughline.flow.fetch import Fetch
from throughline.flow.hear import Hear
from throughline.flow.link import Coder, Linking
from throughline.flow.listen import Listen
from throughline.flow.move import Move
from throughline.flow.outreach import Outreach
from throughline.flow.receive import Receive
from throughline.flow.reply import Reply
from throughline.flow.resend import Resend
from throughline.flow.typing import Typing
from throughline.flow.unseen import Told, Unseen
from throughline.ports import Agent, Blobs, Clock, Hears, Ids, Live, Store
from throughline.reach import capabilities_of

#: Seconds that running turns, and then sends under way, get to end by themselves when the process is asked to.
GRACE = 2.0


_log = observe.logger("carry")


class Carriers(Struct, frozen=True):
    """Everything a message meets on its way. `answers`: somebody writes replies."""

    receive: Receive
    hear: Hear
    fetch: Fetch
    linking: Linking
    outreach: Outreach
    listen: Listen
    backfill: Backfill
    reply: Reply
    move: Move
    deliver: Deliver
    unseen: Unseen
    resend: Resend
    answers: bool


class Enclosures(Struct, frozen=True):
    """What is attached: where bytes are, who writes recordings down, a link to a file; `sees`: a model can see."""

    blobs: Blobs
    hears: Hears | None
    share: Callable[[File], str]
    sees: bool


class Running(Struct, frozen=True):
    """Carriers at work."""

    carriers: Carriers
    tasks: "dict[str, asyncio.Task[None]]"

    def wrong(self, name: str) -> bool:
        """Whether one of them has ended by itself."""
        return name in self.tasks and self.tasks[name].done()

    async def close(self) -> None:
        """Hear nothing more, let what is under way end, leave the rest to the next owner."""
        for name in ("hear", "listen", "backfill", "fetch", "unseen"):
            self.tasks[name].cancel()
        await self.carriers.reply.close(GRACE)
        await self.carriers.deliver.close(GRACE)
        await asyncio.wait(self.tasks.values())


def carriers(
    store: Store,
    live: Live,
    agent: Agent,
    clock: Clock,
    ids: Ids,
    ends: Ends,
    owner: str,
    writer: str,
    enclosures: Enclosures,
    codes: Coder,
) -> Carriers:
    """Joined, not yet started. `writer`: what the agent is called; empty: nobody answers."""
    told = partial(inbox.tell_delivery, live)
    table = partial(capabilities_of, ends)

    def lost(rows: Sequence[DeliveryRow]) -> None:
        for row in rows:
            _log.warning(
                "message_lost", tenant=row.tenant, conversation=row.conversation, message=row.message,
                channel=row.channel, state=row.state, reason=row.reason,
            )  # fmt: skip
            observe.lost(row.channel, kind(row))
            inbox.tell_lost(live, row)

    def mended(row: DeliveryRow) -> None:
        told(row)
        inbox.tell_lost(live, row)

    async def rooted(binding: Binding) -> None:
        await hear.unpark(binding)

    async def halted(binding: Binding, message: MessageId) -> None:
        await reply.stop_writing(binding.tenant, binding.conversation, message)

    def nudged(which: AccountId) -> None:
        listen.nudge(which)

    def begun(row: Conversation) -> None:
        if row.person is not None:
            inbox.tell_started(live, row.tenant, row.person, row.id)

    deliver = Deliver(
        store, live, clock, ends.channels, ends.lines, owner, told, alone=True, rooted=rooted, halt=halted,
        share=enclosures.share, ids=ids, lost=lost, breakers=ends.lines.breakers,
    )  # fmt: skip
    unseen = Unseen(store, clock, ids, table, Told(told, lost, deliver.wake), ends.lines.breakers.bars)
    reply = Reply(
        store, live, agent, clock, owner, alone=True, capabilities_of=table, deliver=deliver.wake,
        blobs=enclosures.blobs if enclosures.sees else None,
        working=Typing(store, clock, ends.channels, ends.lines).began,
    )  # fmt: skip
    receive = Receive(
        store, clock, ids, writer, wake=reply.wake, begun=begun, capabilities_of=table, deliver=deliver.wake,
        halt=reply.halt,
    )  # fmt: skip
    linking = Linking(
        store, clock, ids, codes, table, deliver=deliver.wake, told=partial(inbox.tell_link, live),
    )  # fmt: skip
    fetch = Fetch(store, clock, enclosures.blobs, ends.channels, ends.lines, enclosures.hears, reply.wake)
    hear = Hear(
        store, clock, ids, writer, ends.lines, ends.channels, wake=reply.wake, begun=begun, deliver=deliver.wake,
        stop_turn=reply.halt, told=told, nudge=nudged, fetch=fetch.look, share=enclosures.share,
        claim=linking.claim, claimed=linking.claimed, lost=lost,
    )  # fmt: skip
    listen = Listen(store, clock, ends.channels, ends.lines, hear)
    return Carriers(
        receive,
        hear,
        fetch,
        linking,
        Outreach(store, clock, ids, writer, ends.channels, deliver.wake, begun),
        listen,
        Backfill(store, clock, ends.channels, ends.lines, hear, deliver.pace),
        reply,
        Move(store, clock, ids, table, deliver.wake),
        deliver,
        unseen,
        Resend(store, clock, table, mended, deliver.wake),
        bool(writer),
    )


def start(joined: Carriers) -> Running:
    """Set them to work."""
    work = {
        "deliver": joined.deliver.run,
        "hear": joined.hear.run,
        "listen": joined.listen.run,
        "backfill": joined.backfill.run,
        "fetch": joined.fetch.run,
        "unseen": joined.unseen.run,
    }
    if joined.answers:
        work["reply"] = joined.reply.run
    return Running(joined, {name: observe.spawn(run(), name) for name, run in work.items()})
