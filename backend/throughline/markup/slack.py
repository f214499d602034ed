"""Markdown as Slack's mrkdwn. Pure.

mrkdwn has bold, italic, strike, code, quotes and links; no headings, lists, tables or images, and no way to escape
its own marks. So headings become bold, lists get their bullets as text, tables become aligned code, images links, HTML
text. Three characters are escaped (`&`, `<`, `>`), which is also what keeps a mention from being one.
"""

import re
from collections.abc import Sequence

from throughline.markup.lines import Hand, quoted, written
from throughline.markup.signs import signed
from throughline.markup.tree import Inline, Markdown, page, safe
from throughline.markup.words import SEAM, behind

_CALL = re.compile(r"(?<!\w)@(?=(?:here|channel|everyone|group)\b)", re.IGNORECASE)
_QUOTE = re.compile(r"^(&gt;)", re.MULTILINE)


def escape(text: str) -> str:
    """Text that Slack shows as it is, and that can form no mention and no link."""
    return _CALL.sub("@" + SEAM, text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))


def mrkdwn(markdown: Markdown) -> str:
    """The same words in Slack's own marks."""
    return written(page(markdown), _HAND)


def _words(inlines: Sequence[Inline], *, bold: bool = True) -> str:
    return _QUOTE.sub(SEAM + r"\1", signed(inlines, escape, _link, bold=bold))


def _heading(inlines: Sequence[Inline]) -> str:
    words = _words(inlines, bold=False)
    return f"*{words}*" if words else ""


def _link(label: str, href: str) -> str:
    """An address that nobody may be sent to is shown as text."""
    shown = label.replace("|", "¦").strip()
    if not safe(href):
        return behind(label, escape(href))
    address = href.replace("<", "%3C").replace(">", "%3E").replace("|", "%7C").replace("&", "&amp;")
    address = re.sub(r"\s", "%20", address)
    same = not shown or shown in {address, address.removeprefix("mailto:")}
    return f"<{address}>" if same else f"<{address}|{shown}>"


def _code(content: str, _language: str) -> str:
    """A code block. Three backticks inside would end it."""
    return f"```\n{escape(content.replace('```', f'`{SEAM}``'))}\n```"


_HAND = Hand(
    words=_words, heading=_heading, code=_code, quote=lambda text, _within: quoted(text), bullets="•◦▪", rule="───"
)
