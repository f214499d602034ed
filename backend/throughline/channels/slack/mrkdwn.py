"""Markdown as Slack's mrkdwn, from markdown-it's tokens. Pure.

mrkdwn has bold, italic, strike, code, quotes and links; no headings, lists, tables or images, and no way to escape
its own marks. So headings become bold, lists get their bullets as text, tables become aligned code, images links, HTML
text. Three characters are escaped (`&`, `<`, `>`), which is also what keeps a mention from being one.
"""

import re
import unicodedata
from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

#: What breaks a mark or a word without being seen.
_SEAM = "\u200b"
#: Addresses that become links; whatever else stands there stays text.
_SAFE = ("http://", "https://", "mailto:")
_BULLETS = "•◦▪"
_CALL = re.compile(r"(?<!\w)@(?=(?:here|channel|everyone|group)\b)", re.IGNORECASE)
#: A mark of mrkdwn that would open something: at a word's edge, followed by a word.
_MARK = re.compile(r"(?<![^\W_])([*_~`])(?=\S)")
_QUOTE = re.compile(r"^(&gt;)", re.MULTILINE)

_parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])


def escape(text: str) -> str:
    """Text that Slack shows as it is, and that can form no mention and no link."""
    return _CALL.sub("@" + _SEAM, text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))


def mrkdwn(markdown: str) -> str:
    """The same words in Slack's own marks."""
    return "\n\n".join(_Blocks(_parser.parse(markdown)).all())


class _Blocks:
    """A walk over block tokens. Depth is markdown-it's own `maxNesting`, so the recursion is bounded."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens
        self._at = 0

    def all(self, until: str = "", depth: int = 0) -> list[str]:
        """The blocks up to the token `until`."""
        found: list[str] = []
        while self._at < len(self._tokens):
            token = self._tokens[self._at]
            self._at += 1
            if token.type == until:
                break
            block = self._block(token, depth)
            if block:
                found.append(block)
        return found

    def _block(self, token: Token, depth: int) -> str:
        match token.type:
            case "paragraph_open":
                return self._inline()
            case "heading_open":
                words = self._inline(bold=False)
                return f"*{words}*" if words else ""
            case "fence" | "code_block":
                return _code(token.content)
            case "blockquote_open":
                return _quoted("\n\n".join(self.all("blockquote_close", depth)))
            case "bullet_list_open":
                return self._list("bullet_list_close", depth, None)
            case "ordered_list_open":
                return self._list("ordered_list_close", depth, int(token.attrGet("start") or 1))
            case "table_open":
                return self._table()
            case "hr":
                return "───"
            case _:
                return ""

    def _inline(self, *, bold: bool = True) -> str:
        inline = self._tokens[self._at]
        # The inline token and the one that closes its block.
        self._at += 2
        return _QUOTE.sub(_SEAM + r"\1", _words(inline.children or (), bold=bold))

    def _list(self, until: str, depth: int, number: int | None) -> str:
        items: list[str] = []
        while self._tokens[self._at].type != until:
            self._at += 1
            head = _BULLETS[min(depth, len(_BULLETS) - 1)] if number is None else f"{number + len(items)}."
            lines = "\n".join(self.all("list_item_close", depth + 1)).split("\n")
            items.append("\n".join([f"{head} {lines[0]}".rstrip(), *(f"    {line}" for line in lines[1:])]))
        self._at += 1
        return "\n".join(items)

    def _table(self) -> str:
        rows: list[list[str]] = []
        while (token := self._tokens[self._at]).type != "table_close":
            self._at += 1
            if token.type == "tr_open":
                rows.append([])
            elif token.type == "inline":
                rows[-1].append(_bare(token.children or ()))
        self._at += 1
        widths = [max(_width(row[i]) for row in rows) for i in range(len(rows[0]))]
        lines = [
            "  ".join(cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in rows
        ]
        lines.insert(1, "  ".join("-" * width for width in widths))
        return _code("\n".join(lines) + "\n")


def _words(tokens: Sequence[Token], *, bold: bool = True) -> str:
    """A line's words with their marks."""
    written = _Line()
    links: list[str] = []
    for token in tokens:
        match token.type:
            case "text":
                written.say(_MARK.sub(rf"\1{_SEAM}", escape(token.content)))
            case "softbreak" | "hardbreak":
                written.say("\n")
            case "strong_open" | "strong_close":
                if bold:
                    written.mark("*", opens=token.nesting == 1)
            case "em_open" | "em_close":
                written.mark("_", opens=token.nesting == 1)
            case "s_open" | "s_close":
                written.mark("~", opens=token.nesting == 1)
            case "code_inline":
                written.mark("`", opens=True)
                written.raw(escape(token.content.replace("`", "ˋ")))
                written.mark("`", opens=False)
            case "link_open":
                links.append(str(token.attrGet("href") or ""))
                written.open_link()
            case "link_close":
                written.close_link(links.pop())
            case "image":
                written.open_link()
                written.say(escape(token.content))
                written.close_link(str(token.attrGet("src") or ""))
            case _:
                written.say(escape(token.content))
    return written.text()


class _Line:
    """Words being put together: marks touch no letter from outside, and links hold no mark and no line break."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._label: list[str] | None = None
        self._closed = False

    def say(self, text: str) -> None:
        """Words, already escaped."""
        if self._closed and text[:1].isalnum():
            text = _SEAM + text
        self.raw(text)

    def raw(self, text: str) -> None:
        """Words right behind a mark."""
        if text:
            self._closed = False
            (self._parts if self._label is None else self._label).append(text)

    def mark(self, sign: str, *, opens: bool) -> None:
        """One end of something bold, italic, struck or of code."""
        if self._label is not None:
            return
        if opens and self._parts and self._parts[-1][-1].isalnum():
            self._parts.append(_SEAM)
        self._parts.append(sign)
        self._closed = not opens

    def open_link(self) -> None:
        """What follows is a link's label."""
        if self._label is None:
            self._label = []

    def close_link(self, href: str) -> None:
        """The label is whole. An address that nobody may be sent to is shown as text."""
        label, self._label = "".join(self._label or ()).replace("\n", " "), None
        shown = label.replace("|", "¦").strip()
        address = _address(href)
        if address is None:
            self.raw(label if href.startswith("data:") else f"{label} ({escape(href)})".lstrip())
        elif not shown or shown in {address, address.removeprefix("mailto:")}:
            self.raw(f"<{address}>")
        else:
            self.raw(f"<{address}|{shown}>")

    def text(self) -> str:
        """What came out."""
        return "".join(self._parts + (self._label or []))


def _address(href: str) -> str | None:
    """An address as it may stand in a link; None: not one that people may be sent to."""
    if not href.lower().startswith(_SAFE):
        return None
    href = href.replace("<", "%3C").replace(">", "%3E").replace("|", "%7C").replace("&", "&amp;")
    return re.sub(r"\s", "%20", href)


def _bare(tokens: Sequence[Token]) -> str:
    """A line's words without marks, for a table's cell."""
    return "".join(t.content if t.type != "softbreak" else " " for t in tokens)


def _code(content: str) -> str:
    """A code block. Three backticks inside would end it."""
    held = escape(content.removesuffix("\n").replace("```", f"`{_SEAM}``"))
    return f"```\n{held}\n```"


def _quoted(text: str) -> str:
    """A quote; mrkdwn knows one level."""
    return "\n".join(line if line.startswith("> ") else f"> {line}".rstrip() for line in text.split("\n"))


def _width(text: str) -> int:
    """Columns in a fixed-width font."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else not unicodedata.combining(c) for c in text)
