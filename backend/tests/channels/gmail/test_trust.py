"""Whom Gmail vouches for: its own topmost line, and nothing that only looks like it."""

import pytest

from throughline.channels.gmail import fields, trust
from throughline.conversation.channel import Address

from .parcels import PASSED, USUAL, heard, mail, part, without

GATE = ("Received", "from mail.example.com (mail.example.com. [192.0.2.7]) by mx.google.com with ESMTPS id x;")
INNER = ("Received", "by 2002:a05:7010:3d9b:b0:3f1:2a47:9c11 with SMTP id 27csp1834202mdi;")
RESULTS = "Authentication-Results"


def judged(*lines: tuple[str, str], sender: str = "Ana <ana@example.com>") -> str:
    usual = [("From", sender) if line[0] == "From" else line for line in without(RESULTS)]
    return heard(mail(part("text/plain", "Hello"), [*lines, *usual])).trust


def test_gmails_own_verdict_vouches() -> None:
    assert judged((RESULTS, PASSED)) == "verified"
    assert judged(INNER, GATE, (RESULTS, PASSED)) == "verified"
    assert judged((RESULTS, "mx.google.com 1; dmarc=pass header.from=example.com")) == "verified"


ODD = {
    "none": "",
    "failed": "mx.google.com; dmarc=fail (p=NONE) header.from=example.com",
    "passed for another domain": "mx.google.com; dmarc=pass header.from=example.net",
    "passed for a domain within": "mx.google.com; dmarc=pass header.from=mail.example.com",
    "passed for a longer domain": "mx.google.com; dmarc=pass header.from=example.com.evil.net",
    "passed for two": "mx.google.com; dmarc=pass header.from=example.com header.from=example.net",
    "passed for none": "mx.google.com; dmarc=pass",
    "only SPF": "mx.google.com; spf=pass smtp.mailfrom=ana@example.com",
    "only DKIM": "mx.google.com; dkim=pass header.i=@example.com",
    "another authority": "mx.example.com; dmarc=pass header.from=example.com",
    "an authority that begins alike": "mx.google.com.evil.net; dmarc=pass header.from=example.com",
    "another version": "mx.google.com 2; dmarc=pass header.from=example.com",
    "no authority": "dmarc=pass header.from=example.com",
    "arc's word": "i=1; mx.google.com; dmarc=pass header.from=example.com",
    "two verdicts": "mx.google.com; dmarc=fail header.from=example.com; dmarc=pass header.from=example.com",
    "in a comment": "mx.google.com; spf=pass (; dmarc=pass header.from=example.com)",
    "said twice": "mx.google.com; spf=pass (it says dmarc=pass); dmarc=pass header.from=example.com",
    "a quote in a comment": 'mx.google.com; spf=pass (of "a b"@c.de); dmarc=pass header.from=example.com',
    "in quotes": 'mx.google.com; spf=pass smtp.mailfrom="x; dmarc=pass header.from=example.com"@evil.net',
    "out of a comment by a quoted name":
        'mx.google.com; spf=pass (google.com: domain of "x) ; dmarc=pass header.from=example.com ; a=(y"@b.cd is ok)',
    "out of quotes by a backslash":
        'mx.google.com; spf=pass smtp.mailfrom="a\\"; dmarc=pass header.from=example.com; x=\\""@evil.net',
    "an open comment": "mx.google.com; dmarc=pass header.from=example.com; spf=pass (",
    "an open quote": 'mx.google.com; dmarc=pass header.from=example.com; smtp.mailfrom="',
    "passed later on": "mx.google.com; dmarc=passable header.from=example.com",
    "too long": PASSED + " " * 5_000,
}  # fmt: skip


@pytest.mark.parametrize("name", ODD)
def test_an_odd_verdict_vouches_for_nobody(name: str) -> None:
    assert judged((RESULTS, ODD[name])) == "unverified"


def test_a_forged_verdict_below_the_real_one_counts_for_nothing() -> None:
    assert judged((RESULTS, ODD["failed"]), (RESULTS, PASSED)) == "unverified"


def test_a_verdict_that_came_with_the_mail_counts_for_nothing() -> None:
    elsewhere = ("Received", "from evil.net by mx.evil.net with ESMTP id 1;")

    assert judged(elsewhere, (RESULTS, PASSED)) == "unverified"
    assert judged(("X-Gmail-Fetch-Info", "ana@pop.example.net 1 pop"), (RESULTS, PASSED)) == "unverified"
    assert judged(("ARC-Authentication-Results", "i=1; " + PASSED)) == "unverified"


def test_no_verdict_vouches_for_nobody() -> None:
    assert judged() == "unverified"
    assert trust.vouched([], "example.com") is False


@pytest.mark.parametrize("sender", ["ana@EXAMPLE.com", "Ana <ANA@Example.Com>"])
def test_domains_are_compared_without_case(sender: str) -> None:
    assert judged((RESULTS, PASSED), sender=sender) == "verified"


def test_a_domain_that_looks_alike_is_another() -> None:
    assert judged((RESULTS, PASSED), sender="ana@exаmple.com") == "unverified"  # a Cyrillic letter


# ------------------------------------------------------------------------------------------------ who says they wrote

FROM = {
    "Ana Example <ana@example.com>": Address("ana@example.com", "Ana Example"),
    '"Example, Ana" <Ana@Example.COM>': Address("ana@example.com", "Example, Ana"),
    "Example, Ana <ana@example.com>": Address("ana@example.com", "Example, Ana"),
    "ana@example.com": Address("ana@example.com"),
    " <ana@example.com> ": Address("ana@example.com"),
    "ana@example.com (Ana)": Address("ana@example.com", "Ana"),
    "ana@example.com <ana@example.com>": Address("ana@example.com", "ana@example.com"),
    '"A \\"x\\" B" <ana@example.com>': Address("ana@example.com", 'A "x" B'),
    "=?utf-8?q?J=C3=BCrgen?= =?utf-8?b?IE0u?= <j@example.com>": Address("j@example.com", "Jürgen M."),
    "=?x-none?q?A?= <a@example.com>": Address("a@example.com", "A"),
    "\u202eanA\x00\U000e0041 <a@example.com>": Address("a@example.com", "anA"),
    "n\u0303 <a@example.com>": Address("a@example.com", "ñ"),
    "jörg@exämple.com": Address("jörg@exämple.com"),
}
NOT_FROM = [
    "", "   ", "Ana", "ana@", "@example.com", "ana@localhost", "ana@example..com", "a b@example.com",
    "a@example.com, b@example.com", "a@example.com, B <b@example.com>", "A <a@example.com>, B <b@example.com>",
    "Friends: a@example.com;", "<a@example.com> <b@example.com>", "victim@example.com> <evil@example.com>",
    "victim@example.com ( <evil@example.com> )", '"victim@example.com" evil@example.com', "Ana <a@example.com", "Ana (",
    'victim@example.com " <evil@example.com> "', "<a@example.com> b@example.com", '<"a b"@example.com>', "(" * 9_000,
    "<a@exam\u200bple.com>", "<a\u202e@example.com>", "<a\x00@example.com>", "<a@example.com\r\nBcc: b@example.com>",
    "<" + "a" * 65 + "@example.com>", "<a@" + "x." * 200 + "com>", "=?utf-8?q?a=40example=2Ecom?=",
]  # fmt: skip


@pytest.mark.parametrize("line", FROM)
def test_a_from_line_with_one_address_says_who_wrote(line: str) -> None:
    assert fields.sender([line]) == FROM[line]


@pytest.mark.parametrize("line", NOT_FROM)
def test_a_from_line_that_could_be_another_is_nobody(line: str) -> None:
    assert fields.sender([line]) is None


def test_two_from_lines_are_nobody() -> None:
    assert fields.sender(["a@example.com", "a@example.com"]) is None
    assert fields.sender([]) is None
    assert heard(mail(part("text/plain", "x"), USUAL)).sender.name == "Ana Example"
