"""Telegram's credentials by their look. Pure."""

import re
from collections.abc import Collection, Mapping

_TOKEN = re.compile(r"[0-9]{3,20}:[A-Za-z0-9_-]{20,100}", re.ASCII)
_SECRET = re.compile(r"[A-Za-z0-9_-]{16,256}", re.ASCII)
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{3,63}", re.ASCII)


def wrong(name: str, value: str) -> str | None:
    """Why this cannot be the secret or option of that name, in words for an admin; None: it may be."""
    match name:
        case "bot_token":
            return None if _TOKEN.fullmatch(value) else "A bot token is a number, a colon and letters: @BotFather."
        case "webhook_secret":
            return None if _SECRET.fullmatch(value) else "16 to 256 letters, digits, _ and -: make one up."
        case "bot":
            return None if value.isascii() and value.isdecimal() and len(value) <= 20 else "The bot's id is a number."
        case "username":
            return None if _NAME.fullmatch(value) else "The bot's name as in t.me/name, without the @."
        case "polling":
            return None if value in {"on", "off"} else "on or off."
        case _:
            return None


def complete(options: Mapping[str, str], secrets: Collection[str]) -> bool:
    """Whether these are enough to hear and to send: a token, and one way to be heard."""
    return "bot_token" in secrets and (options.get("polling") == "on" or "webhook_secret" in secrets)


def bot(token: str, options: Mapping[str, str]) -> str:
    """The bot's id: what was set, else what stands before the token's colon. Empty: nobody knows."""
    return options.get("bot") or (token.partition(":")[0] if _TOKEN.fullmatch(token) else "")
