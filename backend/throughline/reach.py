"""Channels joined: what is built, our accounts there, where a stand-in is found, and who is told when one changes."""

from collections.abc import Callable

from throughline.api.needs import Ends
from throughline.channels.catalogue import catalogue
from throughline.conversation.channel import Capabilities, web_alone
from throughline.conversation.events import ChannelName
from throughline.conversation.records import Account
from throughline.flow.lines import SANDBOX, Lines
from throughline.identity.vault import EnvelopeVault
from throughline.ports import Clock, Store


def reached(
    store: Store, clock: Clock, secret: str, public_url: str, sandbox: str | None, changed: Callable[[Account], None]
) -> Ends:
    """Every channel that can be loaded, and the lines to our accounts.

    `secret`: the installation's; `sandbox`: where the stand-ins are, if any; `changed`: told of an account's new state.
    """
    vault = EnvelopeVault(secret.encode())
    return Ends(
        channels=catalogue().channels,
        lines=Lines(store, vault, clock, stand_in(sandbox), public_url, changed),
        vault=vault,
        public_url=public_url,
        changed=changed,
    )


def stand_in(sandbox: str | None) -> Callable[[str], str | None]:
    """Where the API behind `sandbox:<provider>` is; never a real one, and never the other way round."""

    def resolve(base: str) -> str | None:
        provider = base.removeprefix(SANDBOX)
        return f"{sandbox}/{provider}/api/" if sandbox is not None and base.startswith(SANDBOX) else None

    return resolve


def capabilities_of(ends: Ends, channel: ChannelName) -> Capabilities:
    """What a channel can do; one that is not built can do the least."""
    built = ends.channels.by(channel)
    return web_alone(channel) if built is None else built.capabilities


async def let_go(ends: Ends) -> None:
    """Close every channel's connections."""
    for channel in ends.channels:
        await channel.close()
