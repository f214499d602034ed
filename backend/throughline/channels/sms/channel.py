"""SMS as a channel: what was read, what is to be said, and the calls that say it, joined."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager

from throughline.channels.sms import render, wire
from throughline.channels.sms.capabilities import FILE, OPTIONS, SECRETS, SMS
from throughline.channels.sms.client import Client, login
from throughline.channels.whatsapp_twilio import credentials, listed
from throughline.channels.whatsapp_twilio.answers import Failed, taken
from throughline.channels.whatsapp_twilio.channel import callback, ours
from throughline.channels.whatsapp_twilio.media import File, opened
from throughline.channels.whatsapp_twilio.probe import probed
from throughline.channels.whatsapp_twilio.render import said
from throughline.channels.whatsapp_twilio.shapes import ends
from throughline.conversation.channel import (
    Accepted,
    Media,
    NotSent,
    Outcome,
    Piece,
    Place,
    Post,
    Probe,
    RawRequest,
    Reading,
    Refused,
    Unverified,
)
from throughline.conversation.phones import phone
from throughline.ports import Line


class Sms:
    """ports.Channel, Seeks, Backfills, Fetches and Knows."""

    capabilities = SMS
    provider = "twilio"
    home = "https://api.twilio.com/"
    secrets: Sequence[str] = SECRETS
    options: Sequence[str] = OPTIONS

    def __init__(self, client: Client | None = None) -> None:
        self._client = client or Client()

    def read(self, request: RawRequest, line: Line, now: int) -> Reading | Unverified:  # noqa: ARG002 - no time in it
        """ports.Channel.read."""
        return wire.read(request, ours(line))

    def render(self, post: Post) -> tuple[Piece, ...]:
        """ports.Channel.render."""
        return render.render(post)

    async def send(self, line: Line, place: Place, piece: Piece) -> Outcome:
        """ports.Channel.send: one message, from our number, or from a messaging service's pool."""
        numbers = ends(place.address)
        if numbers is None or not numbers[1].startswith("+"):
            return Refused("bad_address")
        words = said(piece)
        if not words:
            return Refused("no_media")
        service = line.account.options.get("messaging_service", "")
        fields = [
            ("MessagingServiceSid", service) if service else ("From", numbers[0]),
            ("To", numbers[1]),
            *words,
            *callback(line, piece),
        ]
        return taken(await self._client.send(line, fields))

    async def seek(self, line: Line, place: Place, piece: Piece, since: int) -> Accepted | NotSent | Refused | None:
        """ports.Seeks.seek: by its words in the list of messages."""
        numbers = ends(place.address)
        service = line.account.options.get("messaging_service", "")
        return None if numbers is None else await listed.sought(self._client, line, numbers, service, piece, since)

    def missed(
        self,
        line: Line,
        since: int,
        places: Sequence[Place],  # noqa: ARG002 - it has one list for all
        turn: listed.Turn,
    ) -> AsyncIterator[Reading | Failed]:
        """ports.Backfills.missed: the list of messages to each of our numbers."""
        return listed.missed(self._client, line, "", since, turn, ours(line), wire.said)

    def fetch(self, line: Line, media: Media) -> AbstractAsyncContextManager[File | Outcome]:
        """ports.Fetches.fetch."""
        return opened(self._client.once, line.base_url, login(line), media, FILE)

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
