"""What Telegram sends, as far as we read it (core.telegram.org/bots/api#available-types); the rest is passed over."""

from msgspec import UNSET, Raw, Struct, UnsetType, field


class User(Struct, frozen=True):
    """Somebody, or a bot."""

    id: int
    is_bot: bool = False
    first_name: str = ""
    last_name: str = ""


class Chat(Struct, frozen=True):
    """`type` is private, group, supergroup or channel."""

    id: int
    type: str = ""
    title: str = ""


class Entity(Struct, frozen=True):
    """A stretch of the text, in UTF-16 units."""

    type: str
    offset: int = 0
    length: int = 0


class File(Struct, frozen=True):
    """A photo in one size, a voice note, a document: whatever has a file_id."""

    file_id: str
    file_size: int | None = None
    mime_type: str = ""
    file_name: str = ""


class Sticker(Struct, frozen=True):
    """What it says is its emoji."""

    emoji: str = ""


class Location(Struct, frozen=True):
    """Degrees."""

    latitude: float
    longitude: float


class Contact(Struct, frozen=True):
    """An entry of the person's address book."""

    phone_number: str = ""
    first_name: str = ""
    last_name: str = ""


class Answered(Struct, frozen=True):
    """The message that is replied to."""

    sender: User | None = field(name="from", default=None)


class Message(Struct, frozen=True):
    """A message. `date` in seconds."""

    message_id: int
    chat: Chat
    date: int = 0
    sender: User | None = field(name="from", default=None)
    text: str = ""
    caption: str = ""
    entities: tuple[Entity, ...] = ()
    caption_entities: tuple[Entity, ...] = ()
    reply_to_message: Answered | None = None
    photo: tuple[File, ...] = ()
    voice: File | None = None
    audio: File | None = None
    video: File | None = None
    video_note: File | None = None
    animation: File | None = None
    document: File | None = None
    sticker: Sticker | None = None
    location: Location | None = None
    contact: Contact | None = None


class Button(Struct, frozen=True):
    """A button under a message."""

    text: str = ""
    callback_data: str | None = None


class Keyboard(Struct, frozen=True):
    """Rows of buttons."""

    inline_keyboard: tuple[tuple[Button, ...], ...] = ()


class Pressed(Struct, frozen=True):
    """The message whose button was pressed; one too old to be shown has a `date` of 0."""

    message_id: int
    chat: Chat
    reply_markup: Keyboard | None = None


class Callback(Struct, frozen=True):
    """A button was pressed."""

    id: str
    sender: User = field(name="from")
    message: Pressed | None = None
    data: str | None = None


class Update(Struct, frozen=True):
    """One thing that happened; exactly one field besides the id is there."""

    update_id: int
    message: Raw | UnsetType = UNSET
    callback_query: Raw | UnsetType = UNSET
