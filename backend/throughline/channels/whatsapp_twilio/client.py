"""Requests to Twilio: one call, one request on the wire, and an outcome whatever comes back.

Not Twilio's own library: it is made of blocking calls, and of what it can do we need one POST.
"""

import re
from collections.abc import Sequence
from urllib.parse import urlencode, urlsplit, urlunsplit

from throughline.channels.once import CONNECT, TOTAL, Once
from throughline.channels.whatsapp_twilio.answers import Answer, Failed, meant
from throughline.channels.whatsapp_twilio.form import MEDIA_TYPE
from throughline.conversation.channel import Refused
from throughline.ports import Line

Fields = Sequence[tuple[str, str]]

#: It is part of an address: letters and digits, whatever they are.
_ACCOUNT = re.compile(r"[A-Za-z0-9]{2,64}", re.ASCII)


class Client:
    """Calls for every account, over one pool of connections. `total` and `connect` in seconds."""

    def __init__(self, total: float = TOTAL, connect: float = CONNECT) -> None:
        self.once = Once(total, connect)

    async def send(self, line: Line, fields: Fields) -> Answer | Failed:
        """Make a message."""
        return await self._ask(line, "POST", f"{_account(line)}/Messages.json", fields)

    async def typing(self, line: Line, message: str) -> Answer | Failed:
        """Show under WhatsApp that an answer to this message of theirs is being written; marks it as read."""
        fields = (("messageId", message), ("channel", "whatsapp"))
        return await self._ask(line, "POST", f"{_messaging(line.base_url)}v2/Indicators/Typing.json", fields)

    async def account(self, line: Line) -> Answer | Failed:
        """The account itself."""
        return await self._ask(line, "GET", f"{_account(line)}.json")

    async def messages(self, line: Line, asked: Fields) -> Answer | Failed:
        """A page of the account's messages, newest first."""
        return await self._ask(line, "GET", f"{_account(line)}/Messages.json?{urlencode(list(asked))}")

    async def files(self, line: Line, message: str) -> Answer | Failed:
        """What is attached to a message."""
        return await self._ask(line, "GET", f"{_account(line)}/Messages/{message}/Media.json")

    async def close(self) -> None:
        """Let the connections go."""
        await self.once.close()

    async def _ask(self, line: Line, method: str, url: str, fields: Fields = ()) -> Answer | Failed:
        credential = login(line)
        if isinstance(credential, Refused):
            return credential
        headers = {"accept": "application/json"} | ({"content-type": MEDIA_TYPE} if fields else {})
        content = urlencode(list(fields), errors="replace").encode()
        told = await self.once.ask(method, url, headers=headers, content=content, auth=credential)
        return told if isinstance(told, Failed) else meant(told)


def file_url(line: Line, message: str, file: str) -> str:
    """Where a message's file is, as a webhook would say it."""
    return f"{_account(line)}/Messages/{message}/Media/{file}"


def login(line: Line) -> tuple[str, str] | Refused:
    """User and password; a refusal where one of them cannot be Twilio's: then nobody is asked."""
    account, token = line.account.options.get("account_sid", ""), line.secrets.get("auth_token", "")
    if not _ACCOUNT.fullmatch(account):
        return Refused("no_account_sid", auth=True)
    if not token or not token.isascii() or not token.isprintable():
        return Refused("bad_credential" if token else "no_token", auth=True)
    return account, token


def _account(line: Line) -> str:
    return f"{line.base_url.rstrip('/')}/2010-04-01/Accounts/{line.account.options.get('account_sid', '')}"


def _messaging(base: str) -> str:
    """Where the newer part of the API is: another host than `api.`, but beside it in a stand-in."""
    parts = urlsplit(base)
    host = parts.netloc
    if host.startswith("api.") and host.endswith("twilio.com"):
        host = "messaging." + host.removeprefix("api.")
    return urlunsplit(parts._replace(netloc=host, path=parts.path.rstrip("/") + "/"))
