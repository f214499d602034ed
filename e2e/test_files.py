"""Files and voice notes in the chat (S1.15, S1.16): attached in three ways, sent, shown, heard."""

import base64
import re
import struct
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, Playwright, expect

from conftest import DESKTOP, QUIET, Watched, chromium
from gateway import Gateway
from screen import answer, composer, rows, settled, sign_in, until

MICROPHONE = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
LIMIT = 25_000_000

#: Runs in the page: a file of these bytes (base64), in a transfer as a drag or a paste has it.
TRANSFER = """([name, type, data]) => {
  const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
  const transfer = new DataTransfer();
  transfer.items.add(new File([bytes], name, { type }));
  return transfer;
}"""


def png(width: int, height: int) -> bytes:
    """A picture in one colour."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    line = b"\x00" + bytes((64, 138, 122)) * width
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(line * height)) + chunk(b"IEND", b"")
    )


PICTURE = {"name": "roof.png", "mimeType": "image/png", "buffer": png(64, 48)}
NOTES = {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"Two tiles are missing."}


def customer(gateway: Gateway, visit: Callable[..., Watched], **options: object) -> Page:
    """A customer in a conversation that nobody has said anything in yet."""
    return opened(gateway, visit(gateway, **options).context.new_page())


def opened(gateway: Gateway, page: Page) -> Page:
    """Sign in to an empty conversation."""
    sign_in(page, at=f"/c/{gateway.client('customer@demo.test').begin()}")
    expect(composer(page)).to_be_focused()
    return page


def attach(page: Page, *files: object) -> None:
    """By the button, as a person does."""
    with page.expect_file_chooser() as chosen:
        page.get_by_role("button", name="Attach files").click()
    chosen.value.set_files(list(files))  # type: ignore[arg-type]


def chips(page: Page, name: str | None = None) -> Locator:
    """What is attached to the next message."""
    found = page.locator("[data-slot=attachment-tray]").get_by_role("listitem")
    return found if name is None else found.filter(has_text=name)


def ready(page: Page, name: str) -> Locator:
    """Its chip, once the server has it."""
    expect(chips(page, name)).to_have_attribute("data-state", "ready")
    return chips(page, name)


def send(page: Page) -> Locator:
    """Send what is there; the message it became."""
    before = rows(page, "person").count()
    page.get_by_role("button", name="Send", exact=True).click()
    expect(rows(page, "person")).to_have_count(before + 1)
    sent = rows(page, "person").last
    expect(sent).to_have_attribute("data-state", "sent")
    return sent


def shown(picture: Locator) -> None:
    """Not only an element: its bytes came and are a picture."""
    expect(picture).to_be_visible()
    until(lambda: picture.evaluate("(i) => i.complete && i.naturalWidth > 0"), what="the picture")


def drop(page: Page, name: str, kind: str, body: bytes) -> None:
    """Drop a file onto the thread."""
    transfer = page.evaluate_handle(TRANSFER, [name, kind, base64.b64encode(body).decode()])
    place = page.locator("[data-slot=message-list]")
    place.dispatch_event("dragenter", {"dataTransfer": transfer})
    expect(page.get_by_text("Drop files to attach them")).to_be_visible()
    place.dispatch_event("drop", {"dataTransfer": transfer})
    expect(page.get_by_text("Drop files to attach them")).to_have_count(0)


def paste(page: Page, name: str, kind: str, body: bytes) -> None:
    """Paste a file among the words."""
    transfer = page.evaluate_handle(TRANSFER, [name, kind, base64.b64encode(body).decode()])
    composer(page).evaluate(
        "(area, clipboardData) => area.dispatchEvent(new ClipboardEvent('paste',"
        " { clipboardData, bubbles: true, cancelable: true }))",
        transfer,
    )


def uploads(page: Page) -> list[str]:
    """The uploads that this page asks for from now on."""
    found: list[str] = []
    page.on("request", lambda r: found.append(r.url) if r.method == "POST" and "/files?" in r.url else None)
    return found


def test_a_picture_attached_by_the_button_is_seen_by_the_model_and_shown_after_a_reload(
    shared: Gateway, visit: Callable[..., Watched]
) -> None:
    page = customer(shared, visit)
    attach(page, PICTURE)
    chip = ready(page, "roof.png")
    shown(chip.get_by_role("img", name="roof.png"))
    composer(page).fill("What is this?")
    sent = send(page)
    expect(chips(page)).to_have_count(0)
    shown(sent.get_by_role("img", name="roof.png"))
    expect(answer(page)).to_contain_text("I see a picture: PNG, 64 × 48.")
    settled(page)

    page.reload()

    again = rows(page, "person").last
    shown(again.get_by_role("img", name="roof.png"))
    again.get_by_role("button", name="Show roof.png larger").press("Enter")
    large = page.get_by_role("dialog", name="roof.png")
    shown(large.get_by_role("img", name="roof.png"))
    page.keyboard.press("Escape")
    expect(large).to_have_count(0)
    expect(again.get_by_role("button", name="Show roof.png larger")).to_be_focused()


def test_files_are_dropped_and_pasted_and_may_go_out_alone(
    shared: Gateway, visit: Callable[..., Watched], tmp_path: Path
) -> None:
    page = customer(shared, visit)
    drop(page, "notes.txt", "text/plain", NOTES["buffer"])  # type: ignore[arg-type]
    paste(page, "image.png", "image/png", png(20, 10))
    ready(page, "notes.txt")
    ready(page, "image.png")

    sent = send(page)

    shown(sent.get_by_role("img", name="image.png"))
    with page.expect_download() as saved:
        sent.get_by_role("button", name="Save file notes.txt").click()
    assert saved.value.suggested_filename == "notes.txt"
    saved.value.save_as(tmp_path / "notes.txt")
    assert (tmp_path / "notes.txt").read_bytes() == NOTES["buffer"]
    expect(answer(page)).to_contain_text("I see a picture: PNG, 20 × 10.")


def test_what_is_over_a_limit_is_refused_before_it_is_uploaded(
    shared: Gateway, visit: Callable[..., Watched], tmp_path: Path
) -> None:
    page = customer(shared, visit)
    asked = uploads(page)
    film, nothing = tmp_path / "film.mov", tmp_path / "nothing.txt"
    with film.open("wb") as out:
        out.truncate(LIMIT + 1)
    nothing.write_bytes(b"")

    attach(page, film, nothing)

    refused = page.locator("[data-slot=refused-files]")
    expect(refused).to_contain_text("“film.mov” has 26 MB. A file may have 25 MB.")
    expect(refused).to_contain_text("“nothing.txt” is empty")
    expect(chips(page)).to_have_count(0)
    refused.get_by_role("button", name="Dismiss").click()
    expect(refused).to_have_count(0)

    small = [{"name": f"{n}.txt", "mimeType": "text/plain", "buffer": b"x"} for n in range(12)]
    attach(page, *small)
    expect(refused).to_contain_text("A message takes 10 files: 2 files were left out.")
    expect(chips(page)).to_have_count(10)
    ready(page, "9.txt")
    until(lambda: len(asked) == 10, what="ten uploads")


def test_an_upload_tells_how_far_it_is_keeps_the_message_back_and_can_be_called_off(
    shared: Gateway, visit: Callable[..., Watched]
) -> None:
    page = customer(shared, visit)
    slow = page.context.new_cdp_session(page)
    slow.send("Network.enable")
    slow.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 400_000},
    )
    attach(page, {"name": "long.bin", "mimeType": "application/octet-stream", "buffer": bytes(5_000_000)})
    composer(page).fill("with this")
    bar = page.get_by_role("progressbar", name="Upload of long.bin")
    until(lambda: int(bar.get_attribute("aria-valuenow") or 0) > 0, 15, "progress")
    send_button = page.get_by_role("button", name="Send", exact=True)
    expect(send_button).to_have_attribute("aria-disabled", "true")
    expect(send_button).to_have_accessible_description(re.compile("Uploading long.bin"))
    composer(page).press("Enter")
    expect(rows(page, "person")).to_have_count(0)

    with page.expect_event("requestfailed", lambda r: "/files?" in r.url):
        page.get_by_role("button", name="Cancel the upload of long.bin").press("Enter")

    expect(chips(page)).to_have_count(0)
    expect(composer(page)).to_be_focused()
    expect(composer(page)).to_have_value("with this")
    slow.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1},
    )
    slow.detach()
    sent = send(page)
    expect(sent.locator("[data-part]")).to_have_count(0)


def test_without_a_connection_an_upload_says_so_and_is_retried_with_the_words_kept(
    shared: Gateway, visit: Callable[..., Watched]
) -> None:
    visitor = visit(shared)
    page = opened(shared, visitor.context.new_page())
    visitor.link_may_fail = True
    # What draws the chip is there already.
    attach(page, PICTURE)
    ready(page, "roof.png")
    visitor.context.set_offline(True)
    attach(page, NOTES)
    composer(page).fill("Both of these")
    failed = chips(page, "notes.txt")
    expect(failed).to_have_attribute("data-state", "failed")
    expect(failed).to_contain_text("No connection. Retry when it is back.")
    expect(page.locator("[data-slot=files-said]")).to_contain_text("notes.txt was not uploaded.")

    visitor.context.set_offline(False)
    failed.get_by_role("button", name="Retry notes.txt").click()

    ready(page, "notes.txt")
    sent = send(page)
    expect(sent).to_contain_text("Both of these")
    expect(sent.locator("[data-part]")).to_have_count(2)


def test_what_was_uploaded_goes_out_with_a_message_that_waited_for_the_link(
    shared: Gateway, visit: Callable[..., Watched]
) -> None:
    visitor = visit(shared)
    page = opened(shared, visitor.context.new_page())
    conversation = page.url.rsplit("/", 1)[1]
    attach(page, PICTURE)
    ready(page, "roof.png")
    visitor.link_may_fail = True
    visitor.context.set_offline(True)
    composer(page).fill("On my way")
    composer(page).press("Enter")
    waiting = rows(page, "person").last
    expect(waiting).to_have_attribute("data-state", "waiting")

    visitor.context.set_offline(False)

    expect(rows(page, "person").last).to_have_attribute("data-state", "sent", timeout=30_000)
    said = [m for m in shared.client("customer@demo.test").messages(conversation) if m["text"] == "On my way"]
    assert [[part["name"] for part in m["parts"]] for m in said] == [["roof.png"]]


def test_a_file_begins_a_conversation_with_the_words_that_were_written(
    shared: Gateway, visit: Callable[..., Watched]
) -> None:
    page = sign_in(visit(shared).context.new_page())
    composer(page).fill("Look at this")
    attach(page, PICTURE)
    page.wait_for_url(re.compile(r"/c/"))
    ready(page, "roof.png")
    expect(composer(page)).to_have_value("Look at this")
    shown(send(page).get_by_role("img", name="roof.png"))


def test_what_is_attached_can_be_taken_back_and_is_then_gone_from_the_server(
    shared: Gateway, visit: Callable[..., Watched]
) -> None:
    page = customer(shared, visit)
    with page.expect_response(lambda r: "/files?" in r.url) as told:
        attach(page, PICTURE)
    file = told.value.json()["id"]
    ready(page, "roof.png")

    with page.expect_response(lambda r: r.request.method == "DELETE") as dropped:
        page.get_by_role("button", name="Remove roof.png").click()

    assert dropped.value.status == 204
    assert shared.client("customer@demo.test").status(f"/files/{file}/link")[0] == 404
    expect(chips(page)).to_have_count(0)


def test_on_a_phone_everything_fits_and_is_large_enough_to_touch(
    shared: Gateway, visit: Callable[..., Watched]
) -> None:
    page = customer(shared, visit, viewport={"width": 390, "height": 844}, has_touch=True)
    attach(page, PICTURE, NOTES)
    ready(page, "roof.png")
    ready(page, "notes.txt")
    for name in ("Attach files", "Record a voice note", "Send", "Remove roof.png"):
        box = page.get_by_role("button", name=name, exact=True).bounding_box()
        assert box is not None, name
        assert min(box["width"], box["height"]) >= 44, (name, box)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    sent = send(page)
    shown(sent.get_by_role("img", name="roof.png"))
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


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
    context.set_default_timeout(15_000)
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
    expect(recorder.get_by_role("timer")).to_contain_text(f"0:0{seconds}", timeout=20_000)
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
    expect(rows(speaker, "person")).to_have_count(0)

    sent = send(speaker)

    expect(sent).to_contain_text("Listen to this")
    expect(sent.locator("[data-slot=transcript]")).to_contain_text("This is a voice note of")


def test_escape_throws_a_voice_note_away_and_keeps_the_words(speaker: Page) -> None:
    asked = uploads(speaker)
    composer(speaker).fill("half a thought")
    record(speaker, 1)
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
