"""A post as a mail: its words without marks, and the same as HTML. Pure.

A mail program drops style sheets and classes, so styles stand inline; one sheet besides says what is dark where the
reader's screen is. Nothing in it is fetched from anywhere.
"""

from html import escape

from throughline.channels.gmail.capabilities import FILES, GMAIL, TEXT
from throughline.conversation.channel import Enclosed, Piece, Post
from throughline.markup.graphemes import cut, parts
from throughline.markup.mail import mail
from throughline.markup.pieces import pieces
from throughline.markup.plain import plain

_LABEL, _SUBJECT = 200, 150
#: What a mail without a name of its own is called.
_UNTITLED = "Your conversation"
_FONT = "font-family:-apple-system,Segoe UI,Roboto,Helvetica,Arial,sans-serif"
_QUIET = f"{_FONT};font-size:12px;line-height:1.5;color:#71717a"
_SHEET = (
    "@media (prefers-color-scheme:dark){"
    ".tl-page{background:#18181b!important}.tl-card,.tl-card *{color:#e4e4e7!important}"
    ".tl-card pre,.tl-card code,.tl-card th{background:#27272a!important}"
    ".tl-card a{color:#93c5fd!important}.tl-quiet,.tl-quiet *{color:#a1a1aa!important}}"
)


def render(post: Post) -> tuple[Piece, ...]:
    """The mails of a post: one, but for words that no mail holds; none for a post without a word or file."""
    along, linked = _files(post.files)
    if not post.text.strip() and not post.files:
        return ()
    bodies = _mirrored(post) if post.origin is not None else _said(post.text)
    bodies = bodies or [("", "")]
    bodies[-1] = _with_links(bodies[-1], linked)
    if bodies == [("", "")]:
        bodies = [_list([file.name or file.kind for file in along])]
    more = {"subject": subject(post.title)}
    return tuple(
        Piece(
            text, "mail", (post.conversation, post.message, number), {**more, "html": html},
            along if number == len(bodies) - 1 else (),
        )
        for number, (text, html) in enumerate(bodies)
    )  # fmt: skip


def subject(title: str) -> str:
    """A new mail's: one line, whatever it was made of."""
    line = " ".join(_printable(title).split())
    return line if len(line) <= _SUBJECT else cut(line, _SUBJECT - 1).rstrip() + "…"


def reply_subject(before: str) -> str:
    """The same as the mail that is answered, with one `Re:` before it: else Gmail opens another thread."""
    line = cut(" ".join(_printable(before).split()), 900)
    while line[:3].lower() == "re:":
        line = line[3:].lstrip()
    return f"Re: {line or _UNTITLED}"


def first_subject(title: str) -> str:
    """A first mail's."""
    return title or _UNTITLED


def page(html: str, name: str, link: str) -> str:
    """A mail's whole HTML: `html` in a card of 600 px, and below it who wrote and where the talk goes on."""
    who = escape(name)
    where = f' · <a href="{escape(link)}" style="color:#71717a">open it in the browser</a>' if link else ""
    return (
        '<!doctype html><html><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">'
        f"<style>{_SHEET}</style></head>"
        '<body class="tl-page" style="margin:0;padding:0;background:#ffffff">'
        '<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"><tr><td align="center">'
        '<table role="presentation" width="600" cellpadding="0" cellspacing="0" border="0" '
        'style="width:100%;max-width:600px"><tr>'
        f'<td class="tl-card" align="left" style="padding:24px 20px 8px">{html}</td></tr><tr>'
        f'<td class="tl-quiet" align="left" style="padding:12px 20px 24px;border-top:1px solid #e4e4e7;{_QUIET}">'
        f"{who} · reply to this mail to go on{where}</td></tr></table></td></tr></table></body></html>"
    )


def foot(text: str, name: str, link: str) -> str:
    """A mail's whole plain text: the same words below it, behind the line that mail programs know as a signature's."""
    where = f"\n{link}" if link else ""
    return f"{text.rstrip()}\n\n-- \n{name} · reply to this mail to go on{where}\n"


def _said(text: str) -> list[tuple[str, str]]:
    """What the agent, a member or the system says: Markdown."""
    words = plain(text)
    if not words.strip():
        return []
    if len(words) <= TEXT:
        return [(words, mail(text))]
    return [(words, _verbatim(words)) for words in pieces(text, TEXT, plain)]


def _mirrored(post: Post) -> list[tuple[str, str]]:
    """What the person wrote elsewhere: under a label, their words as they are."""
    name = cut(" ".join(_printable(post.name).split()), _LABEL)
    label = f"{name} · {post.origin}" if name else f"{post.origin}"
    head = f'<p style="margin:0 0 8px;{_QUIET}">{escape(label)}</p>'
    text, room = post.text, TEXT - len(label) - 2
    cuts = parts(text, room) or [""]
    return [(f"{label}\n\n{part}".rstrip(), head + _verbatim(part)) for part in cuts]


def _verbatim(text: str) -> str:
    """Words as they are, line by line."""
    style = f"{_FONT};font-size:15px;line-height:1.5;color:#1a1a1a;white-space:pre-wrap;overflow-wrap:anywhere"
    return f'<div dir="auto" style="{style}">{escape(_printable(text))}</div>'


def _files(files: tuple[Enclosed, ...]) -> tuple[tuple[Enclosed, ...], tuple[Enclosed, ...]]:
    """Those that go along, and those that are named with their link: a mail holds only so much."""
    along: list[Enclosed] = []
    left = FILES
    for file in files:
        if file.size <= left and len(along) < GMAIL.files_count:
            along.append(file)
            left -= file.size
    return tuple(along), tuple(file for file in files if file not in along)


def _with_links(body: tuple[str, str], files: tuple[Enclosed, ...]) -> tuple[str, str]:
    if not files:
        return body
    named = [(cut(_printable(" ".join((file.name or file.kind).split())), _LABEL), file.url) for file in files]
    text = "\n".join(f"{name}: {url}" for name, url in named)
    html = "".join(
        f'<p style="margin:0 0 8px;{_FONT};font-size:14px"><a href="{escape(url)}">{escape(name)}</a></p>'
        for name, url in named
    )
    return f"{body[0]}\n\n{text}".strip(), body[1] + html


def _list(names: list[str]) -> tuple[str, str]:
    """Nothing but files: their names."""
    text = "\n".join(cut(" ".join(_printable(name).split()), _LABEL) for name in names)
    return text, _verbatim(text)


def _printable(text: str) -> str:
    """Without what a mail cannot carry: control characters but for a tab and a new line, and halves of pairs."""
    return "".join(c for c in text if (c >= " " and c != "\x7f" and not "\ud800" <= c <= "\udfff") or c in "\n\t")
