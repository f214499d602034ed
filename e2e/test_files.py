"""Files in the chat (S1.15): attached in three ways, refused, called off, taken back, sent, shown."""

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect

from conftest import Watched
from enclosing import NOTES, PICTURE, attach, chips, customer, drop, opened, paste, png, ready, send, shown, uploads
from gateway import Gateway
from screen import answer, composer, rows, settled, sign_in, until
from test_everyone import faults

LIMIT = 25_000_000


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
    until(lambda: int(bar.get_attribute("aria-valuenow") or 0) > 0, what="progress")
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

    expect(rows(page, "person").last).to_have_attribute("data-state", "sent")
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


def test_files_that_failed_were_refused_or_sent_shut_nobody_out(
    shared: Gateway, visit: Callable[..., Watched], tmp_path: Path
) -> None:
    visitor = visit(shared)
    page = opened(shared, visitor.context.new_page())
    attach(page, PICTURE, NOTES)
    ready(page, "roof.png")
    ready(page, "notes.txt")
    send(page)
    settled(page)
    visitor.link_may_fail = True
    visitor.context.set_offline(True)
    attach(page, PICTURE)
    expect(chips(page, "roof.png")).to_have_attribute("data-state", "failed")
    nothing = tmp_path / "nothing.txt"
    nothing.write_bytes(b"")
    attach(page, nothing)
    assert faults(page) == []
    visitor.context.set_offline(False)
    chips(page, "roof.png").get_by_role("button", name="Remove roof.png").click()
    page.get_by_role("button", name="Show roof.png larger").click()
    shown(page.get_by_role("dialog").get_by_role("img", name="roof.png"))
    assert faults(page) == []
