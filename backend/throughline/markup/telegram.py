"""Markdown as Telegram's HTML (`parse_mode` HTML, core.telegram.org/bots/api#html-style). Pure.

It knows `b i s u code pre a blockquote` and four entities; quotes and code do not nest. Headings become bold, lists
get their bullets as text, tables become aligned `pre`, images links.
"""

from collections.abc import Sequence

from throughline.markup.lines import Hand, written
from throughline.markup.tree import Break, Code, Inline, Link, Mark, Markdown, Text, page, safe
from throughline.markup.words import behind

#: `tg://user?id=…` would call somebody, so only places may be linked.
_SCHEMES = ("http://", "https://", "mailto:", "tg://resolve?")
_TAGS = {"strong": "b", "em": "i", "s": "s"}


def telegram(markdown: Markdown) -> str:
    """The same words in Telegram's HTML."""
    return written(page(markdown), _HAND)


def escape(text: str) -> str:
    """Text that stands in it as it is, between tags."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def units(html: str) -> int:
    """UTF-16 units, tags and entities with them: Telegram counts what is seen, which is never more."""
    return len(html) + sum(c > "\uffff" for c in html)


def _words(inlines: Sequence[Inline]) -> str:
    said: list[str] = []
    for one in inlines:
        match one:
            case Text(text):
                said.append(escape(text))
            case Code(text):
                said.append(f"<code>{escape(text)}</code>")
            case Break():
                said.append("\n")
            case Mark(kind, inside):
                words = _words(inside)
                said.append(f"<{_TAGS[kind]}>{words}</{_TAGS[kind]}>" if words.strip() else words)
            case Link(href, inside):
                said.append(_link(_words(inside), href))
    return "".join(said)


def _link(label: str, href: str) -> str:
    """An address that nobody may be sent to is shown as text."""
    if not safe(href, _SCHEMES):
        return behind(label, escape(href))
    address = escape(href).replace('"', "&quot;")
    return f'<a href="{address}">{label if label.strip() else escape(href)}</a>'


def _heading(inlines: Sequence[Inline]) -> str:
    words = _words(inlines)
    return f"<b>{words}</b>" if words.strip() else ""


def _code(text: str, language: str) -> str:
    if not text.strip():
        return ""
    held = f'<code class="language-{language}">{escape(text)}</code>' if language else escape(text)
    return f"<pre>{held}</pre>"


def _quote(text: str, within: bool) -> str:  # noqa: FBT001 - the shape of a Hand
    return text if within or not text.strip() else f"<blockquote>{text}</blockquote>"


_HAND = Hand(words=_words, heading=_heading, code=_code, quote=_quote, bullets="•◦▪", margin=True)
