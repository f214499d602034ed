"""Files that pretend, over HTTP: whatever is uploaded, it is given away as bytes that nothing runs, or not taken."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from throughline.conversation.files import MOST

from .house import house, problem
from .test_files import HTML, PNG, Desk

#: What is uploaded, what is said of it, and what it is kept as.
PRETENDING: dict[str, tuple[bytes, str, str, str]] = {
    "a page as a picture": (HTML, "a.png", "image/png", "application/octet-stream"),
    "a page as text": (HTML, "a.txt", "text/plain", "application/octet-stream"),
    "a page behind a mark": (b"\xef\xbb\xbf \n" + HTML, "a.txt", "text/plain", "application/octet-stream"),
    "a drawing": (b"<svg onload=alert(1)>", "a.svg", "image/svg+xml", "application/octet-stream"),
    "a drawing as XML": (b"<?xml version='1.0'?><svg/>", "a.xml", "text/xml", "application/octet-stream"),
    "a script": (b"alert(1)", "a.js", "text/javascript", "application/octet-stream"),
    "a picture that is a script": (b"GIF89a/*" + bytes(9) + b"*/=1;alert(1)", "a.js", "text/javascript", "image/gif"),
    "a document that is a page": (b"%PDF-1.7\n" + HTML, "a.html", "text/html", "application/pdf"),
    "a page that is a document": (HTML + b"\n%PDF-1.7", "a.pdf", "application/pdf", "application/octet-stream"),
    "a picture as a page": (PNG, "a.html", "text/html", "image/png"),
    "a program as a picture": (b"MZ" + bytes(300), "a.png", "image/png", "application/x-msdownload"),
    "a locked archive": (b"PK\x03\x04\x14\x00\x01\x00" + bytes(300), "a.docx", "application/msword", "application/zip"),
    "a flood of pixels": (
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\x00\x00\xc3\x50" * 2 + bytes(300), "a.png", "image/png",
        "image/png",
    ),
    "another alphabet": (b"+ADw-script+AD4-", "a.html", "text/html; charset=utf-7", "application/octet-stream"),
    "a type that is none": (b"words", "a", "text/html\x0b,image/png;;", "application/octet-stream"),
}  # fmt: skip
NAMES = {
    "../../etc/passwd": "passwd",
    "a\u202egnp.exe": "a gnp.exe",
    'a"; filename=b.html': "a ; filename=b.html",
    "a\r\nSet-Cookie: x=1": "a Set-Cookie x=1",
    "Ru\u0308gen.txt": "R\u00fcgen.txt",
    "R\u00fcgen.txt": "R\u00fcgen.txt",
    "invoice\U000e0061.pdf": "invoice .pdf",
    "👨‍👩‍👧" * 40: "👨‍👩‍👧" * 24,
}


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with house(tmp_path) as home:
        headers = await home.bearer("customer@demo.test")
        yield Desk(home, headers, await home.talk(headers))


def harmless(opened: httpx2.Response) -> None:
    """Nothing runs, whatever a browser makes of the bytes."""
    assert opened.headers["content-disposition"].startswith("attachment; filename*=UTF-8''")
    assert opened.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert opened.headers["x-content-type-options"] == "nosniff"
    assert opened.headers["cross-origin-resource-policy"] == "same-origin"
    assert opened.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("name", PRETENDING)
async def test_what_pretends_is_given_away_as_what_its_bytes_prove(desk: Desk, name: str) -> None:
    body, called, said, kept = PRETENDING[name]
    answer = await desk.upload(body, called, said)
    assert (answer.status_code, answer.json()["media_type"]) == (201, kept)
    opened = await desk.home.http.get((await desk.link(answer.json()["id"])).json()["url"])

    harmless(opened)
    assert (opened.content, opened.headers["content-type"]) == (body, kept)
    assert opened.headers["content-length"] == str(len(body))


@pytest.mark.parametrize("given", NAMES)
async def test_a_name_breaks_no_header_and_leads_nowhere(desk: Desk, given: str) -> None:
    answer = await desk.upload(PNG, given)
    assert answer.json()["name"] == NAMES[given]
    opened = await desk.home.http.get((await desk.link(answer.json()["id"])).json()["url"])

    harmless(opened)
    assert "set-cookie" not in opened.headers


async def test_nothing_and_too_much_are_refused_as_soon_as_that_is_known(desk: Desk) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 1_000_000
            assert sent <= MOST + 5_000_000
            yield bytes(1_000_000)

    path = f"/api/v1/conversations/{desk.where}/files?name=a"
    refused = await desk.home.http.post(path, content=endless(), headers=desk.headers)
    lying = await desk.home.http.post(path, content=b"x", headers={**desk.headers, "content-length": str(MOST + 1)})

    assert problem(await desk.upload(b""))["code"] == "file_empty"
    assert refused.status_code == 413
    assert lying.status_code in {400, 413}


async def test_a_packed_body_is_kept_as_it_came(desk: Desk) -> None:
    """No bomb goes off: nothing is ever unpacked."""
    answer = await desk.upload(b"\x1f\x8b" + bytes(300), headers={**desk.headers, "content-encoding": "gzip"})

    assert answer.status_code in {201, 415}
    if answer.status_code == 201:
        assert answer.json()["size"] == 302
