"""Meta's own shapes, as far as we read them. Everything in them is a stranger's until it was checked.

Sources: developers.facebook.com, WhatsApp Business Platform, Webhooks reference (messages, status, system; to
2026-08-11). What is inside an entry stays raw until its own turn, so that one bad item spoils no other.
"""

from msgspec import Raw, Struct


class Envelope(Struct, frozen=True):
    """One request: many accounts' and numbers' events may be in it."""

    object: str = ""
    entry: list[Raw] = []


class Entry(Struct, frozen=True):
    """Of one WhatsApp Business Account."""

    id: str = ""
    changes: list[Raw] = []


class Metadata(Struct, frozen=True):
    """Which of our numbers it is about."""

    phone_number_id: str = ""


class Profile(Struct, frozen=True):
    """How a person is called."""

    name: str | None = None
    username: str | None = None


class Contact(Struct, frozen=True):
    """Whoever wrote. A phone may be missing, since people may have usernames."""

    profile: Profile | None = None
    wa_id: str | None = None
    user_id: str | None = None
    parent_user_id: str | None = None


class Moved(Struct, frozen=True):
    """An id that was replaced."""

    previous: str | None = None
    current: str | None = None


class UserIdUpdate(Struct, frozen=True):
    """`user_id_update`: a new business-scoped id."""

    user_id: Moved | None = None
    parent_user_id: Moved | None = None


class Value(Struct, frozen=True):
    """What a change holds."""

    metadata: Metadata | None = None
    contacts: list[Raw] = []
    messages: list[Raw] = []
    statuses: list[Raw] = []
    errors: list[Raw] = []
    user_id_update: list[Raw] = []


class Change(Struct, frozen=True):
    """One field of what an app is subscribed to."""

    field: str = ""
    value: Value | None = None


class Text(Struct, frozen=True):
    """A text's words."""

    body: str = ""


class File(Struct, frozen=True):
    """An image, audio, video, document or sticker: its id at Meta, good for some weeks."""

    id: str = ""
    mime_type: str = ""
    caption: str | None = None
    filename: str | None = None
    voice: bool = False


class Chosen(Struct, frozen=True):
    """A button or a row that was pressed."""

    id: str = ""
    title: str = ""


class Form(Struct, frozen=True):
    """A flow that was filled in."""

    body: str | None = None
    name: str | None = None


class Interactive(Struct, frozen=True):
    """An answer to buttons, to a list, to a form."""

    type: str = ""
    button_reply: Chosen | None = None
    list_reply: Chosen | None = None
    nfm_reply: Form | None = None


class Button(Struct, frozen=True):
    """A quick reply under a template."""

    payload: str | None = None
    text: str = ""


class Location(Struct, frozen=True):
    """A place on the map."""

    latitude: float | None = None
    longitude: float | None = None
    name: str | None = None
    address: str | None = None


class Name(Struct, frozen=True):
    """What a shared contact is called."""

    formatted_name: str | None = None
    first_name: str | None = None


class Phone(Struct, frozen=True):
    """A shared contact's number."""

    phone: str | None = None
    wa_id: str | None = None


class Card(Struct, frozen=True):
    """A shared contact."""

    name: Name | None = None
    phones: list[Phone] = []


class Product(Struct, frozen=True):
    """A line of an order."""

    product_retailer_id: str | None = None
    quantity: int | None = None


class Order(Struct, frozen=True):
    """A cart that was sent."""

    text: str | None = None
    product_items: list[Product] = []


class System(Struct, frozen=True):
    """WhatsApp itself tells that somebody has another number, or another id."""

    type: str = ""
    wa_id: str | None = None
    user_id: str | None = None
    parent_user_id: str | None = None
    previous_user_id: str | None = None
    previous_parent_user_id: str | None = None


class Message(Struct, frozen=True, rename={"from_": "from"}):
    """What a person sent, or what WhatsApp says about them."""

    id: str = ""
    type: str = ""
    timestamp: str = ""
    from_: str | None = None
    from_user_id: str | None = None
    from_parent_user_id: str | None = None
    group_id: str | None = None
    text: Text | None = None
    image: File | None = None
    audio: File | None = None
    video: File | None = None
    document: File | None = None
    sticker: File | None = None
    interactive: Interactive | None = None
    button: Button | None = None
    location: Location | None = None
    contacts: list[Card] | None = None
    order: Order | None = None
    system: System | None = None


class Trouble(Struct, frozen=True):
    """An error's number. Its words stay where they are."""

    code: int = 0


class Status(Struct, frozen=True):
    """What became of a message of ours."""

    id: str = ""
    status: str = ""
    biz_opaque_callback_data: str | None = None
    errors: list[Trouble] | None = None
