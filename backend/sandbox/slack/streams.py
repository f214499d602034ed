"""chat.startStream, chat.appendStream, chat.stopStream: text that appears while it is written.

A stream dies five minutes after its start however steadily it is fed, holds 12,000 characters in all (no page says
so; the real API answers `msg_too_long`), and can be stopped by the person.
"""

from typing import Any

import msgspec
from msgspec.structs import replace

from sandbox.slack import told
from sandbox.slack.call import MAX_MARKDOWN, Call, Done, Refused, checked_blocks, message_body
from sandbox.slack.chat import root
from sandbox.slack.facts import Added, Message, Posted, Session, SessionSet

_TASK = frozenset({"pending", "in_progress", "complete", "error"})
STATUSES = frozenset({"active", "processing", "suspended", "closed"})
_STATUS_LEFT = "active"


def start(call: Call) -> Done:
    """A stream opens in a thread, and its session is `processing`."""
    channel = call.room(call.channel())
    if channel.kind != "im":
        if not call.words("recipient_team_id"):
            raise Refused("missing_recipient_team_id")
        if not call.words("recipient_user_id"):
            raise Refused("missing_recipient_user_id")
        if call.words("recipient_user_id") not in call.state.people:
            raise Refused("user_not_found")
    text, tasks, blocks = _pieces(call)
    message = Message(
        channel=channel.id,
        ts=call.state.next_ts(call.wall),
        user=call.app.bot_user,
        app=call.app.id,
        text=text,
        markdown=True,
        thread_ts=root(call, channel, call.ts("thread_ts", "invalid_arguments")),
        tasks=tasks or None,
        blocks=blocks or None,
        streaming="in_progress",
        began=call.now,
    )
    session = _session(call, message, "processing")
    body = {"ok": True, "channel": channel.id, "ts": message.ts}
    return Done(body, (Posted(message), SessionSet(session)), told.posted(call.state, channel, message))


def append(call: Call) -> Done:
    """More of it."""
    message = _streaming(call)
    text, tasks, blocks = _pieces(call)
    if not (text or tasks or blocks or call.structured("chunks", "invalid_chunks")):
        raise Refused("no_text")
    tasks = _fits(message, text, tasks)
    body = {"ok": True, "channel": message.channel, "ts": message.ts}
    if blocks:
        whole = checked_blocks([*(message.blocks or []), *blocks])
        new = replace(message, text=message.text + text, tasks=tasks or None, blocks=whole)
        return Done(body, (Posted(new),))
    return Done(body, (Added(message.channel, message.ts, text, tasks or None),))


def stop(call: Call) -> Done:
    """The last of it. The message stands from now on, with its blocks and its metadata."""
    message = _streaming(call)
    text, tasks, blocks = _pieces(call)
    tasks = _fits(message, text, tasks)
    status = call.words("session_status")
    if status and status not in STATUSES:
        raise Refused("invalid_status")
    new = replace(
        message,
        text=message.text + text,
        tasks=tasks or None,
        blocks=[*(message.blocks or []), *blocks, *(call.blocks() or [])] or None,
        metadata=call.metadata(),
        streaming="completed",
    )
    channel = call.state.channels[message.channel]
    ts = call.state.next_ts(call.wall)
    body = {"ok": True, "channel": channel.id, "ts": new.ts, "message": message_body(new, call.state)}
    changes = (Posted(new), SessionSet(_session(call, new, status or _STATUS_LEFT)))
    return Done(body, changes, told.changed(call.state, channel, message, new, ts))


def _session(call: Call, message: Message, status: str) -> Session:
    """The thread's session, its line of text gone: the app has written."""
    key = (message.channel, message.thread_ts or message.ts)
    found = call.state.sessions.get(key) or Session(*key, call.app.id)
    return replace(found, status=status, text="", until=0.0)


def _streaming(call: Call) -> Message:
    channel = call.room(call.channel())
    ts = call.ts("ts", "message_not_found")
    message = call.state.messages.get((channel.id, ts or ""))
    if message is None or message.deleted:
        raise Refused("message_not_found")
    if message.app != call.app.id:
        raise Refused("message_not_owned_by_app")
    if message.stopped:
        raise Refused("stopped_by_user")
    if not call.state.streams_on(message, call.now):
        raise Refused("message_not_in_streaming_state")
    return message


def _fits(message: Message, text: str, tasks: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """All steps, if they and the whole text fit into one message: a stream's cards count against its limit, too."""
    steps = {**(message.tasks or {}), **tasks}
    cards = len(msgspec.json.encode(steps)) if steps else 0
    if len(message.text) + len(text) + cards > MAX_MARKDOWN:
        raise Refused("msg_too_long")
    return steps


def _pieces(call: Call) -> tuple[str, dict[str, dict[str, Any]], list[Any]]:
    """The text, the steps by id and the blocks of a call: `markdown_text`, or `chunks`."""
    text = call.markdown()
    chunks = call.structured("chunks", "invalid_chunks")
    if chunks is None:
        return text, {}, []
    if text or not isinstance(chunks, list):
        raise Refused("invalid_arguments" if text else "invalid_chunks")
    tasks: dict[str, dict[str, Any]] = {}
    blocks: list[Any] = []
    for chunk in chunks:
        match chunk:
            case {"type": "markdown_text", "text": str(more)}:
                text += more
            case {"type": "task_update", "id": str(name), "title": str(), "status": str(status)} if status in _TASK:
                tasks[name] = {k: v for k, v in chunk.items() if k != "type"}
            case {"type": "plan_update", "title": str()}:
                pass
            case {"type": "blocks", "blocks": list(more)}:
                blocks += checked_blocks(more)
            case _:
                raise Refused("invalid_chunks")
    if len(text) > MAX_MARKDOWN:
        raise Refused("msg_too_long")
    return text, tasks, blocks
