"""An account's state: what heals it, what breaks it, and what only a person can lift."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from throughline.conversation.accounts import (
    AuthFailed,
    CameIn,
    Disabled,
    Enabled,
    Ended,
    Failing,
    Happening,
    Probed,
    Saved,
    WentOut,
    next_status,
    shown_apart,
)
from throughline.conversation.channel import Health, Probe
from throughline.conversation.ids import AccountId, TenantId
from throughline.conversation.records import Account, AccountStatus

NOW = 1_790_000_000_000
FRESH = Account(
    AccountId("a1"), TenantId("t1"), "slack", "slack", "Slack", "real", enabled=True, base="https://slack.com/api/",
    options={"team": "T1"}, status="unconfigured", created_at=1,
)  # fmt: skip
UP = replace(FRESH, status="up", last_in=NOW - 1000)
STATES: tuple[AccountStatus, ...] = ("waiting_first_event", "up", "degraded", "down", "needs_reauth")
HEALTH: tuple[Health, ...] = ("up", "degraded", "down", "needs_reauth")
HAPPENINGS: st.SearchStrategy[Happening] = st.one_of(
    st.builds(Saved, st.booleans()),
    st.builds(Enabled, st.booleans()),
    st.just(Disabled()),
    st.just(CameIn()),
    st.just(WentOut()),
    st.just(AuthFailed("token_revoked")),
    st.just(Ended("app_uninstalled")),
    st.just(Failing("unreachable")),
    st.builds(lambda health: Probed(Probe(health, None if health == "up" else "code")), st.sampled_from(HEALTH)),
)


def after(account: Account, *happenings: Happening) -> Account:
    """One thing after the other, a second apart."""
    for n, happening in enumerate(happenings):
        account = next_status(account, happening, NOW + n * 1000)
    return account


@pytest.mark.parametrize(
    ("happenings", "status", "reason"),
    [
        ((Saved(complete=False),), "unconfigured", None),
        ((Saved(complete=True),), "waiting_first_event", None),
        ((Saved(complete=True), CameIn()), "up", None),
        ((Saved(complete=True), WentOut()), "waiting_first_event", None),
        ((Saved(complete=True), Probed(Probe("up"))), "waiting_first_event", None),
        ((Saved(complete=True), CameIn(), Failing("unreachable")), "degraded", "unreachable"),
        ((Saved(complete=True), CameIn(), Failing("unreachable"), CameIn()), "degraded", "unreachable"),
        ((Saved(complete=True), CameIn(), Failing("unreachable"), WentOut()), "up", None),
        ((Saved(complete=True), CameIn(), AuthFailed("token_expired")), "needs_reauth", "token_expired"),
        ((Saved(complete=True), CameIn(), AuthFailed("token_expired"), Failing("x")), "needs_reauth", "token_expired"),
        ((Saved(complete=True), CameIn(), AuthFailed("token_expired"), CameIn()), "needs_reauth", "token_expired"),
        ((Saved(complete=True), CameIn(), AuthFailed("token_expired"), Saved(complete=True)), "up", None),
        ((Saved(complete=True), CameIn(), Ended("app_uninstalled")), "down", "app_uninstalled"),
        ((Saved(complete=True), CameIn(), Ended("app_uninstalled"), CameIn()), "down", "app_uninstalled"),
        ((Saved(complete=True), CameIn(), Ended("app_uninstalled"), Probed(Probe("up"))), "up", None),
        ((Saved(complete=True), CameIn(), Probed(Probe("degraded", "slow"))), "degraded", "slow"),
        ((Saved(complete=True), CameIn(), Disabled()), "disabled", None),
        ((Saved(complete=True), CameIn(), Disabled(), WentOut()), "disabled", None),
        ((Saved(complete=True), CameIn(), Disabled(), Saved(complete=True)), "disabled", None),
        ((Saved(complete=True), CameIn(), Disabled(), Enabled(complete=True)), "up", None),
        ((Saved(complete=True), Disabled(), Enabled(complete=True)), "waiting_first_event", None),
        ((Saved(complete=True), Disabled(), Enabled(complete=False)), "unconfigured", None),
    ],
)
def test_the_way_of_an_account(happenings: tuple[Happening, ...], status: str, reason: str | None) -> None:
    account = after(FRESH, *happenings)

    assert (account.status, account.reason) == (status, reason)


@pytest.mark.parametrize("status", STATES)
def test_a_send_that_was_taken_heals_everything_but_what_people_must_do(status: AccountStatus) -> None:
    assert after(replace(UP, status=status, reason="code"), WentOut()).status == "up"


def test_what_the_provider_tells_about_itself_is_kept() -> None:
    probed = after(UP, Probed(Probe("up", options={"bot_user": "U9", "team": "T2"})))

    assert probed.options == {"team": "T2", "bot_user": "U9"}
    assert UP.options == {"team": "T1"}


def test_times_of_traffic_never_go_back() -> None:
    account = next_status(next_status(UP, CameIn(), NOW + 5000), CameIn(), NOW + 1000)

    assert account.last_in == NOW + 5000


def test_traffic_alone_is_nothing_to_tell() -> None:
    assert not shown_apart(UP, after(UP, CameIn(), WentOut()))
    assert shown_apart(UP, after(UP, Failing("unreachable")))


@given(st.lists(HAPPENINGS, max_size=12))
def test_disabled_is_exactly_what_a_person_switched_off(happenings: list[Happening]) -> None:
    account = after(FRESH, *happenings)

    switches = [h for h in happenings if isinstance(h, Enabled | Disabled)]
    assert account.enabled == (not switches or isinstance(switches[-1], Enabled))
    assert (account.status == "disabled") == (not account.enabled)


@given(st.lists(HAPPENINGS, max_size=12))
def test_up_means_that_an_event_came_and_nothing_is_wrong(happenings: list[Happening]) -> None:
    account = after(FRESH, *happenings)

    assert account.status != "up" or (account.last_in is not None and account.reason is None)


@given(st.lists(HAPPENINGS, max_size=8), HAPPENINGS)
def test_the_same_thing_twice_changes_nothing_more(before: list[Happening], happening: Happening) -> None:
    once = next_status(after(FRESH, *before), happening, NOW)

    assert next_status(once, happening, NOW) == once
