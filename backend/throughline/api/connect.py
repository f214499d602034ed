"""The button "Connect Gmail": an admin is sent to the provider, and the address that they come back to.

Going out is an operation of the API; coming back is a page, because a browser is brought there by somebody else. What
goes wrong on the way back is said on a page of ours in words: nothing of what the address holds is shown, followed or
logged.
"""

import asyncio

import msgspec
from starlette.types import Receive, Scope, Send

from throughline import observe
from throughline.api.answer import NO_STORE, Answer, Header, shown
from throughline.api.ask import Ask
from throughline.api.ends import account_of
from throughline.api.needs import Door, Ends
from throughline.api.returned import page
from throughline.api.shapes import Connecting
from throughline.api.table import Operation
from throughline.api.trial import OFF, PATIENCE, WORDS
from throughline.conversation.channel import NotSent, Refused
from throughline.conversation.faults import Fault
from throughline.conversation.records import Account
from throughline.flow.accounts import VaultShut, Wanted, unfit, write
from throughline.flow.lines import SANDBOX, OpenLine
from throughline.identity.access import may
from throughline.identity.consents import LIFE_S, Visit
from throughline.ports import Connects, StoreDown, Tx

#: What every OAuth client is known by (RFC 6749 §2.3): the option, and the secret.
CLIENT, SECRET = "client_id", "client_secret"
#: Visits that an account may begin in a minute.
VISITS = 20
#: Lax, because the way back begins at the provider (RFC 6265bis §5.6.7).
_SECURE_COOKIE, _PLAIN_COOKIE = "__Host-throughline-visit", "throughline-visit"
_LONGEST = 4_096

NO_CONNECT = Fault(
    "no_connect", 404, "This channel's provider has no page to agree on.", "Enter its credentials by hand."
)
NO_CLIENT = Fault(
    "no_client", 409, "The OAuth client is not entered yet.", "Enter and save its ID and its secret first."
)
SHUT = Fault("account_shut", 409, WORDS["secrets_unreadable"], "Save the client's secret again, then connect.")
SANDBOX_OFF = Fault("sandbox_off", 409, WORDS["sandbox_off"], "Start the demo: just up.")


async def begun(door: Door, ask: Ask) -> Answer | Fault:
    """Where to send the admin. The visit belongs to this session and to this browser."""
    found = await account_of(door, ask)
    if isinstance(found, Fault):
        return found
    account, channel = found.account, found.channel
    if door.consents is None or not isinstance(channel, Connects):
        return NO_CONNECT
    if not account.enabled:
        return OFF
    if not account.options.get(CLIENT) or SECRET not in found.sealed:
        return NO_CLIENT
    wait = door.limits.hit(("connect", account.tenant, account.id), VISITS, 60.0)
    if wait is not None:
        return Fault(
            "too_many_requests", 429, "That was a lot of tries in a short time.", "Wait a moment, then try again.",
            retry_after=wait, retryable=True,
        )  # fmt: skip
    found.ends.lines.forget(account.id)
    line = await found.ends.lines.line(account.id)
    if line is None:
        return SANDBOX_OFF if account.base.startswith(SANDBOX) else SHUT
    name = _SECURE_COOKIE if ask.https else _PLAIN_COOKIE
    start = door.consents.begin(ask.signed_in, account.id, ask.cookie(name))
    url = channel.consent(line, back(found.ends, account), start.state, start.visit.verifier)
    return shown(Connecting(url=url), 200, _cookie(ask, start.browser))


def back(ends: Ends, account: Account) -> str:
    """Where the provider sends the admin: what has to be entered there, letter by letter."""
    return f"{ends.public_url}/oauth/{account.channel}/callback"


class Callback:
    """Where a provider sends an admin back to. An ASGI app; anybody can open it, `state` decides."""

    def __init__(self, door: Door) -> None:
        self._door = door

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Answer one request."""
        scope["throughline.route"] = "/oauth/{channel}/callback"
        ask = Ask(scope, scope["throughline.request"])
        try:
            answer = await self._answer(ask)
        except StoreDown:
            answer = page("busy", ask.request_id)
        await answer.send(send)

    async def _answer(self, ask: Ask) -> Answer:
        door, ends = self._door, self._door.ends
        if ask.scope["method"] != "GET" or len(ask.scope["query_string"]) > _LONGEST:
            # Somebody who only looks (HEAD) must not use it up.
            return page("stale", ask.request_id)
        if ask.read_query(_Back) is not None:
            return page("stale", ask.request_id)
        came = ask.asked(_Back)
        cookie = ask.cookie(_SECURE_COOKIE if ask.https else _PLAIN_COOKIE)
        visit = None if door.consents is None else door.consents.end(came.state, cookie)
        if visit is None or ends is None:
            return page("stale", ask.request_id)
        account = await door.store.read(lambda tx: _still(tx, visit))
        if account is None or account.channel != ask.path["channel"]:
            return page("stale", ask.request_id)
        if came.error or not came.code:
            return page("denied" if came.error == "access_denied" else "refused", ask.request_id, account.id)
        ends.lines.forget(account.id)
        line = await ends.lines.line(account.id)
        if line is None:
            return page("shut", ask.request_id, account.id)
        why = await self._taken(ends, line, came.code, visit)
        if why is not None:
            observe.logger("api.connect").warning("not_connected", account=account.id, reason=why)
            return page(why, ask.request_id, account.id)
        to = f"{ends.public_url}/admin/channels?account={account.id}&connected={account.provider}"
        return Answer(303, b"", ((b"location", to.encode()), NO_STORE))

    async def _taken(self, ends: Ends, line: OpenLine, code: str, visit: Visit) -> str | None:
        """None: what the code is worth is kept; else why not."""
        channel = ends.channels.of(line.account)
        if channel is None or not isinstance(channel, Connects):
            return "stale"
        try:
            async with asyncio.timeout(PATIENCE):
                granted = await channel.exchange(line, back(ends, line.account), code, visit.verifier)
        except TimeoutError:
            return "timeout"
        if isinstance(granted, Refused | NotSent):
            return granted.reason
        wanted = Wanted(options=granted.options, secrets=granted.secrets)
        if unfit(channel, wanted) is not None:
            return "refused"
        now, fresh = self._door.clock.now(), ends.vault.new_key(line.account.tenant)

        def keep(tx: Tx) -> Account | None:
            row = _still(tx, visit)
            return None if row is None else write(tx, ends.vault, channel, row, wanted, fresh, now)

        try:
            after = await self._door.store.write(keep)
        except VaultShut:
            return "shut"
        if after is None:
            return "stale"
        ends.lines.forget(after.id)
        ends.lines.breakers.lifted(after.id)
        ends.changed(after)
        return None


class _Back(msgspec.Struct, frozen=True):
    """What a provider adds to the address (RFC 6749 §4.1.2). Everything else in it is passed over."""

    state: str = ""
    code: str = ""
    error: str = ""


def _still(tx: Tx, visit: Visit) -> Account | None:
    """The account, if who began may still configure it."""
    who = tx.users.by_id(visit.caller.tenant, visit.caller.user)
    row = tx.accounts.account(visit.account)
    if who is None or who.disabled or row is None or row.tenant != visit.caller.tenant or not row.enabled:
        return None
    return row if may(msgspec.structs.replace(visit.caller, role=who.role), "configure") else None


def _cookie(ask: Ask, browser: str) -> Header:
    name, limits = (_SECURE_COOKIE, "; Secure") if ask.https else (_PLAIN_COOKIE, "")
    return b"set-cookie", f"{name}={browser}; Path=/{limits}; Max-Age={LIFE_S}; HttpOnly; SameSite=Lax".encode()


OPERATIONS = (
    Operation(
        name="connect_account", method="POST", path="/api/v1/admin/channels/{channel}/accounts/{account}/connect",
        verb=begun, tag="channels", gives=Connecting, refusals=(403, 404, 409),
        summary="Where at the provider an admin agrees; the answer comes back to /oauth/{channel}/callback.",
    ),
)  # fmt: skip
