"""Whether Gmail vouches for a mail's From: DMARC passed for exactly that domain, as Gmail's own header says.

Source: RFC 8601 (Authentication-Results), RFC 7489 §3.1 (alignment with the From domain), Gmail's mails as received.
Anybody can write such a header into a mail; Gmail puts its own above all that came with it. So only the topmost one
is read, and only where no other server's `Received` stands above it. ARC's copies count for nothing. Whatever is odd
about the line is a no: an unverified sender is heard all the same, in a conversation of their own.
"""

import re
from collections.abc import Sequence

#: Gmail's name for itself.
AUTHORITY = "mx.google.com"
#: Characters of the line; Gmail's own are below 1,500.
_MOST = 4_000
_DMARC = re.compile(r"dmarc\s*=", re.IGNORECASE)
_FROM = re.compile(r"(?:^|\s)header\.from=([a-z0-9.-]{1,253})(?=$|\s)")
#: Received over SMTP by another server than Gmail's.
_ELSEWHERE = re.compile(r"\bby\s+(?!mx\.google\.com\b)(?!2002:)\S", re.IGNORECASE)


def vouched(headers: Sequence[tuple[str, str]], domain: str) -> bool:
    """Whether Gmail found `dmarc=pass` for `domain`. `headers`: (name in lower case, value), topmost first."""
    for name, value in headers:
        if name == "authentication-results":
            return _passed(value, domain)
        if name == "x-gmail-fetch-info" or (name == "received" and _ELSEWHERE.search(value[:_MOST])):
            # Fetched from a mailbox elsewhere, or what stands here came with the mail.
            return False
    return False


def _passed(value: str, domain: str) -> bool:
    if len(value) > _MOST or "\\" in value or len(_DMARC.findall(value)) != 1:
        return False
    bare = _bare(value)
    if bare is None:
        return False
    authority, *results = (part.strip().lower() for part in bare.split(";"))
    # The authority may be followed by a version: `mx.google.com 1`.
    if authority.split() not in ([AUTHORITY], [AUTHORITY, "1"]):
        return False
    verdicts = [result for result in results if result.startswith("dmarc")]
    if len(verdicts) != 1 or not re.match(r"dmarc=pass(?:\s|$)", verdicts[0]):
        return False
    found = _FROM.findall(verdicts[0])
    return len(found) == 1 and found[0] == domain.lower()


def _bare(value: str) -> str | None:
    """The line without comments, and with empty quotes. None: it is not well formed.

    A sender chooses parts of this line (`smtp.mailfrom`), so a quote inside a comment is a no as well: only an address
    that wants to be taken for something else brings one there.
    """
    kept: list[str] = []
    depth, quoted = 0, False
    for character in value:
        if character == '"':
            if depth:
                return None
            quoted = not quoted
        elif quoted:
            continue
        elif character == "(":
            depth += 1
        elif character == ")":
            depth -= 1
            if depth < 0:
                return None
        elif not depth:
            kept.append(character)
    return None if depth or quoted else "".join(kept)
