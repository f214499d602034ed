"""The fold: what a conversation looks like after the frames seen so far.

The same fold stands in frontend/src/live/fold.ts; both must give the same view of every transcript in
e2e/transcripts. Events are idempotent by seq and may not skip; deltas are idempotent by offset. A fold that cannot
go on says what it needs (`gap`, `snap`) instead of guessing.
"""

from typing import Literal

import msgspec
from msgspec import UNSET, Struct
from msgspec.structs import replace

from throughline.conversation import utf16
from throughline.conversation.events import (
    AuthorKind,
    Body,
    Bound,
    ChannelName,
    ConversationEnded,
    ConversationReopened,
    ConversationStarted,
    Delivery,
    DeliveryState,
    FailedOver,
    FileSettled,
    Message,
    Part,
    Purpose,
    TurnEnded,
    TurnStarted,
)

AgentState = Literal[
    "idle", "thinking", "using_tool", "streaming", "waiting_for_person", "waiting_for_review", "handed_over", "failed",
]  # fmt: skip
Status = Literal["active", "escalated", "ended"]


class MessageView(Struct, frozen=True):
    """A message as a reader sees it. `pos` is where it stands; `channel` is where it was written."""

    id: str
    seq: int
    pos: int
    at: str
    author: AuthorKind
    name: str
    purpose: Purpose
    channel: ChannelName
    text: str
    parts: tuple[Part, ...]
    stopped: bool
    turn: str | None
    reply_to: str | None
    #: Per channel, the furthest state that this message's delivery reached.
    delivery: dict[str, DeliveryState]


class OpenMessage(Struct, frozen=True):
    """A message that is being written: provisional until the log has it."""

    id: str
    turn: str
    agent: str
    attempt: int
    pos: int
    text: str
    #: A delta did not fit: the text is whole only after a snapshot.
    snap: bool


class Switch(Struct, frozen=True):
    """The talk went on elsewhere from this seq on."""

    seq: int
    at: str
    origin: ChannelName | None
    to: ChannelName
    why: str


class Hop(Struct, frozen=True):
    """A message did not get through on one channel and went by another. It may be told before the message is whole."""

    message: str
    seq: int
    at: str
    origin: ChannelName
    to: ChannelName
    reason: str
    #: The first one had taken it, and could not deliver it after all.
    late: bool = False
    #: It waits there for the end of quiet hours.
    until: str | None = None


class View(Struct, frozen=True):
    """A conversation as one reader sees it. `gap` says that events are missing: watch again from `seq`."""

    seq: int = 0
    status: Status = "active"
    agent: AgentState = "idle"
    channel: ChannelName | None = None
    messages: tuple[MessageView, ...] = ()
    open: OpenMessage | None = None
    switches: tuple[Switch, ...] = ()
    hops: tuple[Hop, ...] = ()
    gap: bool = False


_LADDER: tuple[DeliveryState, ...] = ("pending", "sending", "streaming", "accepted", "delivered", "read")


def furthest(have: DeliveryState | None, new: DeliveryState) -> DeliveryState:
    """Receipts come late and out of order: the ladder only goes up; an end that is not on it always counts.

    What was given up and arrived after all has arrived.
    """
    if have in _LADDER and new in _LADDER and _LADDER.index(new) < _LADDER.index(have):
        return have
    return new


def on_event(view: View, seq: int, at: str, body: Body) -> View:
    """Fold one log entry in. A seq already seen changes nothing; one too far ahead sets `gap`."""
    if seq <= view.seq:
        return view
    if seq > view.seq + 1:
        return replace(view, gap=True)
    return _apply(replace(view, seq=seq, gap=False), seq, at, body)


def on_delta(view: View, message: str, attempt: int, at: int, text: str) -> View:
    """Fold provisional text in by its UTF-16 offset; what is already there is skipped."""
    now = view.open
    if now is None or now.id != message or attempt < now.attempt:
        return view
    if attempt > now.attempt:
        now = replace(now, attempt=attempt, text="", snap=False)
    have = utf16.length(now.text)
    if at > have:
        return replace(view, open=replace(now, snap=True))
    fresh = utf16.after(text, have - at)
    if not fresh:
        return replace(view, open=now)
    return replace(view, agent="streaming", open=replace(now, text=now.text + fresh))


def on_snapshot(view: View, message: str, attempt: int, text: str) -> View:
    """Take over the open message's text as it stands, unless what is here is newer."""
    now = view.open
    if now is None or now.id != message or attempt < now.attempt:
        return view
    if attempt == now.attempt and not now.snap and utf16.length(text) < utf16.length(now.text):
        return view
    agent: AgentState = "streaming" if text else view.agent
    return replace(view, agent=agent, open=replace(now, attempt=attempt, text=text, snap=False))


def _apply(view: View, seq: int, at: str, body: Body) -> View:
    match body:
        case ConversationStarted():
            return replace(view, status="active", channel=body.channel)
        case Message():
            return _message(view, seq, at, body)
        case TurnStarted():
            message = OpenMessage(
                id=body.message, turn=body.turn, agent=body.agent, attempt=body.attempt,
                pos=view.open.pos if view.open is not None and view.open.turn == body.turn else seq,
                text="", snap=False,
            )  # fmt: skip
            return replace(view, agent="thinking", open=message)
        case TurnEnded():
            still_open = view.open if view.open is not None and view.open.turn != body.turn else None
            agent: AgentState = "failed" if body.outcome == "failed" else "idle"
            return replace(view, agent=agent, open=still_open)
        case Delivery():
            told = frozenset(body.messages)
            return replace(
                view,
                messages=tuple(
                    replace(
                        m, delivery={**m.delivery, body.channel: furthest(m.delivery.get(body.channel), body.state)}
                    )
                    if m.id in told
                    else m
                    for m in view.messages
                ),
            )
        case FailedOver():
            hop = Hop(
                message=body.message, seq=seq, at=at, origin=body.origin, to=body.to, reason=body.reason,
                late=body.late, until=None if body.until is UNSET else body.until,
            )  # fmt: skip
            return replace(view, hops=(*view.hops, hop))
        case FileSettled():
            return replace(
                view, messages=tuple(_settled(m, body) if m.id == body.message else m for m in view.messages)
            )
        case Bound():
            origin = None if body.origin is UNSET else body.origin
            switches = view.switches
            if body.why != "started":
                switches = (*switches, Switch(seq=seq, at=at, origin=origin, to=body.to, why=body.why))
            return replace(view, channel=body.to, switches=switches)
        case ConversationEnded():
            return replace(view, status="ended")
        case ConversationReopened():
            return replace(view, status="active")
        case _:
            return view


def _message(view: View, seq: int, at: str, body: Message) -> View:
    shown = MessageView(
        id=body.id,
        seq=seq,
        pos=seq if body.pos is UNSET else body.pos,
        at=at,
        author=body.author.kind,
        name=body.author.name,
        purpose=body.purpose,
        channel=body.channel,
        text=body.text,
        parts=body.parts,
        stopped=body.stopped,
        turn=None if body.turn is UNSET else body.turn,
        reply_to=None if body.reply_to is UNSET else body.reply_to,
        delivery={},
    )
    messages = view.messages
    place = len(messages)
    while place and messages[place - 1].pos > shown.pos:
        place -= 1
    still_open = view.open if view.open is not None and view.open.id != body.id else None
    return replace(view, messages=(*messages[:place], shown, *messages[place:]), open=still_open)


def _settled(message: MessageView, body: FileSettled) -> MessageView:
    """What came is what it proved to be; of what did not come, only what was announced is known."""
    return replace(message, parts=tuple(_part(p, body) if p.id == body.file else p for p in message.parts))


def _part(part: Part, body: FileSettled) -> Part:
    if body.state == "refused":
        return replace(part, state="refused", reason=body.reason)
    return replace(
        part, state="ready", type=part.type if body.type is UNSET else body.type, name=body.name or part.name,
        media_type=body.media_type or part.media_type, size=body.size,
        transcript=part.transcript if body.transcript is UNSET else body.transcript,
    )  # fmt: skip


def as_json(view: View) -> bytes:
    """The view in the form that transcripts expect of both folds."""
    return msgspec.json.format(msgspec.json.encode(view), indent=1)
