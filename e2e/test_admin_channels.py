"""Channels as an admin sets them up: every one of the demo, each guide, Connect Gmail, and no secret in any answer."""

import hmac
import re
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
from playwright.sync_api import Error, Locator, Page, Route, expect

from conftest import DESKTOP, PHONE, Watched
from gateway import BACKEND, Gateway, ask
from screen import sign_in
from test_everyone import NARROW, STICKS_OUT, faults

APP_SECRET = "c0ffee" + "0" * 26
#: As Meta sends it, for a number that is not ours.
OTHER_NUMBER = BACKEND / "tests" / "channels" / "whatsapp_meta" / "fixtures" / "other_number.json"
CHANNELS = ("Slack", "Gmail", "WhatsApp", "Telegram", "SMS")
#: A channel, who provides it, a field of its guide, and something that one types into it which nobody may see again.
GUIDES = (
    ("WhatsApp", "Meta", "App secret", "c0ffee" + "0" * 25 + "1"),
    ("WhatsApp", "Twilio", "Auth token", "c0ffee" + "0" * 25 + "2"),
    ("Gmail", None, "Client secret", "GOCSPX-canary-of-the-admin-story"),
    ("Telegram", None, "Bot token", "700000:canary-of-the-admin-story-0001"),
    ("SMS", None, "Auth token", "c0ffee" + "0" * 25 + "3"),
)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """A gateway for these stories alone: the accounts that they make stay."""
    gateway = Gateway(tmp_path_factory.mktemp("office")).start()
    yield gateway
    gateway.stop()


class Heard:
    """Everything the API answers to a page, read on its way there."""

    def __init__(self, page: Page) -> None:
        self.bodies: list[str] = []
        self._page = page
        page.route("**/api/v1/**", self._pass)

    def _pass(self, route: Route) -> None:
        # Where the page has left meanwhile, nobody gets it.
        with suppress(Error):
            answer = route.fetch()
            self.bodies.append(answer.text())
            route.fulfill(response=answer)

    def all(self) -> str:
        """All of it; no more is listened to."""
        self._page.unroute_all(behavior="wait")
        return "\n".join(self.bodies)


def admin(gateway: Gateway, visit: Callable[..., Watched], **options: object) -> tuple[Watched, Page]:
    """The page of channels, as the demo's admin."""
    watched = visit(gateway, **options)
    return watched, sign_in(watched.context.new_page(), "Admin", "/admin/channels")


def group(page: Page, channel: str) -> Locator:
    """A channel in the list."""
    return page.get_by_role("navigation", name="Channels and accounts").get_by_role("region", name=channel)


def make(page: Page, channel: str, provider: str | None) -> str:
    """A new account; its id."""
    before = page.url
    page.get_by_role("button", name=f"Connect {channel}", exact=True).first.click()
    if provider is not None:
        page.get_by_role("menuitem", name=re.compile(f"^{provider}")).click()
    page.wait_for_url(lambda url: url != before and "account=" in url)
    return page.url.rpartition("account=")[2]


def article(page: Page) -> Locator:
    """The account that is open."""
    return page.locator('[data-slot="account"]')


def test_every_channel_of_the_demo_is_there_and_well(office: Gateway, visit: Callable[..., Watched]) -> None:
    _, page = admin(office, visit)

    for channel in CHANNELS:
        link = group(page, channel).get_by_role("link", name=re.compile(r"\(simulated\)"))
        expect(link).to_have_attribute("data-state", re.compile("^(up|waiting_first_event)$"))
        link.click()
        expect(article(page)).to_contain_text("Simulated, nothing leaves this machine")
        page.get_by_role("button", name="Send test").click()
        expect(article(page)).to_contain_text("The credentials work.")


def test_each_guide_opens_and_its_secrets_are_in_no_answer(office: Gateway, visit: Callable[..., Watched]) -> None:
    _, page = admin(office, visit)
    heard = Heard(page)

    for channel, provider, field, secret in GUIDES:
        name = make(page, channel, provider)
        expect(article(page).locator('[data-slot="set-up"]')).to_contain_text("Say hello")
        expect(article(page)).to_contain_text("Still missing:")
        if channel != "Gmail":
            expect(page.get_by_role("textbox", name="Webhook address")).to_have_value(re.compile(f"/webhook/{name}$"))
        step = page.get_by_role("listitem").filter(has=page.get_by_label(field, exact=True)).first
        step.get_by_label(field, exact=True).fill(secret)
        step.get_by_role("button", name="Save", exact=True).click()
        expect(step.get_by_role("status").filter(has_text="Saved and sealed.")).to_be_visible()
        expect(step.get_by_label(field, exact=True)).to_have_value("")
        page.reload()
        expect(article(page).locator('[data-slot="secret-state"][data-state="set"]').first).to_be_visible()
        assert secret not in page.content()

    said = heard.all()
    assert len(heard.bodies) > len(GUIDES)
    assert [secret for *_, secret in GUIDES if secret in said] == []


def test_a_refusal_of_what_was_typed_says_what_to_look_for(office: Gateway, visit: Callable[..., Watched]) -> None:
    watched, page = admin(office, visit)
    make(page, "WhatsApp", "Meta")

    page.get_by_label("Phone number IDs").fill("+447700900100")
    page.get_by_role("listitem").filter(has_text="Enter the number").get_by_role("button", name="Save").click()

    expect(page.get_by_role("alert")).to_contain_text("Copy its Phone number ID")
    expect(page.get_by_label("Phone number IDs")).to_have_value("+447700900100")
    watched.complaints = [words for words in watched.complaints if "422" not in words]


def consent(watched: Watched, page: Page) -> None:
    """Press the button on the simulated Google, which is elsewhere on this machine."""
    page.wait_for_url(re.compile("/gmail/oauth/auth"))
    expect(page.get_by_role("heading", name="Throughline wants access to your mailbox")).to_be_visible()
    watched.strays = [url for url in watched.strays if "/gmail/oauth/" not in url and "/favicon.ico" not in url]


def test_gmail_is_connected_through_the_consent_page(own: Gateway, visit: Callable[..., Watched]) -> None:
    watched, page = admin(own, visit)
    page.goto("/admin/channels?account=demo-gmail")
    heard = Heard(page)
    button = page.get_by_role("button", name="Connect Gmail again")
    button.click()
    consent(watched, page)
    page.get_by_role("link", name="Cancel").click()
    expect(page.get_by_role("heading", name="You did not agree, so nothing is connected.")).to_be_visible()
    watched.complaints = [words for words in watched.complaints if "403" not in words]

    page.get_by_role("link", name="Back to the channels").click()
    button.click()
    consent(watched, page)
    page.get_by_role("button", name="Allow").click()
    page.wait_for_url(re.compile(r"/admin/channels\?account=demo-gmail&connected=gmail"))
    watched.strays = [url for url in watched.strays if "/gmail/oauth/" not in url]
    expect(page.get_by_text("Gmail is connected as hello@harbour.example.")).to_be_visible()
    expect(article(page)).to_have_attribute("data-state", re.compile("^(up|waiting_first_event)$"))
    page.get_by_role("button", name="Send test").click()
    expect(article(page)).to_contain_text("The credentials work.")
    shown = heard.all()
    assert '"name":"refresh_token","set":true' in shown
    assert '"refresh_token":' not in shown

    back = ask("GET", f"{own.url}/oauth/gmail/callback?state=x&code=y")
    assert (back.status_code, back.headers.get("location")) == (400, None)


def test_the_first_event_ticks_the_set_up_while_one_looks(own: Gateway, visit: Callable[..., Watched]) -> None:
    _, page = admin(own, visit)
    page.goto("/admin/channels?account=demo-telegram")
    expect(page.get_by_text("Waiting for the first event…")).to_be_visible()

    person = own.client("customer@demo.test")
    state = ask("GET", f"{own.url}/lab/telegram/state", headers=person.headers).json()
    end, who = state["ends"][0]["id"], state["people"][0]["id"]
    said = {"end": end, "person": who, "text": "Hello from Telegram"}
    ask("POST", f"{own.url}/lab/telegram/say", json=said, headers=person.headers).raise_for_status()

    expect(page.get_by_text("The first event is here.")).to_be_visible()
    expect(page.get_by_role("listitem").filter(has_text="Say hello").last).to_have_attribute("data-state", "done")
    expect(article(page)).to_have_attribute("data-state", "up")


def test_what_was_set_aside_is_read_again_when_its_cause_is_gone(
    office: Gateway, visit: Callable[..., Watched]
) -> None:
    _, page = admin(office, visit)
    name = make(page, "WhatsApp", "Meta")
    client = office.client("admin@demo.test")
    given = {
        "options": {"numbers": "111940352242922"},
        "secrets": {"access_token": "EAA" + "0" * 40, "app_secret": APP_SECRET, "verify_token": "a-word-of-ours"},
    }
    account = f"{office.url}/api/v1/admin/channels/whatsapp/accounts/{name}"
    ask("PUT", account, json=given, headers=client.headers).raise_for_status()
    for body in (b"\xff\xfe", OTHER_NUMBER.read_bytes()):
        signature = hmac.digest(APP_SECRET.encode(), body, "sha256").hex()
        signed = {"x-hub-signature-256": f"sha256={signature}", "content-type": "application/json"}
        came = ask("POST", f"{office.url}/api/v1/channels/whatsapp/webhook/{name}", content=body, headers=signed)
        assert came.status_code == 200

    page.reload()
    region = page.get_by_role("region", name="Set aside")
    unreadable = region.get_by_role("listitem").filter(has_text="It cannot be read")
    expect(unreadable).to_contain_text("2 bytes")
    unreadable.get_by_role("button").click()
    expect(unreadable).to_contain_text("Still not understood")
    other = region.get_by_role("listitem").filter(has_text="It is for a number that is not entered here")
    page.get_by_label("Phone number IDs").fill("111940352242922, 999940352242922")
    page.get_by_role("listitem").filter(has_text="Enter the number").get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()
    other.get_by_role("button").click()
    expect(other).to_contain_text("understood")
    expect(other).to_have_attribute("data-state", "understood")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_of_a_channel_fits_a_phone(scheme: str, office: Gateway, visit: Callable[..., Watched]) -> None:
    _, page = admin(office, visit, viewport=PHONE, color_scheme=scheme)

    page.get_by_role("link", name=re.compile(r"^Telegram \(simulated\)")).click()
    expect(article(page).get_by_role("heading", name="Telegram (simulated)")).to_be_visible()
    page.get_by_role("link", name="All channels").click()
    expect(page.get_by_role("link", name=re.compile(r"^Telegram \(simulated\)"))).to_be_visible()
    for name in ("demo-whatsapp", "demo-gmail", "demo-telegram", "demo-sms"):
        page.goto(f"/admin/channels?account={name}")
        expect(article(page)).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert page.evaluate(
            "document.querySelector('#main').scrollWidth <= document.querySelector('#main').clientWidth"
        )


def test_every_guide_is_read_by_everybody_and_fits_a_narrow_window(
    office: Gateway, visit: Callable[..., Watched]
) -> None:
    _, page = admin(office, visit)

    for channel, provider, field, _ in GUIDES:
        make(page, channel, provider)
        expect(article(page).get_by_label(field, exact=True)).to_be_visible()
        expect(page.get_by_text("Nothing is set aside")).to_be_visible()
        assert faults(page) == [], f"{channel} by {provider}"
        page.set_viewport_size(NARROW)
        assert page.evaluate(STICKS_OUT) == [], f"{channel} by {provider}"
        page.set_viewport_size(DESKTOP)
