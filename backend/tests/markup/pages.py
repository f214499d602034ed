"""The golden pages: each in Markdown, and next to it as every format writes it.

To write them anew after a change that is meant: `python -m tests.markup.pages` in `backend`, then read the difference.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

from throughline.markup.mail import mail
from throughline.markup.plain import plain
from throughline.markup.slack import mrkdwn
from throughline.markup.telegram import telegram
from throughline.markup.tree import Markdown
from throughline.markup.whatsapp import whatsapp

GOLDEN = Path(__file__).parent / "golden"
PAGES = sorted(GOLDEN.glob("*.md"))
FORMATS: Mapping[str, Callable[[Markdown], str]] = {
    "slack.txt": mrkdwn,
    "whatsapp.txt": whatsapp,
    "telegram.html": telegram,
    "mail.html": mail,
    "plain.txt": plain,
}


def expected(page: Path, form: str) -> Path:
    """Where a page stands as a format writes it."""
    return page.with_suffix(f".{form}")


def rewrite() -> None:
    """Take what comes out now for right."""
    for page in PAGES:
        for form, render in FORMATS.items():
            expected(page, form).write_text(render(page.read_text(encoding="utf-8")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    rewrite()
