"""What people do in Slack: write, and press stop."""

import html
import re
import secrets
from typing import Any

from msgspec.structs import replace

from sandbox.slack import told
from sandbox.slack.call import MAX_TEXT, TS, Done
from sandbox.slack.facts import App, Channel, ChannelKnown, Message, Person, Posted
from sandbox.slack.workspace import Workspace

_NAMED = re.compile(r"<@([UW][A-Z0-9_]+)>")


def say(
    state: Workspace, user: str, text: str, wall: float, *, channel: str | None = None, thread_ts: str | None = None,
    app: str | None = None, mention: bool = False,
) -> Done | str:  # fmt: skip
    """A person writes; a code where that cannot be. Text comes as typed and is kept as Slack keeps it: escaped."""
    person = state.people.get(user)
    if person is None:
        return "user_not_found"
    place = _place(state, person, channel, app)
    if isinstance(place, str):
        return place
    if not text.strip():
        return "no_text"
    if thread_ts is not None and not TS.match(thread_ts):
        return "invalid_thread_ts"
    words = text[:MAX_TEXT].replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    if mention and (bot := _bot(state, place, app)) is not None:
        words = f"<@{bot.bot_user}> {words}"
    above = state.messages.get((place.id, thread_ts or ""))
    message = Message(
        channel=place.id, ts=state.next_ts(wall), user=user, text=words, client_msg_id=secrets.token_hex(16),
        thread_ts=thread_ts if above is None else above.thread_ts or above.ts,
    )  # fmt: skip
    opened = () if place.id in state.channels else (ChannelKnown(place),)
    body: dict[str, Any] = {"ok": True, "ts": message.ts, "channel": place.id}
    return Done(body, (*opened, Posted(message)), told.posted(state, place, message))


def stop(
    state: Workspace, channel: str, thread_ts: str, user: str | None, now: float, wall: float
) -> Done | str:  # fmt: skip
    """A person presses stop in a thread: what streams there ends, and the app hears of it."""
    place = state.channels.get(channel)
    if place is None:
        return "channel_not_found"
    streams = [
        m for m in state.streams()
        if m.channel == channel and thread_ts in {m.thread_ts, m.ts} and state.streams_on(m, now)
    ]  # fmt: skip
    presser = user or place.person
    names = [m.ts for m in streams]
    changes = tuple(Posted(replace(m, streaming="completed", stopped=True)) for m in streams)
    events = told.stopped(state, place, thread_ts, presser, names, state.next_ts(wall))
    return Done({"ok": True, "stopped": names}, changes, events)


def plain(text: str, state: Workspace) -> str:
    """A person's message as they typed it."""

    def name(found: re.Match[str]) -> str:
        for app in state.apps.values():
            if app.bot_user == found[1]:
                return f"@{app.name}"
        person = state.people.get(found[1])
        return f"@{person.name}" if person is not None else found[0]

    return html.unescape(_NAMED.sub(name, text))


def _place(state: Workspace, person: Person, channel: str | None, app: str | None) -> Channel | str:
    if channel is not None:
        found = state.channels.get(channel)
        if found is None or found.team != person.team:
            return "channel_not_found"
        return found if person.id in found.members else "not_in_channel"
    for one in state.apps.values():
        if one.team.id == person.team and app in {None, one.id}:
            return state.direct(one, person)
    return "app_not_found"


def _bot(state: Workspace, channel: Channel, app: str | None) -> App | None:
    return next((one for one in state.app_in(channel) if app in {None, one.id}), None)
