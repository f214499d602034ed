"""Signing in (S0)."""

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect

from conftest import Watched
from gateway import Gateway
from screen import sign_in


def test_demo_mode_offers_three_identities_and_says_what_it_is(shared: Gateway, visit: Callable[..., Watched]) -> None:
    page = visit(shared).context.new_page()
    page.goto("/")

    for who in ("Customer", "Operator", "Admin"):
        expect(page.get_by_role("button", name=re.compile(f"^{who}"))).to_be_visible()
    expect(page.get_by_text("Demo data, nothing leaves this machine")).to_be_visible()


def test_outside_demo_mode_no_demo_identity_is_in_the_page(
    tmp_path: Path, visit: Callable[..., Watched], quick: dict[str, str]
) -> None:
    gateway = Gateway(tmp_path, **quick).migrate().start("serve")
    try:
        page = visit(gateway).context.new_page()
        page.goto("/")
        expect(page.get_by_role("textbox", name="E-mail")).to_be_visible()

        assert page.get_by_text("Demo data").count() == 0
        assert page.get_by_role("button", name=re.compile("^(Customer|Operator|Admin)")).count() == 0
    finally:
        gateway.stop()


def test_a_wrong_password_says_so_once_keeps_the_fields_and_gives_nothing_away(
    shared: Gateway, visit: Callable[..., Watched]
) -> None:
    visitor = visit(shared)
    visitor.link_may_fail = True  # the browser itself reports the 401
    page = visitor.context.new_page()
    page.goto("/")
    told = []
    for address in ("customer@demo.test", "nobody@demo.test"):
        page.get_by_role("textbox", name="E-mail").fill(address)
        page.get_by_label("Password").fill("wrong")
        page.get_by_role("button", name="Sign in").click()
        alert = page.get_by_role("alert")
        expect(alert).to_have_count(1)
        expect(alert).to_contain_text("address and password")
        told.append(re.sub(r"[0-9a-f-]{8,}", "", alert.inner_text()))
        expect(page.get_by_role("textbox", name="E-mail")).to_have_value(address)
        expect(page.get_by_label("Password")).to_have_value("wrong")

    assert told[0] == told[1]


def test_after_sign_in_the_page_i_asked_for_opens(shared: Gateway, visit: Callable[..., Watched]) -> None:
    page = sign_in(visit(shared).context.new_page(), at="/c/demo-demo-2")

    page.wait_for_url(re.compile(r"/c/demo-demo-2$"))
    expect(page.get_by_role("heading", name="Can I stop an answer half way?")).to_be_visible()


def test_signing_out_closes_the_door_behind_me(shared: Gateway, visit: Callable[..., Watched]) -> None:
    page = sign_in(visit(shared).context.new_page())
    page.get_by_role("button", name=re.compile("^Account")).click()
    page.get_by_role("menuitem", name="Sign out").click()
    page.wait_for_url(re.compile("/login"))

    page.goto("/c/demo-demo-2")

    page.wait_for_url(re.compile("/login"))
