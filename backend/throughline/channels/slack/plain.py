"""Slack's text as plain words: its tokens in angle brackets resolved, its three entities undone."""

import re
from collections.abc import Callable

#: One token. What is inside cannot hold angle brackets, so the search is linear in any text.
_TOKEN = re.compile(r"<([^<>]*)>")
_ENTITY = re.compile(r"&(lt|gt|amp);")
_ENTITIES = {"lt": "<", "gt": ">", "amp": "&"}
_SPACES = re.compile(r"[ \t]{2,}")


def plain(text: str, own: str | None = None) -> str:
    """What a person would read. `own` is our bot's user id: its mention is taken out, words and all.

    `<@U1>` → `@U1`, `<@U1|ana>` → `@ana`, `<#C1|general>` → `#general`, `<!here>` → `@here`,
    `<https://a.b|docs>` → `docs (https://a.b)`. Characters that no database keeps are dropped.
    """
    found = _TOKEN.sub(_resolve(own), text)
    if own is not None and found != text:
        found = _SPACES.sub(" ", found).strip()
    return _storable(found)


def unescaped(text: str) -> str:
    """The three entities undone, in one pass: `&amp;lt;` is the text `&lt;`."""
    return _ENTITY.sub(lambda match: _ENTITIES[match[1]], text)


def _resolve(own: str | None) -> Callable[[re.Match[str]], str]:
    def resolve(match: re.Match[str]) -> str:
        target, _, label = match[1].partition("|")
        sign, name = target[:1], target[1:]
        match sign:
            case "@":
                return "" if own is not None and name == own else "@" + (label.removeprefix("@") or name)
            case "#":
                return "#" + (label.removeprefix("#") or name)
            case "!":
                return _special(name, label)
            case "":
                return match[0]
            case _:
                return _link(target, label)

    return resolve


def _special(name: str, label: str) -> str:
    """`<!here>`, `<!subteam^S1|@ops>`, `<!date^1392734382^{date}|Feb 18>`."""
    if name.startswith("date^"):
        return label
    return "@" + (label.removeprefix("@") or name.removeprefix("subteam^").partition("^")[0])


def _link(target: str, label: str) -> str:
    address = target.removeprefix("mailto:").removeprefix("tel:")
    shown = {target, address, address.partition("://")[2], address.partition("://")[2].rstrip("/")}
    return address if not label or label in shown else f"{label} ({address})"


def _storable(text: str) -> str:
    kept = unescaped(text).replace("\0", "")
    return kept if kept.isascii() else kept.encode("utf-8", "ignore").decode("utf-8")
