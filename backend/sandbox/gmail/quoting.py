"""How mail programs write a reply: the new text, and below it what is answered, quoted their own way.

Shapes as the programs write them (2026): Gmail's `gmail_quote`, Outlook's `divRplyFwdMsg`, Apple Mail's
`blockquote type="cite"`. Gmail's attribution is wrapped where it is long, in other languages, too.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from html import escape

from msgspec import Struct

_WIDTH = 76
_DAYS = {
    "fr": ("lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim."),
    "de": ("Mo.", "Di.", "Mi.", "Do.", "Fr.", "Sa.", "So."),
    "es": ("lun", "mar", "mié", "jue", "vie", "sáb", "dom"),
}  # fmt: skip
_MONTHS = {
    "fr": ["janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."],
    "de": ["Jan.", "Feb.", "März", "Apr.", "Mai", "Juni", "Juli", "Aug.", "Sept.", "Okt.", "Nov.", "Dez."],
    "es": ["ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sept", "oct", "nov", "dic"],
}


class Quoted(Struct, frozen=True):
    """The mail that is answered. `sender` and `to` as the header has them; `at` in milliseconds."""

    name: str
    address: str
    to: str
    subject: str
    at: int
    text: str
    html: str


Body = tuple[str, str]
"""Plain text, and HTML (empty: there is none)."""


def new(text: str, style: str) -> Body:
    """A mail that answers nothing."""
    return _signed(text, style), "" if style == "plain" else f'<div dir="ltr">{_lines(_signed(text, style))}</div>'


def reply(text: str, quoted: Quoted, style: str) -> Body:
    """A reply, in a style; an unknown one is Gmail's."""
    return STYLES.get(style, _gmail("en"))(text, quoted)


def _gmail(language: str) -> Callable[[str, Quoted], Body]:
    def write(text: str, quoted: Quoted) -> Body:
        said = _attribution(quoted, language)
        plain = f"{text}\n\n{_wrapped(said)}\n\n{_prefixed(quoted.text)}\n"
        shown = escape(said).replace(
            escape(quoted.address), f'<a href="mailto:{escape(quoted.address)}">{escape(quoted.address)}</a>'
        )
        html = (
            f'<div dir="ltr">{_lines(text)}</div><br><div class="gmail_quote gmail_quote_container">'
            f'<div dir="ltr" class="gmail_attr">{shown}<br></div><blockquote class="gmail_quote" '
            'style="margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex">'
            f"{_inner(quoted)}</blockquote></div>"
        )
        return plain, html

    return write


def _outlook(text: str, quoted: Quoted) -> Body:
    sent = _date(quoted).strftime("%A, %B %d, %Y %I:%M %p")
    head = [
        ("From", f"{quoted.name} <{quoted.address}>"),
        ("Sent", sent),
        ("To", quoted.to),
        ("Subject", quoted.subject),
    ]
    lines = "\n".join(f"{name}: {value}" for name, value in head)
    shown = "<br>".join(f"<b>{name}:</b> {escape(value)}" for name, value in head)
    html = (
        f'<div class="elementToProof">{_lines(text)}</div><div id="appendonsend"></div>'
        '<hr style="display:inline-block;width:98%" tabindex="-1"><div id="divRplyFwdMsg" dir="ltr">'
        f'<font face="Calibri, sans-serif" style="font-size:11pt">{shown}</font><div>&nbsp;</div></div>'
        f"<div>{_inner(quoted)}</div>"
    )
    return f"{text}\n\n{'_' * 32}\n{lines}\n\n{quoted.text}\n", html


def _apple(text: str, quoted: Quoted) -> Body:
    date = _date(quoted)
    said = f"On {date:%b} {date.day}, {date:%Y}, at {date:%I:%M %p}, {quoted.name} <{quoted.address}> wrote:"
    html = (
        f'<html><body dir="auto">{_lines(_signed(text, "apple"))}<div dir="ltr"><br>'
        f'<blockquote type="cite">{escape(said)}<br><br></blockquote></div>'
        f'<blockquote type="cite"><div dir="ltr">{_inner(quoted)}</div></blockquote></body></html>'
    )
    return f"{_signed(text, 'apple')}\n\n> {said}\n> \n{_prefixed(quoted.text)}\n", html


def _plain(text: str, quoted: Quoted) -> Body:
    return f"{text}\n\n{_wrapped(_attribution(quoted, 'en'))}\n{_prefixed(quoted.text)}\n", ""


def _bare(text: str, _quoted: Quoted) -> Body:
    return text, ""


STYLES: dict[str, Callable[[str, Quoted], Body]] = {
    "gmail": _gmail("en"), "gmail_de": _gmail("de"), "gmail_fr": _gmail("fr"), "gmail_es": _gmail("es"),
    "outlook": _outlook, "apple": _apple, "plain": _plain, "bare": _bare,
}  # fmt: skip


def _attribution(quoted: Quoted, language: str) -> str:
    date, who = _date(quoted), f"{quoted.name} <{quoted.address}>"
    clock = f"{date:%H:%M}"
    if language == "en":
        return f"On {date:%a, %b} {date.day}, {date:%Y} at {date.hour % 12 or 12}:{date:%M} {date:%p} {who} wrote:"
    day, month = _DAYS[language][date.weekday()], _MONTHS[language][date.month - 1]
    if language == "de":
        return f"Am {day}, {date.day}. {month} {date.year} um {clock} Uhr schrieb {who}:"
    if language == "fr":
        return f"Le {day} {date.day} {month} {date.year} à {clock}, {who} a écrit :"
    return f"El {day}, {date.day} {month} {date.year} a las {clock}, {who} escribió:"


def _wrapped(line: str) -> str:
    """Gmail breaks a long attribution where the line is full."""
    if len(line) <= _WIDTH:
        return line
    cut = line.rfind(" ", 0, _WIDTH)
    return line if cut < 0 else f"{line[:cut]}\n{line[cut + 1 :]}"


def _prefixed(text: str) -> str:
    return "\n".join(f"> {line}" if line else ">" for line in text.strip().splitlines())


def _signed(text: str, style: str) -> str:
    return f"{text}\n\nSent from my iPhone" if style == "apple" else text


def _lines(text: str) -> str:
    return "<br>".join(escape(line) for line in text.splitlines())


def _inner(quoted: Quoted) -> str:
    return quoted.html or f'<div dir="ltr">{_lines(quoted.text)}</div>'


def _date(quoted: Quoted) -> datetime:
    return datetime.fromtimestamp(quoted.at / 1000, UTC)
