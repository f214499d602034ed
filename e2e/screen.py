"""How a story uses the page: by role and name, as a person or a screen reader would."""

import re
import time
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from gateway import PATIENCE


def sign_in(page: Page, who: str = "Customer", at: str = "/") -> Page:
    """One click as a demo identity; ends where the story wanted to be."""
    page.goto(at)
    page.get_by_role("button", name=re.compile(f"^{who}")).click()
    expect(page.get_by_role("button", name=re.compile("^Account"))).to_be_visible()
    return page


def sign_in_as(page: Page, email: str, at: str = "/") -> Page:
    """Sign in by address and password, as one of those whom the page does not offer."""
    page.goto(at)
    page.get_by_role("textbox", name="E-mail").fill(email)
    page.get_by_label("Password").fill("demo")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("button", name=re.compile("^Account"))).to_be_visible()
    return page


def composer(page: Page) -> Locator:
    """Where one writes."""
    return page.get_by_role("textbox", name="Message", exact=True)


def say(page: Page, text: str) -> None:
    """Write and send by Enter."""
    composer(page).fill(text)
    composer(page).press("Enter")


def begin(page: Page, text: str) -> str:
    """Start a conversation with these words; its id."""
    page.goto("/")
    say(page, text)
    page.wait_for_url(re.compile(r"/c/"))
    return page.url.rsplit("/", 1)[1]


def rows(page: Page, author: str | None = None) -> Locator:
    """Messages in the thread, of one kind of author."""
    which = f'[data-author="{author}"]' if author else ""
    return page.locator(f'article[data-kind="message"]{which}')


def mine(page: Page, text: str) -> Locator:
    """A message with exactly these words, by whoever wrote it."""
    return rows(page, "person").filter(has=page.get_by_text(text, exact=True))


def banner(page: Page) -> Locator:
    """What is said while the link is lost."""
    return page.get_by_role("status").filter(has_text=re.compile("Reconnecting|offline"))


def answer(page: Page, nth: int = -1) -> Locator:
    """The agent's nth message."""
    found = rows(page, "agent")
    return found.last if nth == -1 else found.nth(nth)


def streaming(page: Page) -> Locator:
    """The answer that is being written, once some of it shows."""
    found = page.locator('article[data-state="streaming"]')
    expect(found).to_be_visible()
    expect(found.locator(".prose")).not_to_be_empty()
    return found


def settled(page: Page) -> None:
    """Wait until nobody writes and the last word is the agent's."""
    expect(rows(page, "agent").last).to_have_attribute("data-state", re.compile("final|stopped"))
    expect(page.locator('article[data-state="streaming"]')).to_have_count(0)


def text_of(page: Page, row: Locator) -> str:
    """An answer as it was written, by its Copy button."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    row.hover()
    row.get_by_role("button", name="Copy answer").click()
    return page.evaluate("navigator.clipboard.readText()")


def until(true: Callable[[], bool], seconds: float = PATIENCE, what: str = "it") -> None:
    """Poll something outside the page."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"{what} did not happen within {seconds} s"
        time.sleep(0.02)


def at_best(measure: Callable[[int], float], within: float, times: int = 3) -> float:
    """The best of a few measurements, the first where it is good already: what the product can do.

    A moment in which the machine did something else says nothing about that. `measure` is told how many were before.
    """
    best = measure(0)
    for n in range(1, times):
        if best <= within:
            break
        best = min(best, measure(n))
    return best
