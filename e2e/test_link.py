"""The link breaks (S1.7-S1.9): the server dies or leaves, the network goes, a message is refused."""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from conftest import Watched
from gateway import Gateway, QuickModel
from screen import answer, banner, begin, composer, mine, rows, say, settled, sign_in, streaming, text_of, until

WRITTEN = ["first while away", "second while away", "third while away"]


#: Tokens a second: an answer that one can interrupt, and need not wait long for.
RATE = 90.0


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """A gateway for these stories alone, whose model outlives it."""
    model = QuickModel(RATE)
    gateway = Gateway(tmp_path_factory.mktemp("link"), **model.environment).start()
    yield gateway
    gateway.stop()
    model.close()


@pytest.fixture
def brisk(house: Gateway) -> Gateway:
    """It runs, whatever the story before did to it."""
    if house.process is None or house.process.poll() is not None:
        house.start()
    return house


def customer(gateway: Gateway, visit: Callable[..., Watched]) -> Page:
    """A signed-in page that may lose its link."""
    visitor = visit(gateway)
    visitor.link_may_fail = True
    return sign_in(visitor.context.new_page())


def said(gateway: Gateway, conversation: str) -> list[str]:
    """What the person said there, as the log has it."""
    messages = gateway.client("customer@demo.test").messages(conversation)
    return [m["text"] for m in messages if m["author"]["kind"] == "person"]


@pytest.mark.timed
def test_what_is_written_while_the_server_is_away_is_sent_once_and_in_order_when_it_is_back(
    brisk: Gateway, visit: Callable[..., Watched]
) -> None:
    page = customer(brisk, visit)
    conversation = begin(page, "before")
    settled(page)

    brisk.kill()
    killed = time.monotonic()
    expect(banner(page)).to_contain_text("Reconnecting…", timeout=2_000)
    for text in WRITTEN:
        say(page, text)
        expect(composer(page)).to_have_value("")
        expect(mine(page, text)).to_have_attribute("data-state", "waiting")
    page.wait_for_timeout(max(0.0, 5 - (time.monotonic() - killed)) * 1000)
    for text in WRITTEN:
        expect(mine(page, text)).to_have_attribute("data-state", "waiting")
    brisk.start()

    for text in WRITTEN:
        expect(mine(page, text)).to_have_attribute("data-state", "sent")
        expect(mine(page, text)).to_have_count(1)
    expect(banner(page)).to_have_count(0)
    settled(page)
    assert said(brisk, conversation) == ["before", *WRITTEN]
    assert rows(page, "person").locator(".whitespace-pre-wrap").all_inner_texts() == ["before", *WRITTEN]


def test_a_message_written_offline_in_a_closed_tab_is_sent_once_by_the_next_one(
    brisk: Gateway, visit: Callable[..., Watched]
) -> None:
    page = customer(brisk, visit)
    conversation = begin(page, "before")
    settled(page)
    context = page.context
    context.set_offline(True)
    expect(banner(page)).to_contain_text("You are offline")
    say(page, "written offline")
    expect(mine(page, "written offline")).to_have_attribute("data-state", "waiting")
    page.close()
    assert said(brisk, conversation) == ["before"], "it was still in this browser only"

    context.set_offline(False)
    back = context.new_page()
    back.goto(f"/c/{conversation}")

    expect(mine(back, "written offline")).to_have_attribute("data-state", "sent")
    settled(back)
    back.reload()
    expect(mine(back, "written offline")).to_have_count(1)
    assert said(brisk, conversation) == ["before", "written offline"]


class Refusing:
    """Stands between page and server: swallows the first `times` says with certain words and refuses them."""

    def __init__(self, page: Page, words: str, times: int = 1) -> None:
        self.words = words
        self.times = times
        self.ids: list[str] = []
        page.context.route_web_socket("**/api/v1/socket", self._between)

    def _between(self, here: WebSocketRoute) -> None:
        there = here.connect_to_server()

        def on_say(raw: str | bytes) -> None:
            frame = json.loads(raw)
            if frame["t"] == "say" and frame["text"] == self.words:
                self.ids.append(frame["id"])
                if len(self.ids) <= self.times:
                    refusal = {"t": "nack", "id": frame["id"], "code": "unsupported", "detail": "Not today."}
                    here.send(json.dumps(refusal))
                    return
            there.send(raw)

        here.on_message(on_say)


def test_a_refused_message_can_be_sent_again_under_the_same_id(brisk: Gateway, visit: Callable[..., Watched]) -> None:
    visitor = visit(brisk)
    page = visitor.context.new_page()
    refusing = Refusing(page, "please take this")
    sign_in(page)
    conversation = begin(page, "before")
    settled(page)
    say(page, "please take this")
    row = mine(page, "please take this")
    expect(row).to_have_attribute("data-state", "failed")
    expect(row).to_contain_text("Not today.")
    expect(row.get_by_role("button", name="Delete")).to_be_visible()
    assert said(brisk, conversation) == ["before"]

    row.get_by_role("button", name="Retry").click()

    expect(row).to_have_attribute("data-state", "sent")
    expect(row.get_by_role("button", name="Retry")).to_have_count(0)
    expect(row).to_have_count(1)
    assert said(brisk, conversation) == ["before", "please take this"]
    assert len(refusing.ids) == 2
    assert len(set(refusing.ids)) == 1, "the id is the idempotency key"
    log = brisk.client("customer@demo.test").messages(conversation)
    assert [m["id"] for m in log if m["text"] == "please take this"] == refusing.ids[:1]
    settled(page)


def test_a_refused_message_that_is_deleted_is_gone_for_good(brisk: Gateway, visit: Callable[..., Watched]) -> None:
    page = visit(brisk).context.new_page()
    refusing = Refusing(page, "better not", times=99)
    sign_in(page)
    conversation = begin(page, "before")
    settled(page)
    say(page, "better not")
    row = mine(page, "better not")
    expect(row).to_have_attribute("data-state", "failed")
    page.reload()
    expect(row).to_have_attribute("data-state", "failed")

    row.get_by_role("button", name="Delete").click()

    expect(row).to_have_count(0)
    page.reload()
    expect(mine(page, "before")).to_be_visible()
    expect(row).to_have_count(0)
    say(page, "after")
    expect(mine(page, "after")).to_have_attribute("data-state", "sent")
    settled(page)
    assert len(refusing.ids) == 1, "nobody tried it again"
    assert said(brisk, conversation) == ["before", "after"]


@pytest.mark.parametrize("end", ["kill", "drain"])
@pytest.mark.timed
def test_an_answer_that_the_server_left_in_the_middle_goes_on_when_it_is_back(
    end: str, brisk: Gateway, visit: Callable[..., Watched]
) -> None:
    page = customer(brisk, visit)
    conversation = begin(page, "Write a long answer about what survives a crash")
    streaming(page)
    until(lambda: len(answer(page).locator(".prose").inner_text()) > 60, what="some text")
    if end == "kill":
        brisk.kill()
    else:
        assert brisk.stop() == 0
    expect(banner(page)).to_be_visible(timeout=2_000)

    brisk.start()

    expect(banner(page)).to_have_count(0)
    settled(page)
    expect(rows(page, "agent")).to_have_count(1)
    client = brisk.client("customer@demo.test")
    replies = [m for m in client.messages(conversation) if m["author"]["kind"] == "agent"]
    assert len(replies) == 1
    assert text_of(page, answer(page)) == replies[0]["text"]
    log = client.events(conversation)
    assert [e["body"]["attempt"] for e in log if e["kind"] == "turn_started"] == [1, 2]
    assert Counter(e["body"]["outcome"] for e in log if e["kind"] == "turn_ended") == {"completed": 1}
    say(page, "still there?")
    expect(mine(page, "still there?")).to_have_attribute("data-state", "sent")
