"""History: a mailbox is asked for what is new, every few seconds and when a push says that there may be something.

How far we are is kept in the same transaction as what was brought, so nothing is missed and, with each mail's own key,
nothing is heard twice. Gmail keeps its history "typically a week", sometimes hours (users.history.list): where it is
gone the last seven days are looked through. A mail costs 20 units of 6,000 a minute.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from msgspec import Struct

from throughline.channels.gmail.answers import Answer, Failed, gone
from throughline.channels.gmail.client import Asking
from throughline.channels.gmail.shapes import Quarantined
from throughline.conversation.channel import Ambiguous, Inbound, NotSent, Reading, Receipt, Refused, Reply
from throughline.observe import failure, logger, spawn

#: Mails of one transaction; bytes of them that are held.
BATCH, HELD = 20, 8_388_608
#: Bytes of one mail without its attachments; of a larger one only the headers are read.
MAIL = 4_194_304
#: Mails that a full look takes, newest first.
FULL = 2_000
#: Seconds between two tries: doubled from the first to the last. And where only a person can help.
_FIRST, _LAST, _LONG = 1.0, 60.0, 300.0
#: Seconds for which a push waits for others.
HEAP = 0.1
#: Tries of one request, before everything since the last batch is looked at anew.
_TRIES = 6
#: What is not a mail to us, or not yet one.
_PASSED = frozenset({"DRAFT", "CHAT", "SPAM", "TRASH"})

#: Answers that no second try makes better: too large, or nested deeper than anybody reads.
_UNREADABLE = (Ambiguous("too_big"), Ambiguous("bad_json"))

_log = logger("channels.gmail.history")
Read = Inbound | Receipt | Quarantined


class Ways(Struct, frozen=True):
    """What a mailbox's ear is given. `read` takes mails apart; `sleep` in seconds, `jitter` 0 to 1."""

    ask: Callable[[Asking, int], Awaitable[Answer | Failed]]
    read: Callable[[Sequence[bytes]], Awaitable[list[Read]]]
    take: Callable[[Reading], Awaitable[Reply]]
    nudge: asyncio.Event
    upkeep: Callable[[], Awaitable[None]]
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    jitter: Callable[[], float] = random.random


class History:
    """One mailbox's ear. `cursor`: a history id; `since` (UTC ms): what is older than the account is not for it."""

    def __init__(self, ways: Ways, cursor: str | None, poll: float, since: int, account: str) -> None:
        self._ways, self._poll, self._since, self._account = ways, poll, since, account
        self._cursor = _id(cursor)
        self._tries = 0
        self._ended = ""

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            self._ways.nudge.clear()
            try:
                await self._ways.upkeep()
                failed = await (self._news() if self._cursor else self._begin())
            except Exception as error:
                # A bug of ours must not make us deaf for good.
                _log.error("gmail_look", account=self._account, **failure(error))
                failed = Ambiguous("bug")
            if failed is None:
                self._tries, self._ended = 0, ""
                await self._rest()
            else:
                await self._fail(failed)

    async def _begin(self) -> Failed | None:
        """A mailbox is heard from when its account was made: somebody may have written before we first asked."""
        return await self._full(f"after:{self._since // 1000}")

    async def _news(self) -> Failed | None:
        """All since the cursor."""
        start, page = self._cursor, ""
        while True:
            answer = await self._patiently(_since(start, page))
            if isinstance(answer, Refused) and not answer.auth:
                _log.warning("gmail_history_gone", account=self._account, reason=answer.reason)
                return await self._full("newer_than:7d")
            if not isinstance(answer, Answer):
                return answer
            ids: list[str] = []
            records = answer.entries("history")
            for record in records:
                ids += [one for one in _added(record) if one not in ids]
                if len(ids) >= BATCH:
                    failed = await self._bring(ids, _id(record.get("id")))
                    if failed is not None:
                        return failed
                    ids = []
            page = answer.text("nextPageToken")
            last = answer.data.get("historyId") if not page else records[-1].get("id") if records else ""
            failed = await self._bring(ids, _id(last))
            if failed is not None or not page:
                return failed

    async def _full(self, within: str) -> Failed | None:
        """All mails of a time, oldest first; what came while we looked the next history has."""
        profile = await self._patiently(lambda users: users.getProfile(userId="me"))
        if not isinstance(profile, Answer):
            return profile
        ids, page = list[str](), ""
        while len(ids) < FULL:
            answer = await self._patiently(_within(within, page))
            if not isinstance(answer, Answer):
                return answer
            ids += [one for entry in answer.entries("messages") if (one := _name(entry))]
            page = answer.text("nextPageToken")
            if not page:
                break
        ids = ids[:FULL][::-1]
        for at in range(0, len(ids), BATCH):
            failed = await self._bring(ids[at : at + BATCH], "")
            if failed is not None:
                return failed
        return await self._keep((), _id(profile.data.get("historyId")))

    async def _bring(self, ids: Sequence[str], cursor: str) -> Failed | None:
        """Fetch mails, read them beside the event loop, and have them kept together with how far we are."""
        raws: list[bytes] = []
        for which in ids:
            answer = await self._mail(which)
            if gone(answer):
                # Deleted since.
                continue
            if answer in _UNREADABLE:
                # Not even its headers can be read: it is set aside, or one mail would make us deaf for good.
                failed = await self._keep((Quarantined("unreadable"),), "")
                if failed is not None:
                    return failed
                continue
            if not isinstance(answer, Answer):
                return answer
            raws.append(answer.raw)
            if sum(map(len, raws)) > HELD:
                failed = await self._keep(await self._ways.read(raws), "")
                if failed is not None:
                    return failed
                raws = []
        return await self._keep(await self._ways.read(raws) if raws else (), cursor)

    async def _mail(self, which: str) -> Answer | Failed:
        answer = await self._patiently(_get(which, "full"), MAIL)
        return await self._patiently(_get(which, "metadata")) if answer in _UNREADABLE else answer

    async def _keep(self, read: Sequence[Read], cursor: str) -> Failed | None:
        """Hand it over; only what was taken counts as brought."""
        inbound = tuple(one for one in read if isinstance(one, Inbound) and (one.at is None or one.at >= self._since))
        receipts = tuple(one for one in read if isinstance(one, Receipt))
        readings = [Reading(quarantine=one.code) for one in read if isinstance(one, Quarantined)]
        moved = cursor if cursor != self._cursor else ""
        if inbound or receipts or moved:
            readings.append(Reading(inbound=inbound, receipts=receipts, cursor=moved or None))
        for reading in readings:
            reply = await self._ways.take(reading)
            if not 200 <= reply.status < 300:
                return NotSent(f"not_taken_{reply.status}")
        self._cursor = moved or self._cursor
        return None

    async def _patiently(self, asking: Asking, most: int = 1_048_576) -> Answer | Failed:
        """Ask; again after a pause where nobody is to blame. Nothing here changes anything at Gmail."""
        tries = 0
        while True:
            answer = await self._ways.ask(asking, most)
            tries += 1
            if isinstance(answer, Answer | Refused) or answer in _UNREADABLE or tries >= _TRIES:
                return answer
            await self._ways.sleep(self._pause(tries, answer))

    def _pause(self, tries: int, failed: Failed) -> float:
        """Half of the doubled pause is certain, half is chance; never shorter than Google asks for."""
        asked = failed.after if isinstance(failed, NotSent) and failed.after is not None else 0.0
        return max(asked, min(_LAST, _FIRST * 2.0 ** (tries - 1)) * (0.5 + self._ways.jitter() / 2))

    async def _fail(self, failed: Failed) -> None:
        self._tries = min(self._tries + 1, 16)
        _log.warning("gmail_not_heard", account=self._account, reason=failed.reason)
        if isinstance(failed, Refused) and failed.auth:
            if self._ended != failed.reason:
                reply = await self._ways.take(Reading(ended=failed.reason))
                self._ended = failed.reason if reply.status < 300 else ""
            await self._ways.sleep(_LONG)
        else:
            await self._ways.sleep(self._pause(self._tries, failed))

    async def _rest(self) -> None:
        """Until the next look: a while, or a push. Pushes that come in a heap are answered by one look."""
        naps = (
            spawn(self._ways.nudge.wait(), "gmail nudge"), spawn(_slept(self._ways.sleep(self._poll)), "gmail poll"),
        )  # fmt: skip
        try:
            await asyncio.wait(naps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for nap in naps:
                nap.cancel()
            await asyncio.gather(*naps, return_exceptions=True)
        if self._ways.nudge.is_set():
            await self._ways.sleep(HEAP)


async def _slept(nap: Awaitable[None]) -> None:
    await nap


def _since(start: str, page: str) -> Asking:
    return lambda users: users.history().list(
        userId="me", startHistoryId=start, historyTypes=["messageAdded"], maxResults=100, pageToken=page or None
    )


def _within(when: str, page: str) -> Asking:
    return lambda users: users.messages().list(
        userId="me", q=f"{when} -in:drafts", maxResults=500, pageToken=page or None
    )


def _get(which: str, form: str) -> Asking:
    return lambda users: users.messages().get(userId="me", id=which, format=form)


def _added(record: dict[str, Any]) -> list[str]:
    """Mails that a record says are new; drafts, chats and spam are not looked at."""
    entries = record.get("messagesAdded")
    found: list[str] = []
    for entry in entries if isinstance(entries, list) else ():
        message = entry.get("message") if isinstance(entry, dict) else None
        labels = message.get("labelIds") if isinstance(message, dict) else None
        if not (isinstance(labels, list) and any(label in _PASSED for label in labels)) and (name := _name(message)):
            found.append(name)
    return found


def _name(message: Any) -> str:
    found = message.get("id") if isinstance(message, dict) else None
    return found if isinstance(found, str) else ""


def _id(value: Any) -> str:
    """A history id, which comes as a string, and sometimes as a number; empty: it is none."""
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    return text if text.isascii() and text.isdecimal() and len(text) <= 20 else ""
