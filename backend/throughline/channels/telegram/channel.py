"""Telegram as a channel: what was read, what is to be said, and the calls that say it, joined."""

import asyncio
import random
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from throughline.channels.once import Flowing
from throughline.channels.telegram import render, wire
from throughline.channels.telegram.answers import Answer, Failed, message_id
from throughline.channels.telegram.capabilities import OPTIONS, SECRETS, TELEGRAM
from throughline.channels.telegram.client import Client
from throughline.channels.telegram.credentials import bot, complete, wrong
from throughline.channels.telegram.polling import Polling
from throughline.conversation.channel import (
    Accepted,
    Ambiguous,
    Media,
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
from throughline.ports import Line
from throughline.ports.channel import Fetched

#: How a file goes: the method, and the field that takes its address.
_FILES = {"photo": ("sendPhoto", "photo"), "voice": ("sendVoice", "voice"), "document": ("sendDocument", "document")}
_CHAT = re.compile(r"[1-9][0-9]{0,15}", re.ASCII)
_ALREADY = Refused("not_modified")
_GONE = Refused("message_not_found")


class Telegram:
    """ports.Channel, Edits, Shows, Listens, Fetches and Knows."""

    capabilities = TELEGRAM
    provider = "telegram"
    home = "https://api.telegram.org/"
    secrets: Sequence[str] = SECRETS
    options: Sequence[str] = OPTIONS

    def __init__(
        self,
        client: Client | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        """`sleep` and `jitter` (0 to 1) are for the pauses after a poll that failed."""
        self._client = client or Client()
        self._sleep, self._jitter = sleep, jitter

    # ------------------------------------------------------------------------------------------------- coming in

    def read(self, request: RawRequest, line: Line, now: int) -> Reading | Unverified:  # noqa: ARG002 - nothing is dated
        """ports.Channel.read."""
        return wire.read(request, line.secrets, line.account.options)

    def reread(self, request: RawRequest, line: Line, now: int) -> Reading:  # noqa: ARG002 - nothing is dated
        """ports.Rereads.reread: the secret token that proved it is not kept."""
        options = line.account.options
        return wire.read_update(request.body, bot(line.secrets.get("bot_token", ""), options), options)

    def listens(self, options: Mapping[str, str]) -> bool:
        """ports.Listens.listens: getUpdates."""
        return options.get("polling") == "on"

    async def listen(
        self,
        line: Line,
        take: Callable[[Reading], Awaitable[Reply]],
        nudge: asyncio.Event,  # noqa: ARG002 - the poll waits at Telegram
    ) -> None:
        """ports.Listens.listen: getUpdates."""
        token, options = line.secrets.get("bot_token", ""), line.account.options
        await Polling(
            news=lambda offset: self._client.news(line.base_url, token, offset),
            call=lambda method, asked: self._call(line, method, asked),
            take=take,
            own=bot(token, options),
            options=options,
            cursor=line.account.cursor,
            sleep=self._sleep,
            jitter=self._jitter,
        ).run()

    @asynccontextmanager
    async def fetch(self, line: Line, media: Media) -> AsyncIterator[Fetched | Outcome]:
        """ports.Fetches.fetch: getFile, then the file from the same host; its address holds the token."""
        answer = await self._call(line, "getFile", {"file_id": media.remote})
        if not isinstance(answer, Answer):
            yield answer
            return
        path = answer.result.get("file_path") if isinstance(answer.result, dict) else None
        if not isinstance(path, str) or not path or ".." in path or len(path) > 1_000:
            yield Refused("no_file")
            return
        async with self._client.download(line.base_url, line.secrets.get("bot_token", ""), path) as found:
            if not isinstance(found, Flowing):
                yield found
            elif found.status != 200:
                yield Refused("no_file") if found.status in {400, 404} else NotSent(f"http_{found.status}")
            else:
                yield _File(media.media_type, found)

    # ------------------------------------------------------------------------------------------------- going out

    def render(self, post: Post) -> tuple[Piece, ...]:
        """ports.Channel.render."""
        return render.render(post)

    async def send(self, line: Line, place: Place, piece: Piece) -> Outcome:
        """ports.Channel.send: sendMessage, or what sends a file by its address."""
        if piece.files and piece.format in _FILES:
            method, field = _FILES[piece.format]
            asked: dict[str, Any] = {field: piece.files[0].url, "caption": piece.text, "parse_mode": "HTML"}
        else:
            method, asked = "sendMessage", _content(piece)
        answer = await self._at(line, place, method, asked)
        if not isinstance(answer, Answer):
            return answer
        remote = message_id(answer)
        return Accepted(remote) if remote else Ambiguous("no_message_id")

    async def edit(self, line: Line, place: Place, remote: str, piece: Piece) -> Outcome:
        """ports.Edits.edit: editMessageText. What stands there already is Accepted."""
        answer = await self._at(line, place, "editMessageText", {"message_id": _number(remote), **_content(piece)})
        return Accepted(remote) if isinstance(answer, Answer) or answer == _ALREADY else answer

    async def remove(self, line: Line, place: Place, remote: str) -> Outcome:
        """ports.Edits.remove: deleteMessage."""
        answer = await self._at(line, place, "deleteMessage", {"message_id": _number(remote)})
        return Accepted(remote) if isinstance(answer, Answer) or answer == _GONE else answer

    async def status(self, line: Line, place: Place, status: str) -> Outcome:
        """ports.Shows.status: sendChatAction while it works; the sign goes by itself after five seconds."""
        if status in {"waiting", "done"}:
            return Accepted(status)
        if status != "working":
            return Refused("unknown_status")
        answer = await self._at(line, place, "sendChatAction", {"action": "typing"})
        return Accepted(status) if isinstance(answer, Answer) else answer

    # --------------------------------------------------------------------------------------------- the account itself

    async def probe(self, line: Line) -> Probe:
        """ports.Channel.probe: getMe; where it is heard by a webhook, whether that is set and works."""
        answer = await self._call(line, "getMe", {})
        if not isinstance(answer, Answer):
            auth = isinstance(answer, Refused) and answer.auth
            limited = isinstance(answer, NotSent) and answer.reason == "rate_limited"
            return Probe("needs_reauth" if auth else "degraded" if limited else "down", answer.reason)
        told = answer.result if isinstance(answer.result, dict) else {}
        found = {"bot": str(told.get("id") or "")[:20], "username": str(told.get("username") or "")[:64]}
        found = {name: value for name, value in found.items() if value}
        if not found.get("bot"):
            return Probe("down", "broken_answer")
        if line.account.options.get("bot", found["bot"]) not in {found["bot"], ""}:
            return Probe("needs_reauth", "other_bot", found)
        if self.listens(line.account.options) or line.account.mode == "simulated":
            return Probe("up", options=found)
        return await self._hooked(line, found)

    async def _hooked(self, line: Line, found: Mapping[str, str]) -> Probe:
        """Set the webhook where there is none; never take it from somebody else."""
        answer = await self._call(line, "getWebhookInfo", {})
        if not isinstance(answer, Answer):
            return Probe("degraded", answer.reason, found)
        told = answer.result if isinstance(answer.result, dict) else {}
        ours = f"{line.public_url}/api/v1/channels/telegram/webhook/{line.account.id}"
        if told.get("url") == ours:
            failing = bool(told.get("last_error_date"))
            return Probe("degraded" if failing else "up", "webhook_fails" if failing else None, found)
        if told.get("url"):
            return Probe("degraded", "webhook_elsewhere", found)
        if not ours.startswith("https://"):
            return Probe("degraded", "no_webhook", found)
        asked = {
            "url": ours,
            "secret_token": line.secrets.get("webhook_secret", ""),
            "allowed_updates": ["message", "callback_query"],
        }
        answer = await self._call(line, "setWebhook", asked)
        return Probe("up", None, found) if isinstance(answer, Answer) else Probe("degraded", "no_webhook", found)

    def find(self, to: str, options: Mapping[str, str]) -> tuple[str, ...]:  # noqa: ARG002 - a bot has one end
        """ports.Finds.find: a chat's id. Names are not enough: a bot learns of a chat when the person begins it."""
        chat = to.strip()
        return (chat,) if _CHAT.fullmatch(chat) else ()

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

    async def _call(self, line: Line, method: str, asked: Mapping[str, object]) -> Answer | Failed:
        return await self._client.call(line.base_url, line.secrets.get("bot_token", ""), method, asked)

    async def _at(self, line: Line, place: Place, method: str, asked: Mapping[str, object]) -> Answer | Failed:
        chat = wire.chat_of(place.address, place.thread)
        if chat is None:
            return Refused("bad_address")
        return await self._call(line, method, {"chat_id": chat, **asked})


class _File:
    """ports.Fetched."""

    def __init__(self, media_type: str, body: Flowing) -> None:
        self._media_type, self._body = media_type, body

    @property
    def media_type(self) -> str:
        """What the message said it is; the file's own answer says nothing."""
        return self._media_type

    def chunks(self) -> AsyncIterator[bytes]:
        """Its bytes. Raises OSError where it breaks off."""
        return self._body.chunks()


def _content(piece: Piece) -> dict[str, Any]:
    """No preview: nobody shall fetch an address because it was said."""
    content = {"text": piece.text, "parse_mode": "HTML", "link_preview_options": {"is_disabled": True}}
    return content | render.keyboard(piece)


def _number(remote: str) -> int:
    return int(remote) if remote.isascii() and remote.isdecimal() and len(remote) < 20 else 0
