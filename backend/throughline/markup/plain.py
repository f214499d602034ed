"""Markdown as words alone: for SMS, and for the text beside a mail's HTML. Pure.

Nothing but ASCII is added, so that a text which fits GSM-7 still does.
"""

from throughline.markup.lines import Hand, quoted, written
from throughline.markup.tree import Markdown, page
from throughline.markup.words import told


def plain(markdown: Markdown) -> str:
    """The same words without marks; addresses stand behind theirs."""
    return written(page(markdown), _HAND)


_HAND = Hand(
    words=told,
    heading=told,
    code=lambda text, _language: text,
    quote=lambda text, _within: quoted(text),
    rule="---",
)
