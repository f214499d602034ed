"""A person's own channels: linked by a code that comes from there, put in order, let go of again."""

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from conftest import PHONE, Watched
from gateway import Client, Gateway, ask
from screen import begin, mine, settled, sign_in, sign_in_as, until
from test_everyone import STICKS_OUT, faults

HERE = "/me/channels"
NUMBER, MAYA = "106540352242922", "447700900123"


def write(client: Client, text: str) -> None:
    """Say something from the customer's telephone, on WhatsApp."""
    body = {"end": NUMBER, "person": MAYA, "text": text}
    ask("POST", f"{client.url}/lab/meta/say", json=body, headers=client.headers).raise_for_status()


def heard(client: Client) -> list[str]:
    """What the telephone got from us, oldest first."""
    answer = ask("GET", f"{client.url}/lab/meta/state", headers=client.headers)
    answer.raise_for_status()
    return [m["text"] for m in answer.json()["messages"] if m["from"] == "us"]


def addresses(page: Page) -> Locator:
    """The addresses in their order."""
    return page.get_by_role("list", name="Your addresses, first choice first").get_by_role("listitem")


def order(page: Page) -> list[str | None]:
    """The channels of the addresses, first choice first."""
    return [item.get_attribute("data-channel") for item in addresses(page).all()]


def kept(client: Client) -> list[str]:
    """The same, as the server has it."""
    return [item["channel"] for item in client.get("/me/identities")["items"]]


def code_of(page: Page) -> str:
    """The code that the dialog shows."""
    shown = page.get_by_role("textbox", name="Your code")
    expect(shown).to_have_value(re.compile(r"\w{4}-\w{4}"))
    return shown.input_value()


def titles(client: Client) -> list[str]:
    """What the customer's conversations are called."""
    return [c["title"] for c in client.get("/conversations")["items"]]


def test_an_address_is_let_go_of_and_comes_back_by_a_code(own: Gateway, visit: Callable[..., Watched]) -> None:
    client = own.client("customer@demo.test")
    page = sign_in(visit(own).context.new_page(), at=HERE)
    expect(addresses(page).filter(has_text="WhatsApp")).to_contain_text("…0123")

    page.get_by_role("button", name="Unlink WhatsApp …0123").click()
    sure = page.get_by_role("dialog", name="Unlink WhatsApp …0123?")
    expect(sure).to_contain_text("Nothing that was said is deleted")
    sure.get_by_role("button", name="Unlink").click()
    expect(page.get_by_role("status").filter(has_text="not linked any more")).to_be_visible()
    expect(addresses(page).filter(has_text="WhatsApp")).to_have_count(0)
    told = len(heard(client))
    write(client, "Do you know me?")
    until(lambda: len(heard(client)) > told, what="an answer to a stranger")
    assert "Do you know me?" not in titles(client)

    page.get_by_role("button", name="Link WhatsApp…").click()
    code = code_of(page)
    way = page.get_by_role("dialog").get_by_role("link", name="Open WhatsApp")
    expect(way).to_have_attribute("href", f"https://wa.me/447700900100?text=link%20{code.replace('-', '')}")
    expect(page.get_by_role("img", name=re.compile("QR code"))).to_be_visible()
    write(client, "link 2222-2222")
    until(
        lambda: any(text.startswith("This code does not work") for text in heard(client)), 20, "the wrong code's words"
    )
    expect(page.get_by_text("Waiting for the code")).to_be_visible()

    write(client, f"link {code}")
    page.get_by_role("button", name="Not me").click()
    expect(page.get_by_role("dialog", name="Not linked")).to_be_visible()
    assert "whatsapp" not in kept(client)
    page.get_by_role("button", name="Make a new code").click()
    expect(page.get_by_role("textbox", name="Your code")).not_to_have_value(code)

    code = code_of(page)
    page.keyboard.press("Escape")
    write(client, f"link {code}")
    page.get_by_role("button", name="Is that you?").click()
    asked = page.get_by_role("dialog", name="Is that you?")
    expect(asked).to_contain_text("…0123 wrote the code. Is that you?")
    asked.get_by_role("button", name="Yes, that is me").click()
    expect(page.get_by_role("dialog", name="WhatsApp is linked")).to_be_visible()
    page.get_by_role("button", name="Done").click()
    expect(addresses(page).filter(has_text="WhatsApp")).to_contain_text("…0123")
    assert "whatsapp" in kept(client)

    write(client, "Hello from my phone")
    until(lambda: "Hello from my phone" in titles(client), what="a conversation of its own")
    page.goto("/")
    page.get_by_role("link", name=re.compile("Hello from my phone")).first.click()
    expect(mine(page, "Hello from my phone")).to_contain_text("WhatsApp")


def test_the_order_is_changed_by_keyboard_by_hand_and_back(shared: Gateway, visit: Callable[..., Watched]) -> None:
    # The other house's customer: nobody else's story is about their order.
    client = shared.client("customer@rival.test")
    page = sign_in_as(visit(shared).context.new_page(), "customer@rival.test", HERE)
    expect(addresses(page).first).to_be_visible()
    before = order(page)
    second = before[1]

    addresses(page).nth(1).locator("[aria-roledescription]").focus()
    page.keyboard.press("Space")
    expect(page.get_by_text(re.compile("is lifted. It is number 2 of"))).to_be_attached()
    page.keyboard.press("ArrowUp")
    expect(page.get_by_text(re.compile("would be number 1 of"))).to_be_attached()
    page.keyboard.press("Space")
    expect(page.get_by_role("status").filter(has_text="is now number 1 of")).to_be_visible()
    assert order(page) == [second, before[0], *before[2:]]
    until(lambda: kept(client) == order(page), what="the order on the server")
    page.reload()
    expect(addresses(page).first).to_have_attribute("data-channel", str(second))

    addresses(page).nth(0).locator("[aria-roledescription]").hover()
    page.mouse.down()
    to = addresses(page).nth(2).bounding_box()
    assert to is not None
    page.mouse.move(to["x"] + 20, to["y"] + 10, steps=5)
    page.mouse.move(to["x"] + 20, to["y"] + to["height"] / 2, steps=5)
    page.mouse.up()
    expect(page.get_by_role("status").filter(has_text="is now number 3 of")).to_be_visible()
    undo = page.get_by_role("button", name="Undo")
    # For a moment after a drop, a press still counts as its end.
    until(lambda: not undo.is_visible() or undo.click() is not None, what="a press of Undo")
    until(lambda: kept(client) == [second, before[0], *before[2:]], what="the order as it was")


def test_where_somebody_is_not_to_be_contacted_nothing_goes(shared: Gateway, visit: Callable[..., Watched]) -> None:
    page = sign_in(visit(shared).context.new_page())
    conversation = begin(page, "Not on Slack, please")
    settled(page)
    details = page.get_by_role("region", name="Channels")
    details.get_by_role("combobox", name="What comes to Slack").select_option("Do not contact me here")
    slack = details.get_by_role("listitem").filter(has_text="Slack")
    expect(slack).to_contain_text("Nothing is sent there until you change this.")
    expect(slack.get_by_role("button", name="Continue on Slack")).to_have_count(0)
    page.get_by_role("button", name=re.compile("Answers go to")).click()
    page.get_by_role("menuitemradio", name=re.compile("Slack")).click()
    expect(page.get_by_role("alert")).to_contain_text("“Do not contact me here” holds for Slack")
    client = shared.client("customer@demo.test")
    modes = {b["channel"]: b["mode"] for b in client.get(f"/conversations/{conversation}/bindings")["items"]}
    assert (modes["slack"], modes["web"]) == ("off", "active")


def test_a_code_that_is_closed_stays_within_reach(shared: Gateway, visit: Callable[..., Watched]) -> None:
    page = sign_in(visit(shared).context.new_page())
    page.get_by_role("button", name=re.compile("^Account")).click()
    page.get_by_role("menuitem", name="Channels").click()
    page.get_by_role("button", name="Link Telegram…").click()
    code = code_of(page)
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Link Telegram…")).to_be_focused()
    page.get_by_role("button", name="Show the Telegram code").click()
    assert code_of(page) == code
    page.reload()
    page.get_by_role("button", name="Show the Telegram code").click()
    expect(page.get_by_role("dialog")).to_contain_text("shown once")


def test_own_channels_fit_a_phone_and_hide_nothing_from_anybody(shared: Gateway, visit: Callable[..., Watched]) -> None:
    page = sign_in(visit(shared, viewport=PHONE).context.new_page(), at=HERE)
    expect(addresses(page).first).to_be_visible()
    small = page.evaluate(
        "[...document.querySelectorAll('main button')].map((b) => [b.getAttribute('aria-label') ?? b.textContent,"
        " b.getBoundingClientRect().height]).filter(([, height]) => height < 44)"
    )
    assert small == []
    assert page.evaluate(STICKS_OUT) == []
    assert faults(page) == []
    page.get_by_role("button", name="Link SMS…").click()
    assert code_of(page)
    expect(page.get_by_role("img", name=re.compile("QR code"))).to_be_visible()
    assert page.evaluate(STICKS_OUT) == []
    assert faults(page) == []
