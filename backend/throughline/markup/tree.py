"""Markdown as a small tree of values, parsed once and written out by each format. Pure.

CommonMark with tables and strikethrough; HTML is text. An image is a link that says so, never an image: fetching one
would tell its address, and whatever somebody put into it, to whoever owns that address.
"""

from collections.abc import Sequence
from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.token import Token
from msgspec import Struct

#: Marks inside one another; deeper ones are left out, their words stay.
DEPTH = 20

_parser = MarkdownIt("commonmark", {"html": False, "maxNesting": DEPTH}).enable(["table", "strikethrough"])


class Text(Struct, frozen=True):
    """Words."""

    text: str


class Code(Struct, frozen=True):
    """Code within a line."""

    text: str


class Break(Struct, frozen=True):
    """The line ends here."""


class Mark(Struct, frozen=True):
    """Something bold, italic or struck."""

    kind: Literal["strong", "em", "s"]
    inside: "tuple[Inline, ...]"


class Link(Struct, frozen=True):
    """A link, with any scheme: each format asks `safe`. There is never one inside another."""

    href: str
    inside: "tuple[Inline, ...]"
    #: It was written as an image.
    image: bool = False


class Paragraph(Struct, frozen=True):
    """Lines of words."""

    inside: "tuple[Inline, ...]"


class Heading(Struct, frozen=True):
    """A heading, from 1 to 6."""

    level: int
    inside: "tuple[Inline, ...]"


class Fence(Struct, frozen=True):
    """A block of code, without its last line break. `language` is one plain word, or empty."""

    text: str
    language: str = ""


class Quote(Struct, frozen=True):
    """Somebody else's words."""

    blocks: "tuple[Block, ...]"


class Items(Struct, frozen=True):
    """A list. `start` is the first number, None: it has bullets."""

    items: "tuple[tuple[Block, ...], ...]"
    start: int | None = None


class Table(Struct, frozen=True):
    """Rows of cells, the first one is the head; each row has as many cells as `aligns`."""

    rows: "tuple[tuple[tuple[Inline, ...], ...], ...]"
    aligns: tuple[Literal["", "left", "center", "right"], ...]


class Rule(Struct, frozen=True):
    """A line across."""


class Page(Struct, frozen=True):
    """A whole text."""

    blocks: "tuple[Block, ...]"


Inline = Text | Code | Break | Mark | Link
Block = Paragraph | Heading | Fence | Quote | Items | Table | Rule
#: What every format takes: a source, or a page that is parsed already.
Markdown = str | Page


def page(markdown: Markdown) -> Page:
    """The tree of a text. Its depth is bounded, so whoever walks it may recurse."""
    return markdown if isinstance(markdown, Page) else Page(_Blocks(_parser.parse(markdown)).until(""))


def safe(href: str, schemes: Sequence[str] = ("http://", "https://", "mailto:")) -> bool:
    """Whether people may be sent there."""
    return href.lower().startswith(tuple(schemes))


def bare(inlines: Sequence[Inline]) -> str:
    """The words alone, without marks and addresses."""
    return "".join(
        "\n" if isinstance(one, Break) else one.text if isinstance(one, Text | Code) else bare(one.inside)
        for one in inlines
    )


class _Blocks:
    """A walk over markdown-it's tokens, which bounds their nesting."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens
        self._at = 0

    def until(self, end: str) -> tuple[Block, ...]:
        """The blocks up to the token `end`, or all."""
        found: list[Block] = []
        while self._at < len(self._tokens):
            token = self._tokens[self._at]
            self._at += 1
            if token.type == end:
                break
            block = self._block(token)
            if block is not None:
                found.append(block)
        return tuple(found)

    def _block(self, token: Token) -> Block | None:
        match token.type:
            case "paragraph_open":
                return Paragraph(self._inline())
            case "heading_open":
                return Heading(int(token.tag[1]), self._inline())
            case "fence" | "code_block":
                word = token.info.strip().split(" ")[0]
                plain = word.isascii() and word.replace("-", "").replace("+", "").replace("#", "").isalnum()
                return Fence(token.content.removesuffix("\n"), word[:30] if plain else "")
            case "blockquote_open":
                return Quote(self.until("blockquote_close"))
            case "bullet_list_open":
                return Items(self._items("bullet_list_close"))
            case "ordered_list_open":
                start = token.attrGet("start")
                return Items(self._items("ordered_list_close"), 1 if start is None else int(start))
            case "table_open":
                return self._table()
            case "hr":
                return Rule()
            case _:
                return None

    def _inline(self) -> tuple[Inline, ...]:
        inline = self._tokens[self._at]
        # The inline token and the one that closes its block.
        self._at += 2
        return _inlines(inline.children or ())

    def _items(self, end: str) -> tuple[tuple[Block, ...], ...]:
        items: list[tuple[Block, ...]] = []
        while self._tokens[self._at].type != end:
            self._at += 1
            items.append(self.until("list_item_close"))
        self._at += 1
        return tuple(items)

    def _table(self) -> Table:
        rows: list[list[tuple[Inline, ...]]] = []
        aligns: list[Literal["", "left", "center", "right"]] = []
        while (token := self._tokens[self._at]).type != "table_close":
            self._at += 1
            if token.type == "tr_open":
                rows.append([])
            elif token.type == "th_open":
                style = str(token.attrGet("style") or "")
                found = [a for a in _ALIGNS if style.endswith(a)]
                aligns.append(found[0] if found else "")
            elif token.type == "inline":
                rows[-1].append(_inlines(token.children or ()))
        self._at += 1
        return Table(tuple(map(tuple, rows)), tuple(aligns))


_ALIGNS: tuple[Literal["left", "center", "right"], ...] = ("left", "center", "right")


def _inlines(tokens: Sequence[Token]) -> tuple[Inline, ...]:
    """A line's tokens as a tree. Markdown-it does not bound the nesting of marks, so this does."""
    whole: list[Inline] = []
    open_: list[tuple[Token | None, list[Inline]]] = [(None, whole)]
    for token in tokens:
        into = open_[-1][1]
        if token.nesting == 1:
            open_.append((token, []) if len(open_) <= DEPTH else (None, into))
        elif token.nesting == -1:
            begun, inside = open_.pop()
            if begun is not None:
                open_[-1][1].append(_marked(begun, tuple(inside)))
        elif token.type in ("softbreak", "hardbreak"):
            into.append(Break())
        elif token.type == "code_inline":
            into.append(Code(token.content))
        elif token.type == "image":
            alt = bare(_inlines(token.children or ()))
            linked = any(begun is not None and begun.type == "link_open" for begun, _ in open_)
            words = (Text(alt),) if alt else ()
            into.extend(words if linked else (Link(str(token.attrGet("src") or ""), words, image=True),))
        elif token.content:
            into.append(Text(token.content))
    return tuple(whole)


def _marked(begun: Token, inside: tuple[Inline, ...]) -> Inline:
    match begun.type:
        case "strong_open":
            return Mark("strong", inside)
        case "em_open":
            return Mark("em", inside)
        case "s_open":
            return Mark("s", inside)
        case _:
            return Link(str(begun.attrGet("href") or ""), inside)
