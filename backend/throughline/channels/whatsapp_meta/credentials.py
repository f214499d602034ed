"""Meta's credentials by their look. Pure."""

import re
from collections.abc import Collection, Mapping

from throughline.channels.whatsapp_meta.capabilities import numbers

_TOKEN = re.compile(r"[!-{}~]{20,1024}", re.ASCII)
_SECRET = re.compile(r"[0-9a-f]{32}", re.ASCII)
_CHOSEN = re.compile(r"[!-~]{8,200}", re.ASCII)
_NUMBER = re.compile(r"[0-9]{5,32}", re.ASCII)
_TEMPLATE = re.compile(r"[a-z0-9_]{1,512}", re.ASCII)
_LANGUAGE = re.compile(r"[a-z]{2,3}(_[A-Z]{2,4})?", re.ASCII)
_MOST_NUMBERS = 50


def wrong(name: str, value: str) -> str | None:
    """Why this cannot be the secret or option of that name, in words for an admin; None: it may be."""
    match name:
        case "access_token":
            return _not_a_token(value)
        case "app_secret":
            fits = _SECRET.fullmatch(value)
            return None if fits else "An app secret is 32 of the characters 0-9 and a-f: App settings, Basic."
        case "verify_token":
            fits = _CHOSEN.fullmatch(value)
            return None if fits else "Choose 8 to 200 letters and digits, without blanks, and give Meta the same."
        case "numbers":
            return _not_numbers(value)
        case "waba":
            return None if _NUMBER.fullmatch(value) else "The id of a WhatsApp Business Account is digits only."
        case "answers":
            return None if value in {"final", "sentences"} else "final or sentences."
        case "template":
            fits = _TEMPLATE.fullmatch(value)
            return None if fits else "A template's name is small letters, digits and underscores."
        case "template_language":
            return None if _LANGUAGE.fullmatch(value) else "A language as Meta writes it: en, en_US, pt_BR."
        case _:
            return None


def _not_a_token(value: str) -> str | None:
    if _SECRET.fullmatch(value):
        return "This is the app secret. The access token of a system user begins with EAA."
    if "|" in value:
        return "This is an app's token. Take a system user's, with whatsapp_business_messaging."
    return None if _TOKEN.fullmatch(value) else "An access token is one long word: Business settings, System users."


def _not_numbers(value: str) -> str | None:
    found = numbers(value)
    if any(number.startswith("+") for number in found):
        return "This is the phone number itself. Copy its Phone number ID: WhatsApp, API setup."
    if not 0 < len(found) <= _MOST_NUMBERS or not all(_NUMBER.fullmatch(number) for number in found):
        return "Phone number IDs: digits, with commas between them."
    return "The same number twice." if len(set(found)) < len(found) else None


def complete(options: Mapping[str, str], secrets: Collection[str]) -> bool:
    """Whether these are enough to hear and to send."""
    return bool(numbers(options.get("numbers", ""))) and {"access_token", "app_secret", "verify_token"} <= set(secrets)
