"""Stories in a real browser against a real gateway: nothing is mocked but the model's provider."""

import asyncio
import inspect
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from gateway import PATIENCE, Gateway, QuickModel

DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
#: Chromium must stay quiet: nothing but the page itself may talk to anyone.
QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
expect.set_options(timeout=PATIENCE * 1000)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """A story with a loop gets a thread of its own: the browser's driver may run its loop in this one by now."""
    story = pyfuncitem.obj
    if not inspect.iscoroutinefunction(story):
        return None
    given = {name: pyfuncitem.funcargs[name] for name in inspect.signature(story).parameters}
    ended: Future[None] = Future()

    def run() -> None:
        try:
            ended.set_result(asyncio.run(story(**given)))
        except BaseException as error:  # noqa: BLE001 - told where it is waited for
            ended.set_exception(error)

    # A daemon: a story that runs out of its time is left where it is.
    threading.Thread(target=run, daemon=True).start()
    ended.result()
    return True


def chromium() -> str | None:
    """The browser to drive: CHROMIUM_PATH, then an installed one, then Playwright's own."""
    given = os.environ.get("CHROMIUM_PATH")
    return given or next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    running = playwright.chromium.launch(executable_path=chromium(), args=QUIET)
    yield running
    running.close()


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """One gateway for all stories that do not hurt it."""
    gateway = Gateway(tmp_path_factory.mktemp("shared")).start()
    yield gateway
    gateway.stop()


@pytest.fixture(scope="session")
def quick() -> Iterator[dict[str, str]]:
    """The environment of a gateway whose model answers fast and outlives it."""
    model = QuickModel()
    yield model.environment
    model.close()


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Gateway]:
    """A gateway that this story may kill."""
    gateway = Gateway(tmp_path).start()
    yield gateway
    gateway.stop()


class Watched:
    """A browser context whose pages may neither complain on the console nor talk to anyone but the gateway."""

    def __init__(self, context: BrowserContext, origin: str) -> None:
        self.context = context
        self.origin = origin
        self.complaints: list[str] = []
        self.strays: list[str] = []
        #: Set while a story takes the server or the network away: the browser then reports refused connections itself.
        self.link_may_fail = False
        context.on("page", self._watch)

    def _watch(self, page: Page) -> None:
        page.on("console", lambda m: self._said(m.text) if m.type in {"error", "warning"} else None)
        page.on("pageerror", lambda e: self.complaints.append(f"uncaught: {e}"))
        page.on("request", lambda r: self._asked(r.url))

    def _said(self, text: str) -> None:
        network = any(word in text for word in ("ERR_", "WebSocket connection", "Failed to load resource"))
        if not (self.link_may_fail and network):
            self.complaints.append(text)

    def _asked(self, url: str) -> None:
        if not url.startswith((self.origin, self.origin.replace("http", "ws", 1), "data:", "blob:", "about:")):
            self.strays.append(url)


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Watched]]:
    """Open a browser of one's own on a gateway: `visit(gateway, viewport=…, color_scheme=…)`."""
    opened: list[Watched] = []

    def open_one(gateway: Gateway, **options: object) -> Watched:
        context = browser.new_context(base_url=gateway.url, **{"viewport": DESKTOP, **options})  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE * 1000)
        watched = Watched(context, gateway.url)
        opened.append(watched)
        return watched

    yield open_one
    for watched in opened:
        watched.context.close()
    assert [w.complaints for w in opened if w.complaints] == [], "the console must stay silent"
    assert [w.strays for w in opened if w.strays] == [], "no request leaves the origin"
