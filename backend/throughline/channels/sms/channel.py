"""SMS as a channel: what was read, what is to be said, and the calls that say it, joined."""

from collections.abc import AsyncIterator, Sequence

from throughline.channels.sms import render, wire
from throughline.channels.sms.capabilities import FILE, OPTIONS, SECRETS, SMS
from throughline.channels.whatsapp_twilio import listed
from throughline.channels.whatsapp_twilio.answers import Failed, taken
from throughline.channels.whatsapp_twilio.render import said
from throughline.channels.whatsapp_twilio.shapes import ends
from throughline.channels.whatsapp_twilio.twilio import Twilio, callback, ours
from throughline.conversation.channel import (
    Accepted,
    NotSent,
    Outcome,
    Piece,
    Place,
    Post,
    RawRequest,
    Reading,
    Refused,
    Unverified,
)
from throughline.ports import Line


class Sms(Twilio):
    """ports.Channel, Seeks, Backfills, Fetches and Knows."""

    capabilities = SMS
    secrets: Sequence[str] = SECRETS
    options: Sequence[str] = OPTIONS
    file = FILE

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
