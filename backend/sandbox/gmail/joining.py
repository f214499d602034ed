"""Which thread a mail joins: by what it refers to, and a subject that is the same but for "Re:"."""

import re

from sandbox.gmail import mime
from sandbox.gmail.call import invalid, not_found
from sandbox.gmail.mime import Letter
from sandbox.gmail.office import Box

_PREFIX = re.compile(r"\s*(?:(?:re|fwd?|aw|wg|sv|vs|antw|tr|rv|res|enc)(?:\[\d{1,3}\])?\s*:\s*)+", re.I)
_IDS = re.compile(r"<[^<>\s]{1,900}>")


def references(letter: Letter) -> set[str]:
    """The Message-IDs that it names."""
    return set(_IDS.findall(f"{letter.header('References')} {letter.header('In-Reply-To')}"[:20_000]))


def base(subject: str) -> str:
    """A subject without "Re:" and its like."""
    subject = subject[:2_000]
    found = _PREFIX.match(subject)
    return " ".join(subject[found.end() if found else 0 :].split()).lower()


def wanted(box: Box, letter: Letter, thread: str) -> str:
    """The thread that a mail of the API's joins; empty: it begins one. Raises Refused for one that is not there.

    All three must hold: the thread is named, the mail refers to one of its mails, the subjects match.
    """
    if not thread:
        return ""
    if not re.fullmatch(r"[0-9a-f]{1,16}", thread):
        raise invalid("Invalid thread_id value")
    mails = box.thread(thread)
    if not mails:
        raise not_found()
    named, subject = references(letter), base(letter.header("Subject"))
    for mail in mails:
        there = mime.letter(mail.raw)
        known = {there.header("Message-ID"), there.header("X-Google-Original-Message-ID")}
        if named & known and base(there.header("Subject")) == subject:
            return thread
    return ""


def found(box: Box, raw: bytes) -> str:
    """The thread that a mail from outside joins; empty: a new one."""
    letter = mime.letter(raw)
    named, subject = references(letter), base(letter.header("Subject"))
    if not named:
        return ""
    for mail in reversed(list(box.mails.values())):
        there = mime.letter(mail.raw)
        if there.header("Message-ID") in named and base(there.header("Subject")) == subject:
            return mail.thread
    return ""
