"""What a file is decided to be: by its bytes, under a name that does no harm."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from throughline.conversation.files import OPAQUE, TRIES, File, again, inline, kind_of, named, really
from throughline.conversation.ids import ConversationId, FileId, TenantId

PNG = b"\x89PNG\r\n\x1a\n" + bytes(300)
JPEG = b"\xff\xd8\xff\xe0" + bytes(300)
WEBM = bytes.fromhex("1a45dfa39f4286810142f7810142f2810442f381084282847765626d") + bytes(300)
OGG = b"OggS" + bytes(300)
PDF = b"%PDF-1.7\n" + bytes(300)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
FILE = File(FileId("f"), TenantId("t"), ConversationId("c"), "file", OPAQUE, "a", 1, "waiting", 1)


@pytest.mark.parametrize(
    ("head", "said", "found"),
    [
        (PNG, "image/png", "image/png"),
        (PNG, "application/pdf", "image/png"),
        (JPEG, "text/html", "image/jpeg"),
        (OGG, "audio/ogg", "audio/ogg"),
        (WEBM, "audio/webm;codecs=opus", "audio/webm"),
        (WEBM, "video/webm", "video/webm"),
        (PDF, "image/png", "application/pdf"),
        (SVG, "image/svg+xml", OPAQUE),
        (b"<!doctype html><script>", "text/html", OPAQUE),
        (b"<!doctype html><script>", "text/plain", OPAQUE),
        (b"name,sum\na,1\n", "text/csv", "text/csv"),
        ("Grüße".encode(), "text/plain; charset=utf-8", "text/plain"),
        (b"\x00\x01\x02", "text/plain", OPAQUE),
        (b"\xff\xfe\xfd", "text/plain", OPAQUE),
        (b"whatever", "application/x-msdownload", OPAQUE),
        (b"", "image/png", OPAQUE),
        (b"GIF89a/*" + bytes(9) + b"*/=1;alert(1)", "text/javascript", "image/gif"),
        (b"%PDF-1.7\n<html><script>alert(1)</script>", "text/html", "application/pdf"),
        (b"<html><script>alert(1)</script>\n%PDF-1.7", "application/pdf", OPAQUE),
        (b"\xff\xd8\xff\xe0/*<script>", "application/javascript", "image/jpeg"),
        (b"PK\x03\x04\x14\x00\x01\x00" + bytes(300), "text/html", "application/zip"),
        (b"MZ" + bytes(300), "image/png", "application/x-msdownload"),
        (b"\xef\xbb\xbf<svg onload=alert(1)>", "text/plain", OPAQUE),
        (b"\xef\xbb\xbf  <!doctype html>", "text/plain", OPAQUE),
        (b"alert(1)", "text/javascript", OPAQUE),
        (b"alert(1)", "text/html; charset=utf-7", OPAQUE),
    ],
)
def test_the_bytes_decide_what_a_file_is(head: bytes, said: str, found: str) -> None:
    assert really(head, said) == found


@given(st.binary(max_size=400), st.text(max_size=60))
def test_nothing_that_a_browser_runs_keeps_its_type(head: bytes, said: str) -> None:
    for page in (head, b"<html>" + head, b"  <svg " + head):
        assert really(page, said) not in {"text/html", "image/svg+xml", "application/xhtml+xml", "text/xml"}


@pytest.mark.parametrize(
    ("given_", "kept"),
    [
        ("invoice.pdf", "invoice.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\report.xlsx", "report.xlsx"),
        ("a\u202egnp.exe", "a gnp.exe"),
        ("nul\x00.txt", "nul .txt"),
        ("  . hidden ", "hidden"),
        ("x" * 500 + ".pdf", "x" * 116 + ".pdf"),
        ("\ud800.txt", "txt"),
        ('a"b<c>|?.txt', "a b c .txt"),
        ("", "file"),
        ("Ru\u0308gen.txt", "R\u00fcgen.txt"),
        ("invoice\U000e0061\U000e0062.pdf", "invoice .pdf"),
        ("👨‍👩‍👧" * 40, "👨‍👩‍👧" * 24),
        ("///", "file"),
    ],
)
def test_a_name_leads_nowhere_and_hides_nothing(given_: str, kept: str) -> None:
    assert named(given_, OPAQUE) == kept


def test_a_file_without_a_name_is_called_what_it_is() -> None:
    assert named("", "image/png") == "image.png"


@given(st.text(max_size=400))
def test_any_name_becomes_one_that_can_be_kept(given_: str) -> None:
    name = named(given_, "image/png")

    assert 0 < len(name) <= 120
    assert name == name.strip()
    assert not set(name) & set('/\\<>:"|?*\x00\u202e')
    name.encode()


@pytest.mark.parametrize("name", ["a" + "\u0301\u0316" * 500_000, "../" * 300_000 + "x", "\u202e" * 1_000_000])
def test_a_megabyte_of_name_is_read_in_no_time(name: str) -> None:
    """The test's own time limit holds it: composing a heap of marks takes the square of its height."""
    assert 0 < len(named(name, OPAQUE)) <= 120


def test_only_pictures_sound_and_films_are_shown() -> None:
    assert [kind_of(t) for t in ("image/png", "audio/ogg", "video/mp4", "image/svg+xml", OPAQUE)] == [
        "image", "audio", "video", "file", "file",
    ]  # fmt: skip
    assert inline("image/png")
    assert not inline(OPAQUE)


def test_a_fetch_is_tried_a_few_times_each_later_than_the_last() -> None:
    waits = []
    for attempt in range(1, TRIES + 1):
        due = again(replace(FILE, attempts=attempt), 1_000)
        waits.append(None if due is None else due - 1_000)

    assert waits == [2_000, 4_000, 8_000, 16_000, None]
