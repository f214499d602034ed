"""What a number and a person are told to be at Twilio, and how its ids look."""

import re
import secrets
from typing import Any, Literal

import msgspec
from msgspec import Struct
from msgspec.structs import asdict

from sandbox.phones.facts import End, Person
from sandbox.phones.state import State

#: E.164: a plus, a country, at most fifteen digits.
NUMBER = re.compile(r"\+[1-9][0-9]{6,14}\Z")
_CHANNEL = "whatsapp:"


class GivenEnd(Struct, frozen=True):
    """A number of ours, by its E.164. With a shared key webhooks are signed the new way, SHA256."""

    channel: Literal["whatsapp", "sms"]
    account_sid: str
    auth_token: str
    shared_key: str = ""
    shared_key_id: str = ""
    webhook_url: str = ""
    #: Where webhooks go when the public address, which is what is signed, does not lead to this machine.
    deliver_url: str = ""
    messaging_service_sid: str = ""
    label: str = ""


class GivenPerson(Struct, frozen=True):
    """Somebody, by their E.164."""

    name: str
    ends: tuple[str, ...] = ()
    receipts: bool = True
    reachable: bool = True


def end_of(name: str, raw: bytes) -> End:
    """A number as it was given."""
    if not NUMBER.match(name):
        raise ValueError("not E.164")
    given = msgspec.json.decode(raw, type=GivenEnd)
    more = {field: value for field, value in asdict(given).items() if field != "label"}
    return End(name, given.label or name, more)


def person_of(name: str, raw: bytes) -> Person:
    """A person as they were given."""
    if not NUMBER.match(name):
        raise ValueError("not E.164")
    given = msgspec.json.decode(raw, type=GivenPerson)
    return Person(name, given.name, given.ends, given.receipts, given.reachable)


def sid(kind: str) -> str:
    """An id: two letters and 32 hexadecimal digits."""
    return f"{kind}{secrets.token_hex(16)}"


def media_sid(file: str) -> str:
    """A file's id as Twilio writes it."""
    return f"ME{int(file):032x}"


def file_of(media: str) -> str:
    """The other way round; empty where it is none."""
    return str(int(media[2:], 16)) if re.match(r"ME[0-9a-f]{32}\Z", media) else ""


def split(address: str) -> tuple[Literal["whatsapp", "sms"], str]:
    """The channel and the number of an address."""
    if address.startswith(_CHANNEL):
        return "whatsapp", address.removeprefix(_CHANNEL).strip()
    return "sms", address.strip()


def address(end: End, number: str) -> str:
    """A number as the end's channel writes it."""
    return f"{_CHANNEL}{number}" if end.more["channel"] == "whatsapp" else number


def ends_of(state: State, account: str) -> list[End]:
    """The numbers of an account."""
    return [end for end in state.ends.values() if end.more["account_sid"] == account]


def channel_of(end: End) -> dict[str, Any]:
    """What the pane may know."""
    return {"channel": end.more["channel"], "number": end.id}
