"""Who may write to an account: everybody, or the addresses on its list. Pure."""

import re

_PHONE = re.compile(r"\+?[0-9 ().-]{3,30}")


def allowed(allow: str, addresses: tuple[str, ...]) -> bool:
    """Whether one of somebody's addresses stands on a list, which has commas between; an empty list is everybody.

    Numbers are compared by their digits, everything else in any case; `@example.com` is all of that domain. Addresses
    may have our end in front (`1555010/447700900123`).
    """
    wanted = {_tidy(entry) for entry in allow.split(",") if entry.strip()}
    if not wanted:
        return True
    for address in addresses:
        theirs = _tidy(address.rpartition("/")[2])
        if theirs in wanted or ("@" in theirs and f"@{theirs.rpartition('@')[2]}" in wanted):
            return True
    return False


def _tidy(entry: str) -> str:
    entry = entry.strip().lower().removeprefix("whatsapp:")
    return re.sub("[^0-9]", "", entry) if _PHONE.fullmatch(entry) else entry
