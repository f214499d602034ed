"""Voice notes in the chat (S1.16): recorded, sent, listened to first, thrown away, refused."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, Playwright, expect

from conftest import DESKTOP, QUIET, Watched, chromium
from enclosing import chips, customer, opened, ready, send, uploads
from gateway import PATIENCE, Gateway
from screen import composer, rows, settled, until
from test_everyone import faults

MICROPHONE = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]


@pytest.fixture(scope="module")
def with_microphone(playwright: Playwright) -> Iterator[Browser]:
    """A browser with a microphone that hums."""
    running = playwright.chromium.launch(executable_path=chromium(), args=[*QUIET, *MICROPHONE])
    yield running
    running.close()


@pytest.fixture
def speaker(with_microphone: Browser, shared: Gateway) -> Iterator[Page]:
    """A customer who may speak, in a conversation."""
    context = with_microphone.new_context(base_url=shared.url, viewport=DESKTOP)  # type: ignore[arg-type]
    context.set_default_timeout(PATIENCE * 1000)
    watched = Watched(context, shared.url)
    page = opened(shared, context.new_page())
    yield page
    context.close()
    assert watched.complaints == [], "the console must stay silent"
    assert watched.strays == [], "no request leaves the origin"


def record(page: Page, seconds: int) -> Locator:
    """Start a voice note, and wait until it has this length."""
    page.get_by_role("button", name="Record a voice note").click()
    recorder = page.locator("[data-slot=recorder]")
    expect(recorder.get_by_role("timer")).to_contain_text(f"0:0{seconds}")
    return recorder


def test_a_voice_note_is_recorded_and_sent_with_what_was_said(speaker: Page, shared: Gateway) -> None:
    recorder = record(speaker, 2)
    level = recorder.locator("[data-slot=level]")
    until(lambda: float(level.evaluate("(e) => new DOMMatrix(getComputedStyle(e).transform).a")) > 0, what="a level")
    recorder.get_by_role("button", name="Stop and send").press("Enter")
    note = rows(speaker, "person").last
    expect(note.get_by_label("Voice note", exact=True)).to_be_visible()
    expect(note.locator("[data-slot=transcript]")).to_contain_text(re.compile(r"This is a voice note of \d+ seconds\."))
    expect(composer(speaker)).to_be_focused()
    player = note.locator("audio")
    until(lambda: player.evaluate("(a) => a.readyState >= 1"), what="the recording")
    settled(speaker)
    conversation = speaker.url.rsplit("/", 1)[1]
    part = shared.client("customer@demo.test").messages(conversation)[0]["parts"][0]
    assert (part["type"], part["media_type"], part["voice"]) == ("audio", "audio/webm", True)

    speaker.reload()

    expect(rows(speaker, "person").last.locator("[data-slot=transcript]")).to_contain_text(part["transcript"])


def test_a_voice_note_is_listened_to_before_it_is_sent_beside_words(speaker: Page) -> None:
    composer(speaker).fill("Listen to this")
    recorder = record(speaker, 1)
    recorder.get_by_role("button", name="Stop and listen").click()
    chip = ready(speaker, "Voice note")
    expect(chip.get_by_label("Listen to the voice note")).to_be_visible()
    expect(chip).to_contain_text("This is a voice note of")
    assert faults(speaker) == []
    expect(rows(speaker, "person")).to_have_count(0)

    sent = send(speaker)

    expect(sent).to_contain_text("Listen to this")
    expect(sent.locator("[data-slot=transcript]")).to_contain_text("This is a voice note of")


def test_escape_throws_a_voice_note_away_and_keeps_the_words(speaker: Page) -> None:
    asked = uploads(speaker)
    composer(speaker).fill("half a thought")
    record(speaker, 1)
    assert faults(speaker) == []
    speaker.keyboard.press("Escape")
    expect(speaker.locator("[data-slot=recorder]")).to_have_count(0)
    expect(composer(speaker)).to_be_focused()
    expect(composer(speaker)).to_have_value("half a thought")
    expect(chips(speaker)).to_have_count(0)
    record(speaker, 1).get_by_role("button", name="Cancel").click()
    expect(composer(speaker)).to_be_focused()
    assert asked == []
    expect(rows(speaker, "person")).to_have_count(0)


def test_where_the_microphone_is_refused_it_is_said_how_to_allow_it(
    shared: Gateway, visit: Callable[..., Watched]
) -> None:
    page = customer(shared, visit)
    page.evaluate(
        """() => { const blocked = new DOMException('no', 'NotAllowedError');
             navigator.mediaDevices.getUserMedia = () => Promise.reject(blocked) }"""
    )
    page.get_by_role("button", name="Record a voice note").click()
    expect(page.get_by_role("alert")).to_contain_text(
        "The microphone is blocked for this page. Allow it in the browser’s site settings"
    )
    page.get_by_role("button", name="Close").press("Enter")
    expect(composer(page)).to_be_focused()
