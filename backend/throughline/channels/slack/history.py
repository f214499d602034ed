"""What Slack's history says: of a post whose answer was lost, and of what nobody heard when it was written.

Sources: docs.slack.dev/reference/methods/conversations.history and .replies; its changelog of 2025-05-29: an app that
is distributed outside the Marketplace may ask each once a minute, for 15 messages. An app that is a workspace's own is
exempt; who is not is served as well, because nothing here asks for more.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from email.utils import parsedate_to_datetime
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from throughline.channels.slack import wire
from throughline.channels.slack.answers import Answer, Failed
from throughline.channels.slack.shapes import Mark
from throughline.conversation.channel import Accepted, Ambiguous, NotSent, Piece, Place, Reading

#: Messages of one answer. Milliseconds by which our clock and Slack's may differ: more, and no event is believed.
MOST, SKEW = 15, 300_000
#: Requests of one look back, and threads of one direct message.
REQUESTS, THREADS = 12, 5

Call = Callable[[str, Mapping[str, str | int]], Awaitable[Answer | Failed]]
Turn = Callable[[str], Awaitable[None]]
Options = Mapping[str, str]


class Page(Struct, frozen=True):
    """Messages as Slack shows them. `whole`: there are no more since when it was asked for."""

    messages: Sequence[Mapping[str, Any]]
    whole: bool
    #: When Slack answered, UTC ms; 0: it did not say.
    at: int = 0


async def sought(
    call: Call, channel: str, thread: str, piece: Piece, since: int, own: Options
) -> Accepted | NotSent | None:  # fmt: skip
    """The message of ours that carries the piece's mark; `thread` empty: among those that stand in no thread."""
    if piece.mark is None:
        return None
    page = await _page(call, channel, thread, oldest=since - SKEW)
    if not isinstance(page, Page):
        return None
    for one in page.messages:
        ts = one.get("ts")
        if isinstance(ts, str) and _ours(one, own) and _mark(one) == piece.mark:
            return Accepted(ts, None if thread else f"{channel}:{ts}")
    # By a clock that is ahead of Slack's we would have asked for what is still to come.
    return NotSent("not_there") if page.whole and page.at >= since else None


async def missed(
    call: Call, options: Options, since: int, places: Sequence[Place], turn: Turn
) -> AsyncIterator[Reading | Failed]:  # fmt: skip
    """What was written since then in direct messages, oldest first in each: its own posts, and what answers them."""
    left, had = REQUESTS, set[str]()
    for place in places:
        channel = (place.thread or "").partition(":")[0]
        if not channel.startswith("D") or channel in had:
            continue
        had.add(channel)
        if not left:
            yield Ambiguous("too_many")
            return
        left -= 1
        await turn("history")
        roots = await _page(call, channel, "", oldest=None)
        if not isinstance(roots, Page):
            yield roots
            return
        found = [one for one in roots.messages if _since(one, "ts", since)]
        for root in [one for one in roots.messages if _since(one, "latest_reply", since)][:THREADS]:
            if not left:
                break
            left -= 1
            await turn("seek")
            page = await _page(call, channel, str(root.get("ts")), oldest=since)
            if not isinstance(page, Page):
                yield page
                return
            found += [one for one in page.messages if _since(one, "ts", since)]
        for one in _in_order(found):
            reading = _read(one, channel, options)
            if reading.inbound or reading.receipts:
                yield reading


async def _page(call: Call, channel: str, thread: str, oldest: int | None) -> Page | Failed:
    asked: dict[str, str | int] = {"channel": channel, "limit": MOST, "include_all_metadata": 1}
    if oldest is not None:
        asked |= {"oldest": f"{max(0, oldest) / 1000:.6f}"}
    if thread:
        answer = await call("conversations.replies", asked | {"ts": thread})
    else:
        answer = await call("conversations.history", asked)
    if not isinstance(answer, Answer):
        return answer
    messages = answer.data.get("messages")
    if not isinstance(messages, list):
        return Ambiguous("no_messages")
    whole = answer.data.get("has_more") is False and not answer.text("response_metadata", "next_cursor")
    return Page([one for one in messages if isinstance(one, dict)], whole, _answered(answer.headers))


def _answered(headers: Mapping[str, str]) -> int:
    try:
        return round(parsedate_to_datetime(headers.get("Date", "")).timestamp() * 1000)
    except (ValueError, TypeError, OverflowError):
        return 0


def _ours(one: Mapping[str, Any], own: Options) -> bool:
    """Any app may post metadata of any type: only what our own app posted tells of our sends."""
    names = (("user", "bot_user"), ("bot_id", "bot_id"), ("app_id", "app"))
    return any(own.get(option) and one.get(name) == own[option] for name, option in names)


def _mark(one: Mapping[str, Any]) -> tuple[str, str, int] | None:
    metadata = one.get("metadata")
    if not isinstance(metadata, dict) or metadata.get("event_type") != wire.OURS:
        return None
    try:
        mark = msgspec.convert(metadata.get("event_payload"), Mark)
    except msgspec.ValidationError:
        return None
    return mark.conversation, mark.message, mark.piece


def _since(one: Mapping[str, Any], name: str, since: int) -> bool:
    at = _at(one.get(name))
    return at is not None and at >= since


def _at(ts: object) -> int | None:
    """A ts in UTC milliseconds; None: it is none."""
    try:
        return int(float(ts) * 1000) if isinstance(ts, str) else None
    except (ValueError, OverflowError):
        return None


def _in_order(found: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Each once, oldest first: a thread's answers come with the message that they answer."""
    by_ts = {str(one.get("ts")): one for one in found}
    # Of one second the part behind the point decides, which has six digits.
    return [by_ts[ts] for ts in sorted(by_ts, key=lambda ts: (int(float(ts)), ts))]


def _read(one: Mapping[str, Any], channel: str, options: Options) -> Reading:
    """A message of the history, read as the event that told of it."""
    event = {**one, "type": "message", "channel": channel, "channel_type": "im"}
    payload = {"type": "event_callback", "team_id": options.get("team"), "event_id": "history", "event": event}
    try:
        reading = wire.read_payload(msgspec.json.encode(payload), options)
    except (ValueError, TypeError, RecursionError):
        return Reading()
    at = _at(one.get("ts"))
    return replace(reading, inbound=tuple(replace(inbound, at=at) for inbound in reading.inbound))
