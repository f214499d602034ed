"""What Slack sends, taken apart: bytes and the account's settings in, a Reading out. Pure, and nothing raises.

Whoever is not Slack is Unverified. What Slack signed and we do not understand is quarantined with a code and answered
200, so that Slack does not repeat it for hours. Retries (`X-Slack-Retry-Num`) are read like any: the first delivery
may never have arrived, and keys are logical, so a message that comes three times is one.
"""

import re
from collections.abc import Mapping
from urllib.parse import parse_qs

import msgspec

from throughline.channels.slack.plain import plain
from throughline.channels.slack.shapes import (
    Interaction,
    Mark,
    MessageEvent,
    Metadata,
    MetadataEvent,
    Outer,
    RevokedEvent,
    StoppedEvent,
    Typed,
)
from throughline.channels.slack.signature import unverified
from throughline.conversation.channel import Address, Halt, Inbound, RawRequest, Reading, Receipt, Reply, Unverified
from throughline.conversation.ids import ConversationId, MessageId

#: Our metadata's event type: what a send of ours comes back with.
OURS = "throughline_message"
#: The action id of a stop button of ours, where Slack has none of its own.
STOP = "throughline_stop"
#: Bytes of one request; Slack's own are far below.
MOST = 1_048_576
_CHALLENGE = 1_000
_FILES = 10
_FILE_NAME = 200
_NAME = 200

Options = Mapping[str, str]

_ID = re.compile(r"[A-Za-z0-9]{1,64}", re.ASCII)
_TS = re.compile(r"[0-9]{1,20}\.[0-9]{1,12}", re.ASCII)
_UNREADABLE = (msgspec.MsgspecError, UnicodeError, RecursionError, ValueError)

#: A message in these is a message; every other subtype is about one (`message_changed`), or not a person's.
_SPOKEN = frozenset({None, "file_share", "thread_broadcast", "me_message"})
#: Events that we ask for or that come along, and that say nothing to a conversation.
_QUIET = frozenset(
    {
        "app_home_opened", "app_context_changed", "assistant_thread_started", "assistant_thread_context_changed",
        "message_metadata_updated", "message_metadata_deleted", "member_joined_channel", "member_left_channel",
    }
)  # fmt: skip

_outer = msgspec.json.Decoder(Outer)
_typed = msgspec.json.Decoder(Typed)
_message = msgspec.json.Decoder(MessageEvent)
_metadata = msgspec.json.Decoder(MetadataEvent)
_stopped = msgspec.json.Decoder(StoppedEvent)
_revoked = msgspec.json.Decoder(RevokedEvent)
_interaction = msgspec.json.Decoder(Interaction)
_mark = msgspec.json.Decoder(Mark)


class _Unknown(ValueError):  # noqa: N818 - what Slack sent is no error of ours
    """Not understood; its text is the code of the quarantine."""


def read(request: RawRequest, secret: str, options: Options, now: int) -> Reading | Unverified:
    """A webhook: verified over its very bytes, then taken apart. `now` in UTC milliseconds."""
    if len(request.body) > MOST:
        return Unverified("too_big")
    reason = unverified(request.headers, request.body, secret, now)
    if reason is not None:
        return Unverified(reason)
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/x-www-form-urlencoded":
        return read_payload(request.body, options)
    try:
        payloads = parse_qs(request.body.decode(), max_num_fields=64).get("payload", [])
    except _UNREADABLE:
        return Reading(quarantine="unreadable")
    return read_payload(payloads[0].encode(), options) if len(payloads) == 1 else Reading(quarantine="unknown_form")


def read_payload(payload: bytes, options: Options) -> Reading:
    """A payload whose sender is proved: by its signature, or by the socket that it came in on."""
    try:
        kind = _typed.decode(payload).type
        if kind == "event_callback" or kind in _HANDSHAKES:
            return _request(_outer.decode(payload), options)
        return _clicked(_interaction.decode(payload), options)
    except _Unknown as unknown:
        return Reading(quarantine=str(unknown))
    except _UNREADABLE:
        return Reading(quarantine="unreadable")


_HANDSHAKES = frozenset({"url_verification", "app_rate_limited"})


def _request(outer: Outer, options: Options) -> Reading:
    if outer.type == "url_verification":
        if not 0 < len(outer.challenge) <= _CHALLENGE:
            raise _Unknown("bad_challenge")
        return Reading(reply=Reply(body=outer.challenge.encode()))
    if outer.type == "app_rate_limited":
        raise _Unknown("app_rate_limited")
    if isinstance(outer.event, msgspec.UnsetType):
        raise _Unknown("no_event")
    team = _team(outer, options)
    event = bytes(outer.event)
    match _typed.decode(event).type:
        case "message" | "app_mention":
            return _said(_message.decode(event), team, _own(outer, options), options)
        case "message_metadata_posted":
            return _posted(_metadata.decode(event), outer, options)
        case "agent_session_stopped":
            stopped = _stopped.decode(event)
            _check_id(outer.event_id)
            return Reading(halts=(Halt(f"event:{outer.event_id}", _place(stopped.channel, stopped.thread_ts)),))
        case "tokens_revoked":
            # People may take back their own tokens; only our bot's ends the connection.
            return Reading(ended="tokens_revoked") if _revoked.decode(event).tokens.bot else Reading()
        case "app_uninstalled":
            return Reading(ended="app_uninstalled")
        case kind if kind in _QUIET:
            return Reading()
        case _:
            raise _Unknown("unknown_event")


def _team(outer: Outer, options: Options) -> str:
    """The workspace it came for. In a shared channel the outer `team_id` may be another company's."""
    authorized = outer.authorizations[0].team_id if outer.authorizations else None
    return _checked_team(authorized or outer.team_id, options)


def _checked_team(team: str | None, options: Options) -> str:
    if not team:
        raise _Unknown("no_team")
    _check_id(team)
    if options.get("team", team) not in {team, ""}:
        raise _Unknown("other_team")
    return team


def _own(outer: Outer, options: Options) -> frozenset[str]:
    """Our bot's user ids: what was set, and whom Slack names as the one it told."""
    told = {a.user_id for a in outer.authorizations or () if a.is_bot and a.user_id}
    return frozenset({options.get("bot_user", ""), *told} - {""})


def _said(event: MessageEvent, team: str, own: frozenset[str], options: Options) -> Reading:
    if event.user in own or (event.bot_id and event.bot_id == options.get("bot_id")):
        receipt = _receipt(event.metadata, event.channel, event.ts, event.thread_ts)
        return Reading(receipts=(receipt,) if receipt else ())
    if event.hidden or event.subtype not in _SPOKEN or event.bot_id or not event.user:
        return Reading()
    if event.user.startswith("USLACK"):
        return Reading()
    _check_id(event.user)
    thread = _place(event.channel, event.thread_ts or event.ts)
    direct = event.channel_type in {"im", "app_home"} or event.channel.startswith("D")
    mentioned = _mentioned(event.text or "", own)
    answers = event.thread_ts is not None and event.thread_ts != event.ts
    asked = direct or mentioned is not None or event.type == "app_mention"
    if not asked and not answers:
        # Two people talk in a channel that we happen to be in.
        return Reading()
    text = _text(event, None if direct else mentioned)
    if not text:
        return Reading()
    inbound = Inbound(
        key=f"{team}:{event.channel}:{_checked_ts(event.ts)}",
        sender=Address(f"{team}/{event.user}", _name(event)),
        text=text,
        thread=thread,
        answers=answers,
        group=not direct,
        overheard=not asked,
    )
    return Reading(inbound=(inbound,))


def _mentioned(text: str, own: frozenset[str]) -> str | None:
    """Which of our ids is called by name in it."""
    return next((user for user in sorted(own) if f"<@{user}>" in text or f"<@{user}|" in text), None)


def _text(event: MessageEvent, own: str | None) -> str:
    written = event.text or ""
    # A mention with nothing beside it is still a call: then it stays.
    text = plain(written, own) or plain(written)
    if text.strip() or not event.files:
        return text if text.strip() else ""
    names = [plain(f.name or "")[:_FILE_NAME] or "file" for f in event.files[:_FILES]]
    return "\n".join(f"[file: {name}]" for name in names)


def _name(event: MessageEvent) -> str:
    profile = event.user_profile
    return plain((profile.display_name or profile.real_name or "") if profile else "")[:_NAME]


def _posted(event: MetadataEvent, outer: Outer, options: Options) -> Reading:
    """Any app may post metadata of any type: only what our own app posted tells what became of our sends."""
    ours = (
        event.user_id in _own(outer, options)
        or (event.bot_id and event.bot_id == options.get("bot_id"))
        or (event.app_id and event.app_id == outer.api_app_id)
    )
    receipt = _receipt(event.metadata, event.channel_id, event.message_ts, event.thread_ts) if ours else None
    return Reading(receipts=(receipt,) if receipt else ())


def _receipt(metadata: Metadata | None, channel: str, ts: str, thread_ts: str | None) -> Receipt | None:
    if metadata is None or metadata.event_type != OURS or isinstance(metadata.event_payload, msgspec.UnsetType):
        return None
    mark = _mark.decode(metadata.event_payload)
    if not mark.conversation or not mark.message:
        return None
    return Receipt(
        state="accepted",
        conversation=ConversationId(mark.conversation),
        message=MessageId(mark.message),
        remote=_checked_ts(ts),
        thread=_place(channel, thread_ts or mark.thread or ts),
    )


def _clicked(click: Interaction, options: Options) -> Reading:
    if click.type != "block_actions":
        raise _Unknown("unknown_type" if not click.type else "unknown_interaction")
    _checked_team(click.team.id if click.team else options.get("team"), options)
    pressed = next((action for action in click.actions if action.action_id == STOP), None)
    if pressed is None:
        raise _Unknown("unknown_action")
    where = click.container
    _check_id(click.user.id)
    key = f"action:{_checked_ts(where.message_ts)}:{STOP}:{click.user.id}:{_checked_ts(pressed.action_ts)}"
    return Reading(halts=(Halt(key, _place(where.channel_id, where.thread_ts or where.message_ts)),))


def _place(channel: str, ts: str) -> str:
    """A thread of ours: `D1:1717171717.000100`."""
    _check_id(channel)
    return f"{channel}:{_checked_ts(ts)}"


def _check_id(value: str) -> None:
    if not _ID.fullmatch(value):
        raise _Unknown("bad_id")


def _checked_ts(value: str) -> str:
    if not _TS.fullmatch(value):
        raise _Unknown("bad_ts")
    return value
