"""WhatsApp by way of Twilio as a channel: what was read, what is to be said, and the calls that say it, joined."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence

from throughline.channels.whatsapp_twilio import credentials, listed, render, wire
from throughline.channels.whatsapp_twilio.answers import Answer, Failed, taken
from throughline.channels.whatsapp_twilio.capabilities import FILE, OPTIONS, SECRETS, VALIDITY, WHATSAPP_TWILIO
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

_STATUSES = frozenset({"working", "waiting", "done"})


class WhatsAppTwilio(Twilio):
    """ports.Channel, Shows, Seeks, Backfills, Fetches and Knows."""

    capabilities = WHATSAPP_TWILIO
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
        """ports.Channel.send: one message."""
        numbers = ends(place.address)
        if numbers is None:
            return Refused("bad_address")
        said = _said(piece, line.account.options)
        if isinstance(said, Refused):
            return said
        fields = [
            ("From", wire.PREFIX + numbers[0]),
            ("To", wire.PREFIX + numbers[1]),
            *said,
            ("ValidityPeriod", str(VALIDITY)),
            *callback(line, piece),
        ]
        return taken(await self._client.send(line, fields))

    async def status(self, line: Line, place: Place, status: str) -> Outcome:
        """ports.Shows.status: `typing…` for 25 s, under the message that is being answered."""
        if status not in _STATUSES or place.ref is None:
            return Refused("unknown_status" if place.ref else "no_message")
        if status != "working":
            # It goes by itself.
            return Accepted(place.ref)
        answer = await self._client.typing(line, place.ref)
        return Accepted(place.ref) if isinstance(answer, Answer) else answer

    async def seek(self, line: Line, place: Place, piece: Piece, since: int) -> Accepted | NotSent | Refused | None:
        """ports.Seeks.seek: by its words in the list of messages."""
        numbers = ends(place.address)
        if numbers is None:
            return None
        both = (wire.PREFIX + numbers[0], wire.PREFIX + numbers[1])
        return await listed.sought(self._client, line, both, "", piece, since)

    def missed(
        self,
        line: Line,
        since: int,
        places: Sequence[Place],  # noqa: ARG002 - it has one list for all
        turn: listed.Turn,
    ) -> AsyncIterator[Reading | Failed]:
        """ports.Backfills.missed: the list of messages to each of our numbers."""
        return listed.missed(self._client, line, wire.PREFIX, since, turn, ours(line), wire.said)


def _said(piece: Piece, options: Mapping[str, str]) -> list[tuple[str, str]] | Refused:
    if piece.format != "template":
        return render.said(piece) or Refused("no_media")
    content = piece.more.get("name") or options.get("content_template", "")
    if credentials.wrong("content_template", content):
        return Refused("no_template")
    # Without variables of its own, the words are its only one.
    only = json.dumps({"1": render.one_line(piece.text)}, ensure_ascii=False)
    return [("ContentSid", content), ("ContentVariables", piece.more.get("variables", only))]
