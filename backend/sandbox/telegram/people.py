"""What people do, as changes and as the updates that a bot hears of it. Pure."""

import re
from typing import Any, Literal

from msgspec import Struct

from sandbox.telegram import shapes
from sandbox.telegram.entities import units
from sandbox.telegram.facts import Change, End, File, Message, Owed, Posted, Update
from sandbox.telegram.state import State

TEXT = 4_096
_COMMAND = re.compile(r"(?:^|(?<=\s))/[a-zA-Z0-9_]{1,32}(?:@\w+)?")
_MENTION = re.compile(r"(?<!\w)@[a-zA-Z][a-zA-Z0-9_]{3,31}")


class Attached(Struct, frozen=True):
    """A file that somebody sends; `body` in base64."""

    kind: Literal["photo", "voice", "document", "audio", "video"]
    body: str
    media_type: str = ""
    name: str = ""


class Spoken(Struct, frozen=True):
    """A message of somebody's, and what follows."""

    message: Message
    changes: tuple[Change, ...]


def say(
    state: State, end: End, person: int, text: str, now: float, *,
    reply_to: int | None = None, chat: int | None = None, file: Attached | None = None,
) -> Spoken | str:  # fmt: skip
    """Somebody writes. A code where they cannot."""
    if person not in state.people:
        return "person_not_found"
    if chat is not None and (chat not in state.groups or state.groups[chat].end != end.id):
        return "group_not_found"
    if not (text.strip() or file) or units(text) > TEXT:
        return "bad_text"
    place = person if chat is None else chat
    number = state.next_number(end.id)
    kept = None if file is None else _kept(end, number, file)
    message = Message(end.id, place, number, now, text, person, "", _entities(text), (), kept, reply_to)
    body = shapes.message(state, message)
    changes: list[Change] = [Posted(message)]
    if chat is None or _reaches(state, end, message):
        changes.append(owed(state, end, {"message": body}))
    return Spoken(message, tuple(changes))


def press(state: State, end: End, person: int, message: Message, button: str) -> Spoken | str:
    """Somebody presses a button under a message."""
    if person not in state.people:
        return "person_not_found"
    pressed = next((b for row in message.buttons for b in row if b.data == button), None)
    if pressed is None:
        return "button_not_found"
    number = state.next_update(end.id)
    body = {
        "id": f"{end.id}0{number}", "from": shapes.user(state.people[person]),
        "message": shapes.message(state, message), "chat_instance": str(abs(message.chat)), "data": pressed.data,
    }  # fmt: skip
    return Spoken(message, (owed(state, end, {"callback_query": body}),))


def owed(state: State, end: End, body: dict[str, Any]) -> Owed:
    """An update with the next id."""
    number = state.next_update(end.id)
    return Owed(Update(end.id, number, {"update_id": number, **body}))


def _reaches(state: State, end: End, message: Message) -> bool:
    """Privacy mode: in a group a bot hears commands, what names it, and what answers it."""
    answered = state.messages.get((end.id, message.chat, message.reply_to or 0))
    named = f"@{end.username.lower()}" in message.text.lower()
    return named or message.text.startswith("/") or (answered is not None and answered.person is None)


def _kept(end: End, number: int, file: Attached) -> File:
    size = len(file.body) * 3 // 4 - file.body[-2:].count("=")
    folder = {"photo": "photos", "voice": "voice", "document": "documents", "audio": "music", "video": "videos"}
    ending = {"photo": "jpg", "voice": "oga"}.get(file.kind) or file.name.rpartition(".")[2] or "bin"
    path = f"{folder[file.kind]}/file_{number}.{re.sub(r'[^A-Za-z0-9]', '', ending)[:8] or 'bin'}"
    return File(f"AgACAgI{end.id}x{number}", file.kind, file.media_type, file.name, size, path, file.body)


def _entities(text: str) -> tuple[dict[str, Any], ...]:
    """What Telegram marks by itself."""
    found = [
        {"type": kind, "offset": units(text[: match.start()]), "length": units(match[0])}
        for kind, pattern in (("bot_command", _COMMAND), ("mention", _MENTION))
        for match in pattern.finditer(text)
    ]
    return tuple(sorted(found, key=lambda one: int(one["offset"])))
