"""Failover as people see it: a gap in the line, an arc to the channel that took the message, and why; said once."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from conftest import Watched
from gateway import Client, Gateway, ask
from screen import answer, begin, mine, settled, sign_in, until
from test_everyone import faults
from test_everywhere import Elsewhere, bindings, ours


@pytest.fixture(scope="module")
def swift(tmp_path_factory: pytest.TempPathFactory, quick: dict[str, str]) -> Iterator[Gateway]:
    """A gateway of these stories' own whose model writes fast: they break its channels."""
    gateway = Gateway(tmp_path_factory.mktemp("failover"), **quick).start()
    yield gateway
    gateway.stop()


def asked(client: Client, method: str, path: str, body: dict) -> None:
    """Change something over the API."""
    ask(method, f"{client.url}{path}", json=body, headers=client.headers).raise_for_status()


def only_on(client: Client, conversation: str, channel: str) -> None:
    """Answers go there, and nowhere else unless that fails."""
    items = [
        {"id": b["id"], "mode": "active" if b["channel"] == channel else "standby"}
        for b in bindings(client, conversation)
    ]
    asked(client, "PUT", f"/api/v1/conversations/{conversation}/bindings", {"items": items})


def hops(client: Client, conversation: str) -> list[tuple[str, str, str]]:
    """From where to where, and why, as the log has it."""
    found = [e["body"] for e in client.events(conversation) if e["kind"] == "failed_over"]
    return [(body["origin"], body["to"], body["reason"]) for body in found]


def written(there: Elsewhere, title: str) -> int:
    """Mails of ours in the thread of this subject."""
    return len([m for m in there.mails(title) if not m["mine"]])


def test_an_answer_that_fails_arrives_once_elsewhere_and_the_line_says_why(
    swift: Gateway, visit: Callable[..., Watched]
) -> None:
    context = visit(swift).context
    page = sign_in(context.new_page())
    client = swift.client("customer@demo.test")
    there = Elsewhere(client)
    title = "What is a turn?"
    conversation = begin(page, title)
    settled(page)
    only_on(client, conversation, "whatsapp")
    until(lambda: len(ours(there, "meta")) == 1, what="the opening on WhatsApp")

    asked(client, "PUT", "/lab/meta/switches", {"fail": "131026"})
    there.whatsapp("What happens when a channel fails?")
    expect(mine(page, "What happens when a channel fails?")).to_be_visible()
    bridge = page.get_by_text("Sent by e-mail instead: WhatsApp did not take it", exact=True)
    expect(bridge).to_be_visible()
    expect(page.locator("[data-slot=announcer]")).to_have_text(re.compile("Sent by e-mail instead"))
    until(lambda: written(there, title) == 1, what="the answer by mail")
    answer(page).get_by_role("button", name="In Gmail").click()
    ladder = page.get_by_role("dialog")
    expect(ladder.get_by_role("region", name="On WhatsApp")).to_contain_text("Refused")
    expect(ladder.get_by_role("region", name="On WhatsApp")).to_contain_text("Passed on to another channel")
    expect(ladder.get_by_role("region", name="On Gmail")).to_contain_text("Taken by the channel")
    assert faults(page) == [], "the ladder of what went another way"
    page.keyboard.press("Escape")
    small = page.get_by_role("navigation", name="Conversations").get_by_role("link", name=re.compile(f"^{title}"))
    expect(small.get_by_role("img", name=re.compile("Gmail instead"))).to_be_visible()
    assert faults(page) == [], "the bridge, and the small line in the list"

    asked(client, "PUT", "/lab/meta/switches", {})
    there.whatsapp("Can I stop an answer half way?")
    until(lambda: len(ours(there, "meta")) == 2, what="the next answer on WhatsApp")
    settled(page)
    assert written(there, title) == 1
    assert hops(client, conversation) == [("whatsapp", "gmail", "undeliverable_131026")]

    asked(swift.client("admin@demo.test"), "PUT", "/api/v1/admin/delivery", {"unseen_after": 1})
    only_on(client, conversation, "web")
    page.close()
    client.say(conversation, "Where is my data stored?")
    until(lambda: written(there, title) == 2, what="what nobody saw, by mail")
    assert hops(client, conversation)[1:] == [("web", "gmail", "not_seen")]

    page = context.new_page()
    page.goto(f"/c/{conversation}")
    bridges = page.locator("[data-slot=hop]")
    expect(bridges).to_have_count(2)
    expect(bridges.first).to_contain_text("Sent by e-mail instead: WhatsApp did not take it")
    expect(bridges.last).to_contain_text("Sent by e-mail instead: no tab of yours was open")
    settled(page)
    assert (written(there, title), len(ours(there, "meta"))) == (2, 2)


def mode(page: Page, channel: str) -> Locator:
    """What a pane says comes there of the conversation."""
    return page.get_by_role("button", name=re.compile(f"^{channel} ")).last


def test_the_labs_fail_switch_shows_by_itself_where_an_answer_went(
    swift: Gateway, visit: Callable[..., Watched]
) -> None:
    page = sign_in(visit(swift).context.new_page(), at="/lab")
    page.goto(f"/lab?c={swift.client('customer@demo.test').begin()}")
    expect(mode(page, "Slack")).to_contain_text("Shown here too")
    page.get_by_text("What shall go wrong").click()
    page.get_by_role("group", name="Where").get_by_role("button", name="WhatsApp").click()
    page.get_by_label("Refuse").select_option("the phone cannot be reached")
    expect(page.get_by_text("1 thing goes wrong")).to_be_visible()
    note = page.get_by_role("region", name="WhatsApp fails")
    expect(note).to_contain_text("the other channels stand by")
    for channel in ("Slack", "Telegram"):
        expect(mode(page, channel)).to_contain_text("Only if another fails")
    assert faults(page) == [], "the note"

    note.get_by_role("button", name="Ask something in WhatsApp").click()
    words = "Sent by e-mail instead: WhatsApp did not take it"
    expect(page.locator("[data-slot=hop]")).to_contain_text(words)
    expect(note).to_contain_text(words)
    note.get_by_role("button", name="Look at Gmail").click()
    mail = page.get_by_role("list", name="Messages in Gmail").locator("iframe").last
    expect(mail).to_be_in_viewport()
    settled(page)
    said = answer(page).locator(".prose p").first.inner_text()
    expect(mail.content_frame.locator("body")).to_contain_text(said)

    note.get_by_role("button", name="Let it work again").click()
    expect(note).to_have_count(0)
    expect(page.get_by_text("Nothing: a good day")).to_be_visible()
    expect(mode(page, "Slack")).to_contain_text("Shown here too")
    expect(mode(page, "WhatsApp")).to_contain_text("Answers come here")
