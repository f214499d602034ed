"""Slack's credentials by their look. Pure."""

import re
from collections.abc import Collection, Mapping

_SIGNING = re.compile(r"[0-9A-Za-z]{16,128}", re.ASCII)
_TOKEN = re.compile(r"[0-9A-Za-z.-]{10,512}", re.ASCII)
_ID = re.compile(r"[A-Z][0-9A-Z]{1,63}", re.ASCII)
_LETTER = {"team": ("T",), "app": ("A",), "bot_user": ("U", "W"), "bot_id": ("B",)}


def wrong(name: str, value: str) -> str | None:
    """Why this cannot be the secret or option of that name, in words for an admin; None: it may be."""
    match name:
        case "bot_token":
            return _not_a_bot_token(value)
        case "app_token":
            fits = value.startswith("xapp-") and _TOKEN.fullmatch(value)
            return None if fits else "An app-level token begins with xapp-: Basic Information, App-Level Tokens."
        case "signing_secret":
            return None if _SIGNING.fullmatch(value) else "A signing secret is letters and digits: App Credentials."
        case "team" | "app" | "bot_user" | "bot_id":
            fits = value.startswith(_LETTER[name]) and _ID.fullmatch(value)
            return None if fits else f"A Slack id that begins with {' or '.join(_LETTER[name])}."
        case "socket" | "markdown":
            return None if value in {"on", "off"} else "on or off."
        case _:
            return None


def _not_a_bot_token(value: str) -> str | None:
    if value.startswith("xapp-"):
        return "This is the app-level token. The bot token begins with xoxb-."
    if value.startswith("xoxp-"):
        return "This is a user's token. The bot token begins with xoxb-."
    if not value.startswith(("xoxb-", "xoxe.xoxb-")) or not _TOKEN.fullmatch(value):
        return "A bot token begins with xoxb-: OAuth & Permissions, Bot User OAuth Token."
    return None


def complete(options: Mapping[str, str], secrets: Collection[str]) -> bool:
    """Whether these are enough to hear and to send: a bot token, and one way to be heard."""
    heard = "app_token" if options.get("socket") == "on" else "signing_secret"
    return "bot_token" in secrets and heard in secrets
