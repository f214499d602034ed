"""Messages and their media as the REST API lists them: filtered, newest first, in pages."""

from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlencode

from sandbox.phones.facts import File, Message
from sandbox.phones.ledger import Ledger
from sandbox.phones.provider import Refused
from sandbox.twilio import settings, webhooks

_MOST, _USUAL = 1_000, 50


class Pages:
    """What can be read of an account."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def when(self, message: Message) -> str:
        """A message's time as RFC 2822 has it, in UTC."""
        return format_datetime(datetime.fromtimestamp(message.at / 1000, UTC))

    def one(self, account: str, name: str) -> dict[str, Any]:
        """A message. Refused where the account has none of that id."""
        found = self._ledger.state.messages.get(name)
        if found is None or self._ledger.state.ends[found.end].more["account_sid"] != account:
            raise Refused("20404", f"The requested resource /Messages/{name[:40]}.json was not found")
        return webhooks.shown(self._ledger.state.ends[found.end], found, self.when(found))

    def listed(self, account: str, asked: dict[str, str]) -> dict[str, Any]:
        """A page of messages that fit `To`, `From` and `DateSent` (a day or a time; with `<` or `>`: until, since)."""
        state = self._ledger.state
        ends = {end.id: end for end in settings.ends_of(state, account)}
        size, page = max(1, _count(asked.get("PageSize", ""), _USUAL)), _count(asked.get("Page", ""), 0)
        found = [
            webhooks.shown(ends[m.end], m, self.when(m))
            for m in reversed(state.messages.values())
            if m.end in ends and _fits(m, asked)
        ]
        found = [one for one in found if all(asked.get(k) in {None, one[k.lower()]} for k in ("To", "From"))]
        start, end = page * size, (page + 1) * size
        uri = f"/{webhooks.VERSION}/Accounts/{account}/Messages.json"
        kept = {name: value for name, value in asked.items() if name not in {"Page", "PageToken", "PageSize"}}

        def at(number: int) -> str:
            token = {"PageToken": f"PA{found[number * size - 1]['sid']}"} if 0 < number * size <= len(found) else {}
            return f"{uri}?{urlencode({**kept, 'PageSize': size, 'Page': number, **token})}"

        return {
            "messages": found[start:end], "page": page, "page_size": size, "start": start,
            "end": max(start, min(end, len(found)) - 1), "uri": at(page), "first_page_uri": at(0),
            "next_page_uri": at(page + 1) if end < len(found) else None,
            "previous_page_uri": at(page - 1) if page > 0 else None,
        }  # fmt: skip

    def files(self, account: str, name: str) -> dict[str, Any]:
        """The media of a message."""
        self.one(account, name)
        files = self._ledger.state.files
        return {
            "media_list": [
                {
                    "sid": settings.media_sid(one),
                    "account_sid": account,
                    "parent_sid": name,
                    "content_type": files[one].media_type,
                }
                for one in self._ledger.state.messages[name].media
                if one in files
            ]
        }

    def file(self, account: str, name: str, media: str) -> File:
        """One of them."""
        self.one(account, name)
        file = settings.file_of(media)
        if file not in self._ledger.state.messages[name].media or file not in self._ledger.state.files:
            raise Refused("20404")
        return self._ledger.state.files[file]


def _fits(message: Message, asked: dict[str, str]) -> bool:
    at = datetime.fromtimestamp(message.at / 1000, UTC)
    for name in ("DateSent", "DateSent<", "DateSent>"):
        given = asked.get(name)
        if not given:
            continue
        try:
            limit = datetime.fromisoformat(given)
        except ValueError:
            raise Refused("20001", f"Invalid parameter: {name}") from None
        whole_day = len(given) == 10
        limit = limit if limit.tzinfo is not None else limit.replace(tzinfo=UTC)
        here: Any = at.date() if whole_day else at
        there: Any = limit.date() if whole_day else limit
        if (name == "DateSent" and at.date() != limit.date()) or (name[-1] == "<" and here > there):
            return False
        if name[-1] == ">" and here < there:
            return False
    return True


def _count(text: str, otherwise: int) -> int:
    return min(int(text[:6]), _MOST) if text.isdecimal() else otherwise
