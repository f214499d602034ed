"""The Web API: every method that this stand-in knows, by its name."""

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from sandbox.slack import chat, streams, told
from sandbox.slack.call import Call, Done, Refused, message_body
from sandbox.slack.facts import App, AppKnown, Channel, ChannelKnown, Message, Session, SessionSet
from sandbox.slack.published import COMMON, METHODS

#: Seconds that a line of text stands under a thread, and messages in one answer, at most.
STATUS_LIFE = 120.0
MAX_PAGE, MAX_PAGE_DISTRIBUTED = 999, 15
_OK: dict[str, Any] = {"ok": True}


def answer(method: str, call: Call) -> Done | Refused:
    """What the method does and says. Nothing is changed here: the changes are in what comes back."""
    try:
        return _METHODS[method](call)
    except Refused as refused:
        answered = refused
    # A code that Slack does not publish for the method would be a mistake of ours.
    assert answered.code in METHODS[method].errors | COMMON, f"{method} must not answer {answered.code}"
    return answered


def _api_test(call: Call) -> Done:
    if (wanted := call.words("error")) and wanted in COMMON:
        raise Refused(wanted)
    return Done({"ok": True, "args": call.args})


def _auth_test(call: Call) -> Done:
    app = call.app
    return Done({
        "ok": True, "url": f"https://{app.team.id.lower()}.slack.com/", "team": app.team.name, "user": app.name,
        "team_id": app.team.id, "user_id": app.bot_user, "bot_id": app.bot_id, "app_id": app.id,
        "is_enterprise_install": False,
    })  # fmt: skip


def _auth_revoke(call: Call) -> Done:
    if call.yes("test"):
        return Done({"ok": True, "revoked": False})
    events = told.revoked(call.app, call.state.next_ts(call.wall))
    return Done({"ok": True, "revoked": True}, (AppKnown(replace(call.app, revoked=True)),), events)


def _open(call: Call) -> Done:
    if call.words("channel"):
        return _opened(call, call.channel())
    names = [name for name in call.words("users").split(",") if name]
    if not names:
        raise Refused("users_list_not_supplied")
    person = call.state.people.get(names[0])
    if len(names) != 1 or person is None or person.team != call.app.team.id:
        raise Refused("user_not_found")
    return _opened(call, call.state.direct(call.app, person))


def _opened(call: Call, channel: Channel) -> Done:
    there = channel.id in call.state.channels
    shown = _channel(channel, call.app) if call.yes("return_im") else {"id": channel.id}
    body = {"ok": True, "channel": shown} | ({"no_op": True, "already_open": True} if there else {})
    return Done(body, () if there else (ChannelKnown(channel),))


def _info(call: Call) -> Done:
    return Done({"ok": True, "channel": _channel(call.channel(), call.app)})


def _channel(channel: Channel, app: App) -> dict[str, Any]:
    body: dict[str, Any] = {
        "id": channel.id, "is_im": channel.kind == "im", "is_channel": channel.kind == "channel", "is_group": False,
        "is_mpim": False, "is_archived": channel.archived, "is_org_shared": False, "context_team_id": channel.team,
    }  # fmt: skip
    if channel.kind == "im":
        return {**body, "user": channel.person, "is_open": True}
    there = app.bot_user in channel.members
    return {**body, "name": channel.name, "name_normalized": channel.name, "is_member": there, "is_private": False}


def _user(call: Call) -> Done:
    name, team = call.words("user"), call.app.team.id
    person = call.state.people.get(name)
    bots = {app.bot_user: app for app in call.state.apps.values() if app.team.id == team}
    if name in bots:
        shown, bot = bots[name].name, True
    elif person is not None and person.team == team:
        shown, bot = person.name, False
    else:
        raise Refused("user_not_found")
    profile = {"real_name": shown, "display_name": shown.split()[0] if shown else name}
    user = {
        "id": name, "team_id": team, "name": shown.lower().replace(" ", "."), "real_name": shown, "deleted": False,
        "is_bot": bot, "profile": profile, "tz": "Etc/UTC", "tz_offset": 0,
    }  # fmt: skip
    return Done({"ok": True, "user": user})


def _history(call: Call) -> Done:
    channel = call.channel()
    if call.app.bot_user not in channel.members:
        raise Refused("not_in_channel")
    found = [m for m in call.state.messages.values() if m.channel == channel.id and not m.deleted and not m.thread_ts]
    return _page(call, sorted(found, key=lambda m: m.ts, reverse=True))


def _replies(call: Call) -> Done:
    channel = call.channel()
    if call.app.bot_user not in channel.members:
        raise Refused("not_in_channel")
    ts = call.ts("ts", "thread_not_found")
    found = call.state.thread(channel.id, ts) if ts else []
    if not found:
        raise Refused("thread_not_found")
    return _page(call, found)


def _page(call: Call, found: list[Message]) -> Done:
    oldest, latest = call.words("oldest"), call.words("latest")
    kept = [m for m in found if (not oldest or m.ts > oldest) and (not latest or m.ts < latest)]
    most = MAX_PAGE_DISTRIBUTED if call.app.distributed else MAX_PAGE
    size = min(call.count("limit", most), most)
    cursor = call.words("cursor")
    if cursor and not cursor.isdecimal():
        raise Refused("invalid_cursor")
    start = int(cursor[:6] or 0)
    shown = [message_body(m, call.state) | _answered(m, call) for m in kept[start : start + size]]
    if not call.yes("include_all_metadata"):
        shown = [{k: v for k, v in body.items() if k != "metadata"} for body in shown]
    more = start + size < len(kept)
    tail = {"response_metadata": {"next_cursor": str(start + size)}} if more else {}
    return Done({"ok": True, "messages": shown, "has_more": more, **tail})


def _answered(message: Message, call: Call) -> dict[str, Any]:
    """What is said of a message that others answer in its thread."""
    replies = [m for m in call.state.thread(message.channel, message.ts) if m.ts != message.ts]
    if not replies:
        return {}
    users = list(dict.fromkeys(m.user for m in replies))
    return {
        "thread_ts": message.ts, "reply_count": len(replies), "reply_users_count": len(users), "reply_users": users[:5],
        "latest_reply": replies[-1].ts, "is_locked": False, "subscribed": True,
    }  # fmt: skip


def _session_status(call: Call) -> Done:
    channel = call.channel("channel_id")
    if call.app.bot_user not in channel.members:
        raise Refused("not_authorized")
    thread, status, title = call.ts("thread_ts", "thread_ts_required"), call.words("status"), call.words("title")
    if thread is None:
        raise Refused("thread_ts_required")
    if status not in streams.STATUSES:
        raise Refused("invalid_status")
    if len(title) > 200:
        raise Refused("invalid_arguments")
    old = _session(call, channel, thread)
    new = replace(old, status=status, title=old.title or title)
    return Done({"ok": True, "status": status, "agent_status": status, "title": new.title}, (SessionSet(new),))


def _thread_status(call: Call) -> Done:
    channel = call.channel("channel_id")
    thread = call.ts("thread_ts", "invalid_thread_ts")
    lines = call.structured("loading_messages", "invalid_arguments")
    if thread is None:
        raise Refused("invalid_thread_ts")
    if "status" not in call.args or (lines is not None and (not isinstance(lines, list) or len(lines) > 10)):
        raise Refused("invalid_arguments")
    text = call.words("status")[:1_000]
    until = call.now + STATUS_LIFE if text else 0.0
    return Done(_OK, (SessionSet(replace(_session(call, channel, thread), text=text, until=until)),))


def _prompts(call: Call) -> Done:
    """Suggested prompts; with agent_view they belong to no thread, and one that is given makes them be dropped."""
    channel = call.channel("channel_id")
    thread = call.ts("thread_ts", "invalid_thread_ts")
    given = call.structured("prompts", "invalid_arguments")
    if not isinstance(given, list) or not 0 < len(given) <= 4:
        raise Refused("invalid_arguments")
    prompts = [p for p in given if isinstance(p, dict) and isinstance(p.get("title"), str)]
    if len(prompts) != len(given) or not all(isinstance(p.get("message"), str) for p in prompts):
        raise Refused("invalid_arguments")
    if thread is not None:
        return Done(_OK)
    told_of = [{"title": p["title"], "message": p["message"]} for p in prompts]
    return Done(_OK, (SessionSet(replace(_session(call, channel, ""), prompts=told_of)),))


def _session(call: Call, channel: Channel, thread: str) -> Session:
    return call.state.sessions.get((channel.id, thread)) or Session(channel.id, thread, call.app.id)


#: apps.connections.open is the sockets' own: it needs them, not the state.
_METHODS: dict[str, Callable[[Call], Done]] = {
    "api.test": _api_test,
    "auth.test": _auth_test,
    "auth.revoke": _auth_revoke,
    "conversations.open": _open,
    "conversations.info": _info,
    "conversations.history": _history,
    "conversations.replies": _replies,
    "users.info": _user,
    "chat.postMessage": chat.post,
    "chat.update": chat.update,
    "chat.delete": chat.delete,
    "chat.startStream": streams.start,
    "chat.appendStream": streams.append,
    "chat.stopStream": streams.stop,
    "agents.sessions.setStatus": _session_status,
    "assistant.threads.setStatus": _thread_status,
    "assistant.threads.setSuggestedPrompts": _prompts,
}
