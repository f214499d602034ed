"""Quiet hours as people live with them: set by keyboard, kept, waited for in sight, and over for who opens the web."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from conftest import Watched
from gateway import Client, Gateway
from screen import begin, settled, sign_in, until
from test_everyone import faults
from test_everywhere import bindings
from test_failover import asked

HERE = "/me/channels"
#: The browser's own clock, an hour back and two hours on.
AROUND_NOW = """() => [-1, 2].map((hours) => new Date(Date.now() + hours * 3_600_000).toTimeString().slice(0, 5))"""


def keep_quiet(page: Page) -> tuple[str, str]:
    """Set hours that hold now, with nothing but the keyboard."""
    start, end = page.evaluate(AROUND_NOW)
    page.get_by_label("From", exact=True).fill(start)
    page.get_by_label("to", exact=True).fill(end)
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text=f"Quiet from {start} to {end}.")).to_be_visible()
    return start, end


def waiting(client: Client, conversation: str) -> list[str]:
    """Where something went to wait, as the log has it."""
    found = [e["body"] for e in client.events(conversation) if e["kind"] == "failed_over"]
    return [body["to"] for body in found if "until" in body]


def by_sms(client: Client, conversation: str) -> list[str]:
    """How what was owed there stands, in the log's order."""
    items = client.get(f"/conversations/{conversation}/deliveries")["items"]
    return [item["state"] for item in items if item["channel"] == "sms"]


@pytest.mark.long
def test_what_nobody_saw_at_night_waits_in_sight_and_does_not_ring_for_who_comes_back(
    own: Gateway, visit: Callable[..., Watched]
) -> None:
    client, context = own.client("customer@demo.test"), visit(own).context
    asked(own.client("admin@demo.test"), "PUT", "/api/v1/admin/delivery", {"unseen_after": 1})
    page = sign_in(context.new_page(), at=HERE)
    start, end = keep_quiet(page)
    assert faults(page) == [], "quiet hours"
    page.reload()
    expect(page.get_by_label("From", exact=True)).to_have_value(start)
    expect(page.get_by_label("to", exact=True)).to_have_value(end)

    page.goto("/")
    conversation = begin(page, "What is a turn?")
    settled(page)
    modes = {"web": "active", "sms": "standby"}
    items = [{"id": b["id"], "mode": modes.get(b["channel"], "off")} for b in bindings(client, conversation)]
    asked(client, "PUT", f"/api/v1/conversations/{conversation}/bindings", {"items": items})
    page.close()
    client.say(conversation, "Where is my data stored?")
    until(lambda: waiting(client, conversation) == ["sms"], what="an answer that waits")

    watch = sign_in(visit(own).context.new_page(), "Operator", f"/c/{conversation}")
    expect(watch.locator("[data-slot=hop]")).to_have_text(
        re.compile(r"^Waits until \d+:\d\d.[AP]M, quiet hours, then goes by SMS: no tab of theirs was open"),
    )
    assert faults(watch) == [], "a message that waits"

    page = context.new_page()
    page.goto(f"/c/{conversation}")
    expect(page.locator("[data-slot=hop]")).to_contain_text("Did not have to go by SMS")
    page.close()
    until(lambda: by_sms(client, conversation) == ["passed"], what="the end of its waiting")

    client.say(conversation, "Can I stop an answer half way?")
    until(lambda: len(waiting(client, conversation)) == 2, what="another one that waits")
    page = context.new_page()
    page.goto(HERE)
    page.get_by_role("button", name="Switch off").press("Enter")
    expect(page.get_by_role("status").filter(has_text="Quiet hours are off.")).to_be_visible()
    until(lambda: by_sms(client, conversation)[1:] in (["accepted"], ["delivered"]), what="what waited, by SMS")
    expect(watch.locator("[data-slot=hop]").last).to_contain_text("Sent by SMS after quiet hours")
