"""Gmail's credentials by their look. Pure."""

import re
from collections.abc import Collection, Mapping

_CLIENT = re.compile(r"[0-9A-Za-z._-]{4,200}", re.ASCII)
_SECRET = re.compile(r"[!-~]{4,2048}", re.ASCII)
_TOPIC = re.compile(r"projects/[a-z][a-z0-9:.-]{3,62}/topics/[A-Za-z][A-Za-z0-9._~+%-]{2,254}", re.ASCII)
#: One address and nothing else: no name, no list, no quoted part (RFC 5321 §4.5.3.1 has the lengths).
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z0-9-]{2,63}", re.ASCII)
#: Seconds between two looks, at the least and at the most.
POLL = (1.0, 300.0)
_DEFAULT = 5.0


def wrong(name: str, value: str) -> str | None:
    """Why this cannot be the secret or option of that name, in words for an admin; None: it may be."""
    match name:
        case "client_id":
            fits = _CLIENT.fullmatch(value)
            return None if fits else "A client ID ends with .apps.googleusercontent.com: Google Auth Platform, Clients."
        case "client_secret" | "refresh_token":
            return None if _SECRET.fullmatch(value) else "Letters, digits and signs without a blank."
        case "mailbox" | "push_account":
            return None if is_address(value) else "One mail address."
        case "topic":
            return None if _TOPIC.fullmatch(value) else "A topic of Pub/Sub: projects/…/topics/…"
        case "push_audience":
            return None if _SECRET.fullmatch(value) else "The audience that the push subscription names."
        case "name":
            return None if value.isprintable() and len(value) <= 100 else "One line of at most 100 characters."
        case "poll_s":
            return None if _seconds(value) is not None else "Seconds, from 1 to 300."
        case _:
            return None


def complete(options: Mapping[str, str], secrets: Collection[str]) -> bool:
    """Whether these are enough to hear and to send."""
    return heard(options) and {"client_secret", "refresh_token"} <= set(secrets)


def heard(options: Mapping[str, str]) -> bool:
    """Whether an account with these options can be asked for news."""
    return bool(options.get("client_id")) and is_address(options.get("mailbox", ""))


def is_address(text: str) -> bool:
    """Whether it is one mail address, such as may stand in a header."""
    return len(text) <= 254 and _ADDRESS.fullmatch(text) is not None


def poll(options: Mapping[str, str]) -> float:
    """Seconds between two looks for news."""
    return _seconds(options.get("poll_s", "")) or _DEFAULT


def _seconds(text: str) -> float | None:
    try:
        seconds = float(text)
    except ValueError:
        return None
    return seconds if POLL[0] <= seconds <= POLL[1] else None
