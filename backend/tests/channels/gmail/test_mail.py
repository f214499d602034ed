"""The words of a mail and what is attached to it: charsets, pages, hidden text, names, and letters that play tricks."""

import json

import pytest
from hypothesis import given as over
from hypothesis import strategies as st

from throughline.channels.gmail import charsets, clean, fields, page
from throughline.channels.gmail.tame import tamed
from throughline.conversation.channel import Media

from .parcels import attachment, heard, mail, part, without, written

PLAIN = [("Content-Type", "text/plain; charset=UTF-8")]


def said(*parts: object, kind: str = "multipart/mixed") -> str:
    return heard(mail(part(kind, parts=parts))).text


# ----------------------------------------------------------------------------------------------------- which words


def test_plain_text_is_preferred_to_its_page() -> None:
    plain, shown = part("text/plain", "plain"), part("text/html", "<p>page</p>")

    assert said(plain, shown, kind="multipart/alternative") == "plain"
    assert said(shown, plain, kind="multipart/alternative") == "plain"
    assert said(part("text/plain", " \r\n"), shown, kind="multipart/alternative") == "page"
    assert said(part("multipart/related", parts=[shown]), kind="multipart/alternative") == "page"


def test_texts_around_a_picture_are_both_read() -> None:
    assert said(part("text/plain", "one"), attachment("image/png", "a.png"), part("text/plain", "two")) == "one\n\ntwo"


def test_a_text_that_is_attached_is_a_file() -> None:
    notes = part("text/plain", "notes", [("Content-Disposition", "attachment")])
    named = attachment("text/plain", "notes.txt")
    inbound = heard(mail(part("multipart/mixed", parts=[part("text/plain", "Hello"), notes, named])))

    assert inbound.text == "Hello"
    assert [file.name for file in inbound.media] == ["notes.txt"]


def test_the_words_of_a_mail_within_a_mail_are_not_its_writers() -> None:
    inner = part(
        "message/rfc822", parts=[part("text/plain", "inner")], filename="", body={"attachmentId": "A", "size": 9}
    )
    inbound = heard(mail(part("multipart/mixed", parts=[part("text/plain", "Hello"), inner])))

    assert inbound.text == "Hello"
    assert inbound.media == (Media("19aa1b2c3d4e5f60/A", "file", "message/rfc822", "message.eml", 9),)


# -------------------------------------------------------------------------------------------------------- charsets

CHARSETS = {
    "utf-8": "Größe ✓", "UTF8": "Größe", "iso-8859-1": "Größe", "windows-1252": "“Größe” €", "iso-8859-15": "Größe €",
    "koi8-r": "привет", "windows-1251": "привет", "shift_jis": "注文です", "iso-2022-jp": "注文です", "euc-kr": "주문",
    "gb18030": "订单在哪里", "big5": "訂單", "utf-16": "Größe", "utf-16le": "Größe", "us-ascii": "plain",
}  # fmt: skip


@pytest.mark.parametrize("charset", CHARSETS)
def test_a_charset_is_read(charset: str) -> None:
    lines = [("Content-Type", f'text/plain; charset="{charset}"; format=flowed')]

    assert heard(mail(part("text/plain", CHARSETS[charset].encode(charset), lines))).text == CHARSETS[charset]


@pytest.mark.parametrize("charset", ["iso-8859-1", "koi8-r", "x-unknown", "", "utf-7", "idna", "zlib", "utf-16"])
def test_text_that_gmail_has_made_utf_8_is_utf_8(charset: str) -> None:
    lines = [("Content-Type", f"text/plain; charset={charset}")]

    assert heard(mail(part("text/plain", "Größe ✓", lines))).text == "Größe ✓"


@pytest.mark.parametrize(
    "charset", ["utf-7", "idna", "punycode", "unicode_escape", "rot13", "zlib", "hex", "a\x00b", "x" * 99]
)
def test_what_is_no_charset_of_mail_is_never_looked_up(charset: str) -> None:
    assert charsets.text(b"+ADw-b+AD4- \\u0041 xn--a 4142", charset) == "+ADw-b+AD4- \\u0041 xn--a 4142"


def test_bytes_that_are_no_text_are_read_somehow() -> None:
    assert charsets.text(b"\xff\xfe\xe4", "utf-8") == "ÿþä"
    assert charsets.text(b"+ADw-\xe4", "utf-7") == "+ADw-ä"
    assert charsets.text(b"xn--\xe4", "idna") == "xn--ä"
    assert charsets.text(b"\x81\x8d", "iso-8859-1") == "\ufffd\ufffd"
    assert charsets.text("ä".encode()[:1], "utf-8", cut=True) == ""
    assert charsets.text("café".encode("latin1"), "iso-8859-1") == "café"


@pytest.mark.parametrize(
    ("data", "content"),
    [("aGk", b"hi"), ("aGk=", b"hi"), ("_-8=", b"\xff\xef"), ("/+8", b"\xff\xef"), ("", b""), ("a", b""), ("aGk\n=",
     b"hi"),
     ("!!aGlo!!", b"hih"), ("aGk§", b"hi"), ("====", b""), ("\ud800aGk=", b"hi")],
)  # fmt: skip
def test_base64_is_read_as_far_as_it_is_any(data: str, content: bytes) -> None:
    assert charsets.unpacked(data, 100) == content


def test_base64_is_read_up_to_its_limit() -> None:
    assert charsets.unpacked("QUFB" * 1_000, 10) == b"A" * 10


@pytest.mark.parametrize(
    ("value", "read"),
    [("Order", "Order"), ("=?utf-8?q?Gr=C3=B6=C3=9Fe?=", "Größe"), ("=?UTF-8?B?R3LDtsOfZQ==?= x", "Größe x"),
     ("=?utf-8?b?w7Y=?= =?utf-8?b?w58=?=", "öß"), ("=?utf-8?b?ww==?= =?utf-8?b?tg==?=", "ö"), ("=?a?x?y?=",
      "=?a?x?y?="),
     ("=?utf-8*en?q?a_b?=", "a b"), ("=?utf-7?q?+ADw-?=", "+ADw-"), ("=?", "=?"), ("a =?utf-8?q?=?= b", "a  b")],
)  # fmt: skip
def test_encoded_words_are_read(value: str, read: str) -> None:
    assert charsets.header(value) == read


# ----------------------------------------------------------------------------------------------------------- pages

PAGES = {
    "<div>one</div><div>two</div>": "one\ntwo",
    "<div>one</div><div><br></div><div>two</div>": "one\n\ntwo",
    "one<br>two<br><br><br><br>three": "one\ntwo\n\nthree",
    "<p>one</p><p>two</p>": "one\n\ntwo",
    "<ul><li>one<li>two</ul>": "- one\n- two",
    "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>": "a b\nc",
    "a&nbsp;&amp;&lt;b&gt; &#128512;": "a &<b> 😀",
    "see <a href='https://x.example/a'>this</a>": "see this (https://x.example/a)",
    "<a href='https://x.example/'>https://x.example</a>": "https://x.example",
    "<a href='javascript:alert(1)'>x</a><a href='data:text/html,y'>y</a>": "xy",
    "1 < 2 and <3": "1 < 2 and <3",
    "<script>alert('</p>')</script>x<style>p{}</style><title>t</title>": "x",
    "x<!-- no --><![if !mso]>y<![endif]><?xml z?>": "xy",
    "<form action=https://evil.net><input value=v><textarea>t</textarea><select><option>o</select>x</form>": "x",
    "<img src=https://evil.net/pixel alt=x><iframe src=https://evil.net>z</iframe>y": "y",
    "<p title='a > b' style='color:red'>x</p>": "x",
    "<P CLASS=a>X</P >y": "X\n\ny",
    "<b><i>x</b></i>y": "xy",
    "": "",
}


@pytest.mark.parametrize("html", PAGES)
def test_a_page_is_read_as_it_is_seen(html: str) -> None:
    assert page.text(html) == PAGES[html]


HIDDEN = [
    "<p style='display:none'>SECRET</p>", "<p style='DISPLAY : NONE !important'>SECRET</p>", "<p hidden>SECRET</p>",
    "<p style='visibility:hidden'>SECRET</p>", "<p style='font-size:0'>SECRET</p>",
    "<p style='font-size:0.5px'>SECRET</p>",
    "<p style='color:#fff'>SECRET</p>", "<p style='color:white'>SECRET</p>", "<font color='#FEFEFE'>SECRET</font>",
    "<p style='color:rgb(250, 250, 250)'>SECRET</p>", "<p style='color:rgba(0,0,0,0)'>SECRET</p>",
    "<p style='color:transparent'>SECRET</p>", "<div style='background:#123456;color:#123457'>SECRET</div>",
    "<table bgcolor=black><tr><td><font color=black>SECRET</font></table>", "<p style='opacity:0'>SECRET</p>",
    "<p style='opacity:0.01'>SECRET</p>", "<p style='mso-hide:all'>SECRET</p>",
    "<p style='text-indent:-9999px'>SECRET</p>",
    "<p style='position:absolute;left:-9999px'>SECRET</p>", "<p style='max-height:0;overflow:hidden'>SECRET</p>",
    "<p style='height:0;overflow:hidden'>SECRET</p>", "<p style='transform:scale(0)'>SECRET</p>",
    "<div style='display:none'><p>a<b>b</b><div>SECRET</div></div>",
    "<style>.x{display:none}</style><p class='a X'>SECRET",
    "<style>a{} @media screen{ p.x, #y{visibility:hidden} }</style><p class=x>SECRET</p><p id=y>a</p>",
    "<style>span{font-size:0}</style><b>SECRET</b>", "<template>SECRET</template>", "<svg><text>SECRET</text></svg>",
    "<noscript>SECRET</noscript>", "<xmp>SECRET</xmp>", "<!-- SECRET -->", "<p style='color:#fff",
]  # fmt: skip


@pytest.mark.parametrize("html", HIDDEN)
def test_what_nobody_sees_is_not_read(html: str) -> None:
    read = page.text(f"<div>seen</div>{html}")

    assert "SECRET" not in read
    assert "seen" in read


@pytest.mark.parametrize(
    "html",
    ["<p style='color:white;background:navy'>seen</p>",
     "<table bgcolor=#000000><tr><td style='color:#fff'>seen</table>",
     "<div style='font-size:0'><p style='font-size:14px'>seen</p></div>", "<p style='font-size:1.2em'>seen</p>",
     "<div style='visibility:hidden'><p style='visibility:visible'>seen</p></div>", "<p style='opacity:0.9'>seen</p>",
     "<p style='color:#fff;background:url(x.png)'>seen</p>", "<p style='max-height:0'>seen</p>",
     "<p style=';;:;a'>seen</p>",
     "<p style='color:white'><span style='color:black'>seen</span></p>", "<p bgcolor=' ' color='#zz'>seen</p>"],
)  # fmt: skip
def test_what_is_seen_is_read(html: str) -> None:
    assert page.text(html) == "seen"


@pytest.mark.parametrize(
    "html",
    ["<div class='gmail_quote gmail_quote_container'><div class=gmail_attr>On Mon, S wrote:</div>OLD</div>",
     "<blockquote type='cite'>OLD</blockquote>", "<div id=divRplyFwdMsg><b>From:</b> S</div><p>OLD</p>",
     "<div id='appendonsend'></div><hr><p>OLD</p>", "<div id=x_divRplyFwdMsg>OLD</div>",
     "<div class=yahoo_quoted>OLD</div>",
     "<div class='moz-cite-prefix'>On Mon, S wrote:<br></div><blockquote type=cite>OLD</blockquote>",
     "<div class='gmail_signature'>OLD</div>", "<div class=x_gmail_quote>OLD</div>"],
)  # fmt: skip
def test_what_a_mail_program_marks_as_quoted_is_left_out(html: str) -> None:
    assert page.text(f"<div>new</div>{html}") == "new"


def test_a_forwarded_mail_is_what_its_sender_wants_to_be_read() -> None:
    html = "<div class=gmail_quote><div class=gmail_attr>---------- Forwarded message ---------</div>the content</div>"

    assert page.text(html).endswith("the content")


def test_answers_between_quotes_stay() -> None:
    html = "<blockquote type=cite>Size?</blockquote>Large<blockquote type=cite>Colour?</blockquote><div>Red</div>"

    assert page.text(html) == "Large\n\nRed"


@over(st.text(alphabet=st.sampled_from("<>/!-='\" abpstyle:&;{}"), max_size=200))
def test_any_page_is_read(html: str) -> None:
    assert isinstance(page.text(html), str)


def test_a_page_is_made_small_before_it_is_parsed() -> None:
    written_anew, _ = tamed("<p>" + "".join(f"<b id={n} onclick=x {'a ' * 50}>" for n in range(9_000)) + "<p>x" * 9_000)

    assert "<b" not in written_anew
    assert "onclick" not in written_anew
    assert written_anew.count("<") <= 1_200


# ------------------------------------------------------------------------------------------------------ attachments


def files(*parts: object) -> tuple[Media, ...]:
    return heard(mail(part("multipart/mixed", parts=[part("text/plain", "Hello"), *parts]))).media


@pytest.mark.parametrize(
    ("given", "name"),
    [("a.pdf", "a.pdf"), ("../../x", "x"), ("C:\\dir\\x.doc", "x.doc"), ("..", "file"), ("", "file"), (".bashrc",
     "bashrc"),
     ("invoice\u202efdp.exe", "invoicefdp.exe"), ("a\x00.pdf", "a.pdf"), ("a\r\nb.pdf", "a b.pdf"), ("\u200b", "file"),
     ("=?utf-8?q?Gr=C3=B6=C3=9Fe.pdf?=", "Größe.pdf"), ("x" * 10_000 + ".pdf", "x" * 116 + ".pdf"), ("/", "file"),
     ("a" * 200, "a" * 120), ("Gro\u0308ße.pdf", "Größe.pdf")],
)  # fmt: skip
def test_a_file_has_a_harmless_name(given: str, name: str) -> None:
    assert [file.name for file in files(attachment("application/pdf", given))] == [name]


@pytest.mark.parametrize(
    ("mime_type", "kind", "kept"),
    [("image/png", "image", "image/png"), ("AUDIO/MP4", "audio", "audio/mp4"), ("video/mp4", "video", "video/mp4"),
     ("application/pdf", "file", "application/pdf"), ("application/ms-tnef", "file", "application/ms-tnef"),
     ("image/svg+xml", "image", "image/svg+xml"), ("", "file", "application/octet-stream"),
     ("text/html; x", "file", "application/octet-stream"), ("a/b\r\nX: y", "file", "application/octet-stream")],
)  # fmt: skip
def test_a_file_has_a_kind(mime_type: str, kind: str, kept: str) -> None:
    (file,) = files(attachment(mime_type, "a.b"))

    assert (file.kind, file.media_type) == (kind, kept)


def test_small_pictures_of_a_signature_are_left_out() -> None:
    shown = part("text/html", "<p>Hello</p><img src='cid:logo@x'>")
    logo = attachment("image/png", "logo.png", 10_239, [("Content-ID", "<logo@x>")])
    large = attachment("image/png", "large.png", 10_240, [("Content-ID", "<logo@x>")])
    other = attachment("image/png", "other.png", 100, [("Content-ID", "<other@x>")])
    plain = attachment("image/png", "plain.png", 100)

    assert [file.name for file in files(shown, logo, large, other, plain)] == ["large.png", "other.png", "plain.png"]


@pytest.mark.parametrize("attachment_id", ["", "../../a", "a/b", "a b", "a\n", "ä"])
def test_what_gmail_does_not_name_is_not_fetched(attachment_id: str) -> None:
    assert files(part("image/png", filename="a.png", body={"attachmentId": attachment_id, "size": 5})) == ()


# ---------------------------------------------------------------------------------------------------------- letters

LETTERS = {
    "a\x00b\x07c\x7fd": "abcd",
    "a\ud800b\udfffc": "abc",
    "Hi\U000e0049\U000e0047\U000e004e": "Hi",
    "a\U000e0100b\U000e01ef": "ab",
    "\u202eevil\u202c \u2066x\u2069": "evil x",
    "\ufeffa\u200bb\u2060c\u00add": "abcd",
    "e" + "\u0301" * 1_000: "e" + "\u0301" * 6,
    "a\r\nb\rc\u2028d": "a\nb\nc\nd",
    "a\n\n\n \t\n\nb": "a\n\nb",
    "👩\u200d👩\u200d👧 نمی\u200cخواهم ❤\ufe0f": "👩\u200d👩\u200d👧 نمی\u200cخواهم ❤\ufe0f",
}


@pytest.mark.parametrize("given", LETTERS)
def test_letters_that_hide_or_turn_are_taken_out(given: str) -> None:
    assert clean.text(given) == LETTERS[given]


@over(st.text(st.characters()))
def test_text_that_is_kept_can_be_kept(given: str) -> None:
    kept = clean.text(given)

    assert kept == clean.text(kept)
    kept.encode()
    assert "\x00" not in kept


@over(st.text(st.characters(), max_size=60), st.integers(1, 40))
def test_a_line_is_one_line_and_never_longer(given: str, most: int) -> None:
    kept = clean.line(given, most)

    assert len(kept) <= most
    assert kept == " ".join(kept.split())
    kept.encode()


def test_a_line_ends_between_two_letters() -> None:
    assert clean.line("abc👩\u200d👧", 5) == "abc"
    assert clean.line("ab" + "x\u0323\u0324", 3) == "ab"
    assert clean.line("Gro\u0308ße", 9) == "Größe"


# ------------------------------------------------------------------------------------------- what an answer needs


def test_an_answer_knows_the_thread() -> None:
    lines = [("References", " ".join(f"<r{n}@x>" for n in range(14))), ("In-Reply-To", "<r13@x>")]
    ref = json.loads(heard(written(lines=lines)).ref or "")

    assert ref == {"id": "<m1@example.com>", "references": [f"<r{n}@x>" for n in range(4, 14)], "subject": "My order"}
    assert fields.of_ref(heard(written(lines=lines)).ref) == fields.Ref(
        "<m1@example.com>", tuple(f"<r{n}@x>" for n in range(4, 14)), "My order"
    )


def test_the_subject_is_kept_before_old_references() -> None:
    lines = [("References", " ".join(f"<{n}{'r' * 240}@x>" for n in range(10)))]
    inbound = heard(mail(part("text/plain", "x"), [*lines, *without("Subject"), ("Subject", "ß" * 5_000)]))
    ref = json.loads(inbound.ref or "")

    assert len(inbound.ref or "") <= 1_000
    assert ref["subject"] == "ß" * 300
    assert [reference[1] for reference in ref["references"]] == ["8", "9"]


@pytest.mark.parametrize("mid", ["", "no brackets", "<a b@c>", "<a@b\r\nBcc: x>", "<" + "a" * 600 + "@x>", "<ä@x>"])
def test_an_id_that_is_none_is_not_repeated(mid: str) -> None:
    assert "id" not in json.loads(
        heard(mail(part("text/plain", "x"), [*without("Message-ID"), ("Message-ID", mid)])).ref or ""
    )


@pytest.mark.parametrize("given", [None, "", "[]", "{", '{"id":7}', "wamid.x", "[" * 9_000])
def test_a_ref_that_is_none_is_an_empty_one(given: str | None) -> None:
    assert fields.of_ref(given) == fields.Ref()


def test_a_subject_is_one_clean_line() -> None:
    lines = [*without("Subject"), ("Subject", "Re:\r\n \u202eorder\x00 =?utf-8?q?=F0=9F=99=82?=")]

    assert json.loads(heard(mail(part("text/plain", "x"), lines)).ref or "")["subject"] == "Re: order 🙂"
    assert heard(mail(part("text/plain", ""), lines)).text == "Re: order 🙂"
