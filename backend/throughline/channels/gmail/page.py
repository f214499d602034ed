"""An HTML mail as the words that its reader sees: blocks as lines, nothing fetched, nothing hidden, nothing quoted.

Text that is there for a machine only (`display:none`, no size, white on white, far off the page) is where somebody
writes orders to a model: it is left out. What is quoted is cut where mail programs mark it.
"""

import re
from collections.abc import Mapping
from typing import Any

from selectolax.lexbor import LexborHTMLParser, SelectolaxError

from throughline.channels.gmail.looks import Look, rules
from throughline.channels.gmail.tame import tamed

_BLOCKS = frozenset(
    {"p", "div", "br", "tr", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "table", "blockquote", "pre", "hr",
     "section", "article", "header", "footer", "center", "dd", "dt", "dl", "address", "form", "fieldset", "tbody"}
)  # fmt: skip
#: Around which an empty line belongs.
_APART = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "blockquote", "pre"})
#: Classes and ids by which mail programs mark what they quote, and signatures.
_QUOTES = frozenset(
    {"gmail_quote", "gmail_quote_container", "gmail_attr", "yahoo_quoted", "moz-cite-prefix",
     "protonmail_quote", "tutanota_quote", "zmail_extra", "gmail_signature", "moz-signature",
     "protonmail_signature_block", "ms-outlook-mobile-signature", "ms-outlook-ios-signature"}
)  # fmt: skip
#: After these nothing is new: Outlook's header of what it answers.
_ENDS = frozenset({"divrplyfwdmsg", "appendonsend", "stopspelling", "mail-editor-reference-message-container"})
_FORWARDED = re.compile(r"-{2,}\s*forwarded message|begin forwarded message|-{3,}[^\n-]{4,40}-{3,}", re.IGNORECASE)
_WHITE = " \t\r\n\f\xa0"
_SPACES = re.compile(rf"[{_WHITE}]+")
_LINK = 500
#: Elements within each other that are followed; a mail's are below 100.
_DEPTH = 400


def text(html: str) -> str:
    """What is seen of a page, without quotes. Empty: nothing was seen."""
    page, styles = tamed(html)
    try:
        root = LexborHTMLParser(page).body
    except (SelectolaxError, ValueError):
        # What a parser in C refuses is no page; the mail is read without it.
        return ""
    if root is None:
        return ""
    hiding = rules(styles)
    lines = _Lines()
    # Depth first, without recursion: (node, how it looks, within a forwarded mail); no node: a block ends.
    stack: list[tuple[Any, Look, bool, str]] = [(root.child, Look(), False, "")]
    while stack:
        node, look, whole, closes = stack.pop()
        if node is None:
            lines.close(closes)
            continue
        stack.append((node.next, look, whole, closes))
        tag = node.tag
        if tag == "-text":
            lines.say("" if look.unseen else node.text_content or "")
            continue
        if tag.startswith(("-", "_", "!")):
            continue
        attributes = node.attributes
        if not whole and _ends(attributes):
            break
        if not whole and _quoted(tag, attributes):
            if not _FORWARDED.search((node.text(deep=True) or "")[:600]):
                lines.open("p")
                continue
            whole = True
        seen = look.under(tag, attributes, hiding)
        if seen is None:
            continue
        lines.open(tag)
        child = node.child
        if child is not None and len(stack) < _DEPTH:
            stack.append((child, seen, whole, tag + "\0" + _link(attributes)))
        else:
            lines.close(tag)
    return lines.text()


def _ends(attributes: Mapping[str, str | None]) -> bool:
    name = attributes.get("id")
    return name is not None and name.lower().removeprefix("x_") in _ENDS


def _quoted(tag: str, attributes: Mapping[str, str | None]) -> bool:
    if tag == "blockquote" and (attributes.get("type") or "").lower() == "cite":
        return True
    names = attributes.get("class")
    return names is not None and any(name.removeprefix("x_") in _QUOTES for name in names[:400].lower().split())


def _link(attributes: Mapping[str, str | None]) -> str:
    target = (attributes.get("href") or "").strip()
    return target if target.startswith(("https://", "http://")) and len(target) <= _LINK else ""


class _Lines:
    """Words and breaks in the order of the page. Blocks begin and end lines; only `br` adds one to another."""

    def __init__(self) -> None:
        self._kept: list[str] = []
        self._breaks = 0

    def say(self, words: str) -> None:
        if self._breaks:
            words = words.lstrip(_WHITE)
        if not words:
            return
        if self._breaks and self._kept:
            self._kept.append("\n" * min(self._breaks, 2))
        self._breaks = 0
        self._kept.append(_SPACES.sub(" ", words))

    def open(self, tag: str) -> None:
        if tag == "br":
            self._breaks += 1
        elif tag in _BLOCKS:
            self._breaks = max(self._breaks, 2 if tag in _APART else 1)
        if tag == "li":
            self.say("- ")
        elif tag in {"td", "th"}:
            self.say(" ")

    def close(self, closes: str) -> None:
        """The end of an element's children: `tag`, a NUL and where it links to."""
        tag, _, link = closes.partition("\0")
        if link and link.partition("://")[2].rstrip("/") not in "".join(self._kept[-3:]):
            self.say(f" ({link})")
        if tag in _BLOCKS and tag != "br":
            self._breaks = max(self._breaks, 2 if tag in _APART else 1)

    def text(self) -> str:
        return re.sub(r" *\n *", "\n", re.sub(r" {2,}", " ", "".join(self._kept))).strip()
