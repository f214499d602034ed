"""What people attach: what a file may be called, what it really is, and how it may be shown. Pure.

The bytes decide what a file is, never what somebody says about it. What a browser would run (HTML, SVG, scripts) is
kept and given away as plain bytes only.
"""

import re
import unicodedata
from typing import Literal

import filetype
from msgspec import UNSET, Struct

from throughline.conversation.channel import Media
from throughline.conversation.events import Part
from throughline.conversation.ids import AccountId, ConversationId, FileId, MessageId, TenantId, UserId
from throughline.markup.graphemes import cut

Kind = Literal["image", "audio", "video", "file"]
#: Bytes of one file, and files of one message.
MOST, MOST_FILES = 25_000_000, 10
#: Bytes that tell what a file is.
HEAD = 8_192
#: Milliseconds for which an answer waits for what is still being fetched.
PATIENCE = 20_000
#: Times that an attachment is asked for, and milliseconds before the second time; each wait doubles.
TRIES, AGAIN = 5, 2_000
OPAQUE = "application/octet-stream"
#: Characters of a name; of a given one, its last, are looked at.
_NAME, _GIVEN = 120, 1_000
#: Shown in a page: pictures that hold nothing but a picture, sound, moving pictures.
_SHOWN: dict[str, Kind] = {
    "image/png": "image", "image/jpeg": "image", "image/gif": "image", "image/webp": "image",
    "audio/ogg": "audio", "audio/mpeg": "audio", "audio/mp4": "audio", "audio/x-wav": "audio", "audio/wav": "audio",
    "audio/webm": "audio", "audio/aac": "audio", "audio/amr": "audio", "audio/x-m4a": "audio", "audio/m4a": "audio",
    "video/mp4": "video", "video/webm": "video", "video/quicktime": "video", "video/3gpp": "video",
}  # fmt: skip
#: Kept under their own name though nothing in their bytes proves it: text.
_WORDS = frozenset({"text/plain", "text/csv", "text/markdown", "text/calendar", "application/json"})
#: A container that holds sound or moving pictures alike: what was said of it decides between the two.
_EITHER = {"video/webm": "audio/webm", "video/mp4": "audio/mp4", "video/3gpp": "audio/3gpp"}
_BAD = re.compile(r'[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\U000e0000-\U000e007f<>:"/\\|?*]+')


class File(Struct, frozen=True):
    """An attachment: where it belongs, what it is, and how far it has come."""

    id: FileId
    tenant: TenantId
    conversation: ConversationId
    kind: Kind
    media_type: str
    name: str
    size: int
    state: Literal["ready", "waiting", "refused"]
    created_at: int
    #: None: uploaded, and not sent yet.
    message: MessageId | None = None
    #: The account it is to be fetched through.
    account: AccountId | None = None
    voice: bool = False
    #: Why it was refused: a code.
    reason: str | None = None
    #: Names the bytes.
    sha256: str | None = None
    transcript: str | None = None
    remote: Media | None = None
    #: When it may be asked for next, UTC ms; and how often it was.
    due: int = 0
    attempts: int = 0
    #: Who uploaded it.
    owner: UserId | None = None

    @property
    def part(self) -> Part:
        """As a message has it."""
        return Part(
            self.id, self.kind, self.name, self.media_type, self.size,
            "ready" if self.state == "ready" else "waiting", self.voice,
            UNSET if self.transcript is None else self.transcript,
        )  # fmt: skip


def named(given: str, media_type: str) -> str:
    """A file's name as it can be kept and offered: no path, no control or direction sign, at most 120 characters."""
    given = unicodedata.normalize("NFC", given[-_GIVEN:].encode("utf-8", "ignore").decode())
    bare = given.replace("\\", "/").rpartition("/")[2]
    bare = " ".join(_BAD.sub(" ", bare).split()).strip(". ")
    if len(bare) > _NAME:
        stem, dot, end = bare.rpartition(".")
        bare = f"{cut(stem, _NAME - len(end) - 1)}.{end}" if dot and len(end) <= 10 else cut(bare, _NAME)
    return bare or f"{kind_of(media_type)}{_extension(media_type)}"


def really(head: bytes, said: str) -> str:
    """The media type that the first bytes prove; text and the unknown keep to what cannot do harm.

    `said` is what the sender claims; it counts where the bytes allow both, or for plain words.
    """
    said = said.partition(";")[0].strip().lower()
    guess = filetype.guess(head)
    if guess is not None:
        found = str(guess.mime)
        return _EITHER[found] if said == _EITHER.get(found) else found
    if said in _WORDS and _is_text(head):
        return said
    return OPAQUE


def kind_of(media_type: str) -> Kind:
    """How it is shown."""
    return _SHOWN.get(media_type, "file")


def inline(media_type: str) -> bool:
    """Whether a browser may show it in place; everything else is only saved."""
    return media_type in _SHOWN or media_type == "application/pdf"


def again(file: File, now: int) -> int | None:
    """When a fetch that failed may be tried next (UTC ms); None: not any more."""
    return None if file.attempts >= TRIES else now + AGAIN * 2 ** max(0, file.attempts - 1)


def _extension(media_type: str) -> str:
    found = None if media_type == OPAQUE else filetype.get_type(mime=media_type)
    return f".{found.extension}" if found is not None else ""


def _is_text(head: bytes) -> bool:
    # A page is one behind blanks and a byte order mark too.
    if b"\x00" in head or head.lstrip(b"\xef\xbb\xbf \t\r\n\v\f")[:1] == b"<":
        return False
    try:
        head.decode()
    except UnicodeDecodeError as error:
        # A character may be cut at the end of what was looked at.
        return error.start >= len(head) - 3 and len(head) >= HEAD
    return True
