"""What is refused says why and keeps the words (S1.20)."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from conftest import Watched
from gateway import Gateway
from screen import begin, composer, mine, rows, say, settled, sign_in, sign_in_as, until

CHARACTERS = 2_000
PER_MINUTE = 30


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory, quick: dict[str, str]) -> Iterator[Gateway]:
    """A gateway for these stories alone: who is over the limit here is so nowhere else."""
    gateway = Gateway(tmp_path_factory.mktemp("limits"), **quick).start()
    yield gateway
    gateway.stop()


def test_a_message_that_is_too_long_says_so_before_it_is_sent(strict: Gateway, visit: Callable[..., Watched]) -> None:
    page = sign_in(visit(strict).context.new_page())
    conversation = begin(page, "before")
    settled(page)
    # A character is what a reader calls one: this one takes two places in the page's own strings.
    longest = "🚢" + "a" * (CHARACTERS - 1)
    composer(page).fill(longest)
    counter = page.get_by_text("2,000 / 2,000")
    expect(counter).to_be_visible()
    calm = counter.evaluate("e => getComputedStyle(e).color")
    send = page.get_by_role("button", name="Send", exact=True)
    expect(send).not_to_have_attribute("aria-disabled", "true")

    composer(page).press("End")
    composer(page).type("a")

    counter = page.get_by_text("2,001 / 2,000")
    expect(counter).to_be_visible()
    assert counter.evaluate("e => getComputedStyle(e).color") != calm
    reason = page.get_by_role("status").filter(has_text="1 character over the limit of 2,000")
    expect(reason).to_be_visible()
    expect(send).to_have_attribute("aria-disabled", "true")
    expect(send).to_have_accessible_description(re.compile("1 character over the limit"))
    expect(composer(page)).to_have_attribute("aria-invalid", "true")
    send.click(force=True)
    composer(page).press("Enter")
    expect(composer(page)).to_have_value(longest + "a")
    expect(rows(page, "person")).to_have_count(1)

    composer(page).press("Backspace")
    expect(reason).to_have_count(0)
    composer(page).press("Enter")
    expect(mine(page, longest)).to_have_attribute("data-state", "sent")
    settled(page)
    log = strict.client("customer@demo.test").messages(conversation)
    assert [m["text"] for m in log if m["author"]["kind"] == "person"] == ["before", longest]


def test_the_31st_message_of_a_minute_stays_in_the_composer_with_a_countdown(
    strict: Gateway, visit: Callable[..., Watched]
) -> None:
    kofi = strict.client("customer@rival.test")
    conversation = kofi.begin()
    page = sign_in_as(visit(strict).context.new_page(), "customer@rival.test", at=f"/c/{conversation}")
    expect(composer(page)).to_be_visible()
    for n in range(PER_MINUTE):
        kofi.say(conversation, f"message {n + 1}")
    expect(mine(page, f"message {PER_MINUTE}")).to_be_visible()

    say(page, "one too many")

    told = page.get_by_text(re.compile(r"That was 30 messages in a minute\. You can send again in \d+ s"))
    expect(told).to_be_visible()
    expect(composer(page)).to_have_value("one too many")
    expect(mine(page, "one too many")).to_have_count(0)
    expect(page.get_by_role("alert")).to_have_count(0)

    def seconds() -> int:
        return int(re.search(r"in (\d+) s", told.inner_text()).group(1))  # type: ignore[union-attr]

    first = seconds()
    assert 1 <= first <= 60
    until(lambda: seconds() <= first - 2, what="the countdown")
    composer(page).press("Enter")
    expect(composer(page)).to_have_value("one too many")
    page.reload()
    expect(composer(page)).to_have_value("one too many")
    said = [m["text"] for m in kofi.messages(conversation) if m["author"]["kind"] == "person"]
    assert said == [f"message {n + 1}" for n in range(PER_MINUTE)]
