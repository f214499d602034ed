"""Both ends of a WhatsApp conversation as one address: `<phone_number_id>/<wa_id>`, or with a business-scoped id. Pure.

A person is a phone number (`wa_id`, digits only) or, since usernames came in 2026, a business-scoped user id such as
`US.13491208655302741918`, with `ENT.` in it where several businesses share it.
Source: developers.facebook.com, WhatsApp Business Platform, "Business-scoped user IDs" (2026-05-28).
"""

import re

_OURS = re.compile(r"[0-9]{1,32}", re.ASCII)
_PHONE = re.compile(r"[0-9]{4,20}", re.ASCII)
_SCOPED = re.compile(r"[A-Z]{2}\.(ENT\.)?[0-9A-Za-z]{1,128}", re.ASCII)
_WAMID = re.compile(r"[!-~]{1,300}", re.ASCII)


def is_number(ours: str) -> bool:
    """Whether it can be a phone_number_id."""
    return _OURS.fullmatch(ours) is not None


def is_phone(theirs: str | None) -> bool:
    """Whether it is a wa_id."""
    return theirs is not None and _PHONE.fullmatch(theirs) is not None


def is_scoped(theirs: str | None) -> bool:
    """Whether it is a business-scoped user id, or its parent."""
    return theirs is not None and _SCOPED.fullmatch(theirs) is not None


def is_wamid(name: str | None) -> bool:
    """Whether it can be the id of a message."""
    return name is not None and _WAMID.fullmatch(name) is not None


def parted(address: str) -> tuple[str, dict[str, str]] | None:
    """Our phone_number_id, and whom to write to as the API takes it: `to` or `recipient`. None: no address."""
    ours, _, theirs = address.partition("/")
    if not is_number(ours):
        return None
    if is_phone(theirs):
        return ours, {"to": theirs}
    return (ours, {"recipient": theirs}) if is_scoped(theirs) else None
