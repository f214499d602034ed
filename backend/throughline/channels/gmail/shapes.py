"""Gmail's answers as far as we read them: `users.messages.get` with `format=full`.

Source: the schema `Message` of Gmail's discovery document (gmail v1). Fields that we do not read are skipped by the
decoder. Without cycles there is nothing for the collector to find, so a mail of many parts costs no collection.
"""

from msgspec import Struct


class Header(Struct, frozen=True, gc=False):
    """One header line, unfolded."""

    name: str = ""
    value: str = ""


class Body(Struct, frozen=True, gc=False, rename="camel"):
    """A part's content: in base64url, or named to be fetched. `size` in bytes, decoded."""

    attachment_id: str = ""
    size: int = 0
    data: str = ""


class Part(Struct, frozen=True, gc=False, rename="camel"):
    """A part of the MIME tree, as Gmail has parsed it. `parts` are empty where it is a leaf."""

    part_id: str = ""
    mime_type: str = ""
    filename: str = ""
    headers: tuple[Header, ...] = ()
    body: Body = Body()
    parts: tuple["Part", ...] = ()


class Message(Struct, frozen=True, gc=False, rename="camel"):
    """A message. `internal_date`: UTC milliseconds as a string."""

    id: str
    thread_id: str
    label_ids: tuple[str, ...] = ()
    internal_date: str = ""
    size_estimate: int = 0
    payload: Part | None = None


class Quarantined(Struct, frozen=True):
    """A message that is not read, and why: a code, for the admin."""

    code: str
