"""An account's state, and what moves it (rules.md §7).

    unconfigured → waiting_first_event → up ⇄ degraded ⇄ down{reason}, needs_reauth, disabled

An event that comes in proves that the provider reaches us; a send that is taken proves that the credentials work, and
heals whatever a failure had said. Neither can unsay what only a person can: `disabled`, and credentials that are not
complete. Reasons are codes, never a provider's words.
"""

from msgspec import Struct
from msgspec.structs import replace

from throughline.conversation.channel import Probe
from throughline.conversation.records import Account, AccountStatus


class Saved(Struct, frozen=True):
    """Somebody wrote the credentials or the address; `complete`: everything the channel needs is there."""

    complete: bool


class Enabled(Struct, frozen=True):
    """Somebody switched it on."""

    complete: bool


class Disabled(Struct, frozen=True):
    """Somebody switched it off: no webhook is taken, nothing is sent."""


class CameIn(Struct, frozen=True):
    """A verified request came from the provider."""


class WentOut(Struct, frozen=True):
    """The provider took a send."""


class AuthFailed(Struct, frozen=True):
    """The credentials are refused, or cannot be read: a person has to enter them again."""

    reason: str


class Ended(Struct, frozen=True):
    """The provider has ended the connection from its side (uninstalled, revoked)."""

    reason: str


class Failing(Struct, frozen=True):
    """Sends fail again and again for a reason that may pass."""

    reason: str


class Probed(Struct, frozen=True):
    """Somebody tested the credentials."""

    probe: Probe


Happening = Saved | Enabled | Disabled | CameIn | WentOut | AuthFailed | Ended | Failing | Probed

#: Nothing can be sent through it until a person does something.
SHUT: frozenset[AccountStatus] = frozenset({"unconfigured", "down", "needs_reauth", "disabled"})
#: What only a person lifts.
_SHUT: frozenset[AccountStatus] = frozenset({"disabled", "unconfigured"})


def next_status(account: Account, happening: Happening, now: int) -> Account:
    """The account after it; `now` is UTC milliseconds. The same one where nothing changes."""
    match happening:
        case Saved(complete):
            return _switched(account, account.enabled, complete)
        case Enabled(complete):
            return _switched(account, enabled=True, complete=complete)
        case Disabled():
            return _switched(account, enabled=False, complete=True)
        case CameIn():
            came = replace(account, last_in=_later(account.last_in, now))
            return _well(came) if account.status == "waiting_first_event" else came
        case WentOut():
            return _well(replace(account, last_out=_later(account.last_out, now)))
        case Probed(probe):
            told = account if not probe.options else replace(account, options={**account.options, **probe.options})
            return _well(told) if probe.health == "up" else _ill(told, probe.health, probe.reason)
        case AuthFailed(reason):
            return _ill(account, "needs_reauth", reason)
        case Ended(reason):
            return _ill(account, "down", reason)
        case Failing(reason):
            # It says less than what is known already, where that is worse.
            worse = account.status in {"down", "needs_reauth"}
            return account if worse else _ill(account, "degraded", reason)


def shown_apart(before: Account, after: Account) -> bool:
    """Whether the two differ in more than when something last came or went: then it is written and told at once."""
    return replace(after, last_in=before.last_in, last_out=before.last_out) != before


def _switched(account: Account, enabled: bool, complete: bool) -> Account:  # noqa: FBT001 - it sets the field of that name
    if not enabled:
        return replace(account, enabled=False, status="disabled", reason=None)
    on = replace(account, enabled=True, reason=None)
    return replace(on, status=_standing(on)) if complete else replace(on, status="unconfigured")


def _standing(account: Account) -> AccountStatus:
    """Where it stands while nothing is wrong: nobody knows that events reach us before one did."""
    return "waiting_first_event" if account.last_in is None else "up"


def _well(account: Account) -> Account:
    return account if account.status in _SHUT else replace(account, status=_standing(account), reason=None)


def _ill(account: Account, status: AccountStatus, reason: str | None) -> Account:
    return account if account.status in _SHUT else replace(account, status=status, reason=reason)


def _later(known: int | None, now: int) -> int:
    return now if known is None else max(known, now)
