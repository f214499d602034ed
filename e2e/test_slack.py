"""Slack joins, live, as a second channel: both sides, typed in turns, through kills."""

import json
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from conftest import PHONE, Watched
from gateway import Client, Gateway, ask
from screen import answer, begin, mine, rows, say, settled, sign_in, until
from throughline.channels.slack.render import shown

ACCOUNT = "/admin/channels/slack/accounts/demo-slack"
#: Something whose answer is long enough to be killed in the middle of it, however busy the machine is.
LONG = "how does a conversation move, what happens when a channel fails, and how do receipts work?"


def slack_composer(page: Page) -> Locator:
    """Where one writes in the Slack pane."""
    return page.get_by_role("textbox", name="Message in Slack")


def in_slack(page: Page) -> Locator:
    """What stands in the pane's thread."""
    return page.get_by_role("list", name="Messages in Slack").locator("> li")


def say_in_slack(page: Page, text: str) -> None:
    """Write and send there by Enter."""
    expect(page.get_by_role("button", name="Send in Slack")).to_be_visible()
    slack_composer(page).fill(text)
    slack_composer(page).press("Enter")
    expect(slack_composer(page)).to_have_value("")


def workspace(client: Client) -> dict:
    """Everything the stand-in holds, over the lab's own way."""
    answer = ask("GET", f"{client.url}/lab/slack/state", headers=client.headers)
    answer.raise_for_status()
    return answer.json()


def threads(client: Client, conversation: str) -> list[list[dict]]:
    """The threads that hold something of this conversation, each in order."""
    messages = sorted(
        (m for m in workspace(client)["messages"] if not m["deleted"]),
        key=lambda m: (m["thread_ts"] or m["ts"], m["ts"]),
    )
    roots = {
        m["thread_ts"] or m["ts"]
        for m in messages
        if ((m.get("metadata") or {}).get("event_payload") or {}).get("conversation") == conversation
    }
    return [[m for m in messages if (m["thread_ts"] or m["ts"]) == root] for root in sorted(roots)]


def appended(client: Client, conversation: str) -> Callable[[], bool]:
    """Whether what is being written there has grown since it was first looked at: its start is surely written down."""
    first: dict[str, int] = {}

    def grown() -> bool:
        for message in (m for thread in threads(client, conversation) for m in thread if m["bot"]):
            if message.get("streaming") and len(message["text"]) > first.setdefault(
                message["ts"], len(message["text"])
            ):
                return True
        return False

    return grown


def same_on_both_sides(client: Client, conversation: str) -> None:
    """The log's messages and the thread's: each once, in order, with equal text."""
    log = [m for m in client.messages(conversation) if m.get("purpose") != "notice"]
    (thread,) = threads(client, conversation)
    wanted = []
    for message in log:
        if message["author"]["kind"] == "person" and message["channel"] == "slack":
            wanted.append(("slack", message["text"]))
        elif message["author"]["kind"] == "person":
            wanted.append(("label", message["text"]))
        else:
            wanted.append((message["id"], shown(message["text"])))
    found: list[tuple[str, str]] = []
    for message in thread:
        payload = (message.get("metadata") or {}).get("event_payload") or {}
        if not message["bot"]:
            found.append(("slack", message["text"]))
        elif message["format"] == "mrkdwn" and "\n" in message["text"]:
            found.append(("label", message["text"].partition("\n")[2]))
        elif found and found[-1][0] == payload.get("message"):
            # The next segment of the same answer.
            found[-1] = (found[-1][0], found[-1][1] + message["text"])
        else:
            found.append((payload.get("message", ""), message["text"]))
    assert found == wanted
    assert [name for name, n in Counter(m["id"] for m in log).items() if n > 1] == []


def everything_accepted(client: Client, conversation: str) -> bool:
    """Nothing is on its way to Slack any more."""
    rows = client.get(f"/conversations/{conversation}/deliveries")["items"]
    return all(row["state"] in {"accepted", "delivered", "read"} for row in rows if row["channel"] == "slack")


def lab(own: Gateway, visit: Callable[..., Watched], **options: object) -> tuple[Watched, Page]:
    """The lab, as the demo customer."""
    watched = visit(own, **options)
    return watched, sign_in(watched.context.new_page(), at="/lab")


def start(page: Page, text: str) -> str:
    """A new conversation in the lab's web pane; its id."""
    name = begin(page, text)
    expect(mine(page, text)).to_have_attribute("data-state", "sent")
    page.goto(f"/lab?c={name}")
    return name


@pytest.mark.long
def test_typed_in_turns_and_killed_twice_both_sides_hold_the_same(own: Gateway, visit: Callable[..., Watched]) -> None:
    watched, page = lab(own, visit)
    watched.link_may_fail = True
    conversation = start(page, "First from the web")
    settled(page)
    say_in_slack(page, "Second from Slack")
    expect(mine(page, "Second from Slack")).to_be_visible()
    expect(rows(page, "agent")).to_have_count(2)
    settled(page)

    # Signed in before there is something to look at: it takes its time, and the token outlives the gateway.
    client = own.client("customer@demo.test")
    say(page, f"Third from the web: {LONG}")
    expect(mine(page, f"Third from the web: {LONG}")).to_have_attribute("data-state", "sent")
    # A start that a kill cuts off leaves its first words standing: said so in the guarantees, and no matter of this.
    until(appended(client, conversation), what="more than the stream's first words")
    own.kill()
    own.start()
    expect(rows(page, "agent")).to_have_count(3)
    settled(page)

    say_in_slack(page, f"Fourth from Slack: {LONG}")
    expect(mine(page, f"Fourth from Slack: {LONG}")).to_be_visible()
    until(appended(client, conversation), what="more than the stream's first words")
    own.kill()
    own.start()
    expect(rows(page, "agent")).to_have_count(4)
    settled(page)
    say(page, "Fifth from the web")
    expect(rows(page, "agent")).to_have_count(5)
    settled(page)

    until(lambda: everything_accepted(client, conversation), what="every delivery")
    same_on_both_sides(client, conversation)


def test_what_is_written_in_the_browser_streams_in_slack(shared: Gateway, visit: Callable[..., Watched]) -> None:
    _, page = lab(shared, visit)
    start(page, "How do channels work, in all detail?")

    growing = in_slack(page).locator('xpath=self::*[@data-state="streaming"]')
    expect(growing).to_be_visible()
    settled(page)
    expect(growing).to_have_count(0)
    assert in_slack(page).last.locator(".prose").inner_text() == answer(page).locator(".prose").inner_text()


def test_a_thread_begun_in_slack_is_a_conversation_in_the_browser(
    shared: Gateway, visit: Callable[..., Watched]
) -> None:
    _, page = lab(shared, visit)
    page.get_by_role("button", name="New thread in Slack").click()
    say_in_slack(page, "Begun over there")

    client = shared.client("customer@demo.test")
    until(lambda: any(c["title"] == "Begun over there" for c in client.get("/conversations")["items"]))
    found = next(c for c in client.get("/conversations")["items"] if c["title"] == "Begun over there")
    page.goto(f"/c/{found['id']}")
    expect(mine(page, "Begun over there")).to_be_visible()
    expect(mine(page, "Begun over there")).to_contain_text("Slack")
    expect(rows(page, "agent")).to_have_count(1)


@pytest.mark.timed
def test_the_talk_goes_on_elsewhere_by_one_choice(shared: Gateway, visit: Callable[..., Watched]) -> None:
    page = sign_in(visit(shared).context.new_page())
    conversation = begin(page, "Hello there")
    settled(page)

    page.get_by_role("button", name=re.compile("Answers go to")).click()
    page.get_by_role("menuitemradio", name=re.compile("Slack")).click()

    expect(page.get_by_text(re.compile("^Continued on Slack: you moved"))).to_be_visible(timeout=1_000)
    client = shared.client("customer@demo.test")
    active = [
        b["channel"] for b in client.get(f"/conversations/{conversation}/bindings")["items"] if b["mode"] == "active"
    ]
    assert active == ["slack"]


def test_a_words_command_moves_the_talk(shared: Gateway, visit: Callable[..., Watched]) -> None:
    page = sign_in(visit(shared).context.new_page())
    begin(page, "Hello there")
    settled(page)

    say(page, "continue on slack")
    expect(page.get_by_text(re.compile("^Continued on Slack: you moved"))).to_be_visible()
    say(page, "continue on whatsapp")
    expect(page.get_by_text(re.compile("WhatsApp")).last).to_be_visible()
    expect(rows(page, "agent")).to_have_count(1)


def test_the_ladder_tells_each_step_with_its_time(shared: Gateway, visit: Callable[..., Watched]) -> None:
    page = sign_in(visit(shared).context.new_page())
    begin(page, "Hello there")
    settled(page)

    expect(answer(page)).to_contain_text("In Slack")
    answer(page).get_by_text("In Slack").focus()
    ladder = page.get_by_role("dialog").or_(page.get_by_role("tooltip")).first
    expect(ladder).to_be_visible()
    expect(ladder).to_contain_text("Slack")
    expect(ladder).to_contain_text(re.compile(r"\d{1,2}:\d\d"))


def test_an_admin_switches_an_account_off_and_everybody_sees_it(own: Gateway, visit: Callable[..., Watched]) -> None:
    page = sign_in(visit(own).context.new_page(), "Admin", "/admin/channels")
    page.get_by_role("button", name="Send test").click()
    expect(page.get_by_text(re.compile(r"\d+ ms"))).to_be_visible()
    with page.expect_download() as kept:
        page.get_by_role("button", name="Download manifest").click()
    assert json.loads(Path(kept.value.path()).read_text())["settings"]["socket_mode_enabled"] is False
    page.get_by_role("button", name="Switch off").click()
    page.get_by_role("dialog").get_by_role("button", name=re.compile("Switch off")).click()
    expect(page.get_by_text(re.compile("Switched off|Off|disabled", re.I)).first).to_be_visible()

    admin = own.client("admin@demo.test")
    assert admin.get(ACCOUNT)["status"] == "disabled"
    assert "xoxb" not in str(admin.get(ACCOUNT))
    page.get_by_role("button", name="Switch on").click()
    until(lambda: admin.get(ACCOUNT)["enabled"])


def test_slack_that_fails_is_told_and_catches_up(own: Gateway, visit: Callable[..., Watched]) -> None:
    _, page = lab(own, visit)
    client = own.client("customer@demo.test")
    switches = {"http": 503}
    ask("PUT", f"{own.url}/lab/slack/switches", json=switches, headers=client.headers).raise_for_status()
    conversation = start(page, "Is anybody there?")
    settled(page)
    states = {
        r["state"] for r in client.get(f"/conversations/{conversation}/deliveries")["items"] if r["channel"] == "slack"
    }
    assert states
    assert states.isdisjoint({"delivered", "read"})
    ask("PUT", f"{own.url}/lab/slack/switches", json={}, headers=client.headers).raise_for_status()
    say(page, "And now?")
    settled(page)
    until(lambda: any(m["text"].endswith("And now?") for m in workspace(client)["messages"]))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_lab_fits_a_phone(scheme: str, shared: Gateway, visit: Callable[..., Watched]) -> None:
    _, page = lab(shared, visit, viewport=PHONE, color_scheme=scheme)
    page.get_by_role("tab", name=re.compile("Slack")).click()
    expect(slack_composer(page)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
