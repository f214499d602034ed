"""The demo's ends of what other people run: simulated accounts, who writes there, their place in earlier talks."""

import secrets
from collections.abc import Mapping
from functools import partial

from msgspec import Struct

from throughline.api.needs import Ends
from throughline.command.sandbox import App, Guest
from throughline.conversation.ids import AccountId, BindingId, ConversationId, IdentityId, PersonId, TenantId
from throughline.conversation.records import Account, Binding, Identity
from throughline.flow.accounts import VaultShut, Wanted, write
from throughline.ports import Channel, Clock, Store, Tx


class End(Struct, frozen=True):
    """A tenant's simulated Slack: our app in a workspace of its own, and the tenant's customer as a member there."""

    slug: str
    account: AccountId
    options: Mapping[str, str]
    user: str
    person: str

    @property
    def tenant(self) -> TenantId:
        """Whose it is."""
        return TenantId(f"demo-tenant-{self.slug}")

    @property
    def address(self) -> str:
        """The customer's there."""
        return f"{self.options['team']}/{self.user}"


def _slack(slug: str, place: str, team: str, bot: str, user: str, person: str) -> End:
    options = {"team": f"T0{place}", "team_name": team, "app": f"A0{place}", "bot_user": bot, "bot_id": f"B0{place}"}
    return End(slug, AccountId(f"{slug}-slack"), options, user, person)


ENDS = (
    _slack("demo", "HARBOUR", "Harbour Travel", "U0AGENT", "U0MAYA", "Maya Lindqvist"),
    _slack("rival", "CABINS", "Northwind Cabins", "U0HOST", "U0KOFI", "Kofi Mensah"),
)


async def add_ends(store: Store, clock: Clock, ends: Ends, talks: Mapping[str, int]) -> str | None:
    """Add what is missing of both; None, or why their secrets cannot be kept. `talks`: earlier ones of each tenant."""
    channel = ends.channels.by("slack")
    if channel is None:
        return "not available here"
    now = clock.now()
    for end in ENDS:
        fresh = {
            "bot_token": f"xoxb-{secrets.randbelow(10**11):011d}-{secrets.token_hex(12)}",
            "signing_secret": secrets.token_hex(16),
            "app_token": f"xapp-1-{end.options['app']}-{secrets.token_hex(16)}",
        }
        key = ends.vault.new_key(end.tenant)
        try:
            await store.write(
                partial(
                    _add,
                    end=end,
                    ends=ends,
                    channel=channel,
                    fresh=fresh,
                    key=key,
                    talks=talks.get(end.slug, 0),
                    now=now,
                )
            )
        except VaultShut:
            return "THROUGHLINE_SECRET is another one than before"
    return None


async def cast(ends: Ends, base: str) -> tuple[list[App], list[Guest]]:
    """Our apps as the stand-in has to know them, and who is there. An account that is off or shut is left out.

    `base`: where we serve on this machine; events come there.
    """
    apps = []
    for end in ENDS:
        line = await ends.lines.line(end.account)
        if line is None:
            continue
        told = line.account.options
        url = f"{base}/api/v1/channels/slack/webhook/{end.account}"
        apps.append(
            App(
                end.options["app"], end.options["team"], end.options["team_name"], end.options["bot_user"],
                end.options["bot_id"], url, line.secrets, socket=told.get("socket") == "on",
            )
        )  # fmt: skip
    return apps, [Guest(end.user, end.person, end.options["team"]) for end in ENDS]


def _add(
    tx: Tx, end: End, ends: Ends, channel: Channel, fresh: Mapping[str, str], key: bytes, talks: int, now: int
) -> None:
    account = tx.accounts.account(end.account)
    if account is None:
        account = Account(
            end.account, end.tenant, "slack", "slack", "Slack (simulated)", "simulated", enabled=True,
            base="sandbox:slack", options=dict(end.options), status="unconfigured", created_at=now,
        )  # fmt: skip
        tx.accounts.add(account)
    there = tx.accounts.sealed(end.tenant, end.account)
    missing = {name: value for name, value in fresh.items() if name not in there}
    if missing:
        write(tx, ends.vault, channel, account, Wanted(secrets=missing), key, now)
    identity = IdentityId(f"demo-slack-{end.slug}")
    if tx.people.identity(end.tenant, identity) is None:
        person = PersonId(f"demo-person-{end.slug}")
        tx.people.add_identity(
            Identity(identity, end.tenant, person, end.account, "slack", end.address, "verified", now, end.person)
        )
    for n in range(talks):
        where = ConversationId(f"demo-{end.slug}-{n}")
        known = tx.bindings.bindings(end.tenant, where)
        if known and all(binding.identity != identity for binding in known):
            name = BindingId(f"{where}-slack")
            tx.bindings.bind(Binding(name, end.tenant, where, identity, "slack", "standby", end.account))
