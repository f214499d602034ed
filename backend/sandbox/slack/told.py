"""What apps are told of a change: events, by who is there to hear them."""

from typing import Any

from sandbox.slack.call import message_body
from sandbox.slack.facts import App, Channel, Delivery, Message, Told
from sandbox.slack.workspace import Workspace


def posted(state: Workspace, channel: Channel, message: Message) -> tuple[Told, ...]:
    """A message is there: `message`, `app_mention` for a bot that is named in a channel, and its metadata."""
    body = {**message_body(message, state), **_where(channel), "event_ts": message.ts}
    found = []
    for app in state.app_in(channel):
        own = message.app == app.id
        found.append(Told(app.id, body, own))
        if channel.kind != "im" and not own and f"<@{app.bot_user}>" in message.text:
            named = {k: v for k, v in body.items() if k != "channel_type"}
            found.append(Told(app.id, {**named, "type": "app_mention"}))
    return (*found, *metadata(state, channel, message, "posted"))


def changed(state: Workspace, channel: Channel, old: Message, new: Message, ts: str) -> tuple[Told, ...]:
    """A message says something else, or is gone."""
    event: dict[str, Any] = {"type": "message", "hidden": True, "ts": ts, "event_ts": ts, **_where(channel)}
    event["previous_message"] = message_body(old, state)
    if new.deleted:
        event |= {"subtype": "message_deleted", "deleted_ts": new.ts}
    else:
        event |= {"subtype": "message_changed", "message": message_body(new, state)}
    found = tuple(Told(app.id, event, new.app == app.id) for app in state.app_in(channel))
    if new.deleted or new.metadata is None or new.metadata == old.metadata:
        return found
    return (*found, *metadata(state, channel, new, "posted" if old.metadata is None else "updated", old))


def metadata(
    state: Workspace, channel: Channel, message: Message, what: str, old: Message | None = None
) -> tuple[Told, ...]:
    """A message with metadata was posted, or has other metadata."""
    poster = state.apps.get(message.app) if message.app is not None else None
    if message.metadata is None or poster is None:
        return ()
    event: dict[str, Any] = {
        "type": f"message_metadata_{what}", "app_id": poster.id, "bot_id": poster.bot_id, "user_id": poster.bot_user,
        "team_id": channel.team, "channel_id": channel.id, "metadata": message.metadata, "message_ts": message.ts,
        "event_ts": message.ts,
    }  # fmt: skip
    if old is not None and old.metadata is not None:
        event["previous_metadata"] = old.metadata
    return tuple(Told(app.id, event, poster.id == app.id) for app in state.app_in(channel))


def stopped(
    state: Workspace, channel: Channel, thread_ts: str, user: str, streams: list[str], ts: str
) -> tuple[Told, ...]:
    """The person has pressed the stop button."""
    event = {
        "type": "agent_session_stopped", "channel": channel.id, "thread_ts": thread_ts, "user": user, "event_ts": ts,
        "streaming_message_ts": streams,
    }  # fmt: skip
    return tuple(Told(app.id, event) for app in state.app_in(channel))


def revoked(app: App, ts: str) -> tuple[Told, ...]:
    """The app's token is worth nothing any more."""
    event = {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [app.bot_user]}, "event_ts": ts}
    return (Told(app.id, event), Told(app.id, {"type": "app_uninstalled", "event_ts": ts}))


def owed(app: App, told: Told, event_id: str, wall: float, due: float) -> Delivery:
    """The event in its envelope, as it goes out and is kept until it has arrived."""
    person = {
        "enterprise_id": None, "team_id": app.team.id, "user_id": app.bot_user, "is_bot": True,
        "is_enterprise_install": False,
    }  # fmt: skip
    body = {
        "token": "sandbox", "team_id": app.team.id, "context_team_id": app.team.id, "context_enterprise_id": None,
        "api_app_id": app.id, "event": told.event, "type": "event_callback", "event_id": event_id,
        "event_time": int(wall), "authorizations": [person], "is_ext_shared_channel": False,
        "event_context": f"4-{event_id}",
    }  # fmt: skip
    return Delivery(event_id, app.id, body, due)


def _where(channel: Channel) -> dict[str, str]:
    return {"channel": channel.id, "channel_type": channel.kind}
