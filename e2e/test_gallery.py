"""Pictures of every screen, made by the stories: `just gallery` keeps them in docs/pictures, a test run looks at them.

What is in them comes from the demo: its seeded conversations, and questions that its stand-in model answers from its
own page of facts. So a picture changes when a screen or that page changes, and at no other time.
"""

import base64
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from msgspec import Struct
from playwright.sync_api import Page, expect

from conftest import DESKTOP, PHONE, Watched
from enclosing import NOTES, PICTURE, attach, ready, send
from gateway import Client, Gateway
from screen import composer, rows, say, settled, sign_in, streaming, until
from test_admin_channels import article, make
from test_everywhere import Elsewhere
from test_failover import asked, only_on
from test_linking import addresses
from test_lost import UNREACHABLE, Phone

THEMES = ("light", "dark")
#: A committed picture stays smaller than this, in bytes.
LARGEST = 250_000
#: A window in which a table and the code after it are both in sight.
TALL = {"width": 1280, "height": 1100}

#: Runs in an empty page: mean brightness (0 to 255) and how many different colours a picture has.
LOOK = """async (png) => {
  const image = new Image();
  image.src = 'data:image/png;base64,' + png;
  await image.decode();
  const canvas = new OffscreenCanvas(image.width, image.height);
  const paper = canvas.getContext('2d');
  paper.drawImage(image, 0, 0);
  const pixels = new Uint32Array(paper.getImageData(0, 0, image.width, image.height).data.buffer);
  let light = 0;
  for (const pixel of pixels) light += ((pixel & 255) + ((pixel >> 8) & 255) + ((pixel >> 16) & 255)) / 3;
  return { width: image.width, colours: new Set(pixels).size, brightness: light / pixels.length };
}"""

#: Holds once the fonts are there and nothing moves but what lives: the open end's breath.
AT_REST = """() => document.fonts.status === 'loaded' && document.getAnimations().every(
  (a) => a.playState !== 'running' || a.effect.getComputedTiming().iterations === Infinity)"""


class Picture(Struct, frozen=True):
    """What a picture looks like, in numbers."""

    size: int
    width: int
    colours: int
    brightness: float


class Album:
    """Where the pictures go: the folder named by GALLERY, else a temporary one."""

    def __init__(self, folder: Path, table: Page) -> None:
        self.folder = folder
        self.table = table

    def shoot(self, page: Page, name: str) -> None:
        """The screen in both themes, each looked at: something is on it, and dark is not light."""
        light, dark = (self._take(page, name, theme) for theme in THEMES)
        for picture in (light, dark):
            assert picture.colours > 60, f"{name} is blank: {picture}"
            assert picture.size < LARGEST, f"{name} is too large: {picture}"
        assert light.brightness > 190, f"{name} is not light: {light}"
        assert dark.brightness < 60, f"{name} is not dark: {dark}"

    def _take(self, page: Page, name: str, theme: str) -> Picture:
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        page.wait_for_function(AT_REST)
        file = self.folder / f"{name}-{theme}.png"
        png = page.screenshot(path=file, caret="hide")
        return Picture(len(png), **self.table.evaluate(LOOK, base64.b64encode(png).decode()))


@pytest.fixture
def album(tmp_path: Path, shared: Gateway, visit: Callable[..., Watched]) -> Album:
    folder = Path(os.environ.get("GALLERY") or tmp_path / "gallery").resolve()
    folder.mkdir(parents=True, exist_ok=True)
    return Album(folder, visit(shared).context.new_page())


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Gateway]:
    """A gateway of its own: nothing but the demo's data is in the pictures."""
    gateway = Gateway(tmp_path / "studio")
    gateway.folder.mkdir()
    yield gateway.start()
    gateway.stop()


def lost(operator: Client, customer: Client) -> None:
    """Somebody who has nothing but WhatsApp writes, and WhatsApp takes neither the welcome nor the answer."""
    asked(customer, "DELETE", "/api/v1/me/identities/demo-whatsapp-demo", {})
    phone = Phone(operator)
    phone.fails(UNREACHABLE)
    phone.writes("Which channels are supported today?")
    until(lambda: len(operator.get("/deliveries/lost")["items"]) == 2, what="what is lost")
    phone.fails("")


@pytest.mark.long
def test_every_screen_has_its_picture_in_both_themes(
    studio: Gateway, album: Album, visit: Callable[..., Watched]
) -> None:
    visitor = visit(studio, viewport=DESKTOP)
    page = visitor.context.new_page()
    page.goto("/")
    expect(page.get_by_role("button", name=re.compile("^Customer"))).to_be_visible()
    album.shoot(page, "sign-in")
    sign_in(page)
    expect(page.get_by_text("Can I stop an answer half way?")).to_be_visible()
    album.shoot(page, "home")

    page.get_by_role("link", name=re.compile("^Does a conversation survive")).click()
    expect(rows(page, "agent")).to_have_count(1)
    page.mouse.move(0, 0)
    say(page, "Which channels are supported today?")
    expect(rows(page, "agent")).to_have_count(2)
    expect(streaming(page)).to_contain_text("Telegram")
    album.shoot(page, "chat")
    settled(page)
    say(page, "How are deltas sent?")
    expect(rows(page, "agent")).to_have_count(3)
    settled(page)
    page.set_viewport_size(TALL)
    expect(page.locator(".prose pre")).to_be_in_viewport()
    expect(page.locator(".prose table")).to_be_in_viewport()
    album.shoot(page, "answered")
    page.set_viewport_size(DESKTOP)

    attach(page, PICTURE)
    ready(page, "roof.png")
    attach(page, NOTES)
    ready(page, "notes.txt")
    composer(page).fill("What do you see on the roof?")
    send(page)
    expect(rows(page, "agent")).to_have_count(4)
    settled(page)
    page.mouse.move(0, 0)
    album.shoot(page, "attached")

    page.get_by_role("button", name=re.compile("Answers go to")).click()
    page.get_by_role("menuitemradio", name=re.compile("Slack")).click()
    expect(page.get_by_text("Continued on Slack: you moved the talk")).to_be_visible()
    say(page, "Thank you")
    expect(rows(page, "agent")).to_have_count(5)
    settled(page)
    page.mouse.move(0, 0)
    album.shoot(page, "moved")
    page.goto("/lab?c=" + page.url.rsplit("/", 1)[1])
    expect(page.get_by_role("list", name="Messages in Slack")).to_contain_text("Thank you")
    say(page, "How does a conversation move to another channel?")
    expect(streaming(page)).to_contain_text("cursor on it")
    album.shoot(page, "lab")
    settled(page)
    talk = page.url.rsplit("=", 1)[1]
    page.goto("/me/channels")
    expect(addresses(page)).to_have_count(6)
    page.mouse.move(0, 0)
    album.shoot(page, "own-channels")
    client = studio.client("customer@demo.test")
    page.goto(f"/c/{talk}")
    only_on(client, talk, "whatsapp")
    asked(client, "PUT", "/lab/meta/switches", {"fail": "131026"})
    Elsewhere(client).whatsapp("What happens when a channel fails?")
    expect(page.locator("[data-slot=hop]")).to_contain_text("Sent by e-mail instead")
    settled(page)
    page.mouse.move(0, 0)
    album.shoot(page, "failed-over")
    asked(client, "PUT", "/lab/meta/switches", {})

    office = visit(studio, viewport=DESKTOP)
    desk = sign_in(office.context.new_page(), "Admin", "/admin/channels")
    desk.get_by_role("button", name="Send test").click()
    expect(desk.get_by_text(re.compile(r"\d+ ms"))).to_be_visible()
    album.shoot(desk, "channels")
    make(desk, "WhatsApp", "Meta")
    expect(article(desk).locator('[data-slot="set-up"]')).to_contain_text("Say hello")
    album.shoot(desk, "guide")

    pocket = visit(studio, viewport=PHONE, device_scale_factor=2, has_touch=True, is_mobile=True)
    phone = pocket.context.new_page()
    phone.goto("/")
    expect(phone.get_by_role("button", name=re.compile("^Customer"))).to_be_visible()
    album.shoot(phone, "phone-sign-in")
    sign_in(phone)
    album.shoot(phone, "phone-home")
    phone.goto(f"/c/{talk}")
    expect(phone.locator(".prose")).to_have_count(7)
    album.shoot(phone, "phone-chat")
    phone.get_by_role("button", name="Conversations").click()
    expect(phone.get_by_role("dialog", name="Conversations")).to_be_visible()
    album.shoot(phone, "phone-list")

    phone.goto("/lab")
    phone.get_by_role("tab", name=re.compile("Slack")).click()
    expect(phone.get_by_role("list", name="Messages in Slack")).to_contain_text("Thank you")
    album.shoot(phone, "phone-lab")

    lost(studio.client("operator@demo.test"), client)
    desk.goto("/failed")
    expect(desk.get_by_role("list", name="Messages that did not get through").get_by_role("listitem")).to_have_count(2)
    desk.keyboard.press("j")
    album.shoot(desk, "failed")
    desk.set_viewport_size(PHONE)
    album.shoot(desk, "phone-failed")

    page.goto(f"/c/{talk}")
    settled(page)
    visitor.link_may_fail = pocket.link_may_fail = office.link_may_fail = True
    studio.kill()
    expect(page.get_by_role("status").filter(has_text="Reconnecting")).to_be_visible()
    composer(page).fill("Is what I write now lost?")
    composer(page).press("Enter")
    expect(rows(page, "person").last).to_have_attribute("data-state", "waiting")
    album.shoot(page, "reconnecting")
