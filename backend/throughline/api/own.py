"""What is said over HTTP of a caller's own: files they attach, addresses they link."""

from typing import Literal

from msgspec import UNSET, Struct, UnsetType

from throughline.conversation.events import ChannelName
from throughline.conversation.records import AccountStatus


class Upload(Struct, frozen=True):
    """What a file is called, and whether it was recorded as a voice note (`1`)."""

    name: str = ""
    voice: str = "0"


class FileShown(Struct, frozen=True, omit_defaults=True):
    """A file that is here: what its bytes prove it to be, and what is said in a recording."""

    id: str
    type: Literal["image", "audio", "video", "file"]
    name: str
    media_type: str
    size: int
    voice: bool = False
    transcript: str | UnsetType = UNSET


class FileLink(Struct, frozen=True):
    """Where a file's bytes are, and until when."""

    url: str
    expires_at: str


class LinkAsked(Struct, frozen=True):
    """Which channel a code is for."""

    channel: str


class LinkPlace(Struct, frozen=True):
    """Where a code can be sent: what we are called there, and a link that opens it, where there is one."""

    name: str
    deep_link: str | None


class LinkMade(Struct, frozen=True):
    """A fresh code. It is told here and nowhere else, once."""

    id: str
    channel: ChannelName
    code: str
    #: What to write there, whole.
    text: str
    #: Seconds.
    expires_in: int
    instructions: str
    #: Of the first place; also for a QR code.
    deep_link: str | None
    places: list[LinkPlace]


class LinkShown(Struct, frozen=True):
    """How far a code has come; `who` sent it, as far as one has to see to know oneself."""

    id: str
    channel: ChannelName
    state: Literal["open", "claimed", "confirmed", "refused"]
    expires_at: str
    who: str | None


class LinkList(Struct, frozen=True):
    """Codes that something may still become of, newest first."""

    items: list[LinkShown]


class IdentityShown(Struct, frozen=True):
    """An address of the caller's, shortened."""

    id: str
    channel: ChannelName
    label: str
    address: str
    status: Literal["pending", "verified", "unverified", "revoked"]
    health: AccountStatus
    simulated: bool
    #: What comes there rings: in quiet hours nothing goes there instead of elsewhere.
    rings: bool


class QuietHours(Struct, frozen=True):
    """From one time of day up to another, `HH:MM`, by the clock of an IANA time zone; over midnight too."""

    start: str
    end: str
    zone: str


class LinkableShown(Struct, frozen=True):
    """A channel for which a code can be made now. `simulated`: every account of it is."""

    channel: ChannelName
    label: str
    simulated: bool


class IdentityList(Struct, frozen=True):
    """The caller's addresses, in the order in which they want to be reached, and where more can be linked."""

    items: list[IdentityShown]
    linkable: list[LinkableShown]
    #: When nothing that rings is used as a fallback; null: at no time.
    quiet: QuietHours | None


class PreferencesAsked(Struct, frozen=True):
    """What is left out stays as it is.

    `fallback`: identity ids, first choice first; those left out come after, in the order they were linked. `quiet`:
    null ends the quiet hours.
    """

    fallback: list[str] | UnsetType = UNSET
    quiet: QuietHours | UnsetType | None = UNSET
