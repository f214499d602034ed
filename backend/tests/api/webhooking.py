"""A house whose accounts are knocked at: requests signed as Slack signs them, by a hand of our own."""

import hashlib
import hmac
import json
import sqlite3
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
from msgspec.structs import replace

from tests.flow.stage import Flaky
from throughline.api.door import asgi
from throughline.api.needs import Ends
from throughline.conversation.ids import AccountId, TenantId, UserId
from throughline.conversation.records import Account
from throughline.flow.hear import Hear
from throughline.ports import Tx

from .house import ORIGIN, House, house

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
OURS, THEIRS, OFF = AccountId("acc-demo"), AccountId("acc-rival"), AccountId("acc-off")
#: Each account's own signing secret.
SECRETS = {OURS: SECRET, THEIRS: SECRET[::-1], OFF: SECRET}
OPTIONS = {"team": "T0TEAM", "bot_user": "U0BOT", "app": "A0APP"}


class Knocking:
    """The door with webhooks, and whoever knocks."""

    def __init__(self, home: House, folder: Path) -> None:
        self.home, self._folder = home, folder
        self.store = Flaky(home.store)
        assert home.door.ends is not None
        self.ends: Ends = home.door.ends
        hear = Hear(
            self.store, home.clock, home.ids, "agent", self.ends.lines, self.ends.channels, wake=lambda: None
        )  # fmt: skip
        app = asgi(replace(home.door, hear=hear))
        self.http = httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url=ORIGIN)

    async def knock(
        self, body: bytes, account: str = OURS, channel: str = "slack", **headers: str
    ) -> httpx2.Response:  # fmt: skip
        """Post a body, signed unless the headers say otherwise (an empty one is left out)."""
        given = self.signed(body, SECRETS.get(AccountId(account), SECRET)) | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        kept = {name: value for name, value in given.items() if value}
        return await self.http.post(f"/api/v1/channels/{channel}/webhook/{account}", content=body, headers=kept)

    def signed(self, body: bytes, secret: str = SECRET, age: int = 0) -> dict[str, str]:
        """Slack's headers."""
        at = str(self.home.clock.at // 1000 - age)
        seal = hmac.new(secret.encode(), b"v0:%s:%s" % (at.encode(), body), hashlib.sha256).hexdigest()
        return {
            "content-type": "application/json",
            "x-slack-request-timestamp": at,
            "x-slack-signature": f"v0={seal}",
        }

    async def said(self) -> list[tuple[str, str]]:
        """All messages in the logs, as (tenant, text), in the order of their conversations."""

        def read(tx: Tx) -> list[tuple[str, str]]:
            found = []
            for tenant in (TenantId("demo"), TenantId("rival")):
                for summary in reversed(tx.log.summaries(tenant, None, UserId("demo-admin"), None, 100)):
                    where = summary.conversation.id
                    entries = tx.log.entries(tenant, where, 0, 1000, ("message",))
                    found += [(str(tenant), e.body().text) for e in entries]  # type: ignore[attr-defined]
            return found

        return await self.home.store.read(read)

    def quarantined(self) -> list[str]:
        """The codes of what was kept aside."""
        with sqlite3.connect(f"file:{next(self._folder.glob('*.db'))}?mode=ro", uri=True) as raw:
            return [code for (code,) in raw.execute("select reason from quarantine order by n")]


def event(text: str = "Hello", ts: str = "1732199999.000100", **more: Any) -> bytes:
    """A direct message in its envelope."""
    inner: Mapping[str, Any] = {
        "type": "message", "channel": "D0ANA", "channel_type": "im", "user": "U0ANA", "text": text, "ts": ts,
        **more.pop("event", {}),
    }  # fmt: skip
    envelope = {
        "team_id": "T0TEAM", "api_app_id": "A0APP", "type": "event_callback", "event_id": f"Ev{ts}", "event": inner,
        "authorizations": [{"team_id": "T0TEAM", "user_id": "U0BOT", "is_bot": True}],
    }  # fmt: skip
    return json.dumps(envelope | more).encode()


@asynccontextmanager
async def knocking(folder: Path) -> AsyncIterator[Knocking]:
    """A Slack for each organisation, and one that is switched off."""
    async with house(folder) as home:
        inside = Knocking(home, folder)

        def add(tx: Tx) -> None:
            for name, tenant in ((OURS, "demo"), (THEIRS, "rival"), (OFF, "demo")):
                owner = TenantId(tenant)
                tx.accounts.add(
                    Account(
                        name, owner, "slack", "slack", "Slack", "simulated", enabled=name != OFF,
                        base="http://127.0.0.1:9/api/", options=OPTIONS, created_at=1,
                        status="disabled" if name == OFF else "waiting_first_event",
                    )
                )  # fmt: skip
                tx.accounts.keep_key(owner, inside.ends.vault.new_key(owner), 1)
                key = tx.accounts.key(owner)
                assert key is not None
                sealed = inside.ends.vault.seal(key, owner, name, "signing_secret", SECRETS[name])
                assert sealed is not None
                tx.accounts.seal(owner, name, "signing_secret", sealed, 1)

        await home.store.write(add)
        try:
            yield inside
        finally:
            await inside.http.aclose()
            await inside.store.settled()
