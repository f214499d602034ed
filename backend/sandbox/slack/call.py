"""One call of a Web API method: what it was given, checked the way Slack checks it."""

import re
from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import Struct

from sandbox.slack.facts import App, Change, Channel, Message, Told
from sandbox.slack.workspace import Workspace

#: Characters: of Markdown in one call, of an update's text, of a post's text (the rest is cut off), of all blocks.
MAX_MARKDOWN, MAX_UPDATE, MAX_TEXT, MAX_BLOCKS_TEXT = 12_000, 4_000, 40_000, 13_200
MAX_BLOCKS = 50
MAX_METADATA = 16_000
TS = re.compile(r"\d{1,12}\.\d{6}\Z")


class Refused(Exception):  # noqa: N818 - an answer, not a mistake of ours
    """The method answers with this error."""

    def __init__(self, code: str, **more: Any) -> None:
        super().__init__(code)
        self.code = code
        self.more = more


class Done(Struct, frozen=True):
    """What a call answers, what it changes, and who is told."""

    body: dict[str, Any]
    changes: tuple[Change, ...] = ()
    told: tuple[Told, ...] = ()


class Call(Struct, frozen=True):
    """A call as it is worked on. `now` rules limits and streams, `wall` makes ts."""

    state: Workspace
    app: App
    args: dict[str, Any]
    now: float
    wall: float

    def words(self, name: str) -> str:
        """An argument as text; missing: empty."""
        value = self.args.get(name)
        if value is None:
            return ""
        if isinstance(value, bool | int | float):
            return str(value)
        if not isinstance(value, str):
            raise Refused("invalid_arguments")
        return value

    def yes(self, name: str) -> bool:
        """An argument as a yes or no."""
        return str(self.args.get(name, "")).lower() in {"true", "1"}

    def count(self, name: str, otherwise: int) -> int:
        """An argument as a number of things."""
        text = self.words(name)
        if not text:
            return otherwise
        if not text.isdecimal() or not 0 < int(text[:6]) <= 1_000:
            raise Refused("invalid_arguments")
        return int(text)

    def structured(self, name: str, wrong: str) -> Any:
        """An argument that is JSON, or text that holds JSON."""
        value = self.args.get(name)
        if isinstance(value, str):
            if not value:
                return None
            try:
                return msgspec.json.decode(value)
            except (msgspec.DecodeError, RecursionError):
                raise Refused(wrong) from None
        return value

    def ts(self, name: str, wrong: str) -> str | None:
        """A message's ts; missing: None."""
        text = self.words(name)
        if text and not TS.match(text):
            raise Refused(wrong)
        return text or None

    def channel(self, name: str = "channel") -> Channel:
        """A channel of the app's own workspace. Direct messages of others are not found."""
        found = self.state.channels.get(self.words(name))
        if found is None or found.team != self.app.team.id:
            raise Refused("channel_not_found")
        if found.kind == "im" and self.app.bot_user not in found.members:
            raise Refused("channel_not_found")
        return found

    def room(self, found: Channel, outside: str = "not_in_channel") -> Channel:
        """A channel where the app may write."""
        if self.app.bot_user not in found.members:
            raise Refused(outside)
        if found.archived:
            raise Refused("is_archived")
        return found

    def metadata(self) -> dict[str, Any] | None:
        """The message's metadata, as it was given."""
        found = self.structured("metadata", "invalid_metadata_format")
        if found is None or found == {}:
            return None
        if not isinstance(found, dict) or set(found) - {"event_type", "event_payload", "entities"}:
            raise Refused("invalid_metadata_format")
        if not isinstance(found.get("event_type"), str) or not isinstance(found.get("event_payload"), dict):
            raise Refused("invalid_metadata_format")
        if len(msgspec.json.encode(found)) > MAX_METADATA:
            raise Refused("metadata_too_large")
        return found

    def blocks(self) -> list[Any] | None:
        """The message's blocks, looked at from outside."""
        found = self.structured("blocks", "invalid_blocks_format")
        if found is None or found == []:
            return None
        if not isinstance(found, list):
            raise Refused("invalid_blocks_format")
        return checked_blocks(found)

    def markdown(self) -> str:
        """`markdown_text`, not over its limit."""
        text = self.words("markdown_text")
        if len(text) > MAX_MARKDOWN:
            raise Refused("msg_too_long")
        return text


def checked_blocks(found: Sequence[Any]) -> list[Any]:
    """Blocks with a type each, not too many, not too long."""
    if len(found) > MAX_BLOCKS or not all(isinstance(b, dict) and isinstance(b.get("type"), str) for b in found):
        raise Refused("invalid_blocks")
    if sum(map(_letters, found)) > MAX_BLOCKS_TEXT:
        raise Refused("msg_blocks_too_long")
    return list(found)


def _letters(part: Any) -> int:
    if isinstance(part, dict):
        return sum(len(v) if k == "text" and isinstance(v, str) else _letters(v) for k, v in part.items())
    return sum(map(_letters, part)) if isinstance(part, list) else 0


def message_body(message: Message, state: Workspace) -> dict[str, Any]:
    """A message as the API and events show it."""
    app = state.apps.get(message.app) if message.app is not None else None
    body: dict[str, Any] = {"type": "message", "user": message.user, "ts": message.ts, "text": message.text}
    if message.client_msg_id is not None:
        body["client_msg_id"] = message.client_msg_id
    if app is not None:
        body |= {"bot_id": app.bot_id, "app_id": app.id, "bot_profile": bot_profile(app)}
    if (channel := state.channels.get(message.channel)) is not None:
        body["team"] = channel.team
    if message.thread_ts is not None:
        body["thread_ts"] = message.thread_ts
        if (root := state.messages.get((message.channel, message.thread_ts))) is not None:
            body["parent_user_id"] = root.user
    if message.blocks:
        body["blocks"] = message.blocks
    if message.metadata is not None:
        body["metadata"] = message.metadata
    if message.streaming is not None:
        body["streaming_state"] = message.streaming
    if message.edited is not None:
        body["edited"] = {"user": message.user, "ts": message.edited}
    return body


def bot_profile(app: App) -> dict[str, Any]:
    """Who an app's messages are from."""
    return {
        "id": app.bot_id, "app_id": app.id, "user_id": app.bot_user, "name": app.name, "deleted": False,
        "team_id": app.team.id,
    }  # fmt: skip
