"""What is to be said of an account to somebody who asks whether it works: facts in, lines in words out. Pure."""

import ipaddress
from collections.abc import Mapping, Sequence
from typing import Literal
from urllib.parse import urlsplit

from msgspec import Struct

from throughline.conversation.channel import Probe
from throughline.conversation.records import Account, AccountStatus

#: What a line is: fine, worth a look, wrong.
Mark = Literal["ok", "look", "wrong"]

STATES: Mapping[AccountStatus, str] = {
    "unconfigured": "not set up",
    "waiting_first_event": "waiting for its first event",
    "up": "up",
    "degraded": "slow or failing in part",
    "down": "down",
    "needs_reauth": "needs new credentials",
    "disabled": "switched off",
}


class Line(Struct, frozen=True):
    """One thing that was looked at. `hint`: what to do, where something is to be done."""

    mark: Mark
    what: str
    hint: str = ""


class Facts(Struct, frozen=True, kw_only=True):
    """What is known of one account."""

    account: Account
    #: Everything the channel needs is there; else the secrets and options that are not set.
    complete: bool
    missing: Sequence[str]
    #: Heard by asking, or by a socket of ours: no public address is needed.
    listens: bool
    webhook: str
    #: None: the provider was not asked; `words` then says why.
    probe: Probe | None
    words: str


def checkup(facts: Facts, now: int) -> list[Line]:
    """Its lines, in the order of setting it up. `now` is UTC milliseconds."""
    account = facts.account
    if not account.enabled:
        return [Line("look", "switched off", "Switch it on at /admin/channels when it shall be used.")]
    lines = [_state(account)]
    if not facts.complete:
        names = ", ".join(facts.missing) or "see its page"
        lines.append(Line("wrong", f"not complete: {names}", "Enter what is missing at /admin/channels."))
    lines.append(_reached(facts))
    lines.append(_asked(facts))
    lines += [_moved("in", account.last_in, now), _moved("out", account.last_out, now)]
    return lines


def worked(lines: Sequence[Line]) -> bool:
    """Whether nothing is wrong."""
    return all(line.mark != "wrong" for line in lines)


def reachable(url: str) -> str | None:
    """Why a provider cannot call this address, or None. Only its form is looked at: nothing is asked."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme != "https":
        return "it is not https"
    if host == "localhost" or host.endswith((".localhost", ".local", ".internal", ".test", ".example")):
        return "nobody outside knows that name"
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return None if "." in host else "nobody outside knows that name"
    return None if address.is_global else "that address is not on the Internet"


def _state(account: Account) -> Line:
    why = "" if account.reason is None else f" ({account.reason})"
    what = f"{STATES[account.status]}{why}"
    match account.status:
        case "up":
            return Line("ok", what)
        case "waiting_first_event":
            return Line("look", what, "Write to it once from a phone or client: the first event makes it up.")
        case "unconfigured":
            return Line("wrong", what, "Follow the steps of its page at /admin/channels.")
        case "degraded" if account.reason == "breaker_open":
            hint = "One is tried again by itself, or at once when a test from /admin/channels works."
            return Line("look", "sends are paused after failures (breaker_open)", hint)
        case "degraded":
            return Line("look", what, "Sends fail and are tried again; the test below says whether it is over.")
        case _:
            return Line("wrong", what, "The channel's page in docs/channels says what to do about this code.")


def _reached(facts: Facts) -> Line:
    if facts.listens:
        return Line("ok", "heard by asking: no public address is needed")
    if facts.account.mode == "simulated":
        return Line("ok", f"webhook {facts.webhook} (of this machine)")
    why = reachable(facts.webhook)
    if why is None:
        return Line("ok", f"webhook {facts.webhook}")
    return Line(
        "wrong", f"webhook {facts.webhook}: the provider cannot reach it, {why}",
        "Set THROUGHLINE_PUBLIC_URL=https://… to the address by which this server is reached from outside.",
    )  # fmt: skip


def _asked(facts: Facts) -> Line:
    if facts.probe is None:
        return Line("look", facts.words)
    if facts.probe.health == "up":
        return Line("ok", facts.words)
    hint = "Look at the channel's page in docs/channels under “When something is wrong”."
    return Line("look" if facts.probe.health == "degraded" else "wrong", facts.words, hint)


def _moved(way: str, at: int | None, now: int) -> Line:
    if at is None:
        return Line("look", f"last {way}: never")
    return Line("ok", f"last {way}: {_ago(max(0, now - at) // 1_000)}")


def _ago(seconds: int) -> str:
    for size, word in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            count = seconds // size
            return f"{count} {word}{'s' if count > 1 else ''} ago"
    return "just now"
