"""Upkeep: what an account needs now and then beside its mail. Each part may fail; it is tried again within the hour.

Gmail forgets a watch after seven days and wants it renewed daily (users.watch); addresses of ours may be added;
drafts that a crash left behind are taken away.
"""

from collections.abc import Awaitable, Callable

from throughline.channels.gmail.answers import Answer, Failed, gone
from throughline.channels.gmail.certs import Certs
from throughline.channels.gmail.client import Asking
from throughline.channels.gmail.credentials import is_address
from throughline.channels.gmail.drafts import Drafts
from throughline.channels.gmail.oauth import addresses
from throughline.observe import logger
from throughline.ports import Line

#: Seconds until something is done again, where it went well and where it did not.
DAILY, AGAIN = 86_400.0, 3_600.0
_ALIASES = 100

_log = logger("channels.gmail.upkeep")


class Upkeep:
    """One account's. `ask` is a call for it; `aliases` are its other addresses, as far as they are known."""

    def __init__(
        self, line: Line, ask: Callable[[Asking], Awaitable[Answer | Failed]], drafts: Drafts, certs: Certs,
        monotonic: Callable[[], float],
    ) -> None:  # fmt: skip
        self._line, self._ask, self._drafts, self._certs, self._monotonic = line, ask, drafts, certs, monotonic
        self._due: dict[str, float] = {}
        self.aliases: tuple[str, ...] = ()

    async def run(self) -> None:
        """Do what is due."""
        options = self._line.account.options
        if options.get("push_account"):
            await self._certs.renew(addresses(self._line).certs)
        await self._when_due("aliases", self._look_up)
        if options.get("topic"):
            await self._when_due("watch", lambda: self._watch(options["topic"]))
        await self._when_due("sweep", self._sweep)

    async def _when_due(self, name: str, do: Callable[[], Awaitable[bool]]) -> None:
        if self._monotonic() < self._due.get(name, 0.0):
            return
        done = await do()
        self._due[name] = self._monotonic() + (DAILY if done else AGAIN)
        if not done:
            _log.warning("gmail_upkeep_failed", account=self._line.account.id, what=name)

    async def _look_up(self) -> bool:
        """Addresses that this mailbox may write from: a mail from one of them is our own."""
        answer = await self._ask(lambda users: users.settings().sendAs().list(userId="me"))
        if not isinstance(answer, Answer):
            # Where there are none to be asked for, there are none.
            return gone(answer)
        found = [entry.get("sendAsEmail") for entry in answer.entries("sendAs")[:_ALIASES]]
        self.aliases = tuple(one.lower() for one in found if isinstance(one, str) and is_address(one))
        return True

    async def _watch(self, topic: str) -> bool:
        body = {"topicName": topic, "labelIds": ["INBOX"], "labelFilterBehavior": "include"}
        return isinstance(await self._ask(lambda users: users.watch(userId="me", body=body)), Answer)

    async def _sweep(self) -> bool:
        await self._drafts.sweep(self._line)
        return True
