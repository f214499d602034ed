"""Gmail as a channel: what was read, what is to be said, and the calls that say it, joined."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial

from msgspec import Struct

from throughline.channels.gmail import push, render
from throughline.channels.gmail.answers import UNAUTHORIZED, Answer, Failed, limited
from throughline.channels.gmail.apart import Apart, Box
from throughline.channels.gmail.capabilities import GMAIL, OPTIONS, SECRETS
from throughline.channels.gmail.certs import Certs
from throughline.channels.gmail.client import Asking, Client
from throughline.channels.gmail.credentials import complete, heard, is_address, poll, wrong
from throughline.channels.gmail.drafts import Drafts
from throughline.channels.gmail.history import History, Read, Ways
from throughline.channels.gmail.media import attached
from throughline.channels.gmail.oauth import Worth, addresses, allowed, by_code, consent
from throughline.channels.gmail.tokens import Tokens
from throughline.channels.gmail.upkeep import Upkeep
from throughline.channels.once import CONNECT, MOST, Once
from throughline.conversation.channel import (
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
from throughline.ports import Fetched, Granted, Line

#: Seconds for a whole call: a mail may be large.
_TOTAL = 30.0


class Given(Struct, frozen=True):
    """ports.Granted. Its text form tells no secret."""

    secrets: Mapping[str, str]
    options: Mapping[str, str]

    def __repr__(self) -> str:
        return "Given()"


class Gmail:
    """ports.Channel, Prepares, Listens, Fetches, Knows and Connects."""

    capabilities = GMAIL
    provider = "gmail"
    home = "https://gmail.googleapis.com/"
    secrets: Sequence[str] = SECRETS
    options: Sequence[str] = OPTIONS

    def __init__(
        self,
        once: Once | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
        monotonic: Callable[[], float] = time.monotonic,
        wall: Callable[[], int] = time.time_ns,
    ) -> None:
        """`sleep` and `jitter` (0 to 1) are for the pauses between two looks; `wall` is the time in UTC nanoseconds."""
        self._once = once or Once(_TOTAL, CONNECT)
        self._sleep, self._jitter, self._monotonic, self._wall = sleep, jitter, monotonic, wall
        self._client = Client(self._once)
        self.tokens = Tokens(self._once, monotonic)
        self._certs = Certs(self._once, monotonic)
        self._pushers = push.Known()
        self._drafts = Drafts(self.ask, self._once)
        self._apart = Apart()

    # ------------------------------------------------------------------------------------------------- coming in

    def read(self, request: RawRequest, line: Line, now: int) -> Reading | Unverified:
        """ports.Channel.read: a push, which says only that there may be news."""
        account, certs = line.account, addresses(line).certs
        url = f"{line.public_url}/api/v1/channels/gmail/webhook/{account.id}"
        reading = push.hint(request, account.options, self._certs.known(certs), now, url, self._pushers)
        if isinstance(reading, Unverified) and reading.reason == "unknown_key":
            # The account's ear fetches the keys; Pub/Sub repeats what was refused.
            self._certs.want(certs)
        return reading

    def listens(self, options: Mapping[str, str]) -> bool:
        """ports.Listens.listens."""
        return heard(options)

    async def listen(
        self, line: Line, take: Callable[[Reading], Awaitable[Reply]], nudge: asyncio.Event
    ) -> None:  # fmt: skip
        """ports.Listens.listen: the mailbox's history, asked for again and again."""
        account = line.account
        ask = partial(self.ask, line)
        upkeep = Upkeep(line, ask, self._drafts, self._certs, self._monotonic)

        def read(raws: Sequence[bytes]) -> Awaitable[list[Read]]:
            mailbox, now = account.options.get("mailbox", ""), self._wall() // 1_000_000
            return self._apart.read(raws, Box(mailbox, tuple(upkeep.aliases), line.key, now))

        ways = Ways(ask, read, take, nudge, upkeep.run, self._sleep, self._jitter)
        await History(ways, account.cursor, poll(account.options), account.created_at, account.id).run()

    @asynccontextmanager
    async def fetch(self, line: Line, media: Media) -> AsyncIterator[Fetched | Outcome]:
        """ports.Fetches.fetch: messages.attachments.get."""
        async with attached(self.tokens, self._client, line, media) as found:
            yield found

    # ------------------------------------------------------------------------------------------------- going out

    def render(self, post: Post) -> tuple[Piece, ...]:
        """ports.Channel.render."""
        return render.render(post)

    async def send(self, line: Line, place: Place, piece: Piece) -> Outcome:
        """ports.Channel.send: at once, without a draft."""
        return await self._drafts.send(line, place, piece)

    async def prepare(self, line: Line, place: Place, piece: Piece) -> Outcome:
        """ports.Prepares.prepare."""
        return await self._drafts.prepare(line, place, piece)

    async def release(
        self,
        line: Line,
        place: Place,
        piece: Piece,  # noqa: ARG002 - the draft has it
        draft: str,
    ) -> Outcome:
        """ports.Prepares.release."""
        return await self._drafts.release(line, place, draft)

    async def sent(self, line: Line, place: Place, piece: Piece, draft: str) -> Outcome:
        """ports.Prepares.sent."""
        return await self._drafts.sent(line, place, piece, draft)

    # --------------------------------------------------------------------------------------------- the account itself

    async def probe(self, line: Line) -> Probe:
        """ports.Channel.probe: users.getProfile, which names the mailbox."""
        answer = await self.ask(line, lambda users: users.getProfile(userId="me"))
        if not isinstance(answer, Answer):
            if isinstance(answer, Refused) and answer.auth:
                return Probe("needs_reauth", answer.reason)
            return Probe("degraded" if limited(answer) else "down", answer.reason)
        mailbox = answer.text("emailAddress").lower()
        if not is_address(mailbox):
            return Probe("down", "no_profile")
        wanted = line.account.options.get("mailbox", "").lower()
        if wanted and wanted != mailbox:
            return Probe("needs_reauth", "other_mailbox")
        return Probe("up", options={"mailbox": mailbox})

    def consent(self, line: Line, redirect_uri: str, state: str, verifier: str) -> str:
        """ports.Connects.consent."""
        return consent(line, redirect_uri, state, verifier)

    async def exchange(
        self, line: Line, redirect_uri: str, code: str, verifier: str
    ) -> Granted | Refused | NotSent:  # fmt: skip
        """ports.Connects.exchange: the refresh token, and the mailbox it is for."""
        worth = await by_code(self._once, line, redirect_uri, code, verifier)
        if not isinstance(worth, Worth):
            return worth
        if not allowed(worth):
            return Refused("missing_scope", auth=True)
        if not worth.refresh:
            return Refused("no_refresh_token", auth=True)
        answer = await self._client.call(line.base_url, worth.access, lambda users: users.getProfile(userId="me"))
        if not isinstance(answer, Answer):
            return answer if isinstance(answer, Refused) else NotSent(answer.reason)
        mailbox = answer.text("emailAddress").lower()
        wanted = line.account.options.get("mailbox", "").lower()
        if not is_address(mailbox) or (wanted and wanted != mailbox):
            return Refused("other_mailbox", auth=True)
        return Given({"refresh_token": worth.refresh}, {"mailbox": mailbox})

    def find(self, to: str, options: Mapping[str, str]) -> tuple[str, ...]:
        """ports.Finds.find: one mail address, but never our own."""
        address = to.strip().lower()
        return (address,) if is_address(address) and address != options.get("mailbox", "").lower() else ()

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

    async def ask(self, line: Line, asking: Asking, most: int = MOST) -> Answer | Failed:
        """A call for an account. Where Google refuses the token (it did nothing), once more with a new one."""
        token = await self.tokens.token(line)
        if not isinstance(token, str):
            return token
        answer = await self._client.call(line.base_url, token, asking, most)
        if answer != Refused(UNAUTHORIZED, auth=True):
            return answer
        token = await self.tokens.token(line, stale=token)
        if not isinstance(token, str):
            return token
        return await self._client.call(line.base_url, token, asking, most)
