"""A page as lines of text, for formats that have no lists, tables or nesting of their own. Pure.

A format brings a `Hand`: how it writes words, headings, code and quotes. The rest is the same for all of them.
"""

import unicodedata
from collections.abc import Callable, Sequence

from msgspec import Struct

from throughline.markup.tree import Block, Fence, Heading, Inline, Items, Page, Paragraph, Quote, Rule, Table
from throughline.markup.words import told


class Hand(Struct, frozen=True):
    """How a format writes."""

    #: A paragraph's words with their marks.
    words: Callable[[Sequence[Inline]], str]
    heading: Callable[[Sequence[Inline]], str]
    #: A block of code: its text, its language.
    code: Callable[[str, str], str]
    #: A quote: its text, and whether it stands within another.
    quote: Callable[[str, bool], str]
    #: One for each depth of a list; the last for all deeper ones.
    bullets: str = "-"
    rule: str = "───"
    #: Code and quotes stand at the margin, even within a list.
    margin: bool = False


def written(page: Page, hand: Hand) -> str:
    """The page, its blocks apart by a blank line."""
    return "\n\n".join(_blocks(page.blocks, hand, 0, quoted=False))


def _blocks(blocks: Sequence[Block], hand: Hand, depth: int, *, quoted: bool) -> list[str]:
    return [text for block in blocks if (text := _block(block, hand, depth, quoted=quoted))]


def _block(block: Block, hand: Hand, depth: int, *, quoted: bool) -> str:
    match block:
        case Paragraph(inside):
            return hand.words(inside)
        case Heading(_, inside):
            return hand.heading(inside)
        case Fence(text, language):
            return hand.code(text, language)
        case Quote(blocks):
            return hand.quote("\n\n".join(_blocks(blocks, hand, depth, quoted=True)), quoted)
        case Items():
            return _items(block, hand, depth, quoted=quoted)
        case Table():
            return hand.code(aligned(block), "")
        case Rule():
            return hand.rule


def _items(block: Items, hand: Hand, depth: int, *, quoted: bool) -> str:
    items: list[str] = []
    for number, item in enumerate(block.items):
        head = hand.bullets[min(depth, len(hand.bullets) - 1)] if block.start is None else f"{block.start + number}."
        lines: list[str] = []
        for one in item:
            text = _block(one, hand, depth + 1, quoted=quoted)
            at_margin = hand.margin and isinstance(one, Fence | Quote | Table)
            if at_margin and not lines:
                lines.append(head)
            for line in text.split("\n") if text else ():
                lines.append(f"{head} {line}".rstrip() if not lines else line if at_margin else f"    {line}")
        items.append("\n".join(lines or [head]))
    return "\n".join(items)


def aligned(table: Table) -> str:
    """A table's cells as columns of a fixed-width font, a line under the head."""
    rows = [[told(cell).replace("\n", " ") for cell in row] for row in table.rows]
    widths = [max(width(row[i]) for row in rows) for i in range(len(table.aligns))]
    lines = [
        "  ".join(
            _cell(cell, most, align) for cell, most, align in zip(row, widths, table.aligns, strict=True)
        ).rstrip()
        for row in rows
    ]
    return "\n".join([lines[0], "  ".join("-" * most for most in widths), *lines[1:]])


def _cell(text: str, most: int, align: str) -> str:
    room = most - width(text)
    before = {"right": room, "center": room // 2}.get(align, 0)
    return " " * before + text + " " * (room - before)


def width(text: str) -> int:
    """Columns in a fixed-width font."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else not unicodedata.combining(c) for c in text)


def quoted(text: str) -> str:
    """A quote with a sign before each line; one level."""
    return "\n".join(line if line.startswith("> ") else f"> {line}".rstrip() for line in text.split("\n"))
