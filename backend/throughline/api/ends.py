"""A path's channel and account, as the caller may see them: found in the own tenant only, shown without a secret."""

from collections.abc import Mapping
from typing import cast

from msgspec import Struct

from throughline.api.ask import Ask
from throughline.api.needs import Door, Ends
from throughline.api.shapes import AccountHealth, AccountShown, SecretShown
from throughline.conversation.events import ChannelName, iso
from throughline.conversation.faults import FORBIDDEN, Fault
from throughline.conversation.ids import AccountId
from throughline.conversation.policy import check_id
from throughline.conversation.records import Account
from throughline.identity.access import may
from throughline.ports import Channel, Tx

UNKNOWN_CHANNEL = Fault(
    "unknown_channel", 404, "There is no such channel here.", "GET /api/v1/admin/channels lists them."
)
UNKNOWN_ACCOUNT = Fault(
    "unknown_account", 404, "There is no such account here.", "Open one from the list of the channel's accounts."
)


#: Messages that are counted, of those that are to go out through an account: how many, and when the oldest was said.
MOST = 1_000
Waiting = tuple[int, int | None]


class Found(Struct, frozen=True):
    """An account of the caller's tenant. `sealed`: its secrets by name; nobody can read them here."""

    ends: Ends
    channel: Channel
    account: Account
    sealed: Mapping[str, bytes]
    waits: Waiting


def channel_of(door: Door, ask: Ask) -> tuple[Ends, ChannelName, Channel] | Fault:
    """The path's channel, for who may configure it."""
    if not may(ask.signed_in, "configure"):
        return FORBIDDEN
    name = cast(ChannelName, ask.path["channel"])
    channel = None if door.ends is None else door.ends.channels.by(name)
    return UNKNOWN_CHANNEL if door.ends is None or channel is None else (door.ends, name, channel)


async def account_of(door: Door, ask: Ask) -> Found | Fault:
    """The path's account, for who may configure it; another tenant's is not there."""
    place = channel_of(door, ask)
    if isinstance(place, Fault):
        return place
    ends, name, channel = place
    tenant, given = ask.signed_in.tenant, ask.path["account"]
    if check_id(given) is not None:
        return UNKNOWN_ACCOUNT

    def find(tx: Tx) -> Found | Fault:
        row = tx.accounts.account(AccountId(given))
        if row is None or row.tenant != tenant or row.channel != name:
            return UNKNOWN_ACCOUNT
        return Found(ends, ends.channels.of(row) or channel, row, tx.accounts.sealed(tenant, row.id), waiting(tx, row))

    return await door.store.read(find)


def waiting(tx: Tx, account: Account) -> Waiting:
    """What is to go out through an account, and since when."""
    return tx.outbox.waiting(account.tenant, account.id, MOST)


def as_shown(
    ends: Ends, account: Account, sealed: Mapping[str, bytes], waits: Waiting | None, *, secrets: bool = True
) -> AccountShown:
    """An account in the words of the API; with `secrets`, which of them are set; with `waits`, its health."""
    channel = ends.channels.of(account) if secrets else None
    names = () if channel is None else channel.secrets
    return AccountShown(
        id=account.id,
        channel=account.channel,
        provider=account.provider,
        name=account.name,
        mode=account.mode,
        enabled=account.enabled,
        status=account.status,
        reason=account.reason,
        options=account.options,
        secrets=[SecretShown(name, name in sealed) for name in names],
        webhook_url=f"{ends.public_url}/api/v1/channels/{account.channel}/webhook/{account.id}",
        last_in=_at(account.last_in),
        last_out=_at(account.last_out),
        created_at=iso(account.created_at),
        health=None if waits is None else _health(ends, account, waits),
    )


def _health(ends: Ends, account: Account, waits: Waiting) -> AccountHealth:
    now = ends.lines.breakers.standing(account.id)
    return AccountHealth(
        breaker=now.state,
        since=_at(now.since),
        again_at=_at(now.again),
        sends=now.sends,
        failures=now.failures,
        waiting=waits[0],
        oldest=_at(waits[1]),
    )


def _at(time: int | None) -> str | None:
    return None if time is None else iso(time)
