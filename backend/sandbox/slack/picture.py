"""How things look in the pane. No secret is in any picture."""

from typing import Any

import msgspec

from sandbox.slack import people
from sandbox.slack.facts import App, Message, Session
from sandbox.slack.workspace import Workspace

#: Messages, and letters in them, that the pane is shown at first.
SHOWN, LETTERS = 500, 600_000


def everything(state: Workspace, now: float, sockets: dict[str, int]) -> dict[str, Any]:
    """All there is, the newest messages only, oldest first. `sockets`: how many are open, by app."""
    return {
        "apps": [app(one, sockets.get(one.id, 0)) for one in state.apps.values()],
        "people": [msgspec.to_builtins(person) for person in state.people.values()],
        "channels": [msgspec.to_builtins(channel) for channel in state.channels.values()],
        "messages": [message(one, state) for one in _newest(list(state.messages.values()))],
        "statuses": [status(session, now) for session in state.sessions.values()],
    }


def app(one: App, sockets: int) -> dict[str, Any]:
    """An app, without its tokens."""
    return {
        "id": one.id, "name": one.name, "team": msgspec.to_builtins(one.team), "bot_user": one.bot_user,
        "bot_id": one.bot_id, "socket": one.socket, "sockets": sockets, "revoked": one.revoked,
    }  # fmt: skip


def message(one: Message, state: Workspace) -> dict[str, Any]:
    """A message: a person's as they typed it, an app's as it was sent, with `format` to say how to read it."""
    poster = state.apps.get(one.app) if one.app is not None else None
    person = state.people.get(one.user)
    text = one.text if one.app is not None else people.plain(one.text, state)
    return {
        "ts": one.ts, "channel": one.channel, "thread_ts": one.thread_ts, "user": one.user,
        "name": poster.name if poster is not None else person.name if person is not None else one.user,
        "bot": one.app is not None, "text": "" if one.deleted else text,
        "format": "plain" if one.app is None else "markdown" if one.markdown else "mrkdwn",
        "streaming": one.streaming == "in_progress", "broken": one.streaming == "errored", "stopped": one.stopped,
        "edited": one.edited is not None, "deleted": one.deleted, "tasks": list((one.tasks or {}).values()),
        "metadata": one.metadata, "at": int(float(one.ts) * 1000),
    }  # fmt: skip


def status(session: Session, now: float) -> dict[str, Any]:
    """What an app shows in a thread; a line of text fades."""
    return {
        "channel": session.channel, "thread_ts": session.thread_ts, "status": session.status, "title": session.title,
        "text": session.text if session.until > now else "", "prompts": session.prompts or [],
    }  # fmt: skip


def _newest(messages: list[Message]) -> list[Message]:
    """As many of the last ones as one answer may hold."""
    found: list[Message] = []
    room = LETTERS
    for one in reversed(messages[-SHOWN:]):
        room -= len(one.text)
        if room < 0 and found:
            break
        found.append(one)
    return sorted(found, key=lambda m: m.ts)
