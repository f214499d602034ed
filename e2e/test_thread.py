"""Reading a thread (S1.10, S1.11, S1.21-S1.23): scrolling away, a very long one, hostile words, drafts, the unread."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from conftest import Watched
from gateway import Gateway
from screen import answer, composer, mine, rows, say, settled, sign_in, sign_in_as, streaming, until
from seeding import long_talk

#: Questions of the very long talk; each has an answer, so it is twice as many messages.
PAIRS = 2_500
NEEDLE = "The heron stands on one leg."
JUMP = re.compile(r"^Jump to latest")

#: Runs in every page from its first moment: when the thread's last message stood there, since the navigation began.
WATCH_OPEN = """() => {
  window.openedAt = 0; window.most = 0;
  const look = () => {
    const rows = document.querySelectorAll('article[data-kind=message]');
    window.most = Math.max(window.most, rows.length);
    if (document.querySelector('article[data-id="deep-answer-LAST"]')) window.openedAt ||= performance.now();
    requestAnimationFrame(look);
  };
  look();
}""".replace("LAST", str(PAIRS - 1))  # fmt: skip

HOSTILE = """Words of **Ana**.

<script>window.owned = 'script'</script><img src=x onerror="window.owned = 'onerror'">

[a trap](javascript:window.owned='link') and [another](data:text/html,<script>window.owned='data'</script>)

![a beacon](https://spy.example/pixel.png) and [the way out](https://away.example/path?q=1)"""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """A gateway with a very long conversation and one of sixty messages."""
    folder = tmp_path_factory.mktemp("library")
    gateway = Gateway(folder).start()
    gateway.stop()
    deep = [(f"Question {n}?", NEEDLE if n == 7 else f"Answer **{n}**.\n\n- short\n- and plain") for n in range(PAIRS)]
    long_talk(folder, "deep", deep)
    long_talk(folder, "some", [(f"Item {n}?", f"Item {n} is in place. " * 6) for n in range(30)])
    gateway.start()
    yield gateway
    gateway.stop()


def scroller(page: Page) -> Locator:
    return page.get_by_role("feed", name="Messages").locator("xpath=..")


def top_of(page: Page, row: str) -> float:
    """Where a row stands in the window, in pixels."""
    return page.evaluate("(id) => document.querySelector(`[data-id='${id}']`).getBoundingClientRect().top", row)


def row_in_view(page: Page) -> str:
    """The id of the row in the middle of the list."""
    return page.evaluate(
        """() => { const box = document.querySelector('[data-slot=message-list]').getBoundingClientRect();
             return document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2)
               .closest('[data-slot=row]').dataset.id }"""
    )


def at_end(page: Page) -> bool:
    return page.evaluate(
        """() => { const area = document.querySelector('[data-slot=message-list]');
             return area.scrollHeight - area.scrollTop - area.clientHeight <= 2 }"""
    )


def test_who_reads_above_is_left_in_peace_and_told_what_came(library: Gateway, visit: Callable[..., Watched]) -> None:
    page = sign_in(visit(library).context.new_page(), at="/c/some")
    expect(rows(page).last).to_be_visible()
    say(page, "Write a long answer about reading in peace")
    writing = streaming(page)
    assert at_end(page), "who reads at the end stays there"
    expect(page.get_by_role("button", name=JUMP)).to_have_count(0)

    scroller(page).hover()
    page.mouse.wheel(0, -900)
    jump = page.get_by_role("button", name=JUMP)
    expect(jump).to_have_text("Jump to latest")
    until(lambda: page.evaluate(STILL), what="the end of the scrolling")
    held = row_in_view(page)
    before, length = top_of(page, held), len(writing.inner_text())
    places: list[float] = []
    ana = library.client("operator@demo.test")
    for n in range(3):
        ana.say("some", f"A word from Ana, number {n + 1}.")
        expect(jump).to_have_text(f"Jump to latest ({n + 1})")
        places.append(top_of(page, held))
    until(lambda: len(writing.inner_text()) > length + 60, what="more of the answer")
    places.append(top_of(page, held))

    assert [p for p in places if abs(p - before) > 2] == [], f"{before} became {places}"
    jump.click()
    expect(jump).to_have_count(0)
    until(lambda: at_end(page), what="the end")
    expect(rows(page, "member").last).to_contain_text("number 3.")
    expect(rows(page, "member").last).to_be_in_viewport()
    page.get_by_role("button", name="Stop the answer").click()
    expect(answer(page)).to_have_attribute("data-state", "stopped")


#: Runs in the page: whether the list stood still for three frames.
STILL = """async () => {
  const area = document.querySelector('[data-slot=message-list]');
  const before = area.scrollTop;
  for (let n = 0; n < 3; n++) await new Promise(requestAnimationFrame);
  return area.scrollTop === before;
}"""


@pytest.mark.timed
def test_a_thread_of_5000_messages_opens_fast_stays_small_and_can_be_searched(
    library: Gateway, visit: Callable[..., Watched]
) -> None:
    visitor = visit(library)
    page = sign_in(visitor.context.new_page())
    page.add_init_script(f"({WATCH_OPEN})()")

    page.goto("/c/deep")
    expect(rows(page).last).to_contain_text(f"Answer {PAIRS - 1}.")
    opened = page.evaluate("window.openedAt")
    page.keyboard.press("Control+f")
    field = page.get_by_role("searchbox", name="Find in this conversation")
    field.fill("heron")
    hit = page.locator("article[data-hit]")
    expect(hit).to_contain_text(NEEDLE)

    expect(hit).to_be_in_viewport()
    expect(hit).to_have_attribute("data-id", "deep-answer-7")
    expect(page.get_by_text("1 of 1", exact=True)).to_be_visible()
    assert page.evaluate("window.most") <= 200
    assert 0 < opened <= 1_500, f"opened after {opened:.0f} ms"
    print(f"opened after {opened:.0f} ms, at most {page.evaluate('window.most')} rows")


def test_words_cannot_act_and_links_away_ask_first(library: Gateway, visit: Callable[..., Watched]) -> None:
    page = sign_in(visit(library).context.new_page())
    maya = library.client("customer@demo.test")
    conversation = maya.begin()
    library.client("operator@demo.test").say(conversation, HOSTILE)

    page.goto(f"/c/{conversation}")

    row = rows(page, "member").last
    expect(row).to_contain_text("Words of Ana.")
    expect(row).to_contain_text("<script>window.owned")
    for trap in ("a trap", "another"):
        row.get_by_text(trap, exact=True).click()
    assert row.locator("script, img, iframe, [onerror]").count() == 0
    hrefs = [a.get_attribute("href") or "" for a in row.locator("a").all()]
    assert {h.split(":")[0] for h in hrefs} == {"https"}
    assert page.evaluate("window.owned") is None
    for name, host in (("the way out", "away.example"), (re.compile("a beacon"), "spy.example")):
        row.get_by_role("link", name=name).click()
        asked = page.get_by_role("dialog")
        expect(asked).to_be_visible()
        expect(asked.get_by_text(host, exact=True)).to_be_visible()
        asked.get_by_role("button", name="Stay here").click()
        expect(asked).to_have_count(0)
    assert page.url.endswith(f"/c/{conversation}")
    assert len(page.context.pages) == 1


def test_each_conversation_keeps_its_own_draft_over_a_reload(library: Gateway, visit: Callable[..., Watched]) -> None:
    page = sign_in(visit(library).context.new_page(), at="/c/demo-demo-0")
    for name, words in (("demo-demo-0", "half a thought"), ("demo-demo-1", "another\nhalf")):
        page.goto(f"/c/{name}")
        composer(page).fill(words)
    page.reload()
    expect(composer(page)).to_have_value("another\nhalf")
    page.get_by_role("navigation", name="Conversations").get_by_role(
        "link", name=re.compile("close the browser")
    ).click()
    page.wait_for_url(re.compile("demo-demo-0$"))
    expect(composer(page)).to_have_value("half a thought")

    composer(page).press("Enter")

    expect(mine(page, "half a thought")).to_have_attribute("data-state", "sent")
    settled(page)
    page.reload()
    expect(rows(page).last).to_be_visible()
    expect(composer(page)).to_have_value("")
    page.goto("/c/demo-demo-1")
    expect(composer(page)).to_have_value("another\nhalf")


@pytest.mark.timed
def test_what_is_unread_is_counted_and_divided_and_read_in_all_tabs_at_once(
    library: Gateway, visit: Callable[..., Watched]
) -> None:
    kofi, lena = (library.client(f"{who}@rival.test") for who in ("customer", "operator"))
    conversation = kofi.begin()
    lena.say(conversation, "An old word, read already.")
    visitor = visit(library)
    page = sign_in_as(visitor.context.new_page(), "customer@rival.test", at=f"/c/{conversation}")
    expect(rows(page, "member")).to_have_count(1)
    page.get_by_role("link", name="New conversation", exact=True).click()
    page.wait_for_url(re.compile("/$"))
    other = visitor.context.new_page()
    other.goto("/")
    item = other.get_by_role("navigation", name="Conversations").get_by_role("link", name=re.compile("word"))
    expect(item).to_be_visible()
    expect(other).to_have_title("Throughline")

    for n in (1, 2):
        lena.say(conversation, f"A new word, number {n}.")
        for tab in (page, other):
            expect(tab).to_have_title(f"({n}) Throughline")
            expect(tab.get_by_text(f"{n} unread", exact=True)).to_be_visible()
    page.get_by_role("navigation", name="Conversations").get_by_role("link", name=re.compile("word")).click()

    expect(page.locator('article[data-kind="unread"]')).to_contain_text("2 new messages")
    expect(other).to_have_title("Throughline", timeout=1_000)
    expect(other.get_by_text(re.compile("unread"))).to_have_count(0)
    order = page.locator("article[data-slot=row]").evaluate_all("rows => rows.map((r) => r.dataset.kind)")
    assert order[-4:] == ["message", "unread", "message", "message"]
