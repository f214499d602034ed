"""Slack as a channel: what was read, what is to be said, and the calls that say it, joined."""

import asyncio
import random
import re
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from functools import partial
from typing import Any

import msgspec

from throughline.channels.slack import history, render, wire
from throughline.channels.slack.answers import Answer, Failed, of_stream
from throughline.channels.slack.capabilities import OPTIONS, SECRETS, SLACK
from throughline.channels.slack.client import Client
from throughline.channels.slack.credentials import complete, wrong
from throughline.channels.slack.manifest import manifest
from throughline.channels.slack.probe import probed, with_socket
from throughline.channels.slack.socket_mode import Socket
from throughline.conversation.channel import (
    Accepted,
    Ambiguous,
    NotSent,
    Outcome,
    Piece,
    Place,
    Post,
    Probe,
    RawRequest,
    Reading,
    Refused,
    Reply,
    Unverified,
)
from throughline.conversation.ids import AccountId
from throughline.conversation.records import Account
from throughline.ports import Line

#: Direct messages whose channel is remembered.
_REMEMBERED = 10_000
#: The port's words for what the agent does, as agents.sessions.setStatus takes them.
_SESSION = {"working": "processing", "waiting": "suspended", "done": "active"}
#: The same for assistant.threads.setStatus: words under the thread, none to clear them.
_WORDS = {"working": "is writing…", "waiting": "is waiting for an answer…", "done": ""}
_MEMBER = re.compile(r"[UW][A-Z0-9]{2,20}", re.ASCII)
#: Agent sessions are not known in this workspace.
_NO_SESSIONS = frozenset({"unknown_method", "feature_disabled", "feature_not_enabled", "method_deprecated"})


class Slack:
    """ports.Channel, Streams, Edits, Shows, Seeks, Backfills, Listens and Knows."""

    capabilities = SLACK
    provider = "slack"
    home = "https://slack.com/api/"
    secrets: Sequence[str] = SECRETS
    options: Sequence[str] = OPTIONS

    def __init__(
        self,
        client: Client | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        """`sleep` and `jitter` (0 to 1) are for the pauses between two sockets."""
        self._client = client or Client()
        self._sleep = sleep
        self._jitter = jitter
        self._direct: OrderedDict[tuple[AccountId, str], str] = OrderedDict()
        self._without_sessions: set[AccountId] = set()

    # ------------------------------------------------------------------------------------------------- coming in

    def read(self, request: RawRequest, line: Line, now: int) -> Reading | Unverified:
        """ports.Channel.read."""
        return wire.read(request, line.secrets.get("signing_secret", ""), line.account.options, now)

    def read_payload(self, payload: bytes, line: Line) -> Reading:
        """What a socket brought: its sender is proved by the socket."""
        return wire.read_payload(payload, line.account.options)

    def listens(self, options: Mapping[str, str]) -> bool:
        """ports.Listens.listens: Socket Mode."""
        return options.get("socket") == "on"

    async def listen(
        self,
        line: Line,
        take: Callable[[Reading], Awaitable[Reply]],
        nudge: asyncio.Event,  # noqa: ARG002 - Slack pushes
    ) -> None:
        """ports.Listens.listen: Socket Mode."""
        socket = Socket(
            open_url=lambda: self._opened(line),
            read=lambda payload: self.read_payload(payload, line),
            take=take,
            sleep=self._sleep,
            jitter=self._jitter,
            plain=line.base_url.startswith("http://"),
        )
        await socket.run()

    # ------------------------------------------------------------------------------------------------- going out

    def render(self, post: Post) -> tuple[Piece, ...]:
        """ports.Channel.render."""
        return render.render(post)

    def shown(self, text: str) -> str:
        """ports.Streams.shown."""
        return render.shown(text)

    async def send(self, line: Line, place: Place, piece: Piece) -> Outcome:
        """ports.Channel.send: chat.postMessage."""
        where = await self._where(line, place)
        if not isinstance(where, tuple):
            return where
        channel, thread = where
        asked = {
            "channel": channel,
            **({"thread_ts": thread} if thread else {}),
            **_content(line, piece),
            **_marked(piece, thread),
            "unfurl_links": False,
            "unfurl_media": False,
        }
        return self._posted(line, place, await self._call(line, "chat.postMessage", asked), channel, thread)

    async def start(self, line: Line, place: Place, text: str) -> Outcome:
        """ports.Streams.start: chat.startStream."""
        where = await self._where(line, place)
        if not isinstance(where, tuple):
            return where
        channel, thread = where
        asked: dict[str, Any] = {"channel": channel}
        if thread:
            asked["thread_ts"] = thread
        if text:
            asked["markdown_text"] = text
        if not channel.startswith("D"):
            team, _, user = place.address.partition("/")
            asked |= {"recipient_team_id": team, "recipient_user_id": user}
        answer = await self._call(line, "chat.startStream", asked)
        if not isinstance(answer, Answer):
            answer = of_stream(answer, starting=True)
        return self._posted(line, place, answer, channel, thread)

    async def append(self, line: Line, place: Place, remote: str, text: str) -> Outcome:
        """ports.Streams.append: chat.appendStream."""
        if not text:
            return Accepted(remote)
        return await self._at(line, place, remote, "chat.appendStream", {"markdown_text": text}, streaming=True)

    async def stop(self, line: Line, place: Place, remote: str, text: str, piece: Piece | None) -> Outcome:
        """ports.Streams.stop: chat.stopStream, with the metadata that echoes."""
        asked = ({"markdown_text": text} if text else {}) | (_marked(piece, _thread(place)) if piece else {})
        return await self._at(line, place, remote, "chat.stopStream", asked, streaming=True)

    async def edit(self, line: Line, place: Place, remote: str, piece: Piece) -> Outcome:
        """ports.Edits.edit: chat.update."""
        asked = {**_content(line, piece), **_marked(piece, _thread(place))}
        return await self._at(line, place, remote, "chat.update", asked)

    async def remove(self, line: Line, place: Place, remote: str) -> Outcome:
        """ports.Edits.remove: chat.delete."""
        outcome = await self._at(line, place, remote, "chat.delete", {})
        return Accepted(remote) if outcome == Refused("message_not_found") else outcome

    async def status(self, line: Line, place: Place, status: str) -> Outcome:
        """ports.Shows.status: an agent session's state, or the older line under the thread."""
        if place.thread is None or status not in _SESSION:
            return Refused("no_thread" if status in _SESSION else "unknown_status")
        channel, thread = _split(place.thread)
        at = {"channel_id": channel, "thread_ts": thread}
        account = line.account.id
        if account not in self._without_sessions:
            answer = await self._call(line, "agents.sessions.setStatus", at | {"status": _SESSION[status]})
            if not isinstance(answer, Refused) or answer.reason not in _NO_SESSIONS:
                return Accepted(thread) if isinstance(answer, Answer) else answer
            self._without_sessions.add(account)
        answer = await self._call(line, "assistant.threads.setStatus", at | {"status": _WORDS[status]})
        return Accepted(thread) if isinstance(answer, Answer) else answer

    async def seek(self, line: Line, place: Place, piece: Piece, since: int) -> Accepted | NotSent | None:
        """ports.Seeks.seek: conversations.replies, or .history where it opened a thread, by our metadata."""
        where = await self._where(line, place)
        if not isinstance(where, tuple):
            return None
        return await history.sought(partial(self._read, line), *where, piece, since, line.account.options)

    def missed(
        self, line: Line, since: int, places: Sequence[Place], turn: history.Turn
    ) -> AsyncIterator[Reading | Failed]:  # fmt: skip
        """ports.Backfills.missed: the history of direct messages, and the threads in them."""
        return history.missed(partial(self._read, line), line.account.options, since, places, turn)

    # --------------------------------------------------------------------------------------------- the account itself

    async def probe(self, line: Line) -> Probe:
        """ports.Channel.probe: auth.test, and where it is heard by a socket, whether one would be given."""
        probe = probed(await self._call(line, "auth.test", None), line.account.options)
        if line.account.options.get("socket") != "on" or probe.health not in {"up", "degraded"}:
            return probe
        return with_socket(probe, await self._opened(line))

    def introduction(self, base_url: str, account: Account) -> str:
        """ports.Introduces.introduction: the app's manifest, for the way in which the account is heard."""
        socket = account.options.get("socket") == "on"
        text = msgspec.json.encode(manifest(base_url, account.id, socket=socket))
        return msgspec.json.format(text, indent=2).decode()

    def find(self, to: str, options: Mapping[str, str]) -> tuple[str, ...]:
        """ports.Finds.find: a member's id in the account's workspace."""
        team, member = options.get("team", ""), to.strip()
        return (f"{team}/{member}",) if team and _MEMBER.fullmatch(member) else ()

    def wrong(self, name: str, value: str) -> str | None:
        """ports.Knows.wrong."""
        return wrong(name, value)

    def complete(self, options: Mapping[str, str], secrets: Collection[str]) -> bool:
        """ports.Knows.complete."""
        return complete(options, secrets)

    async def close(self) -> None:
        """ports.Channel.close."""
        await self._client.close()

    # -------------------------------------------------------------------------------------------------------- inside

    async def _opened(self, line: Line) -> Answer | Failed:
        """A socket's address, good for one connection."""
        return await self._client.call(line.base_url, line.secrets.get("app_token", ""), "apps.connections.open")

    async def _call(self, line: Line, method: str, asked: Mapping[str, Any] | None) -> Answer | Failed:
        return await self._client.call(line.base_url, line.secrets.get("bot_token", ""), method, asked)

    async def _read(self, line: Line, method: str, asked: Mapping[str, str | int]) -> Answer | Failed:
        token = line.secrets.get("bot_token", "")
        return await self._client.call(line.base_url, token, method, params=asked)

    async def _where(self, line: Line, place: Place) -> tuple[str, str] | NotSent | Refused:
        """The channel and the thread's ts; no thread: the direct message with that person, found once."""
        if place.thread is not None:
            return _split(place.thread)
        user = place.address.partition("/")[2]
        key = (line.account.id, user)
        known = self._direct.get(key)
        if known is not None:
            return known, ""
        answer = await self._call(line, "conversations.open", {"users": user})
        if isinstance(answer, Ambiguous):
            # The place was not found; whatever became of the question, nothing was said to anybody.
            return NotSent(answer.reason)
        if not isinstance(answer, Answer):
            return answer
        channel = answer.text("channel", "id")
        if not channel:
            return NotSent("no_channel")
        self._direct[key] = channel
        if len(self._direct) > _REMEMBERED:
            self._direct.popitem(last=False)
        return channel, ""

    def _posted(self, line: Line, place: Place, answer: Answer | Failed, channel: str, thread: str) -> Outcome:
        if not isinstance(answer, Answer):
            if answer == Refused("channel_not_found") and place.thread is None:
                self._direct.pop((line.account.id, place.address.partition("/")[2]), None)
            return answer
        ts = answer.text("ts")
        if not ts:
            return Ambiguous("no_ts")
        return Accepted(ts, None if thread else f"{answer.text('channel') or channel}:{ts}")

    async def _at(
        self, line: Line, place: Place, remote: str, method: str, asked: Mapping[str, Any], *, streaming: bool = False
    ) -> Outcome:
        """A call about a message that is there already."""
        where = await self._where(line, place)
        if not isinstance(where, tuple):
            return where
        answer = await self._call(line, method, {"channel": where[0], "ts": remote, **asked})
        if isinstance(answer, Answer):
            return Accepted(remote)
        return of_stream(answer, starting=False) if streaming else answer


def _split(thread: str) -> tuple[str, str]:
    channel, _, ts = thread.partition(":")
    return channel, ts


def _content(line: Line, piece: Piece) -> dict[str, Any]:
    if piece.format == "markdown" and line.account.options.get("markdown") != "off":
        return {"markdown_text": piece.text}
    return {"text": render.in_mrkdwn(piece), "parse": "none", "link_names": False}


def _thread(place: Place) -> str:
    return "" if place.thread is None else _split(place.thread)[1]


def _marked(piece: Piece, thread: str) -> dict[str, Any]:
    """Our mark: Slack tells it again when the message is posted (`message_metadata_posted`)."""
    if piece.mark is None:
        return {}
    conversation, message, number = piece.mark
    payload = {"conversation": conversation, "message": message, "piece": number}
    if thread:
        payload["thread"] = thread
    return {"metadata": {"event_type": wire.OURS, "event_payload": payload}}
