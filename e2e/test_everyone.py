"""For everyone (X1 to X5): screen readers, keyboards, calm eyes, small and enlarged screens."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from conftest import DESKTOP, PHONE, Watched
from gateway import Gateway
from screen import answer, begin, composer, rows, say, settled, sign_in, streaming, until

AXE = Path(__file__).parents[1] / "frontend/node_modules/axe-core/axe.min.js"
NARROW = {"width": 320, "height": 640}
#: What a window of 1280 by 800 has left at 200 % zoom.
ENLARGED = {"viewport": {"width": 640, "height": 400}, "device_scale_factor": 2}
RICH = (
    "[[rate:500]][[say:A [link](https://example.org/path) and `code`.\n\n"
    "| channel | streams |\n|---|---|\n| web | yes |\n| Gmail | no |\n\n"
    "```python\nprint('a line that is long enough to need a scroll bar of its own on a phone', 1234567890)\n```]]"
)
LONG = "[[rate:120]] Write a long answer about "

#: Holds once nothing moves but what is meant to go on.
AT_REST = """() => document.getAnimations().every(
  (a) => a.playState !== 'running' || a.effect.getComputedTiming().iterations === Infinity)"""

#: Everything axe-core finds that is serious or critical, as "rule: element: why".
FAULTS = """async () => {
  const { violations } = await axe.run(document, { resultTypes: ['violations'] });
  return violations.filter((v) => v.impact === 'serious' || v.impact === 'critical').flatMap((v) =>
    v.nodes.map((n) => `${v.id}: ${n.target.join(' ')}: ${n.failureSummary}`));
}"""

#: How everything that can be focused looks now, with the two elements around it, and what is. Kept in the page.
REMEMBER = """() => {
  const look = (e) => { const s = getComputedStyle(e);
    return [s.outlineStyle === 'none' ? '' : s.outlineWidth + s.outlineColor, s.boxShadow].join(' ') };
  window.lookOf = (e) => [e, e.parentElement, e.parentElement?.parentElement].filter(Boolean).map(look);
  window.wasAt = document.activeElement;
  const stops = document.querySelectorAll('a[href], button, input, textarea, [tabindex], [role^=menuitem]');
  window.before = new Map([...stops].map((e) => [e, window.lookOf(e)]));
}"""

#: The focused element, whether it is in sight, and whether it looks different from before.
FOCUSED = """() => {
  const e = document.activeElement;
  if (!e || e === document.body) return null;
  const box = e.getBoundingClientRect();
  const was = window.before.get(e);
  const now = window.lookOf(e);
  return {
    name: e.getAttribute('aria-label') || e.textContent.trim().slice(0, 60) || e.name || e.tagName,
    seen: box.width > 4 && box.height > 4 && box.bottom > 0 && box.top < innerHeight
      && box.right > 0 && box.left < innerWidth,
    ringed: was === undefined || was.some((look, n) => look !== now[n]),
  };
}"""

#: What sticks out of the window sideways and can neither be scrolled to in a box of its own nor is cut with dots.
STICKS_OUT = """() => {
  const wide = document.scrollingElement;
  const found = wide.scrollWidth > innerWidth ? [`the page: ${wide.scrollWidth} > ${innerWidth}`] : [];
  const excused = (e) => { for (let at = e; at && at !== document.body; at = at.parentElement) {
    const s = getComputedStyle(at);
    if (s.textOverflow === 'ellipsis' || /auto|scroll/.test(s.overflowX)) return true;
    if (s.clipPath !== 'none' || s.clip !== 'auto') return true;
  } return false };
  for (const e of document.body.querySelectorAll('*')) {
    const box = e.getBoundingClientRect();
    if (box.width > 1 && box.height > 1 && (box.right > innerWidth + 1 || box.left < -1) && !excused(e))
      found.push(`${e.tagName} ${e.getAttribute('class')}: ${Math.round(box.left)} to ${Math.round(box.right)}`);
  }
  return found;
}"""

#: Gathers every text that live regions take, and how many such regions there are at most.
LISTEN = """() => {
  const regions = () => [...document.querySelectorAll(
    '[aria-live]:not([aria-live=off]), [role=status], [role=alert], [role=log], output')];
  window.told = []; window.regions = new Set();
  const read = () => {
    for (const e of regions()) {
      window.regions.add(`${e.dataset.slot}:${e.getAttribute('aria-live')}`);
      const words = e.textContent.trim();
      if (words && words !== e.told) window.told.push(words);
      e.told = words;
    }
  };
  read(); window.told = [];
  new MutationObserver(read).observe(document.body, { subtree: true, childList: true, characterData: true });
}"""

#: Looks at every frame while an answer streams: the names of all motion that runs.
WATCH_MOTION = """() => {
  window.moved = new Set(); window.frames = 0;
  const look = () => {
    if (document.querySelector('article[data-state=streaming] .prose')) {
      window.frames += 1;
      for (const a of document.getAnimations())
        if (a.playState === 'running') window.moved.add(a.animationName || a.transitionProperty);
    }
    requestAnimationFrame(look);
  };
  look();
}"""


def faults(page: Page) -> list[str]:
    """What axe-core holds against the screen as it is, in both themes."""
    found = []
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text("utf-8"))
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        page.wait_for_function(AT_REST)
        found += [f"{theme}: {fault}" for fault in page.evaluate(FAULTS)]
    return found


def test_axe_finds_nothing_serious_on_any_screen_in_either_theme(
    shared: Gateway, visit: Callable[..., Watched]
) -> None:
    page = visit(shared).context.new_page()
    page.goto("/")
    expect(page.get_by_role("button", name=re.compile("^Customer"))).to_be_visible()
    assert faults(page) == [], "sign-in"
    sign_in(page)
    expect(page.get_by_role("link", name=re.compile("^Can I stop"))).to_be_visible()
    assert faults(page) == [], "home"

    begin(page, RICH)
    settled(page)
    expect(page.locator(".prose table")).to_be_visible()
    expect(page.locator(".prose pre")).to_be_visible()
    assert faults(page) == [], "chat"

    page.get_by_role("link", name="link", exact=True).click()
    dialog = page.get_by_role("dialog", name="Leave Throughline?")
    expect(dialog).to_contain_text("example.org")
    assert faults(page) == [], "external link"
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)

    answer(page).focus()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard")).to_be_visible()
    assert faults(page) == [], "keyboard help"
    page.keyboard.press("Escape")

    page.get_by_role("button", name=re.compile("^Account")).click()
    expect(page.get_by_role("menu")).to_be_visible()
    assert faults(page) == [], "account menu"


def test_axe_finds_nothing_serious_on_a_phone(shared: Gateway, visit: Callable[..., Watched]) -> None:
    page = sign_in(visit(shared, viewport=PHONE).context.new_page(), at="/c/demo-demo-1")
    expect(page.locator(".prose").first).to_be_visible()
    assert faults(page) == [], "chat"

    page.get_by_role("button", name="Conversations").click()
    sheet = page.get_by_role("dialog", name="Conversations")
    expect(sheet.get_by_role("link", name=re.compile("^Can I stop"))).to_be_visible()

    assert faults(page) == [], "list"


def walk(page: Page, to: str, key: str = "Tab", most: int = 40) -> None:
    """Press a key until the element of that name has the focus; at every stop on the way the focus shows."""
    passed = []
    for _ in range(most):
        page.evaluate(REMEMBER)
        page.keyboard.press(key)
        page.wait_for_function("() => document.activeElement !== window.wasAt")
        page.wait_for_function(AT_REST)
        at = page.evaluate(FOCUSED)
        if at is None:
            continue
        assert at["seen"], f"{at['name']} has the focus out of sight"
        assert at["ringed"], f"{at['name']} does not show that it has the focus"
        passed.append(at["name"])
        if re.match(to, at["name"]):
            return
    raise AssertionError(f"{to} was not reached: {passed}")


def test_the_keyboard_alone_is_enough_and_always_shows_where_it_is(
    shared: Gateway, visit: Callable[..., Watched]
) -> None:
    page = visit(shared).context.new_page()
    page.goto("/")
    expect(page.get_by_role("button", name=re.compile("^Customer"))).to_be_visible()
    press = page.keyboard.press

    walk(page, "Customer")
    press("Enter")
    expect(page.get_by_role("link", name=re.compile("^Can I stop"))).to_be_visible()
    walk(page, "Message")
    page.keyboard.type("Write a long answer about keyboards")
    press("Enter")
    page.wait_for_url(re.compile("/c/"))
    streaming(page)
    press("Escape")
    expect(answer(page)).to_have_attribute("data-state", "stopped")
    expect(composer(page)).to_be_focused()

    walk(page, "Agent, on Web", "Shift+Tab")
    walk(page, "You, on Web", "ArrowUp", most=1)
    walk(page, "Can I stop", "Shift+Tab")
    press("Enter")
    page.wait_for_url(re.compile("/c/demo-demo-2$"))
    expect(page.get_by_role("heading", level=1, name=re.compile("^Can I stop"))).to_be_visible()
    expect(composer(page)).to_be_focused()

    walk(page, "Account|M", "Shift+Tab")
    press("Enter")
    expect(page.get_by_role("menu")).to_be_visible()
    walk(page, "Sign out", "ArrowDown")
    press("Enter")
    page.wait_for_url(re.compile("/login"))


def test_the_first_stop_leads_past_the_header_and_the_list(shared: Gateway, visit: Callable[..., Watched]) -> None:
    page = sign_in(visit(shared).context.new_page())
    page.reload()
    expect(page.get_by_role("link", name=re.compile("^Can I stop"))).to_be_visible()

    walk(page, "Skip to the conversation", most=1)
    page.keyboard.press("Enter")

    expect(page.get_by_role("main")).to_be_focused()
    walk(page, "What happens to my conversation", most=1)


def test_a_long_answer_is_told_at_most_twice_and_busy_while_it_streams(
    shared: Gateway, visit: Callable[..., Watched]
) -> None:
    page = sign_in(visit(shared).context.new_page(), at="/c/demo-demo-0")
    feed = page.get_by_role("feed")
    expect(feed).to_have_attribute("aria-busy", "false")
    before = rows(page, "agent").count()
    # What stands in for a list that is still coming says so too, and has gone before anybody reads.
    expect(page.locator("[role=status][aria-label^=Loading]")).to_have_count(0)
    page.evaluate(LISTEN)

    say(page, LONG + "streaming")
    streaming(page)
    expect(feed).to_have_attribute("aria-busy", "true")
    expect(rows(page, "agent")).to_have_count(before + 1)
    settled(page)
    expect(feed).to_have_attribute("aria-busy", "false")

    words = answer(page).locator(".prose").inner_text()
    assert len(words.split()) >= 300
    told = page.evaluate("window.told")
    assert 1 <= len(told) <= 2, told
    assert page.evaluate("[...window.regions]") == ["announcer:polite"], "one polite live region"


def test_who_wants_whole_answers_only_hears_one_thing_and_all_of_it(
    shared: Gateway, visit: Callable[..., Watched]
) -> None:
    page = sign_in(visit(shared).context.new_page(), at="/c/demo-demo-1")
    expect(page.locator(".prose").first).to_be_visible()
    page.get_by_role("button", name=re.compile("^Account")).click()
    page.get_by_role("menuitemcheckbox", name="Announce whole answers only").click()
    before = rows(page, "agent").count()
    page.evaluate(LISTEN)

    say(page, "[[rate:300]] Write a long answer about crashes")
    expect(rows(page, "agent")).to_have_count(before + 1)
    settled(page)

    told = page.evaluate("window.told")
    assert len(told) == 1, told
    last = answer(page).locator(".prose > *").last.inner_text()
    assert len(told[0].split()) >= 300
    assert told[0].endswith(" ".join(last.split()))


def moving(page: Page) -> set[str]:
    """All motion seen while an answer streams."""
    expect(page.get_by_role("feed")).to_be_visible()
    page.evaluate(WATCH_MOTION)
    say(page, LONG + "motion")
    streaming(page)
    until(lambda: page.evaluate("window.frames") > 30, what="thirty frames of an answer")
    page.keyboard.press("Escape")
    expect(answer(page)).to_have_attribute("data-state", "stopped")
    return set(page.evaluate("[...window.moved]"))


def test_nothing_moves_for_those_who_asked_for_it(shared: Gateway, visit: Callable[..., Watched]) -> None:
    calm = sign_in(visit(shared, reduced_motion="reduce").context.new_page(), at="/c/demo-demo-2")
    assert moving(calm) == set()

    lively = sign_in(visit(shared, reduced_motion="no-preference").context.new_page(), at="/c/demo-demo-2")
    assert {"breathe", "halo"} <= moving(lively), "for the others the open end lives"


@pytest.mark.parametrize("window", [{"viewport": NARROW}, ENLARGED], ids=["320 px", "200 %"])
def test_nothing_sticks_out_of_a_small_window(
    shared: Gateway, visit: Callable[..., Watched], window: dict[str, object]
) -> None:
    page = visit(shared, **window).context.new_page()
    page.goto("/")
    expect(page.get_by_role("button", name=re.compile("^Customer"))).to_be_visible()
    assert page.evaluate(STICKS_OUT) == [], "sign-in"
    sign_in(page)
    expect(page.get_by_role("link", name=re.compile("^Can I stop"))).to_be_visible()
    assert page.evaluate(STICKS_OUT) == [], "home"

    begin(page, RICH + " and_one_word_that_is_so_long_that_no_narrow_window_has_room_for_it_on_one_line")
    expect(rows(page, "agent")).to_have_count(1)
    settled(page)
    expect(page.locator(".prose pre")).to_be_visible()
    assert page.evaluate(STICKS_OUT) == [], "chat"
    expect(composer(page)).to_be_in_viewport(ratio=1)
    thread = page.locator("[data-slot=message-list]").bounding_box()
    assert thread is not None
    assert thread["height"] >= 120, "there is room to read"


def test_on_a_phone_the_panels_are_closed_and_come_when_asked(shared: Gateway, visit: Callable[..., Watched]) -> None:
    page = sign_in(visit(shared, viewport=PHONE).context.new_page(), at="/c/demo-demo-1")
    expect(page.locator(".prose").first).to_be_visible()
    expect(page.get_by_role("navigation", name="Conversations")).to_have_count(0)
    expect(page.get_by_role("complementary", name="Details")).to_have_count(0)

    for name, inside in (("Conversations", "Can I stop an answer half way?"), ("Details", "Answers come from")):
        button = page.get_by_role("button", name=name)
        panel = page.get_by_role("dialog", name=name)
        button.click()
        expect(panel.get_by_text(inside)).to_be_visible()
        assert page.evaluate(STICKS_OUT) == [], name
        page.keyboard.press("Escape")
        expect(panel).to_have_count(0)
        expect(button).to_be_focused()
        button.click()
        panel.get_by_role("button", name="Close").click()
        expect(panel).to_have_count(0)

    page.get_by_role("button", name="Conversations").click()
    page.get_by_role("dialog").get_by_role("link", name=re.compile("^Can I stop")).click()
    page.wait_for_url(re.compile("/c/demo-demo-2$"))
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_on_a_wide_screen_the_panels_stand_beside_the_thread(shared: Gateway, visit: Callable[..., Watched]) -> None:
    page = sign_in(visit(shared, viewport=DESKTOP).context.new_page(), at="/c/demo-demo-1")

    expect(page.get_by_role("navigation", name="Conversations")).to_be_visible()
    expect(page.get_by_role("complementary", name="Details")).to_be_visible()
    expect(page.get_by_role("button", name="Conversations", exact=True)).to_have_count(0)
