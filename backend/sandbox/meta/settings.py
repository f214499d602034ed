"""What a number and a person of WhatsApp are told to be, and how they are called."""

import base64
import hashlib
import re
import secrets
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import asdict

from sandbox.phones.facts import End, Person
from sandbox.phones.state import State


class GivenEnd(Struct, frozen=True):
    """A business number, by its phone_number_id."""

    display_phone_number: str
    waba_id: str
    app_secret: str
    access_token: str
    verify_token: str = ""
    webhook_url: str = ""
    #: Where webhooks go when the public address does not lead to this machine.
    deliver_url: str = ""
    label: str = ""


class GivenPerson(Struct, frozen=True):
    """Somebody on WhatsApp, by their wa_id. `username_only`: businesses do not get to see their number."""

    name: str
    bsuid: str = ""
    parent_bsuid: str = ""
    username: str = ""
    username_only: bool = False
    ends: tuple[str, ...] = ()
    receipts: bool = True
    reachable: bool = True


class Moving(Struct, frozen=True):
    """Somebody's new number, which comes with a new user id."""

    to: str
    bsuid: str = ""


def end_of(name: str, raw: bytes) -> End:
    """A number as it was given."""
    given = msgspec.json.decode(raw, type=GivenEnd)
    more = {field: value for field, value in asdict(given).items() if field != "label"}
    return End(name, given.label or given.display_phone_number, more)


def person_of(name: str, raw: bytes) -> Person:
    """A person as they were given; a user id is made where none is said."""
    given = msgspec.json.decode(raw, type=GivenPerson)
    more: dict[str, Any] = {
        "bsuid": given.bsuid or made_bsuid(name), "parent_bsuid": given.parent_bsuid, "username": given.username,
        "username_only": given.username_only,
    }  # fmt: skip
    return Person(name, given.name, given.ends, given.receipts, given.reachable, more)


def made_bsuid(name: str) -> str:
    """A business-scoped user id: a country, a point, letters and digits; the same for the same number."""
    return f"US.{int.from_bytes(hashlib.sha256(name.encode()).digest()[:8])}"


def digits(number: str) -> str:
    """A number as Meta writes it: without plus, blanks and signs."""
    return re.sub(r"[^0-9]", "", number)


def found(state: State, to: str, recipient: str) -> Person | None:
    """Whom a message is for: the number counts more than the user id."""
    if to:
        return state.people.get(digits(to))
    return next(
        (p for p in state.people.values() if recipient in {p.more["bsuid"], p.more["parent_bsuid"]} - {""}), None
    )


def wamid(number: str) -> str:
    """A message's id: opaque, in base64, with the signs that base64 has."""
    raw = bytes([0x1C, 0x18, len(number)]) + number.encode() + b"\x15\x02\x00\x11\x18\x12" + secrets.token_bytes(12)
    return f"wamid.{base64.b64encode(raw).decode()}"
