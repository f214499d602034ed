"""`parse_mode` HTML as the Bot API server reads it: its tags, its entities, its errors. Offsets are UTF-16 units."""

import re
from typing import Any

from msgspec import Struct

#: What a tag is called in entities.
_KINDS = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "code": "code", "pre": "pre",
    "a": "text_link", "blockquote": "blockquote", "tg-spoiler": "spoiler", "tg-emoji": "custom_emoji",
}  # fmt: skip
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_ENTITY = re.compile(r"&(?:(lt|gt|amp|quot)|#(\d{1,7})|#x([0-9a-fA-F]{1,6}));")
_OPEN = re.compile(r"<([a-zA-Z][a-zA-Z0-9-]*)((?:\s+[a-zA-Z-]+(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s\"'>]+))?)*)\s*>")
_CLOSE = re.compile(r"</([a-zA-Z][a-zA-Z0-9-]*)?\s*>")
_ATTRIBUTE = re.compile(r"([a-zA-Z-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")


class Wrong(Exception):  # noqa: N818 - an answer, not a mistake of ours
    """The text cannot be parsed."""


class Seen(Struct, frozen=True):
    """What is seen, and how."""

    text: str
    entities: tuple[dict[str, Any], ...] = ()


def units(text: str) -> int:
    """Its length as Telegram counts it."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def parsed(html: str) -> Seen:
    """What is seen of some HTML. Raises Wrong with the server's own words."""
    text, at, offset = "", 0, 0
    open_: list[tuple[str, int, dict[str, Any]]] = []
    found: list[dict[str, Any]] = []
    while at < len(html):
        letter = html[at]
        if letter == "&" and (entity := _ENTITY.match(html, at)) is not None:
            code = int(entity[2]) if entity[2] else int(entity[3], 16) if entity[3] else 0
            whole = (
                _NAMED[entity[1]] if entity[1] else chr(code) if 0 < code < 0xD800 or 0xE000 <= code < 0x110000 else ""
            )
            text, at, offset = text + whole, entity.end(), offset + units(whole)
        elif letter == "<":
            byte = len(html[:at].encode())
            if html.startswith("</", at):
                at = _closed(html, at, byte, open_, found, offset)
            else:
                at = _opened(html, at, byte, open_, offset)
        else:
            text, at, offset = text + letter, at + 1, offset + units(letter)
    if open_:
        raise Wrong(f'Can\'t find end tag corresponding to start tag "{open_[-1][0]}"')
    return Seen(text, tuple(sorted(found, key=lambda e: (e["offset"], -e["length"]))))


def _opened(html: str, at: int, byte: int, open_: list[tuple[str, int, dict[str, Any]]], offset: int) -> int:
    tag = _OPEN.match(html, at)
    if tag is None:
        named = re.match(r"<([a-zA-Z][a-zA-Z0-9-]*)", html[at : at + 64])
        if named is None or named[1].lower() not in _KINDS:
            raise Wrong(f'Unsupported start tag "{named[1].lower() if named else ""}" at byte offset {byte}')
        raise Wrong(f"Unclosed start tag at byte offset {byte}")
    name = tag[1].lower()
    if name not in _KINDS and name != "span":
        raise Wrong(f'Unsupported start tag "{name}" at byte offset {byte}')
    attributes = {a[1].lower(): a[2] or a[3] or a[4] or "" for a in _ATTRIBUTE.finditer(tag[2])}
    if name == "span" and attributes.get("class") != "tg-spoiler":
        raise Wrong(f'Tag "span" must have class "tg-spoiler" at byte offset {byte}')
    more: dict[str, Any] = {}
    if name == "a":
        more["url"] = _ENTITY.sub(lambda e: _NAMED.get(e[1] or "", e[0]), attributes.get("href", ""))
    if name == "code" and attributes.get("class", "").startswith("language-"):
        more["language"] = attributes["class"].removeprefix("language-")
    open_.append((name, offset, more))
    return tag.end()


def _closed(
    html: str,
    at: int,
    byte: int,
    open_: list[tuple[str, int, dict[str, Any]]],
    found: list[dict[str, Any]],
    offset: int,
) -> int:
    tag = _CLOSE.match(html, at)
    if tag is None:
        raise Wrong(f"Unclosed end tag at byte offset {byte}")
    if not open_:
        raise Wrong(f"Unexpected end tag at byte offset {byte}")
    name, begun, more = open_.pop()
    said = (tag[1] or name).lower()
    if said != name:
        raise Wrong(f'Unmatched end tag at byte offset {byte}, expected "</{name}>", found "</{said}>"')
    if offset > begun:
        kind = "spoiler" if name == "span" else _KINDS[name]
        language = more.pop("language", None)
        inside_pre = language is not None and bool(open_) and open_[-1][0] == "pre"
        if inside_pre:
            open_[-1][2]["language"] = language
        elif kind != "text_link" or more.get("url"):
            found.append({"type": kind, "offset": begun, "length": offset - begun, **more})
    return tag.end()
