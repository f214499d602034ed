"""A stage where Ada has WhatsApp, whose account wants answers in parts, beside Slack, mail and the web."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from msgspec.structs import replace

from throughline.conversation.ids import AccountId, ConversationId
from throughline.ports import Tx

from .moving import Moving, known, moving

ONE = "The ferry to the islands leaves at half past seven tomorrow."
TWO = " You had better be at the pier a quarter of an hour before that."
THREE = " Bring a warm coat, because it is windy out there in the autumn."
WHOLE = ONE + TWO + THREE


@asynccontextmanager
async def speaking(folder: Path, answers: str = "sentences") -> AsyncIterator[Moving]:
    """Open it."""
    async with moving(folder, demo=False) as talk:
        await known(talk.stage, "ada-phone", "whatsapp")
        await choose(talk, answers)
        yield talk


async def choose(talk: Moving, answers: str) -> None:
    """How the account wants its answers."""

    def change(tx: Tx) -> None:
        account = tx.accounts.account(AccountId("a-whatsapp"))
        assert account is not None
        assert tx.accounts.change(replace(account, options={"answers": answers}))

    await talk.stage.store.write(change)


async def on_the_phone(talk: Moving) -> ConversationId:
    """A conversation that goes on there, wherever Ada speaks."""
    where = await talk.start()
    await talk.bind(where, "whatsapp")
    await talk.choose(where, {}, "pin")
    return where
