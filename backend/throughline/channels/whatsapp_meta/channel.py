"""WhatsApp by Meta as a channel: what was read, what is to be said, and the calls that say it, joined."""

import asyncio
from collections import OrderedDict
from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager

from msgspec.structs import replace

from throughline.channels.once import Told
from throughline.channels.whatsapp_meta import credentials, media, render, request, wire
from throughline.channels.whatsapp_meta.addresses import is_scoped, is_wamid, parted
from throughline.channels.whatsapp_meta.answers import failed, pair_wait, sent
from throughline.channels.whatsapp_meta.capabilities import OPTIONS, SECRETS, WHATSAPP, numbers
from throughline.channels.whatsapp_meta.client import Client
from throughline.channels.whatsapp_meta.probe import FIELDS, probed, together
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
from throughline.conversation.ids import AccountId
from throughline.conversation.phones import phone
from throughline.ports import Fetched, Line

#: Pairs whose refusals in a row are remembered.
_REMEMBERED = 10_000
#: Numbers that a test asks about.
_TESTED = 10
_STATUSES = frozenset({"working", "waiting", "done"})


class WhatsApp:
    """ports.Channel, Shows, Fetches and Knows."""

    capabilities = WHATSAPP
    provider = "meta"
    home = "https://graph.facebook.com/v25.0/"
    secrets: Sequence[str] = SECRETS
    options: Sequence[str] = OPTIONS

    def __init__(self, client: Client | None = None) -> None:
        self._client = client or Client()
        self._too_often: OrderedDict[tuple[AccountId, str], int] = OrderedDict()

    # ------------------------------------------------------------------------------------------------- coming in

    def read(self, request: RawRequest, line: Line, now: int) -> Reading | Unverified:  # noqa: ARG002 - nothing is timed
        """ports.Channel.read."""
        return wire.read(request, line.secrets, line.account.options)

    def fetch(self, line: Line, attached: Media) -> AbstractAsyncContextManager[Fetched | Outcome]:
        """ports.Fetches.fetch."""
        return media.fetched(self._client, line, attached)

    # ------------------------------------------------------------------------------------------------- going out

    def render(self, post: Post) -> tuple[Piece, ...]:
        """ports.Channel.render."""
        return render.render(post)

    async def send(self, line: Line, place: Place, piece: Piece) -> Outcome:
        """ports.Channel.send: a text, buttons, a file by its link, or a template."""
        ends = parted(place.address)
        if ends is None:
            return Refused("bad_address")
        ours, to = ends
        asked = request.message(to, piece, line.account.options)
        if isinstance(asked, Refused):
            return asked
        told = await self._client.post(line, ours, "messages", asked)
        return self._paced(line, place, sent(told) if isinstance(told, Told) else told)

    async def status(self, line: Line, place: Place, status: str) -> Outcome:
        """ports.Shows.status: dots while we work, under the person's own message. They end by themselves."""
        if status not in _STATUSES:
            return Refused("unknown_status")
        ends = parted(place.address)
        if ends is None:
            return Refused("bad_address")
        if status != "working" or not is_wamid(place.ref):
            # Dots show the message as read: not while it waits for somebody.
            return Accepted(place.ref or "")
        assert place.ref is not None
        told = await self._client.post(line, ends[0], "messages", request.typing(place.ref))
        no = failed(told) if isinstance(told, Told) else told
        return Accepted(place.ref) if no is None else no

    # --------------------------------------------------------------------------------------------- the account itself

    async def probe(self, line: Line) -> Probe:
        """ports.Channel.probe: our numbers, as the token sees them."""
        ids = numbers(line.account.options.get("numbers", ""))[:_TESTED]
        if not ids:
            return Probe("down", "no_number")
        told = await asyncio.gather(*(self._client.get(line, name, FIELDS) for name in ids))
        return together(ids, [probed(one) for one in told])

    def find(self, to: str, options: Mapping[str, str]) -> tuple[str, ...]:
        """ports.Finds.find: a phone number or a business-scoped id, from each of our numbers."""
        known = phone(to)
        theirs = known.removeprefix("+") if known else to.strip()
        fits = known is not None or is_scoped(theirs)
        return tuple(f"{ours}/{theirs}" for ours in numbers(options.get("numbers", ""))) if fits else ()

    def wrong(self, name: str, value: str) -> str | None:
        """ports.Knows.wrong."""
        return credentials.wrong(name, value)

    def complete(self, options: Mapping[str, str], secrets: Collection[str]) -> bool:
        """ports.Knows.complete."""
        return credentials.complete(options, secrets)

    async def close(self) -> None:
        """ports.Channel.close."""
        await self._client.close()

    def _paced(self, line: Line, place: Place, outcome: Outcome) -> Outcome:
        """Each refusal of the pair rate in a row makes the wait four times as long; a message that went ends it."""
        pair = (line.account.id, place.address)
        if not isinstance(outcome, NotSent) or outcome.reason != "pair_rate":
            if isinstance(outcome, Accepted):
                self._too_often.pop(pair, None)
            return outcome
        times = self._too_often.pop(pair, 0)
        self._too_often[pair] = times + 1
        while len(self._too_often) > _REMEMBERED:
            self._too_often.popitem(last=False)
        return replace(outcome, after=max(pair_wait(times), outcome.after or 0.0))
