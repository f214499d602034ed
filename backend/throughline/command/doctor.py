"""`throughline doctor CHANNEL`: each account of a channel looked at, its provider asked, what to do said in words.

It reads beside a gateway that runs, and changes nothing of ours. A simulated account's provider lives inside `up` and
can be asked from its page only.
"""

from collections.abc import Mapping, Sequence

from rich.markup import escape

from throughline.api.needs import Ends
from throughline.api.trial import probed, words
from throughline.app import SystemClock
from throughline.command.checkup import Facts, Line, checkup, worked
from throughline.command.console import fail, out
from throughline.command.serve import MIN_SECRET, run
from throughline.conversation.channel import ALIASES, LABELS
from throughline.conversation.events import ChannelName
from throughline.conversation.ids import TenantId
from throughline.conversation.records import Account, Tenant
from throughline.flow.accounts import complete
from throughline.ports import Channel, Listens, Tx
from throughline.reach import let_go, reached
from throughline.settings import Settings
from throughline.store.looking import look_sqlite

_SIGNS = {"ok": "[green]✓[/]", "look": "[yellow]·[/]", "wrong": "[red]✗[/]"}
_NEEDED_BY_ONE_WAY = frozenset({"shared_key", "app_token"})


def doctor(settings: Settings, channel: str, tenant: str) -> int:
    """0: nothing is wrong; 1: something is, or nothing is there; 2: asked wrongly."""
    asked = channel.strip().lower()
    name = ALIASES.get(asked) or next((known for known in LABELS if known == asked), None)
    if name is None:
        fail(f"There is no channel called {channel}.", f"Channels: {', '.join(LABELS)}")
        return 2
    if name == "web":
        out.print("Web  built in: it needs no account.")
        return 0
    if len(settings.throughline_secret) < MIN_SECRET:
        fail("THROUGHLINE_SECRET is not the gateway's.", "Run this where the gateway's .env is, or set it here too.")
        return 2
    return run(settings, _look(settings, name, tenant))


async def _look(settings: Settings, name: ChannelName, slug: str) -> int:
    store = await look_sqlite(settings.throughline_data)
    ends = reached(store, SystemClock(), settings.throughline_secret, settings.public_url, None, lambda _: None)
    try:
        tenants = await store.read(lambda tx: tx.people.tenants())
        chosen = [t for t in tenants if slug in {"", t.slug}]
        if slug and not chosen:
            fail(f"There is no organisation called {slug}.", f"There are: {', '.join(t.slug for t in tenants)}")
            return 2
        found = await store.read(lambda tx: _accounts(tx, [t.id for t in chosen], name))
        if not found:
            _nothing(settings, name)
            return 1
        good = True
        for account, sealed in found:
            lines = await _checked(ends, account, sealed)
            _print(account, chosen, lines)
            good = good and worked(lines)
        return 0 if good else 1
    finally:
        await let_go(ends)
        await store.close()


async def _checked(ends: Ends, account: Account, sealed: Mapping[str, bytes]) -> list[Line]:
    channel = ends.channels.of(account)
    if channel is None:
        return [Line("wrong", f"{account.provider} cannot be loaded here", "See the log of the start.")]
    whole = complete(channel, account, sealed)
    probe = None
    if account.mode == "simulated":
        said = "simulated: its stand-in runs inside `just up`, where its page has a test"
    elif not whole or not account.enabled:
        said = "not tested: it is not complete"
    else:
        probe = await probed(ends, channel, account, sealed)
        said = words(probe)
    webhook = f"{ends.public_url}/api/v1/channels/{account.channel}/webhook/{account.id}"
    facts = Facts(
        account=account, complete=whole, missing=_missing(channel, sealed), webhook=webhook, probe=probe, words=said,
        listens=isinstance(channel, Listens) and channel.listens(account.options),
    )  # fmt: skip
    return checkup(facts, SystemClock().now())


def _missing(channel: Channel, sealed: Mapping[str, bytes]) -> Sequence[str]:
    return [name for name in channel.secrets if name not in sealed and name not in _NEEDED_BY_ONE_WAY]


def _accounts(
    tx: Tx, tenants: Sequence[TenantId], name: ChannelName
) -> list[tuple[Account, Mapping[str, bytes]]]:  # fmt: skip
    return [(a, tx.accounts.sealed(a.tenant, a.id)) for t in tenants for a in tx.accounts.accounts(t, name)]


def _nothing(settings: Settings, name: ChannelName) -> None:
    out.print(f"{LABELS[name]}  no account yet")
    out.print(f" {_SIGNS['look']} Make one at {settings.public_url}/admin/channels: its page leads through every step.")
    out.print(f"   The same steps to read: docs/channels, the pages that begin with {name}.")


def _print(account: Account, tenants: Sequence[Tenant], lines: Sequence[Line]) -> None:
    slug = next((t.slug for t in tenants if t.id == account.tenant), "")
    kind = f"{account.provider}, simulated" if account.mode == "simulated" else account.provider
    out.print(f"[bold]{escape(account.name)}[/]  {slug} · {account.id} · {kind}")
    for line in lines:
        out.print(f" {_SIGNS[line.mark]} {escape(line.what)}")
        if line.hint and line.mark != "ok":
            out.print(f"   {escape(line.hint)}")
