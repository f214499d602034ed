"""One conversation, every channel: it begins on the web, moves, is answered from each side, and comes back whole."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from conftest import Watched
from gateway import Client, Gateway, ask
from screen import begin, mine, rows, say, settled, sign_in, until
from test_slack import threads
from throughline.channels.gmail.render import render as as_mail
from throughline.channels.slack.render import shown
from throughline.channels.telegram.render import render as on_telegram
from throughline.channels.whatsapp_meta.render import render as on_whatsapp
from throughline.conversation.channel import LABELS, Post
from throughline.conversation.ids import ConversationId, MessageId

NUMBER, PHONE_OF_MAYA = "106540352242922", "447700900123"
MAILBOX, MAYA = "hello@harbour.example", "maya@lindqvist.example"
BOT, CHAT = "7000000001", "550123"
ARRIVED = {"accepted", "delivered", "read"}


class Elsewhere:
    """The customer's phone and mailbox: the stand-ins' person's side, over the lab's own way."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def state(self, provider: str) -> dict:
        return self._ask("GET", f"{provider}/state")

    def whatsapp(self, text: str) -> None:
        self._ask("POST", "meta/say", {"end": NUMBER, "person": PHONE_OF_MAYA, "text": text})

    def telegram(self, text: str) -> None:
        self._ask("POST", "telegram/say", {"end": BOT, "person": CHAT, "text": text})

    def mail(self, text: str, thread: str) -> None:
        self._ask("POST", "gmail/write", {"mailbox": MAILBOX, "person": MAYA, "text": text, "thread": thread})

    def slack(self, text: str, thread: str) -> None:
        self._ask("POST", "slack/say", {"user": "U0MAYA", "text": text, "thread_ts": thread})

    def mails(self, conversation_title: str) -> list[dict]:
        """The mails of the thread that was begun under this subject, oldest first."""
        found = [t for t in self.state("gmail")["threads"] if t["subject"].endswith(conversation_title)]
        return sorted((m for t in found for m in t["mails"]), key=lambda m: m["at"])

    def _ask(self, method: str, path: str, body: dict | None = None) -> dict:
        answer = ask(method, f"{self._client.url}/lab/{path}", json=body, headers=self._client.headers)
        answer.raise_for_status()
        return answer.json()


def owed(client: Client, conversation: str, channel: str) -> list[dict]:
    """The messages that a channel was to get, in the log's order; each has arrived."""
    log = {m["id"]: m for m in client.messages(conversation)}
    rows_ = [r for r in client.get(f"/conversations/{conversation}/deliveries")["items"] if r["channel"] == channel]
    assert {r["state"] for r in rows_} <= ARRIVED, rows_
    names = {r["message"] for r in rows_}
    assert len(names) == len(rows_)
    return [m for m in log.values() if m["id"] in names]


def as_post(message: dict, channel: str, conversation: str, title: str) -> Post:
    """A message as the courier has it."""
    elsewhere = message["author"]["kind"] == "person" and message["channel"] != channel
    return Post(
        ConversationId(conversation), MessageId(message["id"]), message["author"]["kind"], message["author"]["name"],
        message.get("purpose", "reply"), message["text"], LABELS[message["channel"]] if elsewhere else None,
        title=title,
    )  # fmt: skip


def words(text: str) -> str:
    """Without what a mail program does to lines."""
    return " ".join(text.split())


def each_side_has_what_it_is_owed(client: Client, conversation: str, title: str) -> None:
    """Every message once and in order, on every channel, in its own words."""
    there = Elsewhere(client)
    for channel, provider, render in (
        ("whatsapp", "meta", on_whatsapp), ("telegram", "telegram", on_telegram),
    ):  # fmt: skip
        wanted = [
            piece.text
            for message in owed(client, conversation, channel)
            for piece in render(as_post(message, channel, conversation, title))
        ]
        found = [m for m in there.state(provider)["messages"] if m["from"] == "us"]
        # Telegram's pane has the words; its marks are the client's to draw.
        said = [m.get("html") or m["text"] for m in sorted(found, key=lambda m: m["at"])]
        assert said == wanted, channel
        assert len(said) >= 2
    wanted = [
        words(piece.text)
        for message in owed(client, conversation, "gmail")
        for piece in as_mail(as_post(message, "gmail", conversation, title))
    ]
    mails = [m for m in there.mails(title) if not m["mine"]]
    assert [True] * len(wanted) == [words(m["text"]).startswith(w) for m, w in zip(mails, wanted, strict=True)]
    assert len(mails) >= 2
    on_slack = owed(client, conversation, "slack")
    assert len(on_slack) >= 10
    found_ = Counter[str]()
    texts: dict[str, str] = {}
    order: list[str] = []
    for message in (m for thread in threads(client, conversation) for m in thread if m["bot"]):
        name = ((message.get("metadata") or {}).get("event_payload") or {}).get("message", "")
        if name and name not in order:
            order.append(name)
        found_[name] += 1
        texts[name] = texts.get(name, "") + message["text"]
    wanted_ = [m["id"] for m in on_slack]
    assert [name for name in order if name in wanted_] == wanted_
    for message in on_slack:
        if message["author"]["kind"] != "person":
            assert texts[message["id"]] == shown(message["text"])


@pytest.fixture
def swift(tmp_path: Path, quick: dict[str, str]) -> Iterator[Gateway]:
    """A gateway of one's own whose model writes fast."""
    gateway = Gateway(tmp_path, **quick).start()
    yield gateway
    gateway.stop()


def test_a_talk_begins_on_the_web_moves_everywhere_and_comes_back(
    swift: Gateway, visit: Callable[..., Watched]
) -> None:
    page = sign_in(visit(swift).context.new_page())
    client = swift.client("customer@demo.test")
    there = Elsewhere(client)
    title = "Can we talk about channels?"
    conversation = begin(page, title)
    settled(page)

    move(page, "WhatsApp")
    until(lambda: len(ours(there, "meta")) == 1, what="the opening on WhatsApp")
    there.whatsapp("I am on my phone now")
    answered(page, 2)
    until(lambda: len(ours(there, "meta")) == 2, what="the answer on WhatsApp")

    move(page, "Gmail")
    until(lambda: len(there.mails(title)) == 1, what="the opening by mail")
    thread = next(t["id"] for t in there.state("gmail")["threads"] if t["subject"].endswith(title))
    there.mail("And now I answer by mail", thread)
    expect(mine(page, "And now I answer by mail")).to_be_visible()
    answered(page, 3)
    until(lambda: len(there.mails(title)) == 3, what="the answer by mail")

    move(page, "Slack")
    slack = threads(client, conversation)[-1][0]["thread_ts"] or threads(client, conversation)[-1][0]["ts"]
    there.slack("Back at work, in Slack", slack)
    expect(mine(page, "Back at work, in Slack")).to_be_visible()
    answered(page, 4)

    say(page, "continue on telegram")
    until(lambda: len(ours(there, "telegram")) >= 1, what="Telegram")
    there.telegram("On the train")
    answered(page, 5)

    say(page, "And home again, on the web")
    answered(page, 6)
    settled(page)
    active = [b["channel"] for b in bindings(client, conversation) if b["mode"] == "active"]
    assert active == ["web"]
    until(lambda: arrived(client, conversation), what="every delivery")
    each_side_has_what_it_is_owed(client, conversation, title)
    log = [m for m in client.messages(conversation) if m["author"]["kind"] == "person"]
    spoken = [row.locator(".whitespace-pre-wrap").first.inner_text() for row in rows(page, "person").all()]
    assert spoken == [m["text"] for m in log]
    assert rows(page, "agent").count() == 6


def move(page: Page, to: str) -> None:
    """Choose where answers go."""
    page.get_by_role("button", name=re.compile("Answers go to")).click()
    page.get_by_role("menuitemradio", name=re.compile(to)).click()
    expect(page.get_by_text(re.compile(f"^Continued on {to}")).last).to_be_visible()


def answered(page: Page, count: int) -> None:
    """So many answers are whole."""
    expect(rows(page, "agent")).to_have_count(count)
    settled(page)


def ours(there: Elsewhere, provider: str) -> list[dict]:
    """What we said there."""
    return [m for m in there.state(provider)["messages"] if m["from"] == "us"]


def bindings(client: Client, conversation: str) -> list[dict]:
    """As the API has them."""
    return client.get(f"/conversations/{conversation}/bindings")["items"]


def arrived(client: Client, conversation: str) -> bool:
    """Nothing is on its way any more."""
    return all(r["state"] in ARRIVED for r in client.get(f"/conversations/{conversation}/deliveries")["items"])
