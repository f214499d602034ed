"""A stage with several channels: a person on the web, on Slack, by mail and by SMS, and messages that have to pass."""

from pathlib import Path

from msgspec import UNSET
from msgspec.structs import replace

from throughline.conversation.channel import Capabilities, web_alone
from throughline.conversation.events import Author, ChannelName, Delivery, FailedOver, Message, Purpose
from throughline.conversation.ids import AccountId, BindingId, IdentityId, MessageId
from throughline.conversation.policy import Policy
from throughline.conversation.quiet import Quiet
from throughline.conversation.records import Account, Binding, DeliveryRow, Identity, Mode
from throughline.flow.steps.failover import Given, Ways, give_on
from throughline.flow.steps.join import Names
from throughline.flow.steps.owe import owe
from throughline.flow.steps.quiet import look_again
from throughline.flow.unseen import Told, Unseen
from throughline.ports import Channels, Tx

from .counter import Counter, OpenLine
from .courier_stage import ACCOUNT, C1, CAN, GUIDE, TENANT, Stage, open_stage
from .stage import ADA, POLICY, Numbers

WEB, MAIL, SMS = BindingId("b-web"), BindingId("b-mail"), BindingId("b-sms")
MAILBOX, NUMBER = AccountId("a-mail"), AccountId("a-sms")
OF_MAIL = Capabilities("gmail", "Gmail", threads=True, echo_wait=0.0, text=400)
OF_SMS = Capabilities("sms", "SMS", rings=True, receipts=True, echo_wait=60.0, text=400)


class WaysStage:
    """`base` is the couriers' stage, with Slack as the active binding; `mail` and `sms` stand by, as the web does."""

    def __init__(self, base: Stage) -> None:
        self.base = base
        self.slack = base.counter
        self.mail, self.sms = Counter(base.moved.set, OF_MAIL), Counter(base.moved.set, OF_SMS)
        self.mail.provider, self.sms.provider = "gmail", "twilio"
        base.channels = Channels([self.slack, self.mail, self.sms])
        base.ids = Numbers()
        self.table = lambda name: CAN if name == "slack" else {"gmail": OF_MAIL, "sms": OF_SMS}.get(
            name, web_alone(name)
        )  # fmt: skip
        self.unseen = self.look_out()

    def look_out(self) -> Unseen:
        """A process that looks at what nobody got."""
        base = self.base
        return Unseen(base.store, base.clock, Numbers(), self.table, Told(base._told, base.lost.extend, base._wake))

    async def place(
        self, binding: BindingId, channel: ChannelName, account: AccountId | None, mode: Mode = "standby"
    ) -> None:  # fmt: skip
        """One more place of the person's."""
        identity = IdentityId(f"i-{binding}" if account else "web:ada")

        def put(tx: Tx) -> None:
            assert ADA.person is not None
            if account is not None:
                provider = "twilio" if channel == "sms" else channel
                made = Account(
                    account, TENANT, channel, provider, channel, "simulated", True, "sandbox:x", {}, "up", 1
                )  # fmt: skip
                tx.accounts.add(made)
                self.base.accounts.open[account] = OpenLine(made)
                tx.people.add_identity(
                    Identity(identity, TENANT, ADA.person, account, channel, f"to-{binding}", "verified", 1)
                )  # fmt: skip
            tx.bindings.bind(Binding(binding, TENANT, C1, identity, channel, mode, account))

        await self.base.store.write(put)

    async def modes(self, **modes: Mode) -> None:
        """Other modes, by binding (`b_web`); the active one has to be taken down first."""
        bindings = await self.base.store.read(lambda tx: tx.bindings.bindings(TENANT, C1))
        named = {b.id: b for b in bindings}

        def put(tx: Tx) -> None:
            for name, mode in sorted(modes.items(), key=lambda item: item[1] == "active"):
                tx.bindings.bind(replace(named[BindingId(name.replace("_", "-"))], mode=mode))

        await self.base.store.write(put)

    async def policy(self, **changes: object) -> None:
        """The tenant wants something else."""
        policy: Policy = replace(POLICY, **changes)
        await self.base.store.write(lambda tx: tx.people.change_policy(TENANT, policy))

    async def quiet(self, minutes: float | None) -> None:
        """The person wants nothing to ring for so long from now; None: they have no quiet hours."""
        person, now = ADA.person, self.base.clock.now()
        begins, ends = (round((now / 60_000 + more) % 1_440) for more in (-60, minutes or 0))
        hours = None if minutes is None else Quiet(begins, ends, "UTC")

        def put(tx: Tx) -> None:
            assert person is not None
            tx.links.hush(TENANT, person, hours, now)
            look_again(tx, TENANT, person, now)

        await self.base.store.write(put)
        self.base._wake()

    async def account(self, which: AccountId, **changes: object) -> None:
        """Our end of a channel is in another state."""

        def put(tx: Tx) -> None:
            row = tx.accounts.account(which)
            assert row is not None
            tx.accounts.change(replace(row, **changes))

        await self.base.store.write(put)

    async def say(
        self, text: str = "words", *, only: BindingId | None = None, purpose: Purpose = "reply"
    ) -> MessageId:  # fmt: skip
        """A whole message, owed and mirrored by the rules."""
        message = MessageId(f"m-{next(self.base._numbers)}")
        body = Message(
            message, Author("agent", "Guide"), "web", text, purpose=purpose, only=UNSET if only is None else only
        )  # fmt: skip
        now = self.base.clock.now()

        def put(tx: Tx) -> None:
            entry = tx.log.append(TENANT, C1, now, body)
            owe(tx, TENANT, C1, body, entry.seq, now, tx.bindings.bindings(TENANT, C1), self.table)

        await self.base.store.write(put)
        self.base._wake()
        return message

    async def got(self, message: MessageId) -> None:
        """A tab of the person's has everything so far."""
        row = await self.base.row(message, on=WEB)
        await self.base.store.write(
            lambda tx: tx.bindings.reached(TENANT, C1, WEB, row.seq, "delivered", self.base.clock.now())
        )  # fmt: skip

    async def rows(self, message: MessageId) -> dict[BindingId, DeliveryRow]:
        """All of one message."""
        found = await self.base.store.read(lambda tx: tx.bindings.of_message(TENANT, C1, message))
        return {row.binding: row for row in found}

    async def fate(self, message: MessageId) -> dict[str, str]:
        """Where it stands; what is owed has a star."""
        rows = await self.rows(message)
        return {row.channel: row.state + "*" * row.owed for row in rows.values()}

    def story(self, message: MessageId) -> list[str]:
        """What the log says of it, in order."""
        told: list[str] = []
        for body in (entry.body() for entry in self.base.entries):
            if isinstance(body, Delivery) and message in body.messages:
                told.append(f"{body.channel} {body.state}")
            elif isinstance(body, FailedOver) and body.message == message:
                told.append(f"{body.origin} to {body.to}: {body.reason}" + ", late" * body.late + _waits(body))
        return told

    async def gives_on(self, message: MessageId, on: BindingId, why: object) -> Given:
        """Somebody decides that a row fails, now."""
        row = await self.base.row(message, on=on)
        names = Names(Numbers())

        def put(tx: Tx) -> Given:
            names.again()
            return give_on(tx, row, why, Ways(names, self.table), self.base.clock.now())  # type: ignore[arg-type]

        return await self.base.store.write(put)


def _waits(body: FailedOver) -> str:
    return "" if body.until is UNSET else f", at {body.until[11:16]}"


async def open_ways(folder: Path) -> WaysStage:
    """Slack is active; mail, SMS and the web stand by."""
    stage = WaysStage(await open_stage(folder))
    await stage.place(MAIL, "gmail", MAILBOX)
    await stage.place(SMS, "sms", NUMBER)
    await stage.place(WEB, "web", None)
    # The base's other conversation is of no interest here.
    await stage.base.store.write(lambda tx: tx.people.revoke_identity(TENANT, IdentityId("i-b2")))
    return stage


__all__ = [
    "ACCOUNT", "C1", "GUIDE", "MAIL", "MAILBOX", "NUMBER", "OF_MAIL", "OF_SMS", "SMS", "TENANT", "WEB", "WaysStage",
    "open_ways",
]  # fmt: skip
