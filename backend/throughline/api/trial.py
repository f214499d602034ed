"""A test of an account: its provider is asked whether the credentials work, an admin is told in words."""

import asyncio
from collections.abc import Mapping

from throughline.api.answer import Answer, shown
from throughline.api.ask import Ask
from throughline.api.ends import account_of, as_shown
from throughline.api.needs import Door, Ends
from throughline.api.shapes import Tested
from throughline.api.table import Operation
from throughline.conversation.accounts import Probed
from throughline.conversation.channel import Probe
from throughline.conversation.faults import Fault
from throughline.conversation.records import Account
from throughline.flow.accounts import complete
from throughline.flow.lines import SANDBOX
from throughline.ports import Channel

#: Seconds for a provider's answer; tests a minute of one account.
PATIENCE, TESTS = 10.0, 10
OFF = Fault("account_disabled", 409, "This account is switched off.", "Switch it on, then test it.")
#: What a code means to an admin. One that is not here is the provider's own word, and shown as it is.
WORDS: Mapping[str, str] = {
    "incomplete": "Something is still missing: see which secrets are not set.",
    "secrets_unreadable": "The secrets cannot be opened with this THROUGHLINE_SECRET. Enter them again.",
    "sandbox_off": "This account is simulated, and no sandbox runs here.",
    "timeout": "The provider did not answer in time.",
    "unreachable": "The provider could not be reached from here.",
    "connect": "The provider could not be reached from here.",
    "dns": "The provider’s name is not known here: check this machine’s DNS.",
    "tls": "No safe connection to the provider came about: check this machine’s clock and certificates.",
    "invalid_auth": "The provider does not know this token. Copy it again.",
    "not_authed": "The provider saw no token. Enter it again.",
    "token_revoked": "This token was revoked. Install the app again and enter the new one.",
    "account_inactive": "The app was removed from the workspace, or the workspace is closed.",
    "token_expired": "This token has run out. Make one that does not, and enter it.",
    "no_number": "No phone number is entered.",
    "number_not_found": "The provider has no such number, or this token may not see it. Copy the number's id again.",
    "quality_red": "It works, but people have complained: WhatsApp may limit this number.",
    "missing_scope": "The app lacks a permission. Update it from the manifest and install it again.",
}


async def tested(door: Door, ask: Ask) -> Answer | Fault:
    """Ask the provider; the account's state follows from what it says."""
    found = await account_of(door, ask)
    if isinstance(found, Fault):
        return found
    account = found.account
    if not account.enabled:
        return OFF
    wait = door.limits.hit(("test", account.tenant, account.id), TESTS, 60.0)
    if wait is not None:
        return Fault(
            "too_many_requests", 429, "That was a lot of tests in a short time.", "Wait a moment, then test again.",
            retry_after=wait, retryable=True,
        )  # fmt: skip
    begun = door.clock.monotonic()
    probe = await probed(found.ends, found.channel, account, found.sealed)
    took = round((door.clock.monotonic() - begun) * 1000)
    after = await found.ends.lines.change(account.id, Probed(probe)) or account
    page = as_shown(found.ends, after, found.sealed, found.waits)
    return shown(Tested(health=probe.health, detail=words(probe), took_ms=took, account=page))


async def probed(ends: Ends, channel: Channel, account: Account, sealed: Mapping[str, bytes]) -> Probe:
    """What the provider says now, within PATIENCE."""
    if not complete(channel, account, sealed):
        return Probe("needs_reauth", "incomplete")
    ends.lines.forget(account.id)
    line = await ends.lines.line(account.id)
    if line is None:
        simulated = account.base.startswith(SANDBOX)
        return Probe("down", "sandbox_off") if simulated else Probe("needs_reauth", "secrets_unreadable")
    try:
        async with asyncio.timeout(PATIENCE):
            return await channel.probe(line)
    except TimeoutError:
        return Probe("down", "timeout")


def words(probe: Probe) -> str:
    """What it means to an admin."""
    if probe.health == "up":
        return "The credentials work."
    reason = probe.reason or "unknown"
    return WORDS.get(reason.partition(":")[0], f"The provider says: {reason}.")


OPERATIONS = (
    Operation(
        name="test_account", method="POST", path="/api/v1/admin/channels/{channel}/accounts/{account}/test",
        verb=tested, tag="channels", gives=Tested, refusals=(403, 404, 409),
        summary="Ask the provider whether the credentials work now.",
    ),
)  # fmt: skip
