"""What both channels of a Twilio account do alike: its media, its probe, its options, and whom it can find."""

from collections.abc import Collection, Mapping
from contextlib import AbstractAsyncContextManager

from throughline.channels.whatsapp_twilio import credentials
from throughline.channels.whatsapp_twilio.callback import callback_url, reachable
from throughline.channels.whatsapp_twilio.client import Client, login
from throughline.channels.whatsapp_twilio.media import File, opened
from throughline.channels.whatsapp_twilio.probe import probed
from throughline.channels.whatsapp_twilio.webhook import Ours
from throughline.conversation.channel import Media, Outcome, Piece, Probe
from throughline.conversation.phones import phone
from throughline.ports import Line


class Twilio:
    """ports.Fetches, Finds, Knows and what of ports.Channel has to do with the account alone."""

    provider = "twilio"
    home = "https://api.twilio.com/"
    #: Bytes of the largest file that this channel takes in.
    file: int

    def __init__(self, client: Client | None = None) -> None:
        self._client = client or Client()

    def fetch(self, line: Line, media: Media) -> AbstractAsyncContextManager[File | Outcome]:
        """ports.Fetches.fetch."""
        return opened(self._client.once, line.base_url, login(line), media, self.file)

    async def probe(self, line: Line) -> Probe:
        """ports.Channel.probe: whether the account is there and active."""
        return probed(await self._client.account(line))

    def find(self, to: str, options: Mapping[str, str]) -> tuple[str, ...]:
        """ports.Finds.find: a phone number, from each of ours."""
        theirs = phone(to)
        return tuple(f"{ours}/{theirs}" for ours in credentials.numbers(options)) if theirs else ()

    def wrong(self, name: str, value: str) -> str | None:
        """ports.Knows.wrong."""
        return credentials.wrong(name, value)

    def complete(self, options: Mapping[str, str], secrets: Collection[str]) -> bool:
        """ports.Knows.complete."""
        return credentials.complete(options, secrets)

    async def close(self) -> None:
        """ports.Channel.close."""
        await self._client.close()


def ours(line: Line) -> Ours:
    """An account as reading needs it."""
    return Ours(line.secrets, line.account.options, line.key, line.public_url)


def callback(line: Line, piece: Piece) -> list[tuple[str, str]]:
    """Where Twilio tells what became of this piece; nowhere, where it could not reach us."""
    if piece.mark is None or (line.account.mode == "real" and not reachable(line.public_url)):
        return []
    account = line.account
    webhook = f"{line.public_url}/api/v1/channels/{account.channel}/webhook/{account.id}"
    return [("StatusCallback", callback_url(webhook, piece.mark, line.key))]
