"""What Twilio's list of messages says: of a send whose answer was lost, and of what nobody heard when it came.

Source: twilio.com/docs/messaging/api/message-resource (read multiple messages): newest first, in pages, filtered by
`To`, `From` and `DateSent`. A message does not show the callback that it was sent with, so one of ours is known by its
words alone. The list is not promised to hold what was made a moment ago: what is missing in it may exist.
"""

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from msgspec import Struct
from msgspec.structs import replace

from throughline.channels.whatsapp_twilio import credentials
from throughline.channels.whatsapp_twilio.answers import Answer, Failed, taken
from throughline.channels.whatsapp_twilio.client import Client, Fields, file_url
from throughline.channels.whatsapp_twilio.form import Form
from throughline.channels.whatsapp_twilio.render import said
from throughline.channels.whatsapp_twilio.shapes import Unknown
from throughline.channels.whatsapp_twilio.webhook import Ours
from throughline.conversation.channel import Accepted, Ambiguous, NotSent, Piece, Reading, Refused
from throughline.ports import Line

#: Milliseconds by which our clock and Twilio's may differ.
SKEW = 60_000
#: Messages of a page, and pages: of one send, and of one number's missed messages.
PAGE, FEW, MANY = 100, 2, 10
_FILES = 10
_SID = re.compile(r"(?:SM|MM)[0-9a-fA-F]{32}", re.ASCII)
_MEDIA = re.compile(r"ME[0-9a-fA-F]{32}", re.ASCII)

Turn = Callable[[str], Awaitable[None]]


class Listed(Struct, frozen=True):
    """Messages as Twilio shows them, newest first. `whole`: there are no more."""

    messages: Sequence[Mapping[str, Any]]
    whole: bool


async def sought(
    client: Client, line: Line, ends: tuple[str, str], service: str, piece: Piece, since: int
) -> Accepted | NotSent | Refused | None:
    """One message that says just this, from our end to theirs, made since then; `service`: whose pool sent it.

    None: there is none or more than one, or nobody can tell.
    """
    fields = dict(said(piece))
    if piece.format == "template" or not fields:
        # What it says Twilio filled in.
        return None
    ours, theirs = ends
    asked = [("To", theirs), *([] if service else [("From", ours)]), ("DateSent>", _time(since - SKEW))]
    found = await _pages(client, line, asked, FEW)
    if not isinstance(found, Listed) or not found.whole:
        return None
    same = [one for one in found.messages if _is(one, fields, service, since - SKEW)]
    if len(same) != 1:
        return None
    outcome = taken(Answer(same[0]))
    return None if isinstance(outcome, Ambiguous) else outcome


async def missed(
    client: Client, line: Line, prefix: str, since: int, turn: Turn, ours: Ours, read: Callable[[Form, Ours], Reading]
) -> AsyncIterator[Reading | Failed]:  # fmt: skip
    """What was said to each of our numbers since then, oldest first, as `read` takes a webhook's form."""
    for number in credentials.numbers(line.account.options):
        asked = [("To", prefix + number), ("DateSent>", _time(since))]
        found = await _pages(client, line, asked, MANY, turn)
        if not isinstance(found, Listed):
            yield found
            return
        came: list[Reading] = []
        for one in found.messages:
            if one.get("direction") != "inbound" or (_at(one) or since) < since - since % 1000:
                # Whoever takes a day for a time lists more than was asked for.
                continue
            reading = await _read(client, line, one, ours, read)
            if reading is not None:
                came.append(_newest_word(reading, came))
        for reading in reversed(came):
            yield reading
        if not found.whole:
            yield Ambiguous("too_many")
            return


async def _pages(
    client: Client, line: Line, asked: Fields, most: int, turn: Turn | None = None
) -> Listed | Failed:  # fmt: skip
    found: list[Mapping[str, Any]] = []
    more: Fields = []
    for _ in range(most):
        if turn is not None:
            await turn("history")
        answer = await client.messages(line, [*asked, ("PageSize", str(PAGE)), *more])
        if not isinstance(answer, Answer):
            return answer
        messages = answer.data.get("messages")
        if not isinstance(messages, list):
            return Ambiguous("no_messages")
        found += [one for one in messages if isinstance(one, dict)]
        more = _next(answer.text("next_page_uri"))
        if not more:
            return Listed(found, whole=True)
    return Listed(found, whole=False)


def _next(uri: str) -> Fields:
    """What the next page is asked for with: of the address that Twilio gives only this, so that it leads nowhere."""
    try:
        given = parse_qs(urlsplit(uri).query, max_num_fields=64)
    except ValueError:
        return []
    return [(name, given[name][0][:200]) for name in ("Page", "PageToken") if name in given]


def _is(one: Mapping[str, Any], fields: Mapping[str, str], service: str, since: int) -> bool:
    made = _at(one)
    files = one.get("num_media") not in {"0", 0, None}
    return (
        str(one.get("direction")).startswith("outbound")
        and (one.get("body") or "") == fields.get("Body", "")
        and files == ("MediaUrl" in fields)
        and (not service or one.get("messaging_service_sid") == service)
        and made is not None
        and made >= since - since % 1000
    )


async def _read(
    client: Client, line: Line, one: Mapping[str, Any], ours: Ours, read: Callable[[Form, Ours], Reading]
) -> Reading | None:
    """A listed message as its webhook would have been read, with the time when it was written."""
    sid = one.get("sid")
    if not isinstance(sid, str) or not _SID.fullmatch(sid):
        return None
    fields = {"MessageSid": sid, **{name: one.get(name.lower()) for name in ("From", "To", "Body")}}
    if one.get("num_media") not in {"0", 0, None}:
        fields |= await _files(client, line, sid)
    try:
        reading = read(Form({name: (value,) for name, value in fields.items() if isinstance(value, str)}), ours)
    except Unknown:
        return None
    return replace(reading, inbound=tuple(replace(inbound, at=_at(one)) for inbound in reading.inbound))


async def _files(client: Client, line: Line, sid: str) -> dict[str, str]:
    answer = await client.files(line, sid)
    listed = answer.data.get("media_list") if isinstance(answer, Answer) else None
    found: dict[str, str] = {}
    for n, one in enumerate(listed[:_FILES] if isinstance(listed, list) else ()):
        file = one.get("sid") if isinstance(one, dict) else None
        if isinstance(file, str) and _MEDIA.fullmatch(file):
            found[f"MediaUrl{n}"] = file_url(line, sid, file)
            found[f"MediaContentType{n}"] = str(one.get("content_type"))
    return found


def _newest_word(reading: Reading, later: Sequence[Reading]) -> Reading:
    """Without a STOP or START that its sender has taken back since: only the last one counts."""
    known = {consent.address for one in later for consent in one.consents}
    return replace(reading, consents=tuple(c for c in reading.consents if c.address not in known))


def _at(one: Mapping[str, Any]) -> int | None:
    """When it was made, UTC ms, to the second."""
    try:
        made = parsedate_to_datetime(str(one.get("date_created")))
        return round(made.timestamp() * 1000)
    except (ValueError, TypeError, OverflowError):
        return None


def _time(at: int) -> str:
    """A time as Twilio's filters take it."""
    return datetime.fromtimestamp(max(0, at) / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
