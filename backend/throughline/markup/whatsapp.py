"""Markdown as WhatsApp's people see it. Pure.

WhatsApp has `*bold*`, `_italic_`, `~strike~`, three backticks, one backtick, `> ` and `- ` or `1. ` at a line's
beginning (faq.whatsapp.com, "How to format your messages"); no headings, tables, named links or escapes. So headings
become bold, tables aligned monospace, and an address stands behind its words.
"""

from collections.abc import Sequence

from throughline.markup.lines import Hand, quoted, written
from throughline.markup.signs import signed
from throughline.markup.tree import Inline, Markdown, page
from throughline.markup.words import SEAM, behind


def whatsapp(markdown: Markdown) -> str:
    """The same words in WhatsApp's own marks."""
    return written(page(markdown), _HAND)


def _words(inlines: Sequence[Inline], *, bold: bool = True) -> str:
    lines = signed(inlines, lambda text: text, behind, bold=bold).split("\n")
    return "\n".join(SEAM + line if line.startswith(">") else line for line in lines)


def _heading(inlines: Sequence[Inline]) -> str:
    words = _words(inlines, bold=False).strip()
    return f"*{words}*" if words else ""


def _code(content: str, _language: str) -> str:
    return f"```{content.replace('```', f'`{SEAM}``')}```" if content.strip() else ""


_HAND = Hand(words=_words, heading=_heading, code=_code, quote=lambda text, _within: quoted(text))
