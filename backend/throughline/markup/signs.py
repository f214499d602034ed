"""Words between signs (`*bold*`), for formats that have no way to escape them: Slack's mrkdwn and WhatsApp. Pure."""

import re
from collections.abc import Callable, Sequence

from throughline.markup.tree import Break, Code, Inline, Link, Mark, Text
from throughline.markup.words import SEAM

#: A sign that would open something: at a word's edge, followed by a word.
_SIGN = re.compile(r"(?<![^\W_])([*_~`])(?=\S)")
_SIGNS = {"strong": "*", "em": "_", "s": "~"}


def signed(
    inlines: Sequence[Inline],
    escape: Callable[[str], str],
    link: Callable[[str, str], str],
    *,
    bold: bool = True,
) -> str:
    """The words with their signs. `link` joins a label, already escaped, and an address. Not `bold`: it is already."""
    line = _Line(escape, link, bold=bold)
    line.write(inlines)
    return "".join(line.parts)


class _Line:
    """Words being put together: signs touch no letter from outside, and links hold no sign and no line break."""

    def __init__(self, escape: Callable[[str], str], link: Callable[[str, str], str], *, bold: bool) -> None:
        self.parts: list[str] = []
        self._escape, self._link, self._bold = escape, link, bold
        self._closed = False

    def write(self, inlines: Sequence[Inline]) -> None:
        for one in inlines:
            match one:
                case Text(text):
                    self._say(_SIGN.sub(rf"\1{SEAM}", self._escape(text)))
                case Break():
                    self._say("\n")
                case Code(text):
                    self._open("`")
                    self._raw(self._escape(text.replace("`", "ˋ")))
                    self._close("`")
                case Mark(kind, inside):
                    bare = kind == "strong" and not self._bold
                    if not bare:
                        self._open(_SIGNS[kind])
                    self.write(inside)
                    if not bare:
                        self._close(_SIGNS[kind])
                case Link(href, inside):
                    self._raw(self._link(self._label(inside).replace("\n", " "), href))

    def _label(self, inlines: Sequence[Inline]) -> str:
        words = [
            self._escape(one.text.replace("`", "ˋ"))
            if isinstance(one, Code)
            else _SIGN.sub(rf"\1{SEAM}", self._escape(one.text))
            if isinstance(one, Text)
            else "\n"
            if isinstance(one, Break)
            else self._label(one.inside)
            for one in inlines
        ]
        return "".join(words)

    def _say(self, text: str) -> None:
        self._raw(SEAM + text if self._closed and text[:1].isalnum() else text)

    def _raw(self, text: str) -> None:
        if text:
            self._closed = False
            self.parts.append(text)

    def _open(self, sign: str) -> None:
        if self.parts and self.parts[-1][-1].isalnum():
            self.parts.append(SEAM)
        self.parts.append(sign)
        self._closed = False

    def _close(self, sign: str) -> None:
        self.parts.append(sign)
        self._closed = True
