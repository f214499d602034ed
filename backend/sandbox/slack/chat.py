"""chat.postMessage, chat.update, chat.delete."""

from typing import Any

from msgspec.structs import replace

from sandbox.slack import told
from sandbox.slack.call import MAX_TEXT, MAX_UPDATE, Call, Done, Refused, message_body
from sandbox.slack.facts import Change, Channel, ChannelKnown, Message, Posted, SessionSet


def post(call: Call) -> Done:
    """A new message. A text over the limit is cut off, Markdown over its limit is refused."""
    channel, opened = _place(call)
    text, markdown, blocks = call.words("text"), call.markdown(), call.blocks()
    if markdown and (text or blocks):
        raise Refused("markdown_text_conflict")
    if not (text or markdown or blocks or call.args.get("attachments")):
        raise Refused("no_text")
    message = Message(
        channel=channel.id,
        ts=call.state.next_ts(call.wall),
        user=call.app.bot_user,
        app=call.app.id,
        text=markdown or text[:MAX_TEXT],
        markdown=bool(markdown),
        thread_ts=root(call, channel, call.ts("thread_ts", "invalid_arguments")),
        blocks=blocks,
        metadata=call.metadata(),
    )
    body = {"ok": True, "channel": channel.id, "ts": message.ts, "message": message_body(message, call.state)}
    return Done(body, (*opened, Posted(message), *quiet(call, message)), told.posted(call.state, channel, message))


def update(call: Call) -> Done:
    """Another text for a message of the app's own. What streams cannot be edited."""
    channel = call.channel()
    old = _own(call, channel, "cant_update_message")
    if channel.archived:
        raise Refused("is_inactive")
    text, markdown, blocks = call.words("text"), call.markdown(), call.blocks()
    if markdown and (text or blocks):
        raise Refused("markdown_text_conflict")
    if not (text or markdown or blocks):
        raise Refused("no_text")
    if len(text) > MAX_UPDATE:
        raise Refused("msg_too_long")
    if call.state.streams_on(old, call.now):
        raise Refused("streaming_state_conflict")
    ts = call.state.next_ts(call.wall)
    new = replace(
        old,
        text=markdown or text,
        markdown=bool(markdown),
        blocks=blocks,
        edited=ts,
        metadata=call.metadata() if call.args.get("metadata") is not None else old.metadata,
        streaming="completed" if old.streaming else None,
    )
    body: dict[str, Any] = {"ok": True, "channel": channel.id, "ts": new.ts, "text": new.text}
    body["message"] = message_body(new, call.state)
    return Done(body, (Posted(new),), told.changed(call.state, channel, old, new, ts))


def delete(call: Call) -> Done:
    """A message of the app's own is gone."""
    channel = call.channel()
    old = _own(call, channel, "cant_delete_message")
    new = replace(old, deleted=True, streaming="completed" if old.streaming else None)
    events = told.changed(call.state, channel, old, new, call.state.next_ts(call.wall))
    return Done({"ok": True, "channel": channel.id, "ts": old.ts}, (Posted(new),), events)


def root(call: Call, channel: Channel, thread_ts: str | None) -> str | None:
    """The thread's root: an answer to a reply joins the reply's thread. A root may be older than what is kept."""
    found = call.state.messages.get((channel.id, thread_ts or ""))
    return thread_ts if found is None else found.thread_ts or found.ts


def quiet(call: Call, message: Message) -> tuple[Change, ...]:
    """A line of text under a thread goes when the app writes there."""
    session = call.state.sessions.get((message.channel, message.thread_ts or ""))
    return (SessionSet(replace(session, text="", until=0.0)),) if session is not None and session.text else ()


def _own(call: Call, channel: Channel, foreign: str) -> Message:
    ts = call.ts("ts", "message_not_found")
    found = call.state.messages.get((channel.id, ts or ""))
    if found is None or found.deleted:
        raise Refused("message_not_found")
    if found.app != call.app.id:
        raise Refused(foreign)
    return found


def _place(call: Call) -> tuple[Channel, tuple[ChannelKnown, ...]]:
    """Where to post; a person's id opens the direct messages with them."""
    person = call.state.people.get(call.words("channel"))
    if person is None or person.team != call.app.team.id:
        return call.room(call.channel()), ()
    channel = call.state.direct(call.app, person)
    return channel, (() if channel.id in call.state.channels else (ChannelKnown(channel),))
