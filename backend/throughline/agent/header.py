"""The confidence header: the first line of every answer, taken off before anything shows.

The prompt asks a model to begin with a line like `@0.82`. What may still become that line is held back, at most
`HELD` characters; how the text was cut into chunks on its way makes no difference.
"""

import re

from throughline.conversation.answer import Sure

#: Characters that are held back at most while it is open whether they are the header.
HELD = 12
_HEADER = re.compile(r"\s{0,2}@(\d?\.\d{1,4}(?=\s)|\d(?=[ \t]*[\r\n]))")
_WHOLE = re.compile(r"\s{0,2}@(\d?\.\d{1,4}|\d)\s*\Z")
_MAYBE = re.compile(r"\s{0,2}(?:@(?:\d?(?:\.\d{0,4})?|\d[ \t]+\r?)?)?\Z")
_SPACE = " \t\r\n"


class Header:
    """Feed it the text as it comes; it gives back how sure the agent is, once, and the text without the header."""

    def __init__(self) -> None:
        self._held = ""
        self._open = True
        self._trim = False

    @property
    def passed(self) -> bool:
        """Nothing is held back any more: text can go around this reader."""
        return not self._open and not self._trim

    def feed(self, text: str) -> tuple[Sure | None, str]:
        """The next characters: what is decided by them, and what may be shown."""
        if self._open:
            self._held += text
            window = self._held[:HELD]
            found = _HEADER.match(window)
            if found is not None:
                return self._take(found[1], self._held[found.end() :])
            if len(self._held) < HELD and _MAYBE.match(window):
                return None, ""
            return self._without()
        return None, self._shown(text)

    def finish(self) -> tuple[Sure | None, str]:
        """The text is over: what was still open is decided now."""
        if not self._open:
            return None, ""
        found = _WHOLE.match(self._held)
        return self._take(found[1], "") if found is not None else self._without()

    def _take(self, number: str, rest: str) -> tuple[Sure, str]:
        self._open, self._trim, self._held = False, True, ""
        value = float(number)
        return Sure(value if value <= 1 else None), self._shown(rest)

    def _without(self) -> tuple[Sure, str]:
        held, self._held, self._open = self._held, "", False
        return Sure(None), held

    def _shown(self, text: str) -> str:
        if not self._trim:
            return text
        text = text.lstrip(_SPACE)
        self._trim = not text
        return text
