"""What is said by mail: its words and its HTML, its headers, and what nobody can put into them."""

import email
import email.policy
import re
from email.message import EmailMessage

import msgspec
import pytest
from hypothesis import given as over
from hypothesis import strategies as st

from throughline.channels.gmail import tag
from throughline.channels.gmail.capabilities import FILES, GMAIL, TEXT
from throughline.channels.gmail.credentials import complete, poll, wrong
from throughline.channels.gmail.mime import Before, before, letter
from throughline.channels.gmail.render import render, reply_subject, subject
from throughline.conversation.channel import Enclosed, Piece, Place

from .given import ANSWERED, KEY, MAILBOX, MARK, OPTIONS, REF, SECRETS, line, piece, post

FIRST = Place("ana@example.com")
#: Headers that we write, and no others.
OURS = {
    "From", "To", "Reply-To", "X-Throughline-Message", "Subject", "In-Reply-To", "References", "Auto-Submitted",
    "X-Auto-Response-Suppress", "MIME-Version", "Content-Type",
    "Content-Transfer-Encoding",
}  # fmt: skip
#: An id as some mail servers make them: longer than a line may be.
LONG = f"<{'A' * 120}@{'eurprd04.prod.' * 4}outlook.com>"


def mail(
    of: Piece | None = None, place: Place = FIRST, answered: Before | None = None, **options: str
) -> EmailMessage:  # fmt: skip
    """The mail of a piece, parsed again."""
    at = line()
    account = msgspec.structs.replace(at.account, options=OPTIONS | options)
    raw = letter(msgspec.structs.replace(at, account=account), place, of or piece(), answered)
    assert raw is not None
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert b"\n" not in raw.replace(b"\r\n", b"")
    return email.message_from_bytes(raw, policy=email.policy.default)


def words(of: EmailMessage, kind: str) -> str:
    body = of.get_body((kind,))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


# ------------------------------------------------------------------------------------------------------------ headers


def test_a_first_mail_says_who_we_are_and_how_to_answer() -> None:
    found = mail(piece(subject="Parcel 17"))

    assert found["From"] == f"Acme Support <{MAILBOX}>"
    assert found["To"] == "ana@example.com"
    assert found["Reply-To"] == f"Acme Support <{tag.address(MAILBOX, KEY, MARK[0])}>"
    assert found["Subject"] == "Parcel 17"
    assert found["X-Throughline-Message"] == "/".join(map(str, MARK))
    assert found["Auto-Submitted"] == "auto-generated"
    assert found["X-Auto-Response-Suppress"] == "All"
    assert "In-Reply-To" not in found
    assert set(found.keys()) <= OURS


def test_an_answer_stands_in_its_thread() -> None:
    found = mail(place=ANSWERED, answered=before(REF))

    assert found["Subject"] == "Re: Where is my parcel?"
    assert found["In-Reply-To"] == "<q1@mail.example.com>"
    assert found["References"].split() == ["<q0@mail.example.com>", "<q1@mail.example.com>"]
    assert found["Auto-Submitted"] == "auto-replied"


@pytest.mark.parametrize(
    ("was", "is_now"),
    [
        ("Parcel", "Re: Parcel"), ("Re: Parcel", "Re: Parcel"), ("RE: re:Re: Parcel", "Re: Parcel"),
        ("", "Re: Your conversation"), ("a\r\nBcc: e@x.yz", "Re: a Bcc: e@x.yz"), ("Größe 🙂", "Re: Größe 🙂"),
        ("x" * 5_000, "Re: " + "x" * 900),
    ],
)  # fmt: skip
def test_an_answers_subject_is_the_mails_with_one_re(was: str, is_now: str) -> None:
    assert reply_subject(was) == is_now
    found = mail(answered=Before("<q@x.yz>", (), was))
    assert found["Subject"] == is_now


def test_ids_are_said_again_whole_and_not_without_end() -> None:
    ids = tuple(LONG.replace("A", letter) for letter in "BCDEFGHIJKLMNOPQRSTUVWXYZ")
    found = mail(answered=Before(LONG, ids, "Parcel"))

    assert found["In-Reply-To"] == LONG
    assert found["References"].split() == [ids[0], *ids[-18:], LONG]


def test_what_is_no_id_is_not_said_again() -> None:
    evil = ("<a@b>\r\nBcc: e@x.yz", "a@b", "<a b@c>", "<>", "<ü@x.yz>", "<" + "a" * 600 + "@b>")
    found = mail(answered=Before("<q@x.yz>", (*evil, "<good@x.yz>"), "Parcel"))

    assert found["References"].split() == ["<good@x.yz>", "<q@x.yz>"]
    assert "References" not in mail(answered=Before(evil[0], ("<good@x.yz>",), "Parcel"))


@pytest.mark.parametrize(
    "ref", [None, "", "{}", "[]", "null", "{", "[" * 5_000, '{"id":5}', '{"references":["<a@b>"]}']
)
def test_a_ref_that_is_none_answers_nothing(ref: str | None) -> None:
    assert before(ref) is None


_TEXT = st.text(st.characters(codec=None), max_size=60) | st.sampled_from(["\r\nBcc: e@x.yz", "\n\n<b>", "\u2028X: y"])


@over(name=_TEXT, title=_TEXT, was=_TEXT, ref=_TEXT, said=_TEXT, html=_TEXT)
def test_nobody_puts_a_header_into_a_mail(name: str, title: str, was: str, ref: str, said: str, html: str) -> None:
    found = mail(
        Piece(said or ".", "mail", MARK, {"html": html, "subject": subject(title)}),
        answered=Before(ref, (ref,), was),
        name=name,
    )

    assert set(found.keys()) <= OURS
    assert len(found.get_all("To", [])) == 1
    assert found["To"] == "ana@example.com"
    assert found["From"].addresses[0].addr_spec == MAILBOX
    assert not found.defects


def test_an_account_without_a_name_is_us_and_a_wrong_mailbox_writes_nothing() -> None:
    assert mail(name="")["From"] == f"Throughline <{MAILBOX}>"
    assert letter(line(mailbox="a@b.cd, e@x.yz"), FIRST, piece(), None) is None


# -------------------------------------------------------------------------------------------------------- what it says


def test_a_mail_says_the_same_twice_and_where_the_talk_goes_on() -> None:
    (of,) = render(post("# Hello\n\nIt is **on its way** & more: [see](https://x.yz/?a=1&b=2)."))
    found = mail(of)
    where = f"https://talk.example.org/c/{MARK[0]}"

    assert found.get_content_type() == "multipart/alternative"
    assert "It is on its way & more" in words(found, "plain")
    assert words(found, "plain").rstrip().endswith(f"-- \nAcme Support · reply to this mail to go on\n{where}")
    html = words(found, "html")
    assert "<strong>on its way</strong> &amp; more" in html
    assert where in html
    assert "Acme Support" in html


def test_nothing_in_a_mail_is_fetched_and_nothing_runs() -> None:
    (of,) = render(post("![x](https://evil.example/p.png) <script>alert(1)</script> [a](javascript:alert(1))"))
    html = words(mail(of), "html")

    assert not re.search(r"<(img|script|link|iframe|object|embed|video|audio)\b|@import|url\(|\ssrc=", html)
    assert 'href="javascript' not in html


def test_dark_and_narrow_screens_are_thought_of() -> None:
    html = words(mail(), "html")

    assert "max-width:600px" in html
    assert "prefers-color-scheme:dark" in html
    assert '<meta name="color-scheme" content="light dark">' in html


def test_what_the_person_wrote_elsewhere_is_labelled_and_left_as_it_is() -> None:
    (of,) = render(post("I *said* <b>this</b>\n- twice", "person", "Maya\r\nLindqvist", origin="Web"))

    assert of.text == "Maya Lindqvist · Web\n\nI *said* <b>this</b>\n- twice"
    assert "Maya Lindqvist · Web" in of.more["html"]
    assert "I *said* &lt;b&gt;this&lt;/b&gt;" in of.more["html"]


def test_a_message_is_one_mail_but_for_what_no_mail_holds() -> None:
    assert len(render(post("word " * (TEXT // 5)))) == 1
    pieces = render(post("word " * (TEXT // 4)))
    assert [one.mark and one.mark[2] for one in pieces] == [0, 1]
    assert all(one.more["html"] for one in pieces)


def test_a_title_is_one_line_of_some_length() -> None:
    assert subject("a\r\nb\x00 c  d") == "a b c d"
    assert len(subject("x" * 500)) == 150


def _file(size: int, name: str = "f.pdf") -> Enclosed:
    return Enclosed(f"f-{size}", "file", "application/pdf", name, size, f"https://us/f/{size}?s=1&t=2")


def test_files_go_along_as_far_as_a_mail_holds_them_and_are_linked_beyond() -> None:
    (of,) = render(msgspec.structs.replace(post("See."), files=(_file(FILES - 5), _file(6, "<b>.pdf"), _file(4))))

    assert [file.size for file in of.files] == [FILES - 5, 4]
    assert of.text == "See.\n\n<b>.pdf: https://us/f/6?s=1&t=2"
    assert "&lt;b&gt;.pdf" in of.more["html"]
    assert "https://us/f/6?s=1&amp;t=2" in of.more["html"]
    many = msgspec.structs.replace(post("See."), files=tuple(_file(n) for n in range(1, 15)))
    assert len(render(many)[0].files) == GMAIL.files_count


def test_files_without_a_word_are_a_mail_that_names_them() -> None:
    (of,) = render(msgspec.structs.replace(post(" "), files=(_file(4, "a.pdf"),)))

    assert of.text == "a.pdf"
    assert [file.size for file in of.files] == [4]


# -------------------------------------------------------------------------------------------------------- credentials


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("client_id", "123-abc.apps.googleusercontent.com", "my client"),
        ("client_secret", "GOCSPX-abc", "a b"),
        ("refresh_token", "1//0abc-DEF_", ""),
        ("mailbox", "support@example.com", "Support <support@example.com>"),
        ("push_account", "p@x.iam.gserviceaccount.com", "p"),
        ("topic", "projects/acme-mail/topics/gmail", "gmail"),
        ("push_audience", "https://us/push", "a b"),
        ("name", "Acme Größe", "a\nb"),
        ("poll_s", "5", "0.1"),
    ],
)
def test_a_credential_is_known_by_its_look(name: str, good: str, bad: str) -> None:
    assert wrong(name, good) is None
    assert wrong(name, bad)


def test_an_account_is_complete_with_a_mailbox_a_client_and_a_sign_in() -> None:
    assert complete(OPTIONS, SECRETS)
    assert not complete({**OPTIONS, "mailbox": ""}, SECRETS)
    assert not complete({**OPTIONS, "client_id": ""}, SECRETS)
    assert not complete(OPTIONS, ["client_secret"])


@pytest.mark.parametrize(("given", "seconds"), [("", 5.0), ("30", 30.0), ("nan", 5.0), ("1e9", 5.0), ("x", 5.0)])
def test_the_pause_between_two_looks_is_sane(given: str, seconds: float) -> None:
    assert poll({"poll_s": given}) == seconds
