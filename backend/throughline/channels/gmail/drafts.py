"""Mails laid down first and released then; and what became of one whose answer was lost. Source: Gmail's users.drafts.

A draft is sent once: when it has left, its id is no draft's any more. Its name for us is `<draft id>:<thread id>`.
"""

import asyncio
import base64
from collections.abc import Awaitable
from typing import Any, Protocol

from throughline.channels.gmail.answers import Answer, Failed, gone
from throughline.channels.gmail.capabilities import FILES
from throughline.channels.gmail.client import Asking, mail
from throughline.channels.gmail.mime import MARK, Before, before, letter, marked
from throughline.channels.once import Once, Told
from throughline.conversation.channel import Accepted, Ambiguous, Enclosed, NotSent, Outcome, Piece, Place, Refused
from throughline.ports import Line

#: Bytes of a thread's headers that are read.
_MOST = 4_194_304
#: Characters of a mail that is written beside the event loop.
_LONG = 20_000
#: Drafts of one sweep.
_SWEPT = 100
#: What is written down without a thought for the mail it is in.
_NOT_THERE = frozenset({"DRAFT", "TRASH", "SPAM", "CHAT"})


class Ask(Protocol):
    """A call for an account, its token found."""

    def __call__(self, line: Line, asking: Asking, most: int = ...) -> Awaitable[Answer | Failed]:
        """Ask once; again only where Google refused the token."""


class Drafts:
    """Mails on their way out, of every account. `once` fetches what is attached."""

    def __init__(self, ask: Ask, once: Once) -> None:
        self._ask, self._once = ask, once

    async def prepare(self, line: Line, place: Place, piece: Piece) -> Outcome:
        """ports.Prepares.prepare: drafts.create."""
        made = await self._made(line, place, piece)
        if not isinstance(made, tuple):
            return made
        raw, encoded = made
        answer = await self._ask(line, lambda users: mail(users, "drafts", raw, encoded, place.thread))
        if gone(answer) and place.thread is not None:
            # Somebody deleted the thread in the mailbox; the person's mail program still knows it by its ids.
            answer = await self._ask(line, lambda users: mail(users, "drafts", raw, encoded, None))
        if not isinstance(answer, Answer):
            return answer
        draft, thread = answer.text("id"), answer.text("message", "threadId")
        return Accepted(f"{draft}:{thread}") if draft and thread else Ambiguous("no_draft_id")

    async def release(self, line: Line, place: Place, draft: str) -> Outcome:
        """ports.Prepares.release: drafts.send."""
        which = draft.partition(":")[0]
        answer = await self._ask(line, lambda users: users.drafts().send(userId="me", body={"id": which}))
        return Refused("no_draft") if gone(answer) else _sent(answer, place)

    async def send(self, line: Line, place: Place, piece: Piece) -> Outcome:
        """ports.Channel.send: messages.send, at once."""
        made = await self._made(line, place, piece)
        if not isinstance(made, tuple):
            return made
        raw, encoded = made
        return _sent(await self._ask(line, lambda users: mail(users, "messages", raw, encoded, place.thread)), place)

    async def sent(self, line: Line, place: Place, piece: Piece, draft: str) -> Outcome:
        """ports.Prepares.sent: whether our mark stands on a sent mail of the thread."""
        threads = {draft.partition(":")[2], place.thread or ""} - {""}
        for thread in sorted(threads):
            answer = await self._thread(line, thread, MARK)
            if gone(answer):
                continue
            if not isinstance(answer, Answer):
                auth = isinstance(answer, Refused) and answer.auth
                return Refused(answer.reason, auth=True) if auth else Ambiguous(answer.reason)
            for message in answer.entries("messages"):
                if "SENT" in _labels(message) and _header(message, MARK) == marked(piece):
                    return Accepted(str(message.get("id")), None if place.thread else thread)
        return NotSent("not_there")

    async def sweep(self, line: Line) -> int:
        """Take away drafts of ours that nobody released for a day; how many. One that is still wanted is made anew."""
        found = await self._ask(
            line, lambda users: users.drafts().list(userId="me", q="older_than:1d", maxResults=_SWEPT)
        )
        swept = 0
        for entry in found.entries("drafts") if isinstance(found, Answer) else ():
            which = entry.get("id")
            if not isinstance(which, str):
                continue
            draft = await self._ask(line, _draft(which), _MOST)
            message = draft.data.get("message") if isinstance(draft, Answer) else None
            if isinstance(message, dict) and _header(message, MARK):
                taken = await self._ask(line, _deletion(which))
                swept += isinstance(taken, Answer)
        return swept

    async def _made(self, line: Line, place: Place, piece: Piece) -> tuple[bytes, str] | NotSent | Refused:
        """The mail, and the same in base64url."""
        answered = before(place.ref)
        if answered is None and place.thread is not None:
            found = await self._newest(line, place.thread)
            if isinstance(found, NotSent | Refused):
                return found
            answered = found
        files: list[bytes] = []
        for file in piece.files:
            content = await self._file(file)
            if not isinstance(content, bytes):
                return content
            files.append(content)
        if files or len(piece.text) > _LONG:
            return await asyncio.to_thread(_encoded, line, place, piece, answered, files)
        return _encoded(line, place, piece, answered, files)

    async def _newest(self, line: Line, thread: str) -> Before | NotSent | Refused | None:
        """The newest mail of a thread in which nobody has answered us yet."""
        answer = await self._thread(line, thread, "Message-ID", "References", "Subject")
        if gone(answer):
            return None
        if not isinstance(answer, Answer):
            # Whatever became of the question, nothing was said to anybody.
            return answer if isinstance(answer, NotSent | Refused) else NotSent(answer.reason)
        there = [message for message in answer.entries("messages") if not _NOT_THERE & _labels(message)]
        if not there:
            return None
        references = tuple(_header(there[-1], "References").split())
        return Before(_header(there[-1], "Message-ID").strip(), references, _header(there[-1], "Subject"))

    async def _thread(self, line: Line, thread: str, *headers: str) -> Answer | Failed:
        return await self._ask(
            line,
            lambda users: users.threads().get(userId="me", id=thread, format="metadata", metadataHeaders=[*headers]),
            _MOST,
        )

    async def _file(self, file: Enclosed) -> bytes | NotSent | Refused:
        """What is attached, by its signed link."""
        told = await self._once.ask("GET", file.url, most=FILES)
        if not isinstance(told, Told):
            return NotSent(f"file_{told.reason}")
        if told.status == 200:
            return told.body
        return Refused("file_gone") if 400 <= told.status < 500 else NotSent("file_not_read")


def _encoded(
    line: Line, place: Place, piece: Piece, answered: Before | None, files: list[bytes]
) -> tuple[bytes, str] | Refused:  # fmt: skip
    raw = letter(line, place, piece, answered, files)
    return Refused("bad_address") if raw is None else (raw, base64.urlsafe_b64encode(raw).decode())


def _sent(answer: Answer | Failed, place: Place) -> Outcome:
    if not isinstance(answer, Answer):
        return answer
    message, thread = answer.text("id"), answer.text("threadId")
    if not message:
        return Ambiguous("no_id")
    return Accepted(message, None if place.thread else thread or None)


def _labels(message: dict[str, Any]) -> set[str]:
    found = message.get("labelIds")
    return {label for label in found if isinstance(label, str)} if isinstance(found, list) else set()


def _header(message: dict[str, Any], name: str) -> str:
    payload = message.get("payload")
    headers = payload.get("headers") if isinstance(payload, dict) else None
    for header in headers if isinstance(headers, list) else ():
        if isinstance(header, dict) and str(header.get("name")).lower() == name.lower():
            return str(header.get("value"))
    return ""


def _draft(which: str) -> Asking:
    return lambda users: users.drafts().get(userId="me", id=which, format="metadata")


def _deletion(which: str) -> Asking:
    return lambda users: users.drafts().delete(userId="me", id=which)
