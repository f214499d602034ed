"""Markdown as an HTML fragment for a mail. Pure.

Mail clients drop style sheets and classes, so every style stands inline; nothing is fetched from anywhere (an image is
a link), and `dir="auto"` lets each block find its own direction.
"""

from collections.abc import Sequence
from html import escape

from throughline.markup.tree import (
    Block,
    Break,
    Code,
    Fence,
    Heading,
    Inline,
    Items,
    Link,
    Mark,
    Markdown,
    Paragraph,
    Quote,
    Rule,
    Table,
    Text,
    page,
    safe,
)
from throughline.markup.words import told

_MONO = "font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:13px;background:#f4f4f5"
_STYLES = {
    "div": "font-family:-apple-system,Segoe UI,Roboto,Helvetica,Arial,sans-serif;font-size:15px;line-height:1.5;"
    "color:#1a1a1a",
    "p": "margin:0 0 12px",
    "code": f"{_MONO};padding:1px 4px;border-radius:3px",
    "pre": f"{_MONO};padding:10px 12px;border-radius:6px;margin:0 0 12px;white-space:pre-wrap;overflow-wrap:anywhere",
    "blockquote": "margin:0 0 12px;padding:0 0 0 12px;border-left:3px solid #d4d4d8;color:#52525b",
    "list": "margin:0 0 12px;padding:0 0 0 24px",
    "li": "margin:0 0 4px",
    "table": "border-collapse:collapse;margin:0 0 12px;font-size:14px",
    "th": "border:1px solid #d4d4d8;padding:6px 10px;background:#f4f4f5;font-weight:600",
    "td": "border:1px solid #d4d4d8;padding:6px 10px;vertical-align:top",
    "hr": "border:0;border-top:1px solid #d4d4d8;margin:16px 0",
    "a": "color:#2563eb",
}
_SIZES = {1: 22, 2: 19, 3: 17, 4: 15, 5: 15, 6: 15}
_TAGS = {"strong": "strong", "em": "em", "s": "s"}


def mail(markdown: Markdown) -> str:
    """The fragment: one `div`. Empty for a text without a word."""
    blocks = _blocks(page(markdown).blocks)
    return f'<div style="{_STYLES["div"]}">\n{blocks}\n</div>' if blocks else ""


def _blocks(blocks: Sequence[Block]) -> str:
    return "\n".join(text for block in blocks if (text := _block(block)))


def _block(block: Block) -> str:
    match block:
        case Paragraph(inside):
            words = _words(inside)
            return f'<p dir="auto" style="{_STYLES["p"]}">{words}</p>' if words else ""
        case Heading(level, inside):
            words = _words(inside)
            style = f"margin:16px 0 8px;font-size:{_SIZES[level]}px;line-height:1.3;font-weight:600"
            return f'<h{level} dir="auto" style="{style}">{words}</h{level}>' if words else ""
        case Fence(text):
            return f'<pre dir="ltr" style="{_STYLES["pre"]}">{escape(text)}</pre>' if text.strip() else ""
        case Quote(blocks):
            inside_ = _blocks(blocks)
            return (
                f'<blockquote dir="auto" style="{_STYLES["blockquote"]}">\n{inside_}\n</blockquote>' if inside_ else ""
            )
        case Items():
            return _items(block)
        case Table():
            return _table(block)
        case Rule():
            return f'<hr style="{_STYLES["hr"]}">'


def _items(block: Items) -> str:
    tag = "ul" if block.start is None else "ol"
    start = f' start="{block.start}"' if block.start not in (None, 1) else ""
    items = "\n".join(f'<li dir="auto" style="{_STYLES["li"]}">{_item(item)}</li>' for item in block.items)
    return f'<{tag}{start} dir="auto" style="{_STYLES["list"]}">\n{items}\n</{tag}>'


def _item(blocks: Sequence[Block]) -> str:
    """An item begins with its words: a paragraph there would push them from their bullet."""
    if not blocks or not isinstance(blocks[0], Paragraph):
        return _blocks(blocks)
    rest = _blocks(blocks[1:])
    return _words(blocks[0].inside) + (f"\n{rest}" if rest else "")


def _table(block: Table) -> str:
    rows: list[str] = []
    for number, row in enumerate(block.rows):
        tag = "td" if number else "th"
        cells = "".join(
            f'<{tag} dir="auto" style="{_STYLES[tag]};text-align:{align or "start"}">{_words(cell)}</{tag}>'
            for cell, align in zip(row, block.aligns, strict=True)
        )
        rows.append(f"<tr>{cells}</tr>")
    body = "\n".join(rows)
    return f'<table style="{_STYLES["table"]}">\n{body}\n</table>'


def _words(inlines: Sequence[Inline]) -> str:
    said: list[str] = []
    for one in inlines:
        match one:
            case Text(text):
                said.append(escape(text))
            case Code(text):
                said.append(f'<code style="{_STYLES["code"]}">{escape(text)}</code>')
            case Break():
                said.append("<br>\n")
            case Mark(kind, inside):
                said.append(f"<{_TAGS[kind]}>{_words(inside)}</{_TAGS[kind]}>")
            case Link(href, inside) if safe(href):
                label = _words(inside) or escape(href)
                said.append(f'<a href="{escape(href)}" style="{_STYLES["a"]}">{label}</a>')
            case Link():
                said.append(escape(told((one,))))
    return "".join(said)
