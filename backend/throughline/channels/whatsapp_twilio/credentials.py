"""Twilio's credentials by their look. Pure."""

import re
from collections.abc import Collection, Mapping

from throughline.conversation.phones import phone

_ACCOUNT = re.compile(r"AC[0-9a-f]{32}", re.ASCII)
_TOKEN = re.compile(r"[0-9a-f]{32}", re.ASCII)
_KEY = re.compile(r"[!-~]{16,256}", re.ASCII)
_KEY_ID = re.compile(r"[A-Za-z0-9_.-]{4,128}", re.ASCII)
_SERVICE = re.compile(r"MG[0-9a-f]{32}", re.ASCII)
_CONTENT = re.compile(r"HX[0-9a-f]{32}", re.ASCII)
#: What fits, and what to say where it does not.
_LOOKS = {
    "account_sid": (_ACCOUNT, "An Account SID is AC and 32 hexadecimal digits: Console, Account Info."),
    "auth_token": (_TOKEN, "An auth token is 32 hexadecimal digits: Console, Account Info."),
    "shared_key": (_KEY, "The secret of a shared key, as Twilio showed it once: at least 16 characters, no spaces."),
    "shared_key_id": (_KEY_ID, "The shared key's id: letters, digits, dashes and underscores."),
    "messaging_service": (_SERVICE, "A Messaging Service SID is MG and 32 hexadecimal digits."),
    "content_template": (_CONTENT, "A Content SID is HX and 32 hexadecimal digits: Content Template Builder."),
    "signature": (re.compile(r"sha1|sha256"), "sha1 or sha256."),
    "answers": (re.compile(r"final|sentences"), "final or sentences."),
}


def wrong(name: str, value: str) -> str | None:
    """Why this cannot be the secret or option of that name, in words for an admin; None: it may be."""
    if name == "numbers":
        return _not_numbers(value)
    if name == "auth_token" and value.startswith("SK"):
        return "This is an API key. The auth token is 32 hexadecimal digits: Console, Account Info."
    look = _LOOKS.get(name)
    return None if look is None or look[0].fullmatch(value) else look[1]


def numbers(options: Mapping[str, str]) -> tuple[str, ...]:
    """Our own numbers, E.164, the first one first."""
    return tuple(filter(None, (given.strip() for given in options.get("numbers", "").split(","))))


def _not_numbers(value: str) -> str | None:
    given = numbers({"numbers": value})
    bad = [one for one in given if phone(one) != one]
    if not given or bad:
        shown = f"{bad[0][:20]} is none. " if bad else ""
        return f"{shown}Numbers begin with + and the country's code, with commas between: +14155550100,+442079460000."
    return None


def complete(options: Mapping[str, str], secrets: Collection[str]) -> bool:
    """Whether these are enough to hear and to send: who we are, a number, the token, and what signs."""
    shared = options.get("signature") != "sha256" or ("shared_key" in secrets and bool(options.get("shared_key_id")))
    return bool(options.get("account_sid")) and bool(numbers(options)) and "auth_token" in secrets and shared
