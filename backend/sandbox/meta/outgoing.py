"""What a business may send: each kind of message looked at as Meta's reference has it, and what the person sees of it.

Source: developers.facebook.com, Cloud API, "Messages" and its pages per type; limits are characters.
"""

import re
from typing import Any
from urllib.parse import urlsplit

from msgspec import Struct

from sandbox.phones.facts import Button, Template
from sandbox.phones.provider import Refused
from sandbox.phones.state import State

MAX_TEXT, MAX_BODY, MAX_CAPTION, MAX_FOOTER, MAX_MARK = 4_096, 1_024, 1_024, 60, 512
MAX_BUTTONS, MAX_TITLE, MAX_BUTTON_ID = 3, 20, 256
MAX_SECTIONS, MAX_ROWS, MAX_ROW_ID, MAX_ROW_TITLE, MAX_ROW_WORDS = 10, 10, 200, 24, 72
MEDIA = frozenset({"image", "audio", "video", "document", "sticker"})
#: One that every account has.
HELLO = Template("hello_world", "en_US", "Hello World\nWelcome and congratulations!!")


class Seen(Struct, frozen=True):
    """What the person sees: text, what they may press, and the media, by id or by link."""

    kind: str
    text: str = ""
    buttons: tuple[Button, ...] = ()
    media: str = ""
    link: str = ""


def looked_at(body: dict[str, Any], state: State, end: str) -> Seen:
    """The message in a request's body. Refused where it breaks a rule."""
    kind = body.get("type", "text")
    if not isinstance(kind, str) or kind not in {"text", "interactive", "template", *MEDIA}:
        raise Refused("131051", f"Message type {kind!r} is not currently supported.")
    part = body.get(kind)
    if part is None:
        raise Refused("131008", f"Parameter {kind} is missing.")
    if not isinstance(part, dict):
        raise Refused("100", f"Param {kind} must be a JSON object.")
    match kind:
        case "text":
            _known(part, "text", {"body", "preview_url"})
            return Seen("text", _words(part, "body", "text", MAX_TEXT))
        case "interactive":
            return _interactive(part)
        case "template":
            return _template(part, state)
        case _:
            return _media(kind, part, state, end)


def _interactive(part: dict[str, Any]) -> Seen:
    kind, action = part.get("type"), part.get("action")
    if kind not in {"button", "list"}:
        raise Refused("131009", "Interactive type is not valid.")
    if not isinstance(action, dict):
        raise Refused("131008", "Parameter interactive.action is missing.")
    body = _checked(_object(part, "body"), "text", "Body text", MAX_BODY)
    if "footer" in part:
        _checked(_object(part, "footer"), "text", "Footer text", MAX_FOOTER)
    return Seen("interactive", body, _replies(action) if kind == "button" else _rows(action))


def _replies(action: dict[str, Any]) -> tuple[Button, ...]:
    given = action.get("buttons")
    if not isinstance(given, list) or not 1 <= len(given) <= MAX_BUTTONS:
        raise Refused("131009", f"Invalid buttons count. Min allowed buttons: 1, Max allowed buttons: {MAX_BUTTONS}")
    found = []
    for one in given:
        if not isinstance(one, dict) or one.get("type") != "reply":
            raise Refused("131009", "Button type is not valid.")
        reply = _object(one, "reply")
        found.append(
            Button(
                _checked(reply, "id", "Button id", MAX_BUTTON_ID), _checked(reply, "title", "Button title", MAX_TITLE)
            )
        )
    _different(found)
    return tuple(found)


def _rows(action: dict[str, Any]) -> tuple[Button, ...]:
    _checked(action, "button", "Button label", MAX_TITLE)
    sections = action.get("sections")
    if not isinstance(sections, list) or not 1 <= len(sections) <= MAX_SECTIONS:
        raise Refused("131009", "Invalid sections count.")
    found = []
    for section in sections:
        rows = section.get("rows") if isinstance(section, dict) else None
        if not isinstance(rows, list):
            raise Refused("131009", "Section rows are missing.")
        if len(sections) > 1 or "title" in section:
            _checked(section, "title", "Section title", MAX_ROW_TITLE)
        for row in rows:
            if not isinstance(row, dict):
                raise Refused("131009", "Row is not valid.")
            if "description" in row:
                _checked(row, "description", "Row description", MAX_ROW_WORDS)
            title = _checked(row, "title", "Row title", MAX_ROW_TITLE)
            found.append(Button(_checked(row, "id", "Row id", MAX_ROW_ID), title))
    if not 1 <= len(found) <= MAX_ROWS:
        raise Refused("131009", f"Total row count exceed max allowed count: {MAX_ROWS}")
    _different(found)
    return tuple(found)


def _template(part: dict[str, Any], state: State) -> Seen:
    language = part.get("language")
    name, code = part.get("name"), language.get("code") if isinstance(language, dict) else None
    if not isinstance(name, str) or not isinstance(code, str):
        raise Refused("131008", "Parameter template.name or template.language.code is missing.")
    template = state.templates.get((name, code)) or (HELLO if (name, code) == (HELLO.id, HELLO.language) else None)
    if template is None:
        raise Refused("132001", f"template name ({name[:60]}) does not exist in {code[:20]}")
    components = part.get("components") or []
    if not isinstance(components, list) or not all(isinstance(one, dict) for one in components):
        raise Refused("100", "Param template['components'] must be an array.")
    given: list[Any] = next((one.get("parameters") or [] for one in components if one.get("type") == "body"), [])
    texts = [str(one.get("text", "")) for one in given if isinstance(one, dict)]
    wanted = {int(n) for n in re.findall(r"\{\{(\d{1,3})\}\}", template.body)}
    if len(texts) != len(wanted):
        raise Refused("132000", f"body: number of localizable_params ({len(texts)}) does not match {len(wanted)}")
    if any("\n" in text or "\t" in text or "     " in text for text in texts):
        raise Refused("132012", "Param text cannot have new-line/tab characters or more than 4 consecutive spaces")
    text = re.sub(r"\{\{(\d{1,3})\}\}", lambda m: texts[sorted(wanted).index(int(m[1]))], template.body)
    return Seen("template", text, template.buttons)


def _media(kind: str, part: dict[str, Any], state: State, end: str) -> Seen:
    _known(part, kind, {"id", "link", "caption", "filename", "voice"})
    name, link = part.get("id"), part.get("link")
    if ("id" in part) == ("link" in part):
        raise Refused("131009" if "id" in part else "131008", f"Param {kind} needs one of id and link.")
    caption = _words(part, "caption", kind, MAX_CAPTION) if "caption" in part else ""
    if caption and kind in {"audio", "sticker"}:
        raise Refused("100", f'Unexpected key "caption" on param "{kind}".')
    if "link" in part:
        if not isinstance(link, str) or urlsplit(link).scheme not in {"http", "https"} or len(link) > 2_048:
            raise Refused("100", f"Param {kind}['link'] is not a valid URI.")
        return Seen(kind, caption, link=link)
    file = state.files.get(name) if isinstance(name, str) else None
    if file is None or file.end != end:
        raise Refused("100", f"Param {kind}['id'] is not a valid whatsapp business account media attachment ID")
    return Seen(kind, caption, media=file.id)


def _known(part: dict[str, Any], of: str, keys: set[str]) -> None:
    if stray := sorted({*part} - keys):
        raise Refused("100", f'Unexpected key "{stray[0][:40]}" on param "{of}".')


def _object(part: dict[str, Any], name: str) -> dict[str, Any]:
    found = part.get(name)
    if not isinstance(found, dict):
        raise Refused("131008", f"Parameter {name} is missing.")
    return found


def _words(part: dict[str, Any], name: str, of: str, most: int) -> str:
    """A text of the older kind of check, which Graph itself does."""
    found = part.get(name)
    if found is None:
        raise Refused("131008", f"Parameter {of}.{name} is missing.")
    if not isinstance(found, str) or not found.strip():
        raise Refused("100", f"Param {of}['{name}'] must be a non-empty string.")
    if len(found) > most:
        raise Refused("100", f"Param {of}['{name}'] must be at most {most} characters long.")
    return found


def _checked(part: dict[str, Any], name: str, called: str, most: int) -> str:
    found = part.get(name)
    if found is None:
        raise Refused("131008", f"{called} is missing.")
    if not isinstance(found, str) or not 1 <= len(found) <= most or not found.strip():
        raise Refused("131009", f"{called} length invalid. Min length: 1, Max length: {most}")
    return found


def _different(buttons: list[Button]) -> None:
    if len({one.id for one in buttons}) < len(buttons) or len({one.title for one in buttons}) < len(buttons):
        raise Refused("131009", "Duplicate ids or titles are not allowed.")
