"""Nothing foreign gets in, nothing leaves (X7, X11): safety headers, inline script, the pages of the manual.

That the console stays silent and no request leaves the origin is asserted for every page of every story, by `visit`.
"""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Response, expect

from conftest import Watched
from gateway import Gateway, ask
from screen import begin, settled, sign_in, until

#: What the policy of a page must say, directive by directive.
POLICY = {
    "default-src": {"'self'"},
    "script-src": {"'self'"},
    "connect-src": {"'self'"},
    "object-src": {"'none'"},
    "base-uri": {"'none'"},
    "form-action": {"'self'"},
    "frame-ancestors": {"'none'"},
    "img-src": {"'self'", "data:", "blob:"},
}
NONCE = re.compile(r"'nonce-[\w-]{16,}'")
PAGES = ("/", "/login", "/c/demo-demo-1", "/no/such/page", "/docs", "/redoc", "/protocol")

#: Runs in the page: everything an attacker would try once some text became markup.
ATTACKS = """async () => {
  const blocked = new Set();
  const refused = (e) => blocked.add(e.effectiveDirective + ' ' + (e.blockedURI || 'inline'));
  addEventListener('securitypolicyviolation', refused);
  window.harmed = [];
  const add = (name, give) => {
    const e = document.createElement(name);
    Object.assign(e, give);
    document.body.append(e);
    return e;
  };
  add('script', { textContent: "harmed.push('inline script')" });
  add('div', {}).innerHTML = `<img src="data:," onerror="harmed.push('event attribute')">`;
  add('a', { href: "javascript:harmed.push('javascript link')" }).click();
  add('style', { textContent: 'body { outline: 7px solid red }' });
  add('script', { src: 'http://foreign.invalid/x.js', onload: () => harmed.push('foreign script') });
  add('img', { src: 'http://foreign.invalid/x.png', onload: () => harmed.push('foreign picture') });
  add('iframe', { src: 'http://foreign.invalid/' });
  add('base', { href: 'http://foreign.invalid/' });
  await fetch('http://foreign.invalid/steal').then(() => harmed.push('foreign request'), () => {});
  await new Promise((done) => setTimeout(done, 200));
  if (getComputedStyle(document.body).outlineWidth === '7px') harmed.push('style without a nonce');
  return { harmed: window.harmed, blocked: [...blocked].sort(), base: document.baseURI };
}"""


def policy(value: str) -> dict[str, set[str]]:
    """A Content-Security-Policy, by directive."""
    parts = [part.split() for part in value.split(";") if part.strip()]
    return {name: set(values) for name, *values in parts}


def assert_page_is_safe(headers: dict[str, str], where: str) -> None:
    found = policy(headers["content-security-policy"])
    assert {name: found.get(name) for name in POLICY} == POLICY, where
    styles = found["style-src"]
    assert "'self'" in styles, where
    assert len(styles) == 2, where
    assert any(NONCE.fullmatch(source) for source in styles), where
    assert "unsafe" not in headers["content-security-policy"], where
    assert headers["x-frame-options"] == "DENY", where
    assert headers["cross-origin-opener-policy"] == "same-origin", where
    assert "microphone=(self)" in headers["permissions-policy"], where


@pytest.mark.parametrize("path", PAGES)
def test_every_page_forbids_foreign_and_inline_script(shared: Gateway, path: str) -> None:
    first, second = (ask("GET", shared.url + path) for _ in range(2))

    assert first.headers["content-type"].startswith("text/html")
    assert_page_is_safe(first.headers, path)
    nonces = [NONCE.search(answer.headers["content-security-policy"]) for answer in (first, second)]
    assert None not in nonces
    assert nonces[0][0] != nonces[1][0], "a nonce is good for one answer"  # type: ignore[index]


def test_every_answer_of_a_whole_visit_is_safe(shared: Gateway, visit: Callable[..., Watched]) -> None:
    visitor = visit(shared)
    answers: list[Response] = []
    visitor.context.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108 - Playwright marks what it is given
    page = sign_in(visitor.context.new_page())
    begin(page, "Hello!")
    settled(page)
    page.reload()
    settled(page)

    assert len(answers) > 15
    kinds = set()
    for answer in answers:
        headers = answer.all_headers()
        kinds.add(headers.get("content-type", "").partition(";")[0])
        assert headers["x-content-type-options"] == "nosniff", answer.url
        assert headers["referrer-policy"] == "no-referrer", answer.url
        assert "server" not in headers, answer.url
        if answer.request.resource_type == "document":
            assert_page_is_safe(headers, answer.url)
    assert {"text/html", "text/javascript", "text/css", "application/json"} <= kinds


def test_script_that_gets_into_the_page_does_not_run(shared: Gateway, visit: Callable[..., Watched]) -> None:
    visitor = visit(shared)
    page = sign_in(visitor.context.new_page())

    after = page.evaluate(ATTACKS)

    assert after["harmed"] == []
    assert after["base"].startswith(shared.url)
    for what in (
        "script-src-elem inline", "script-src-attr inline", "style-src-elem inline", "base-uri http",
        "script-src-elem http", "img-src http", "frame-src http", "connect-src http",
    ):  # fmt: skip
        assert any(entry.startswith(what) for entry in after["blocked"]), f"{what}: {after['blocked']}"
    until(lambda: len(visitor.complaints) >= 8, what="the browser's own report")
    assert all("Content Security Policy" in said or "foreign.invalid" in said for said in visitor.complaints)
    visitor.complaints.clear()
    visitor.strays.clear()  # asked for by the story itself, refused by the browser before they went out


@pytest.mark.parametrize(
    ("path", "heading", "operations", "least"),
    [
        ("/docs", "Throughline", ".opblock", 20),
        ("/redoc", "Throughline", "[data-section-id^='tag/'] h2, [id^='operation/'], [id*='/operation/']", 20),
        ("/protocol", "Throughline socket", "h3", 20),
    ],
)
def test_the_manual_opens_quietly_and_shows_what_there_is(  # noqa: PLR0913 - what a page has is told in one row
    shared: Gateway, visit: Callable[..., Watched], path: str, heading: str, operations: str, least: int
) -> None:
    page = visit(shared).context.new_page()

    page.goto(path, wait_until="networkidle")

    expect(page.get_by_role("heading", name=re.compile(f"^{heading}")).first).to_be_visible()
    expect(page.locator(operations).nth(least - 1)).to_be_attached()
    expect(page.locator("body")).to_contain_text("/api/v1/" if path != "/protocol" else "snapshot")


def test_an_operation_of_the_manual_opens_and_says_what_it_takes(
    shared: Gateway, visit: Callable[..., Watched]
) -> None:
    page = visit(shared).context.new_page()
    page.goto("/docs")

    page.locator(".opblock", has_text="/api/v1/auth/login").first.locator("button").first.click()

    expect(page.locator(".opblock.is-open")).to_contain_text("Request body")
