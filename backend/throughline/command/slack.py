"""Slack from the keyboard and the environment: a ready manifest, and the account that SLACK_… settings describe."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from throughline.api.needs import Ends
from throughline.channels.slack.manifest import manifest
from throughline.command.console import err, fail
from throughline.command.seed import demo_tenant
from throughline.conversation.ids import AccountId, TenantId
from throughline.conversation.policy import check_id
from throughline.conversation.records import Account
from throughline.flow.accounts import VAULT_SHUT, VaultShut, Wanted, tidy, unfit, write
from throughline.ports import Clock, Store, Tx
from throughline.settings import Settings, is_address

#: The account that the environment makes; another tenant's is called by its short name too.
ACCOUNT = AccountId("env-slack")


class Kept(Struct, frozen=True):
    """What became of the environment's credentials: the account, or why there is none, in words."""

    account: Account | None = None
    trouble: str | None = None


async def from_environment(settings: Settings, store: Store, clock: Clock, ends: Ends) -> Kept:
    """Make or update the real account of SLACK_BOT_TOKEN, SLACK_SIGNING_SECRET and SLACK_APP_TOKEN.

    It belongs to the first real organisation, in demo mode to the demo's. What is not set stays as it was; the same
    credentials again change nothing. Raises StoreDown.
    """
    given = given_secrets(settings)
    channel = ends.channels.by("slack")
    if not given:
        return Kept()
    if channel is None:
        return Kept(trouble="Slack cannot be loaded here")
    wanted = tidy(Wanted(options={"socket": "on"} if "app_token" in given else {}, secrets=given))
    refusal = unfit(channel, wanted)
    if refusal is not None:
        return Kept(trouble=refusal.detail)
    whose = await store.read(lambda tx: _tenant(tx, demo=settings.throughline_demo))
    if whose is None:
        return Kept(trouble="there is no organisation yet: throughline tenant create NAME, then start again")
    tenant, name = whose
    now, key = clock.now(), ends.vault.new_key(tenant)

    def keep(tx: Tx) -> Account:
        account = tx.accounts.account(name)
        if account is None:
            account = Account(
                name, tenant, "slack", channel.provider, "Slack (environment)", "real", enabled=True,
                base=channel.home, options={},
                status="unconfigured", created_at=now,
            )  # fmt: skip
            tx.accounts.add(account)
        known, wrapped = tx.accounts.sealed(tenant, name), tx.accounts.key(tenant)
        fresh = {
            secret: value
            for secret, value in wanted.secrets.items()
            if wrapped is None
            or secret not in known
            or ends.vault.open(wrapped, tenant, name, secret, known[secret]) != value
        }
        return write(tx, ends.vault, channel, account, Wanted(options=wanted.options, secrets=fresh), key, now)

    try:
        account = await store.write(keep)
    except VaultShut:
        return Kept(trouble=VAULT_SHUT.detail)
    ends.lines.forget(name)
    return Kept(account)


def manifest_of(settings: Settings, base_url: str, account: str, *, socket: bool) -> dict[str, Any] | None:
    """The manifest; None where what was asked for cannot be in one, it is said why."""
    address = base_url or settings.public_url
    if check_id(account) is not None:
        fail("That cannot be an account's id.", "The admin page shows it: /admin/channels.")
        return None
    if not is_address(address):
        fail("That is not an address.", "Write it like --base-url https://talk.example.org")
        return None
    if not socket and not address.startswith("https://"):
        err.print(f"Slack sends to https only, and cannot reach {address}: use --socket, or --base-url https://…")
    return manifest(address, account, socket=socket)


def given_secrets(settings: Settings) -> Mapping[str, str]:
    """The credentials that are set, by the names an account knows them under."""
    found = {
        "bot_token": settings.slack_bot_token,
        "signing_secret": settings.slack_signing_secret,
        "app_token": settings.slack_app_token,
    }
    return {name: value for name, value in found.items() if value.strip()}


def _tenant(tx: Tx, *, demo: bool) -> tuple[TenantId, AccountId] | None:
    """Whose account it is, and what it is called: an id belongs to one tenant for ever."""
    tenants = tx.people.tenants()
    wished = demo_tenant("demo")
    tenant = next((t for t in tenants if (t.id == wished if demo else not t.demo)), None)
    if tenant is None:
        return None
    known = tx.accounts.account(ACCOUNT)
    return tenant.id, ACCOUNT if known is None or known.tenant == tenant.id else AccountId(f"{ACCOUNT}-{tenant.slug}")
