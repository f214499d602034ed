"""Which channels there are: one line each. A channel that cannot be loaded takes no other one with it."""

from collections.abc import Callable, Mapping

from msgspec import Struct

from throughline.conversation.events import ChannelName
from throughline.observe import failure, logger
from throughline.ports import Channel

_log = logger("channels.catalogue")


def _slack() -> Channel:
    from throughline.channels.slack.channel import Slack

    return Slack()


#: Every channel but the web, which is built in. Each is imported only here, when it is made.
FACTORIES: Mapping[ChannelName, Callable[[], Channel]] = {
    "slack": _slack,
}


class Catalogue(Struct, frozen=True):
    """The channels that work here, and of the others why not: the error's name."""

    channels: Mapping[ChannelName, Channel]
    unavailable: Mapping[ChannelName, str] = {}


def catalogue(factories: Mapping[ChannelName, Callable[[], Channel]] = FACTORIES) -> Catalogue:
    """Make every channel; to be called inside a running event loop's process, once."""
    channels: dict[ChannelName, Channel] = {}
    unavailable: dict[ChannelName, str] = {}
    for name, factory in factories.items():
        try:
            channels[name] = factory()
        except Exception as error:
            _log.error("channel_unavailable", channel=name, **failure(error))
            unavailable[name] = type(error).__name__
    return Catalogue(channels, unavailable)
