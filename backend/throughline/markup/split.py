"""Long text in pieces: cut where a reader would pause, a code block closed and opened again where it must be cut."""

import re

from throughline.markup.graphemes import end

#: The best places first; each ends where the next piece may begin.
_PLACES = (
    re.compile(r"\n[ \t]*\n+"),
    re.compile(r"\n(?=[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t])"),
    re.compile(r"\n"),
    re.compile(r"[.!?…。！？][\"'”’)]*[ \t]+|[。！？]"),
    re.compile(r"[ \t]+"),
)
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})([^\n]*)$", re.MULTILINE)
#: The end of a text that would cut an entity of ours in two.
_ENTITY = re.compile(r"&[a-z]{0,3}\Z")


def split(text: str, most: int) -> list[str]:
    """Pieces of at most `most` characters (32 at least) that are, joined, exactly `text`.

    But a code block longer than a piece: it is closed at the end of one piece and opened again at the next.
    """
    pieces: list[str] = []
    while len(text) > most:
        at = _cut(text, most)
        fence = _open_fence(text, at)
        if fence is None:
            pieces.append(text[:at])
            text = text[at:]
            continue
        begins, sign, opening = fence
        if text[:begins].strip():
            # The block fits into a piece of its own, or is at least cut in fewer places.
            pieces.append(text[:begins])
            text = text[begins:]
            continue
        least = begins + len(opening) + 1
        if least + len(sign) > most // 2:
            # What opens it is longer than what it would hold.
            pieces.append(text[:at])
            text = text[at:]
            continue
        at = _hard(text, most - len(sign) - 1, least)
        at = text.rfind("\n", least, at) + 1 or at
        body = text[:at]
        pieces.append(body + ("" if body.endswith("\n") else "\n") + sign)
        text = f"{opening}\n{text[at:]}"
    return [*pieces, text] if text else pieces


def _cut(text: str, most: int) -> int:
    """Where the first piece ends: the last good place in its second half, outside a code block if there is one."""
    for place in _PLACES:
        ends = [match.end() for match in place.finditer(text, 0, most) if match.end() >= most // 2]
        for at in reversed(ends[-16:]):
            if _open_fence(text, at) is None:
                return at
    return _hard(text, most, 1)


def _hard(text: str, at: int, least: int) -> int:
    """A cut anywhere, but not inside an entity, nor through what a reader takes for one letter."""
    entity = _ENTITY.search(text, max(least, at - 5), at)
    at = entity.start() if entity and entity.start() > least else at
    return max(end(text, at), least)


def _open_fence(text: str, at: int) -> tuple[int, str, str] | None:
    """The code block that is open at `at`: where it begins, its fence, its opening line."""
    found: tuple[int, str, str] | None = None
    for match in _FENCE.finditer(text, 0, at):
        sign, info = match[1], match[2]
        if found is None:
            if sign[0] == "~" or "`" not in info:
                found = (match.start(), sign, match[0])
        elif sign[0] == found[1][0] and len(sign) >= len(found[1]) and not info.strip():
            found = None
    return found
