"""The gateway was down while people wrote: with the real adapters and their stand-ins, each word is heard once."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from tests.channels.whatsapp_twilio.given import ACCOUNT, PUBLIC, TOKEN, path
from tests.sandbox import slack_stage, twilio_stage
from throughline.channels.slack.channel import Slack
from throughline.channels.whatsapp_twilio.channel import WhatsAppTwilio
from throughline.conversation.channel import Place, RawRequest, Reading
from throughline.conversation.events import Message
from throughline.conversation.ids import AccountId
from throughline.conversation.records import Account
from throughline.flow.accounts import Wanted, write
from throughline.flow.backfill import Backfill
from throughline.flow.hear import Hear
from throughline.observe import spawn
from throughline.ports import Channel, Channels

from .ear import CHAT, OURS, Ear, ear


class Gateway:
    """An account on a real store, a real adapter, and what hears and looks back."""

    def __init__(self, inside: Ear, channel: Channel, account: Account, **secrets: str) -> None:
        self.inside, self.channel, self.account, self.secrets = inside, channel, account, secrets
        channels = Channels([channel])
        self.hear = Hear(inside.store, inside.clock, inside.ids, "", inside.lines, channels, lambda: None)
        self.backfill = Backfill(inside.store, inside.clock, channels, inside.lines, self.hear)

    async def made(self) -> None:
        vault, account, inside = self.inside.vault, self.account, self.inside
        key = vault.new_key(account.tenant)

        def make(tx: object) -> None:
            tx.accounts.add(account)  # type: ignore[attr-defined]
            write(tx, vault, self.channel, account, Wanted(secrets=self.secrets), key, 1)  # type: ignore[arg-type]
            tx.accounts.change(account)  # type: ignore[attr-defined]

        await inside.store.write(make)

    async def webhook(self, request: RawRequest) -> None:
        line = await self.inside.lines.line(self.account.id)
        assert line is not None
        reading = self.channel.read(request, line, self.inside.clock.now())
        assert isinstance(reading, Reading), reading
        await self.hear.take(self.account, reading)

    async def cut(self) -> None:
        """It begins to look back, waits for its turn, and is killed."""
        self.backfill._pace.close(self.account.id, "history", "", self.channel.capabilities.rates, 3_600)
        task = spawn(self.backfill.run(), "backfill")
        async with asyncio.timeout(20):
            while not await self.cursor():
                await self.inside.store.settled()
                await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait({task})
        self.backfill = Backfill(
            self.inside.store, self.inside.clock, Channels([self.channel]), self.inside.lines, self.hear
        )  # fmt: skip

    async def cursor(self) -> str | None:
        """Since when it has still to be asked."""
        found = await self.inside.store.read(lambda tx: tx.accounts.account(self.account.id))
        return None if found is None else found.cursor

    async def starts(self, texts: int) -> list[str]:
        """It looks back until so many messages are in the log; what is there then."""
        task = spawn(self.backfill.run(), "backfill")
        async with asyncio.timeout(20):
            while len(self.said) < texts:
                await self.inside.store.settled()
                await asyncio.sleep(0)
        await self.inside.store.settled()
        task.cancel()
        await asyncio.wait({task})
        return self.said

    @property
    def said(self) -> list[str]:
        """What people said, in order."""
        bodies = [entry.body() for entry in self.inside.entries]
        return [body.text for body in bodies if isinstance(body, Message) and body.author.kind == "person"]


async def test_whatsapp_by_twilio(tmp_path: Path) -> None:
    end: dict[str, Any] = {"account_sid": ACCOUNT, "auth_token": TOKEN, "webhook_url": f"{PUBLIC}{path()}"}
    async with ear(tmp_path / "data") as inside, twilio_stage.stage(**end) as twilio:
        inside.lines._public_url = PUBLIC
        twilio.phone.ledger.clock.wall = lambda: inside.clock.now() / 1000
        channel = WhatsAppTwilio()
        account = replace(
            CHAT, id=AccountId("a-1"), provider="twilio", base=f"{twilio.base}/api/", last_in=inside.clock.now(),
            options={"account_sid": ACCOUNT, "numbers": twilio_stage.WHATSAPP},
        )  # fmt: skip
        gateway = Gateway(inside, channel, account, auth_token=TOKEN)
        await gateway.made()

        async def delivered() -> None:
            got = await twilio.next()
            await gateway.webhook(RawRequest(got.method, path(), "", got.headers, got.body))

        await twilio.says("before")
        await delivered()
        for text in ("one", "two", "three"):
            await twilio.says(text)
        heard = await gateway.starts(4)
        # Twilio comes again after all, for each of them.
        for _ in range(3):
            await delivered()
        await channel.close()

        assert heard == gateway.said == ["before", "one", "two", "three"]


@pytest.mark.parametrize("cut", [False, True])
async def test_slack(tmp_path: Path, *, cut: bool) -> None:
    async with ear(tmp_path / "data") as inside, slack_stage.stage() as other:
        now = int(slack_stage.NOW * 1000)
        channel = Slack()
        options = {"team": slack_stage.TEAM, "bot_user": slack_stage.BOT, "bot_id": slack_stage.BOT_ID}
        account = replace(
            OURS, id=AccountId("a-1"), base=f"{other.base}/slack/api/", options=options, last_in=now
        )  # fmt: skip
        gateway = Gateway(
            inside, channel, account, bot_token=slack_stage.TOKEN, signing_secret=slack_stage.SECRET
        )  # fmt: skip
        await gateway.made()
        # The webhook's time is Slack's.
        inside.clock.move(now / 1000 - inside.clock.now() / 1000)

        async def delivered() -> None:
            headers, body = await asyncio.wait_for(other.receiver.got.get(), 10)
            await gateway.webhook(RawRequest("POST", "/", "", headers, body))

        first = await other.say("before")
        await delivered()
        await other.say("one", thread_ts=first)
        await other.say("two")
        if cut:
            await gateway.cut()
            # Much later, after something else has come: that alone would not lead back so far.
            inside.clock.move(7_200)
            later = inside.clock.now()
            await inside.store.write(lambda tx: tx.accounts.touched(account.id, last_in=later))
            inside.lines.forget(account.id)
        heard = await gateway.starts(3)
        for _ in range(0 if cut else 2):
            await delivered()
        await channel.close()

        assert heard == gateway.said == ["before", "one", "two"]
        assert await inside.store.read(lambda tx: tx.bindings.places(account.tenant, account.id, 9)) == [
            Place(f"{slack_stage.TEAM}/{slack_stage.ADA}", f"{other.dm}:{await last(other)}")
        ]


async def last(other: slack_stage.Stage) -> str:
    """The newest message's ts."""
    found: str = (await other.get("/_ctl/messages"))["messages"][-1]["ts"]
    return found
