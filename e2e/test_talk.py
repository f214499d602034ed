"""Talking (S1): send, stream, stop, reload, a second tab."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from conftest import Watched
from gateway import Gateway
from screen import answer, at_best, begin, composer, rows, say, settled, sign_in, streaming, text_of, until

#: Runs in the page: times from the key to the bubble and to "sent", and whether it stayed the same element.
WATCH_SEND = """(words) => {
  const sent = { pressed: 0, shown: 0, states: [], same: true };
  window.sent = sent;
  let mine = null;
  addEventListener('keydown', (e) => { if (e.key === 'Enter') sent.pressed ||= performance.now() }, true);
  const look = () => {
    const last = [...document.querySelectorAll('article[data-author="person"]')].at(-1);
    if (last && sent.pressed && last.textContent.includes(words)) {
      sent.shown ||= performance.now();
      mine ??= last;
      if (mine !== last) sent.same = false;
      const state = last.dataset.state;
      if (sent.states.at(-1) !== state) sent.states.push(state);
    }
    if (window.sent === sent) requestAnimationFrame(look);
  };
  look();
}"""

#: Runs in the page: every painted state of the streaming answer.
WATCH_STREAM = """() => {
  const painted = [];
  window.painted = painted;
  window.ackAt = 0; window.firstAt = 0;
  const look = () => {
    const row = document.querySelector('article[data-state="streaming"] .prose');
    const sent = [...document.querySelectorAll('article[data-author="person"]')].at(-1)?.dataset.state === 'sent';
    if (sent && !window.ackAt) window.ackAt = performance.now();
    if (row && row.innerText) {
      window.firstAt ||= performance.now();
      const text = row.innerText;
      if (painted.at(-1)?.text !== text) painted.push({ at: performance.now(), text });
    }
    if (window.painted === painted) requestAnimationFrame(look);
  };
  look();
}"""


def customer(shared: Gateway, visit: Callable[..., Watched]) -> Page:
    return sign_in(visit(shared).context.new_page())


@pytest.mark.timed
def test_my_message_shows_at_once_and_becomes_sent_in_place(shared: Gateway, visit: Callable[..., Watched]) -> None:
    page = customer(shared, visit)
    begin(page, "Hello!")
    settled(page)

    def shown_after(n: int) -> float:
        words = f"count my states, time {n}"
        page.evaluate(WATCH_SEND, words)
        say(page, words)
        # The watcher looks once a frame, and may come after us.
        until(lambda: page.evaluate("window.sent.states.at(-1)") == "sent", what="a frame with the sent message")
        seen = page.evaluate("window.sent")
        assert seen["states"] in (["sending", "sent"], ["sent"]), seen["states"]
        assert seen["same"], "the bubble stays the same element"
        expect(rows(page, "person").get_by_text(words)).to_have_count(1)
        settled(page)
        return seen["shown"] - seen["pressed"]

    assert at_best(shown_after, 100) <= 100


@pytest.mark.timed
def test_an_answer_paints_continuously_and_never_shows_raw_marks(
    shared: Gateway, visit: Callable[..., Watched]
) -> None:
    page = customer(shared, visit)
    begin(page, "Hello!")
    settled(page)

    def first_after(n: int) -> float:
        page.evaluate(WATCH_STREAM)
        say(page, "Compare the channels in a table, with a code example and **bold** words")
        expect(rows(page, "agent")).to_have_count(2 + n)
        settled(page)
        painted = page.evaluate("window.painted")
        lengths = {len(p["text"]) for p in painted if p["at"] <= painted[0]["at"] + 2000}
        assert len(lengths) >= 10, f"{len(lengths)} states in two seconds"
        for frame in painted:
            assert "**" not in frame["text"]
            assert "```" not in frame["text"]
            assert not re.search(r"\|\s*:?-{2,}", frame["text"])
        return page.evaluate("window.firstAt - window.ackAt")

    assert at_best(first_after, 500) <= 500


def test_stop_freezes_the_text_keeps_it_and_says_so(shared: Gateway, visit: Callable[..., Watched]) -> None:
    page = customer(shared, visit)
    conversation = begin(page, "Write a long answer about resuming a conversation")
    streaming(page)
    page.get_by_role("button", name="Stop the answer").click()
    stopped = answer(page)
    expect(stopped).to_have_attribute("data-state", "stopped")
    expect(stopped).to_contain_text(re.compile("stopped", re.IGNORECASE))
    expect(page.get_by_role("button", name="Send", exact=True)).to_be_visible()
    text = text_of(page, stopped)

    page.reload()

    expect(answer(page)).to_have_attribute("data-state", "stopped")
    assert text_of(page, answer(page)) == text
    log = shared.client("customer@demo.test").events(conversation)
    assert [e["body"]["outcome"] for e in log if e["kind"] == "turn_ended"] == ["stopped"]
    assert [e["body"]["text"] for e in log if e["kind"] == "message"][-1] == text


@pytest.mark.timed
def test_escape_stops_within_300_ms(shared: Gateway, visit: Callable[..., Watched]) -> None:
    page = customer(shared, visit)
    begin(page, "Hello!")
    settled(page)

    def stopped_after(n: int) -> float:
        say(page, "Write a long answer about what the log is")
        expect(rows(page, "agent")).to_have_count(2 + n)
        streaming(page)
        page.evaluate(WATCH_STREAM)
        until(lambda: page.evaluate("window.painted.length") > 3)
        pressed = page.evaluate("performance.now()")
        composer(page).press("Escape")
        expect(answer(page)).to_have_attribute("data-state", "stopped")
        return page.evaluate("window.painted.at(-1).at") - pressed

    assert at_best(stopped_after, 300) <= 300


def test_a_reload_in_mid_answer_goes_on_and_ends_equal_in_every_tab(
    shared: Gateway, visit: Callable[..., Watched]
) -> None:
    visitor = visit(shared)
    page = sign_in(visitor.context.new_page())
    conversation = begin(page, "Write a long answer about streaming")
    second = visitor.context.new_page()
    second.goto(f"/c/{conversation}")
    streaming(second)
    streaming(page)
    before = len(answer(page).inner_text())

    page.reload()

    streaming(page)
    assert len(answer(page).inner_text()) >= before, "the text goes on where it was"
    settled(page)
    settled(second)
    kept = shared.client("customer@demo.test").messages(conversation)[-1]["text"]
    assert text_of(page, answer(page)) == kept
    assert text_of(second, answer(second)) == kept


def test_both_tabs_closed_in_mid_answer_one_opened_again_sees_it_go_on(
    shared: Gateway, visit: Callable[..., Watched]
) -> None:
    visitor = visit(shared)
    page = sign_in(visitor.context.new_page())
    conversation = begin(page, "Write a long answer about closing tabs")
    streaming(page)
    page.close()

    back = visitor.context.new_page()
    back.goto(f"/c/{conversation}")

    streaming(back)
    settled(back)
    assert text_of(back, answer(back)) == shared.client("customer@demo.test").messages(conversation)[-1]["text"]


def test_what_the_agent_does_is_said_in_words_one_state_at_a_time(
    shared: Gateway, visit: Callable[..., Watched]
) -> None:
    page = customer(shared, visit)
    page.goto("/")
    page.evaluate(
        """() => { window.states = new Set(); window.most = 0; const look = () => {
             const found = document.querySelectorAll('[data-slot=agent-status]');
             window.most = Math.max(window.most, found.length);
             found.forEach((e) => window.states.add(e.dataset.state + ': ' + e.textContent));
             requestAnimationFrame(look) }; look() }"""
    )
    begin_without_loading(page)
    settled(page)
    expect(page.locator("[data-slot=agent-status]")).to_have_count(0)

    states = page.evaluate("[...window.states]")

    assert page.evaluate("window.most") == 1
    assert any(s.startswith("streaming: ") and "answering" in s for s in states), states


def begin_without_loading(page: Page) -> None:
    say(page, "Hello there!")
    page.wait_for_url(re.compile(r"/c/"))
