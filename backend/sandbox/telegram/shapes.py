"""Objects of the Bot API as they go over the wire."""

from typing import Any

from sandbox.telegram.facts import End, File, Message, Person
from sandbox.telegram.state import State


def bot(end: End) -> dict[str, Any]:
    """The bot as a User."""
    return {"id": end.id, "is_bot": True, "first_name": end.label or "Bot", "username": end.username}


def user(person: Person) -> dict[str, Any]:
    """A person as a User."""
    first, _, last = person.name.partition(" ")
    found: dict[str, Any] = {"id": person.id, "is_bot": False, "first_name": first or "?"}
    if last:
        found["last_name"] = last
    if person.username:
        found["username"] = person.username
    return {**found, "language_code": "en"}


def chat(state: State, number: int) -> dict[str, Any]:
    """A chat: a person's own, or a group."""
    if number < 0:
        group = state.groups.get(number)
        return {"id": number, "title": group.title if group else "Group", "type": "supergroup"}
    person = state.people.get(number)
    shown = user(person) if person else {"first_name": "?"}
    return {"id": number, "type": "private", **{k: v for k, v in shown.items() if k in _OF_CHAT}}


_OF_CHAT = ("first_name", "last_name", "username")


def message(state: State, one: Message, *, replies: bool = True) -> dict[str, Any]:
    """A Message."""
    end = state.ends[one.end]
    person = state.people.get(one.person) if one.person is not None else None
    sender = bot(end) if one.person is None else user(person or Person(one.person, "?"))
    found: dict[str, Any] = {
        "message_id": one.number, "from": sender, "chat": chat(state, one.chat), "date": int(one.at),
    }  # fmt: skip
    if one.edited:
        found["edit_date"] = int(one.edited)
    if one.file is not None:
        found |= attached(one.file)
    words = "caption" if one.file is not None else "text"
    if one.text:
        found[words] = one.text
        if one.entities:
            found["caption_entities" if one.file is not None else "entities"] = list(one.entities)
    if one.buttons:
        rows = [[{"text": b.text, "callback_data": b.data} for b in row] for row in one.buttons]
        found["reply_markup"] = {"inline_keyboard": rows}
    answered = state.messages.get((one.end, one.chat, one.reply_to)) if one.reply_to is not None else None
    if answered is not None and replies:
        found["reply_to_message"] = message(state, answered, replies=False)
    return found


def attached(file: File) -> dict[str, Any]:
    """A file by its kind; photos come in two sizes."""
    shown: dict[str, Any] = {"file_id": file.id, "file_unique_id": file.id[-12:], "file_size": file.size}
    match file.kind:
        case "photo":
            small = {
                **shown,
                "file_id": f"{file.id}-s",
                "file_size": max(1, file.size // 10),
                "width": 90,
                "height": 67,
            }
            return {"photo": [small, {**shown, "width": 1280, "height": 960}]}
        case "voice":
            return {"voice": {**shown, "duration": 3, "mime_type": file.media_type or "audio/ogg"}}
        case "document":
            return {"document": {**shown, "file_name": file.name, "mime_type": file.media_type}}
        case "audio":
            return {"audio": {**shown, "duration": 3, "mime_type": file.media_type, "file_name": file.name}}
        case "video":
            size = {"duration": 3, "width": 640, "height": 360}
            return {"video": {**shown, **size, "mime_type": file.media_type, "file_name": file.name}}
