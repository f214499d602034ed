"""What got through nowhere (S10.4, S4.1): an operator sees it come up, sends it again, and it arrives once."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from conftest import PHONE, Watched
from gateway import Client, Gateway, ask
from screen import sign_in, until
from test_everyone import STICKS_OUT, faults

#: The organisation's number at the stand-in, and the phone of somebody who has nothing but WhatsApp.
NUMBER, PHONE_ID = "106540352242922", "447700900123"
#: Meta's word for a phone that cannot be reached.
UNREACHABLE = "131026"
WORDS = "Your boat leaves at noon."


@pytest.fixture
def house(tmp_path: Path, quick: dict[str, str]) -> Iterator[Gateway]:
    """A gateway at which that phone is nobody's any more: whoever writes from it is new, and cannot sign in."""
    gateway = Gateway(tmp_path, **quick).start()
    customer = gateway.client("customer@demo.test")
    ask("DELETE", f"{gateway.url}/api/v1/me/identities/demo-whatsapp-demo", headers=customer.headers).raise_for_status()
    yield gateway
    gateway.stop()


class Phone:
    """Somebody's WhatsApp, and the switches of its provider."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def fails(self, how: str) -> None:
        """The provider refuses everything with this code; empty: it is well again."""
        self._post("switches", fail=how)

    def writes(self, text: str) -> None:
        """They send us something."""
        self._post("say", end=NUMBER, person=PHONE_ID, text=text)

    def shows(self) -> list[str]:
        """What stands there of ours."""
        answer = ask("GET", f"{self.client.url}/lab/meta/state", headers=self.client.headers)
        answer.raise_for_status()
        return [m["text"] for m in answer.json()["messages"] if m["from"] == "us" and m["person"] == PHONE_ID]

    def _post(self, path: str, **body: object) -> None:
        url = f"{self.client.url}/lab/meta/{path}"
        ask("POST", url, json=body, headers=self.client.headers).raise_for_status()


def test_a_message_that_died_comes_up_is_sent_again_and_arrives_once(
    house: Gateway, visit: Callable[..., Watched]
) -> None:
    phone = Phone(house.client("operator@demo.test"))
    page = sign_in(visit(house).context.new_page(), "Operator", at="/failed")
    expect(page.get_by_text("Everything got through")).to_be_visible()
    expect(page.locator("[data-slot=lost-count]")).to_have_count(0)

    phone.fails(UNREACHABLE)
    phone.writes(f"When does it leave? [[say:{WORDS}]]")
    lost = page.get_by_role("list", name="Messages that did not get through").get_by_role("listitem")
    row = lost.filter(has=page.get_by_text(WORDS, exact=True))
    expect(row).to_contain_text("Not delivered to WhatsApp: the person cannot be reached there.")
    # The welcome of somebody new and the answer: both are there without a reload, and the header says so.
    expect(page.get_by_role("link", name=re.compile("^2 messages did not get through"))).to_be_visible()
    assert phone.shows() == []
    assert faults(page) == [], "what did not get through"

    page.keyboard.press("j")
    expect(lost.first).to_be_focused()
    page.keyboard.press("j")
    expect(lost.last).to_be_focused()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard")).to_contain_text("Go down and up in what did not get through")
    page.keyboard.press("Escape")

    phone.fails("")
    row.get_by_role("button", name=re.compile("^Send again")).press("Enter")
    expect(row).to_have_attribute("data-state", "sent")
    expect(row).to_be_focused()
    until(lambda: phone.shows() == [WORDS], what="the answer on the phone")
    expect(page.get_by_role("link", name="One message did not get through")).to_be_visible()

    row.press("Enter")
    expect(page.get_by_role("heading", level=1, name=re.compile("^When does it leave"))).to_be_visible()
    assert phone.shows() == [WORDS], "once"
    assert [item["preview"] for item in phone.client.get("/deliveries/lost")["items"]] != [], "the other one stays"

    small = sign_in(visit(house, viewport=PHONE).context.new_page(), "Admin", at="/admin/channels")
    section = small.get_by_role("region", name="Did not get through")
    expect(section.get_by_role("listitem")).to_have_count(1)
    expect(small.get_by_role("button", name="Save rules")).to_be_attached()
    assert small.evaluate(STICKS_OUT) == [], "on a phone"
