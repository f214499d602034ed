"""The web client's files and the manual's pages, and the headers around them."""

import gzip
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from throughline.api.manual import ASSETS, CHANGED

from .house import House, house, problem

INDEX = '<html><style nonce="__CSP_NONCE__"></style><script type="module" src="/assets/app-1a2b.js"></script></html>'
MANUAL = Path(__file__).parents[3] / "frontend/node_modules"


@pytest.fixture
async def built(tmp_path: Path) -> AsyncIterator[House]:
    web = tmp_path / "web"
    (web / "assets").mkdir(parents=True)
    (web / "index.html").write_text(INDEX)
    (web / "icon.svg").write_text("<svg/>")
    (web / "assets/app-1a2b.js").write_text("let a = 1")
    (web / "assets/app-1a2b.js.gz").write_bytes(gzip.compress(b"let a = 1"))
    (tmp_path / "secret.txt").write_text("secret")
    (web / "link.txt").symlink_to(tmp_path / "secret.txt")
    async with house(tmp_path / "data", web=web, manual=MANUAL) as inside:
        yield inside


@pytest.mark.parametrize("path", ["/", "/c/some-conversation", "/sign-in", "/index.html", "/operator/inbox?x=1"])
async def test_every_path_of_the_client_gets_its_page(built: House, path: str) -> None:
    answer = await built.http.get(path)

    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert answer.headers["cache-control"] == "no-store"


async def test_each_answer_has_a_nonce_of_its_own_that_its_policy_names(built: House) -> None:
    nonces = []
    for _ in range(3):
        answer = await built.http.get("/")
        found = re.search(r'nonce="([\w-]{20,})"', answer.text)
        assert found is not None
        assert f"style-src 'self' 'nonce-{found[1]}';" in answer.headers["content-security-policy"]
        nonces.append(found[1])

    assert len(set(nonces)) == 3


async def test_a_page_carries_every_safety_header(built: House) -> None:
    headers = (await built.http.get("/")).headers

    policy = headers["content-security-policy"]
    for part in (
        "default-src 'self'", "script-src 'self'", "img-src 'self' data: blob:", "connect-src 'self'",
        "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'",
    ):  # fmt: skip
        assert part in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "microphone=(self)" in headers["permissions-policy"]


async def test_a_file_with_a_hash_is_kept_for_ever_and_comes_packed(built: House) -> None:
    packed = await built.http.get("/assets/app-1a2b.js", headers={"accept-encoding": "gzip, br"})
    plain = await built.http.get("/assets/app-1a2b.js", headers={"accept-encoding": "identity"})

    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.text == plain.text == "let a = 1"
    assert packed.headers["cache-control"] == plain.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert packed.headers["content-type"] == "text/javascript; charset=utf-8"
    assert packed.headers["vary"] == "accept-encoding"


async def test_other_files_are_asked_for_again_and_not_sent_again(built: House) -> None:
    first = await built.http.get("/icon.svg")
    again = await built.http.get("/icon.svg", headers={"if-none-match": first.headers["etag"]})

    assert (first.headers["content-type"], first.headers["cache-control"]) == ("image/svg+xml", "no-cache")
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "path",
    ["/link.txt", "/../secret.txt", "/%2e%2e/secret.txt", "/assets/../../secret.txt", "/assets/none.js", "/x.php"],
)
async def test_nothing_beside_the_folders_own_files_is_served(built: House, path: str) -> None:
    answer = await built.http.get(path)

    assert answer.status_code == 404
    assert "secret" not in answer.text.replace("secret.txt", "")


async def test_writing_to_a_page_is_not_a_thing(built: House) -> None:
    answer = await built.http.post("/c/x", json={})

    assert (answer.status_code, problem(answer)["code"]) == (404, "no_such_path")


async def test_without_a_built_client_it_says_how_to_build_it(home: House) -> None:
    answer = await home.http.get("/")

    assert (answer.status_code, problem(answer)["code"]) == (404, "web_client_not_built")


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/protocol"])
async def test_the_manuals_pages_ask_nobody_else_and_run_nothing_inline(built: House, path: str) -> None:
    answer = await built.http.get(path)

    assert answer.status_code == 200
    assert "unsafe" not in answer.headers["content-security-policy"]
    asked = re.findall(r'(?:src|href)="([^"#]+)"', answer.text)
    assert asked
    for link in asked:
        assert link.startswith(("/", "data:,"))
        if not link.startswith("data:"):
            assert (await built.http.get(link)).status_code == 200, link
    for script in re.findall(r"<script[^>]*>(.*?)</script>", answer.text, re.DOTALL):
        assert script == ""


async def test_what_is_changed_in_a_foreign_script_is_still_in_it(built: House) -> None:
    for name, changes in CHANGED.items():
        stored = (MANUAL / ASSETS[name]).read_bytes()
        served = (await built.http.get(f"/manual/{name}")).content
        for theirs, ours in changes:
            assert theirs in stored
            assert theirs not in served
            assert ours in served


async def test_the_protocols_page_names_every_frame_and_event(built: House) -> None:
    page = (await built.http.get("/protocol")).text

    for name in ("client.hello", "client.say", "server.watching", "server.nack", "event.message", "event.turn_ended"):
        assert f'<h3 id="{name}">' in page


async def test_a_missing_manual_is_said(home: House) -> None:
    answer = await home.http.get("/docs")

    assert (answer.status_code, problem(answer)["code"]) == (404, "manual_not_installed")
