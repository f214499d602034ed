"""Which channels there are: one line each. A channel that cannot be loaded takes no other one with it."""

from collections.abc import Callable, Mapping

from msgspec import Struct

from throughline.observe import failure, logger
from throughline.ports import Channel, Channels

_log = logger("channels.catalogue")


def _slack() -> Channel:
    from throughline.channels.slack.channel import Slack

    return Slack()


def _gmail() -> Channel:
    from throughline.channels.gmail.channel import Gmail

    return Gmail()


def _telegram() -> Channel:
    from throughline.channels.telegram.channel import Telegram

    return Telegram()


def _whatsapp_meta() -> Channel:
    from throughline.channels.whatsapp_meta.channel import WhatsApp

    return WhatsApp()


def _whatsapp_twilio() -> Channel:
    from throughline.channels.whatsapp_twilio.channel import WhatsAppTwilio

    return WhatsAppTwilio()


def _sms() -> Channel:
    from throughline.channels.sms.channel import Sms

    return Sms()


#: Every folder but the web's, which is built in. Each is imported only here, when it is made.
FACTORIES: Mapping[str, Callable[[], Channel]] = {
    "slack": _slack,
    "gmail": _gmail,
    "whatsapp_meta": _whatsapp_meta,
    "telegram": _telegram,
    "whatsapp_twilio": _whatsapp_twilio,
    "sms": _sms,
}


class Catalogue(Struct, frozen=True):
    """The channels that work here, and of the others, by folder, why not: the error's name."""

    channels: Channels
    unavailable: Mapping[str, str] = {}


def catalogue(factories: Mapping[str, Callable[[], Channel]] = FACTORIES) -> Catalogue:
    """Make every channel; to be called inside a running event loop's process, once."""
    adapters: list[Channel] = []
    unavailable: dict[str, str] = {}
    for name, factory in factories.items():
        try:
            adapters.append(factory())
        except Exception as error:
            _log.error("channel_unavailable", channel=name, **failure(error))
            unavailable[name] = type(error).__name__
    return Catalogue(Channels(adapters), unavailable)
