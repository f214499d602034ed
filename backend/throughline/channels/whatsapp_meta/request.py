"""A piece as the body of `POST /{phone_number_id}/messages`. Pure.

Source: facebook/openapi business-messaging-api v23.0, Message; `recipient` from "Business-scoped user IDs" (2026).
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from throughline.channels.whatsapp_meta import marks
from throughline.channels.whatsapp_meta.addresses import is_wamid
from throughline.channels.whatsapp_meta.capabilities import BUTTON_ID, CAPTION, TITLE, WHATSAPP
from throughline.conversation.channel import Piece, Refused

_FILENAME = 240
_MEDIA = frozenset({"image", "video", "audio", "document", "sticker"})
_FIRST_LANGUAGE = "en"

_buttons = msgspec.json.Decoder(list[dict[str, str]])
_components = msgspec.json.Decoder(list[dict[str, Any]])


def message(to: Mapping[str, str], piece: Piece, options: Mapping[str, str]) -> dict[str, Any] | Refused:
    """What to ask. `to`: `to` or `recipient`. Refused where the piece is of a kind that cannot be said."""
    asked: dict[str, Any] = {"messaging_product": "whatsapp", "recipient_type": "individual", **to}
    said = _said(piece, options)
    if isinstance(said, Refused):
        return said
    quoted = piece.more.get("reply_to")
    if is_wamid(quoted):
        # One talk has one thread of words: a quote is only for whoever asks for it.
        asked["context"] = {"message_id": quoted}
    mark = marks.written(piece.mark)
    if mark is not None:
        asked["biz_opaque_callback_data"] = mark
    return asked | said


def typing(ref: str) -> dict[str, Any]:
    """The dots, under the person's own message; they see it as read."""
    return {
        "messaging_product": "whatsapp",
        "status": "read",
        "message_id": ref,
        "typing_indicator": {"type": "text"},
    }


def _said(piece: Piece, options: Mapping[str, str]) -> dict[str, Any] | Refused:
    if piece.format == "template":
        return _template(piece, options)
    if piece.format in _MEDIA and piece.files:
        return _media(piece)
    if piece.format == "buttons":
        asked = _asking(piece)
        if asked is not None:
            return asked
    return {"type": "text", "text": {"body": piece.text, "preview_url": False}}


def _asking(piece: Piece) -> dict[str, Any] | None:
    """Buttons; None: they are none that Meta takes, and the words go alone."""
    try:
        given = _buttons.decode(piece.more.get("buttons", ""))
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return None
    replies = [
        {"id": one.get("id", "").strip(), "title": one.get("title", "").strip()[:TITLE].strip()} for one in given
    ]
    ids, titles = {one["id"] for one in replies}, {one["title"] for one in replies}
    fit = 0 < len(replies) <= WHATSAPP.buttons and len(ids) == len(titles) == len(replies)
    if not fit or "" in ids | titles or any(len(name) > BUTTON_ID for name in ids):
        return None
    return {
        "type": "interactive",
        "interactive": {
            "type": "button",
            "body": {"text": piece.text},
            "action": {"buttons": [{"type": "reply", "reply": reply} for reply in replies]},
        },
    }


def _media(piece: Piece) -> dict[str, Any]:
    file, kind = piece.files[0], piece.format
    sent: dict[str, str] = {"link": file.url}
    caption = piece.more.get("caption", "")
    if caption and kind in {"image", "video", "document"}:
        sent["caption"] = caption[:CAPTION]
    if kind == "document":
        sent["filename"] = " ".join(file.name.split())[:_FILENAME] or "file"
    return {"type": kind, kind: sent}


def _template(piece: Piece, options: Mapping[str, str]) -> dict[str, Any] | Refused:
    """One that Meta has approved. Without components of its own, the words are its body's only parameter."""
    name = piece.more.get("name") or options.get("template", "")
    if not name:
        return Refused("no_template")
    language = piece.more.get("language") or options.get("template_language", "") or _FIRST_LANGUAGE
    given = piece.more.get("components")
    try:
        components = _components.decode(given) if given else _only(piece.text)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return Refused("bad_template")
    template: dict[str, Any] = {"name": name, "language": {"code": language}}
    return {"type": "template", "template": template | ({"components": components} if components else {})}


def _only(text: str) -> list[dict[str, Any]]:
    """A parameter is one line: Meta takes no line breaks, tabs or more than four blanks in a row."""
    words = " ".join(text.split())[:CAPTION]
    return [{"type": "body", "parameters": [{"type": "text", "text": words}]}] if words else []
