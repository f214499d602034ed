"""How a story attaches files: by the button, by a drop, by a paste; and what becomes of them on the screen."""

import base64
import struct
import zlib
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from conftest import Watched
from gateway import Gateway
from screen import composer, rows, sign_in, until

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
