"""The lab (S11): every channel that the tenant has hangs on one line, bad days leave no doubles, and the tour."""

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from conftest import Watched
from gateway import Gateway, ask
from screen import begin, mine, settled, sign_in

PANES = ["Slack", "WhatsApp", "Gmail", "Telegram", "SMS"]


def field(page: Page, channel: str) -> Locator:
    """Where the customer writes in a pane."""
    return page.get_by_role("textbox", name=f"Message in {channel}")


def words(page: Page, channel: str) -> Locator:
    """What stands in a pane."""
    return page.get_by_role("list", name=f"Messages in {channel}").locator("> li")


def say_in(page: Page, channel: str, text: str) -> None:
    """Write there as the customer, and send by Enter."""
    field(page, channel).fill(text)
    field(page, channel).press("Enter")
    expect(field(page, channel)).to_have_value("")


def opened(gateway: Gateway, visit: Callable[..., Watched]) -> Page:
    """The lab, as the demo customer, with every pane there."""
    page = sign_in(visit(gateway).context.new_page(), at="/lab")
    for channel in PANES:
        expect(field(page, channel)).to_be_attached()
    expect(page.get_by_role("button", name="Run the 60-second tour")).to_be_visible()
    return page


def test_each_channel_of_the_tenant_has_a_pane_with_its_mode(shared: Gateway, visit: Callable[..., Watched]) -> None:
    page = opened(shared, visit)
    page.goto("/lab?c=demo-demo-0")
    for channel in ["Web", *PANES]:
        expect(page.get_by_role("button", name=re.compile(f"^{channel} ")).first).to_be_visible()


def test_what_is_said_by_phone_stands_once_everywhere_on_a_day_of_doubles(
    own: Gateway, visit: Callable[..., Watched]
) -> None:
    page = opened(own, visit)
    client = own.client("customer@demo.test")
    switches = {"duplicate": True, "reorder": 3, "delay_ms": 250}
    ask("PUT", f"{own.url}/lab/meta/switches", json=switches, headers=client.headers).raise_for_status()
    expect(page.get_by_text("3 things go wrong")).to_be_visible()

    for text in ("First by phone", "Second by phone"):
        say_in(page, "WhatsApp", text)
        expect(mine(page, text)).to_be_visible()
    settled(page)

    for text in ("First by phone", "Second by phone"):
        expect(mine(page, text)).to_have_count(1)
        expect(words(page, "WhatsApp").filter(has=page.get_by_text(text, exact=True))).to_have_count(1)
    said = [m["text"] for m in client.messages(client.get("/conversations")["items"][0]["id"])]
    assert said.count("First by phone") == said.count("Second by phone") == 1


def test_a_mail_of_ours_is_laid_out_in_a_frame_without_a_word_on_the_console(
    shared: Gateway, visit: Callable[..., Watched]
) -> None:
    page = opened(shared, visit)
    conversation = begin(page, "Hello there")
    settled(page)
    page.goto(f"/lab?c={conversation}")
    page.get_by_role("button", name=re.compile("^Gmail ")).click()
    page.get_by_role("menuitemradio", name="Continue here").click()

    mail = page.get_by_role("list", name="Messages in Gmail").locator("iframe").last
    expect(mail).to_have_attribute("sandbox", "")
    expect(mail.content_frame.locator("body")).to_contain_text("This conversation goes on here")
    assert mail.content_frame.locator("body").evaluate("e => getComputedStyle(e).marginTop") == "0px"


def test_the_tour_pauses_by_the_space_bar_goes_on_and_stops(shared: Gateway, visit: Callable[..., Watched]) -> None:
    page = opened(shared, visit)
    page.get_by_role("button", name="Run the 60-second tour").click()
    tour = page.get_by_role("region", name="The tour")
    expect(mine(page, "What happens to my message when the server crashes?")).to_be_visible()
    page.locator("body").press("Space")
    expect(tour).to_have_attribute("data-state", "paused")
    settled(page)
    expect(tour).to_contain_text("It starts on the web")
    page.locator("body").press("Space")
    expect(tour).to_contain_text("goes on in WhatsApp")
    expect(page.get_by_text(re.compile("^Continued on WhatsApp"))).to_be_visible()
    tour.get_by_role("button", name="Stop").click()
    expect(tour).to_have_count(0)
