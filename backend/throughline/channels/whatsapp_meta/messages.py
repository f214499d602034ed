"""What a person sent, as one message of ours; and what WhatsApp tells about a person's number. Pure.

Whatever has words is its words; a picture without a caption, a place, a contact or a cart is said in words, so that
whoever answers knows what came. A reaction is no message. What WhatsApp itself cannot pass on (a poll, a message that
vanishes) is said too: the person waits for an answer.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from msgspec import Struct

from throughline.channels.whatsapp_meta.addresses import is_phone, is_scoped, is_wamid
from throughline.channels.whatsapp_meta.capabilities import BUTTON_ID
from throughline.channels.whatsapp_meta.shapes import Card, Contact, File, Location, Message, Order, System
from throughline.conversation.channel import Address, Inbound, Media, Renamed
from throughline.markup.graphemes import cut

#: These are about another message, or about the chat: nobody waits for an answer.
QUIET = frozenset({"reaction", "request_welcome", "edit", "revoke", "pin"})
_NAME, _WORDS, _MANY = 200, 1_000, 10
_AT = re.compile(r"[0-9]{1,12}", re.ASCII)
_ID = re.compile(r"[0-9A-Za-z_-]{1,200}", re.ASCII)
_TYPE = re.compile(r"[a-z0-9.+-]{1,60}/[a-z0-9.+-]{1,100}", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
_LABELS = {"image": "image", "audio": "audio", "video": "video", "document": "file", "sticker": "sticker"}
_KINDS: dict[str, Literal["image", "audio", "video", "file"]] = {
    "image": "image",
    "audio": "audio",
    "video": "video",
    "document": "file",
    "sticker": "image",
}


class _Said(Struct, frozen=True):
    """A message's words, and what came with them."""

    text: str
    media: tuple[Media, ...] = ()
    pressed: str | None = None


def heard(message: Message, ours: str, contacts: Mapping[str, Contact]) -> Inbound | None:
    """The message; None: it is none. Raises ValueError for names that are none.

    `ours` is our phone_number_id; `contacts` are those of the same change, by phone and by business-scoped id.
    """
    if message.type in QUIET or message.type == "system" or message.group_id:
        return None
    if not is_wamid(message.id):
        raise ValueError("bad_id")
    sender = _sender(message, ours, contacts)
    said = _said(message)
    if not said.text.strip() and not said.media:
        return None
    at = int(message.timestamp) * 1_000 if _AT.fullmatch(message.timestamp) else None
    return Inbound(
        key=message.id, sender=sender, text=said.text, at=at, ref=message.id, media=said.media, pressed=said.pressed
    )


def moved(message: Message, ours: str) -> tuple[Renamed, ...]:
    """What a system message says: another number, another business-scoped id. Both change together."""
    told = message.system or System()
    if told.type not in {"user_changed_number", "user_changed_user_id"}:
        return ()
    # Before August 2026 the old id stood at the message itself only.
    found = [
        (told.previous_user_id or message.from_user_id, told.user_id),
        (told.previous_parent_user_id or message.from_parent_user_id, told.parent_user_id),
    ]
    phones = [(message.from_, told.wa_id)] if told.type == "user_changed_number" else []
    return renamed(ours, [*phones, *found])


def renamed(ours: str, pairs: Sequence[tuple[str | None, str | None]]) -> tuple[Renamed, ...]:
    """Each (old, new) that are two names of one kind."""
    return tuple(
        Renamed(f"{ours}/{old}", f"{ours}/{new}")
        for old, new in pairs
        if old != new and any(is_one(old) and is_one(new) for is_one in (is_phone, is_scoped))
    )


def _sender(message: Message, ours: str, contacts: Mapping[str, Contact]) -> Address:
    contact = contacts.get(message.from_ or "") or contacts.get(message.from_user_id or "") or Contact()
    phone = message.from_ or contact.wa_id
    scoped = (message.from_user_id or contact.user_id, message.from_parent_user_id or contact.parent_user_id)
    if phone is not None and not is_phone(phone):
        raise ValueError("bad_sender")
    names = [name for name in (phone, *scoped) if is_phone(name) or is_scoped(name)]
    if not names:
        raise ValueError("no_sender")
    first, *others = dict.fromkeys(f"{ours}/{name}" for name in names)
    profile = contact.profile
    return Address(first, _line((profile.name or profile.username or "") if profile else "", _NAME), tuple(others))


def _said(message: Message) -> _Said:
    match message.type:
        case "text":
            return _Said(message.text.body if message.text else "")
        case "image" | "audio" | "video" | "document" | "sticker":
            return _file(message.type, getattr(message, message.type))
        case "interactive":
            return _answered(message)
        case "button":
            pressed = message.button
            return _Said(pressed.text, pressed=_word(pressed.payload)) if pressed else _Said("")
        case "location":
            return _Said(_place(message.location or Location()))
        case "contacts":
            return _Said(_cards(message.contacts or []))
        case "order":
            return _Said(_cart(message.order or Order()))
        case _:
            return _Said("[unsupported message]")


def _answered(message: Message) -> _Said:
    answer = message.interactive
    chosen = (answer.button_reply or answer.list_reply) if answer else None
    if chosen is not None:
        return _Said(chosen.title, pressed=_word(chosen.id))
    if answer is None or answer.nfm_reply is None:
        # A call was allowed, or something new: nothing that anybody said.
        return _Said("")
    return _Said(f"[form: {_line(answer.nfm_reply.name or answer.nfm_reply.body or 'answered', _NAME)}]")


def _file(kind: str, file: File | None) -> _Said:
    if file is None:
        return _Said(f"[{_LABELS[kind]}]")
    name = _line(file.filename or "", _NAME)
    label = "voice message" if file.voice else _LABELS[kind]
    said = (file.caption or "").strip() or (f"[{label}: {name}]" if name else f"[{label}]")
    if not _ID.fullmatch(file.id):
        return _Said(said)
    given = file.mime_type.partition(";")[0].strip().lower()
    media_type = given if _TYPE.fullmatch(given) else "application/octet-stream"
    return _Said((file.caption or "").strip(), (Media(file.id, _KINDS[kind], media_type, name, voice=file.voice),))


def _place(at: Location) -> str:
    where = ", ".join(_line(word, _NAME) for word in (at.name, at.address) if word)
    point = f"{at.latitude:.6f}, {at.longitude:.6f}" if at.latitude is not None and at.longitude is not None else ""
    return f"[location: {' · '.join(word for word in (where, point) if word)}]" if where or point else "[location]"


def _cards(cards: Sequence[Card]) -> str:
    def said(card: Card) -> str:
        name = (card.name.formatted_name or card.name.first_name or "") if card.name else ""
        phones = [phone.phone or phone.wa_id or "" for phone in card.phones[:_MANY]]
        words = _line(" ".join([name, *phones]), _NAME)
        return f"[contact: {words}]" if words else "[contact]"

    return "\n".join(said(card) for card in cards[:_MANY]) or "[contact]"


def _cart(order: Order) -> str:
    def lines() -> Iterator[str]:
        for product in order.product_items[:_MANY]:
            yield f"{product.quantity or 1} × {_line(product.product_retailer_id or '?', _NAME)}"

    cart = f"[order: {', '.join(lines())}]" if order.product_items else "[order]"
    return f"{cart}\n{order.text[:_WORDS]}" if order.text else cart


def _word(given: str | None) -> str | None:
    """A button's id as we gave it."""
    return _line(given, BUTTON_ID) or None if given else None


def _line(given: str, most: int) -> str:
    """On one line, without what nobody sees."""
    return cut(" ".join(_CONTROL.sub(" ", given).split()), most).strip()
