"""Two houses under one roof (X13): nothing of one is ever seen in the other."""

import json
import re
import uuid
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, WebSocket, expect

from conftest import Watched
from gateway import Client, Gateway
from screen import begin, say, settled, sign_in, sign_in_as

#: Every kind of page of the API that is about one conversation.
ABOUT = ("", "/events?after=0", "/export?format=json", "/export?format=md")


def overheard(page: Page) -> list[str]:
    """Every frame that reaches this page from now on, and the address of every answer."""
    heard: list[str] = []

    def on_socket(socket: WebSocket) -> None:
        socket.on("framereceived", lambda raw: heard.append(str(raw)))

    page.on("websocket", on_socket)
    page.on("response", lambda r: heard.append(r.url))
    return heard


def everything(client: Client) -> str:
    """All that the API shows someone, as one text."""
    listed = client.get("/conversations")
    found = [json.dumps(listed, ensure_ascii=False)]
    for item in listed["items"]:
        found.append(json.dumps(client.get(f"/conversations/{item['id']}"), ensure_ascii=False))
        found.append(json.dumps(client.events(item["id"]), ensure_ascii=False))
    return "\n".join(found)


def test_no_word_of_one_tenant_reaches_the_other(shared: Gateway, visit: Callable[..., Watched]) -> None:
    ours, theirs = (visit(shared).context.new_page() for _ in range(2))
    heard = {"demo": overheard(ours), "rival": overheard(theirs)}
    sign_in(ours)
    sign_in_as(theirs, "customer@rival.test")
    secret = {"demo": f"albatross-{uuid.uuid4().hex}", "rival": f"bittern-{uuid.uuid4().hex}"}
    rooms = {
        "demo": begin(ours, f"My word is {secret['demo']}"),
        "rival": begin(theirs, f"My word is {secret['rival']}"),
    }
    staff = visit(shared).context.new_page()
    loud = overheard(staff)
    sign_in_as(staff, "operator@rival.test")
    shared.client("operator@demo.test").say(rooms["demo"], f"Ana knows {secret['demo']}")
    shared.client("operator@rival.test").say(rooms["rival"], f"Lena knows {secret['rival']}")
    settled(ours)
    settled(theirs)
    # Something of their own must have come through last, so that what comes before it has come too.
    say(theirs, "and that was all")
    settled(theirs)

    expect(staff.get_by_role("navigation", name="Conversations")).to_contain_text("My word is bittern")
    expect(ours.get_by_role("main")).to_contain_text(secret["demo"])
    shown = {
        "demo": ours.locator("body").inner_text() + ours.title(),
        "rival": "".join(p.locator("body").inner_text() + p.title() for p in (theirs, staff)),
    }
    for tenant, other, their_names in (
        ("demo", "rival", ("Kofi", "Mensah", "Lena Fischer", "Sam Okafor", "Northwind")),
        ("rival", "demo", ("Maya", "Lindqvist", "Ana Torres", "Jonas Weber", "Harbour Travel", "demo-demo-")),
    ):
        seen = shown[tenant] + "\n".join(heard[tenant] + (loud if tenant == "rival" else []))
        seen += everything(shared.client(f"customer@{tenant}.test")) + everything(
            shared.client(f"operator@{tenant}.test")
        )
        assert secret[tenant] in seen, "the ears work"
        for word in (secret[other], rooms[other], *their_names):
            assert word not in seen, f"{word} of {other} in {tenant}"


@pytest.mark.parametrize("who", ["customer", "operator", "admin"])
def test_a_foreign_conversation_looks_like_one_that_never_was(
    who: str, shared: Gateway, visit: Callable[..., Watched]
) -> None:
    maya = shared.client("customer@demo.test")
    foreign = [item["id"] for item in maya.get("/conversations")["items"]]
    assert len(foreign) >= 3
    unknown = str(uuid.uuid4())
    page = sign_in_as(visit(shared).context.new_page(), f"{who}@rival.test")
    them = shared.client(f"{who}@rival.test")

    def screen(name: str) -> str:
        page.goto(f"/c/{name}")
        expect(page.get_by_text("There is no such conversation here.")).to_be_visible()
        expect(page.get_by_role("textbox", name="Message", exact=True)).to_have_count(0)
        # The list beside it goes on living: answers come, unread counts change.
        title = re.sub(r"^\(\d+\) ", "", page.title())
        return re.sub(r"\s+", " ", f"{page.get_by_role('main').inner_text()} {title}")

    nowhere = screen(unknown)
    assert "There is no such conversation here." in nowhere
    for name in foreign[:4]:
        assert screen(name) == nowhere
    for name in foreign:
        for path in ABOUT:
            status, body = them.status(f"/conversations/{name}{path}")
            assert status == 404
            assert body == them.status(f"/conversations/{unknown}{path}")[1]
