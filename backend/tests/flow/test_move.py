"""A talk goes on elsewhere: at once, with everything that was owed, and the log says so."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from throughline.conversation.faults import (
    BAD_ID,
    BUSY,
    ID_REUSED,
    NO_FALLBACK,
    NO_GROUP_MOVES,
    NOT_LINKED,
    NOT_VERIFIED,
    STAYS_OFF,
    SWITCHED_OFF,
    TWO_ACTIVE,
    UNKNOWN_BINDING,
    UNKNOWN_CHANNEL,
    UNKNOWN_CONVERSATION,
    Fault,
)
from throughline.conversation.ids import ConversationId
from throughline.conversation.records import Acked, Conversation

from .moving import Moving, known, moving
from .stage import ADA, BOB, OTTO, RIVAL


@pytest_asyncio.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Moving]:
    async with moving(tmp_path / "data") as opened:
        yield opened


# ---------------------------------------------------------------- where a conversation begins


async def test_in_the_demo_a_conversation_begins_live_where_text_can_stream(talk: Moving) -> None:
    assert await talk.modes(await talk.start()) == {"web": "active", "slack": "mirror", "gmail": "standby"}


async def test_outside_the_demo_other_channels_stand_by(tmp_path: Path) -> None:
    async with moving(tmp_path / "data", demo=False) as talk:
        assert await talk.modes(await talk.start()) == {"web": "active", "slack": "standby", "gmail": "standby"}


async def test_only_verified_addresses_are_bound(talk: Moving) -> None:
    await known(talk.stage, "ada-other", "whatsapp", "unverified")

    assert "whatsapp" not in await talk.modes(await talk.start())


async def test_what_is_said_on_the_web_is_mirrored_and_the_courier_woken(talk: Moving) -> None:
    where = await talk.start()
    await talk.say(where, "Hello")

    assert await talk.rows(where, "slack") == [("Hello", False, "pending")]
    assert await talk.rows(where, "web") == []
    assert talk.told(where) == []
    assert talk.woken == 1


# ---------------------------------------------------------------- bind


async def test_a_move_makes_the_new_channel_active_and_says_where_the_talk_comes_from(talk: Moving) -> None:
    where = await talk.start()
    acked = await talk.bind(where, "slack", id="b-1")

    assert await talk.modes(where) == {"web": "mirror", "slack": "active", "gmail": "standby"}
    assert talk.said(where)[1:] == [
        "bound slack asked", "system: This conversation goes on here. Until now it was on the web.",
    ]  # fmt: skip
    bound, opening = talk.stage.bodies(where, "bound")[-1], talk.stage.bodies(where, "message")[-1]
    assert (bound.by.kind, bound.by.name, bound.origin) == ("person", "Ada", "web")
    slack = next(b.id for b in await talk.bindings(where) if b.channel == "slack")
    assert (opening.purpose, opening.only, opening.channel) == ("notice", slack, "slack")
    assert acked == Acked("b-1", where, 3)
    assert [e.kind for e in talk.stage.entries if e.conversation == where and e.seq == 3] == ["bound"]
    assert talk.woken == 1


async def test_the_opening_quotes_the_last_answer_unless_it_stands_there(talk: Moving) -> None:
    where = await talk.start()
    await talk.say(where, "Line one\nline two", OTTO)
    await talk.bind(where, "gmail")
    await talk.bind(where, "slack")

    mail, slack = [b for b in talk.stage.bodies(where, "message") if b.author.kind == "system"]
    assert mail.text.endswith("The last answer was:\n\n> Line one\n> line two")
    assert "Line one" not in slack.text


async def test_a_long_answer_is_quoted_in_part(talk: Moving) -> None:
    where = await talk.start()
    await talk.say(where, "x" * 2_000, OTTO)
    await talk.bind(where, "gmail")

    assert 600 < len(talk.stage.bodies(where, "message")[-1].text) < 800


async def test_the_same_wish_again_is_acked_again_and_another_one_refused(talk: Moving) -> None:
    where = await talk.start()
    first = await talk.bind(where, "slack", id="b-1")
    await talk.bind(where, "web", id="b-2")
    before = len(talk.stage.entries)

    assert await talk.bind(where, "slack", id="b-1") == first
    assert await talk.bind(where, "gmail", id="b-1") == ID_REUSED
    assert await talk.bind(where, "slack", id="b-1", caller=OTTO) == ID_REUSED
    assert len(talk.stage.entries) == before


async def test_a_messages_id_is_no_id_for_a_move_and_the_other_way_round(talk: Moving) -> None:
    where = await talk.start()
    await talk.stage.receive.say(ADA, where, "one", "Hello")
    await talk.bind(where, "slack", id="two")

    assert await talk.bind(where, "gmail", id="one") == ID_REUSED
    assert await talk.stage.receive.say(ADA, where, "two", "Hello") == ID_REUSED


async def test_where_it_is_already_nothing_is_written(talk: Moving) -> None:
    where = await talk.start()

    assert await talk.bind(where, "web", id="b-1") == Acked("b-1", where, 2)
    assert talk.said(where) == ["bound web started"]


async def test_a_channel_without_a_binding_gets_one(talk: Moving) -> None:
    where = await talk.start()
    await known(talk.stage, "ada-wa", "whatsapp")
    acked = await talk.bind(where, "whatsapp")

    assert isinstance(acked, Acked)
    assert (await talk.modes(where))["whatsapp"] == "active"
    assert [b.account for b in await talk.bindings(where) if b.channel == "whatsapp"] == ["a-whatsapp"]


async def test_of_two_addresses_on_a_channel_the_asked_one_is_taken(talk: Moving) -> None:
    await known(talk.stage, "ada-second", "slack")
    where = await talk.start()
    await talk.bind(where, "slack", identity="ada-second")

    assert [b.identity for b in await talk.bindings(where) if b.mode == "active"] == ["ada-second"]


async def test_a_member_moves_it_too_and_the_log_says_who(talk: Moving) -> None:
    where = await talk.start()
    await talk.bind(where, "slack", caller=OTTO)

    assert talk.stage.bodies(where, "bound")[-1].by.kind == "member"


@pytest.mark.parametrize("channel", ["", "fax", "Slack\x00", "slack ack", "a" * 5_000, "web;drop"])
async def test_an_unknown_channel_is_refused(talk: Moving, channel: str) -> None:
    where = await talk.start()

    assert await talk.bind(where, channel, id="b-1") == UNKNOWN_CHANNEL
    assert talk.said(where) == ["bound web started"]


@pytest.mark.parametrize(
    ("wish", "fault"),
    [
        ({"channel": "telegram"}, NOT_LINKED),
        ({"channel": "slack", "identity": "bob-slack"}, NOT_LINKED),
        ({"channel": "slack", "identity": "ada-mail"}, NOT_LINKED),
        ({"channel": "slack", "identity": "x" * 9_000}, NOT_LINKED),
        ({"channel": "slack", "id": "no good"}, BAD_ID),
    ],
)
async def test_what_cannot_be_is_refused_and_changes_nothing(talk: Moving, wish: dict[str, Any], fault: Fault) -> None:
    await known(talk.stage, "bob-slack", "slack", person=BOB.person)
    where = await talk.start()

    assert await talk.bind(where, **wish) == fault
    assert (await talk.modes(where), talk.said(where)) == (
        {"web": "active", "slack": "mirror", "gmail": "standby"}, ["bound web started"],
    )  # fmt: skip


async def test_an_address_that_is_not_verified_any_more_is_no_place_to_go(talk: Moving) -> None:
    await known(talk.stage, "ada-wa", "whatsapp", "pending")
    where = await talk.start()

    assert await talk.bind(where, "whatsapp") == NOT_LINKED


async def test_a_channel_whose_account_is_switched_off_is_no_place_to_go(talk: Moving) -> None:
    where = await talk.start()
    await talk.switch_off("gmail")

    assert await talk.bind(where, "gmail") == SWITCHED_OFF
    assert await talk.choose(where, {"gmail": "active"}) == NOT_VERIFIED
    assert await talk.choose(where, {"slack": "off", "web": "off"}) == NO_FALLBACK


async def test_a_talk_in_a_group_stays_there(talk: Moving) -> None:
    where = ConversationId("group")
    row = Conversation(where, ADA.tenant, None, "Guide", "active", "", 0, 1, 1)
    await talk.stage.store.write(lambda tx: tx.log.start(row))

    assert await talk.bind(where, "slack", caller=OTTO) == NO_GROUP_MOVES
    assert await talk.move.choose(OTTO, where, {}) == NO_GROUP_MOVES


async def test_others_conversations_are_not_there(talk: Moving) -> None:
    where = await talk.start()

    for caller, given in ((BOB, where), (RIVAL, where), (ADA, "nowhere"), (ADA, "no good"), (ADA, "")):
        assert await talk.bind(given, "slack", caller=caller) == UNKNOWN_CONVERSATION
        assert await talk.move.choose(caller, given, {}) == UNKNOWN_CONVERSATION


async def test_a_store_that_is_down_says_so(talk: Moving) -> None:
    where = await talk.start()
    talk.stage.store.down = True

    assert await talk.bind(where, "slack") == BUSY
    assert await talk.move.choose(ADA, where, {}) == BUSY


# ---------------------------------------------------------------- what was owed


async def test_what_waits_on_a_quiet_channel_goes_along_in_order(talk: Moving) -> None:
    where = await talk.start()
    await talk.bind(where, "gmail")
    await talk.say(where, "One", OTTO)
    await talk.say(where, "Two", OTTO)
    await talk.bind(where, "web")

    assert (await talk.rows(where, "gmail"))[1:] == [("One", False, "passed"), ("Two", False, "passed")]
    assert [r for r in await talk.rows(where, "web") if r[0] in ("One", "Two")] == [
        ("One", True, "accepted"), ("Two", True, "accepted"),
    ]  # fmt: skip
    assert talk.told(where)[:4] == [("gmail", "passed"), ("web", "accepted")] * 2


async def test_what_waits_on_slack_is_mirrored_there_and_owed_where_the_talk_went(talk: Moving) -> None:
    where = await talk.start()
    await talk.bind(where, "slack")
    await talk.say(where, "One", OTTO)
    await talk.bind(where, "web")

    assert (await talk.rows(where, "slack"))[1:] == [("One", False, "pending")]
    assert ("One", True, "accepted") in await talk.rows(where, "web")


async def test_an_opening_does_not_go_along(talk: Moving) -> None:
    where = await talk.start()
    await talk.bind(where, "gmail")
    await talk.bind(where, "web")

    assert [(owed, state) for _, owed, state in await talk.rows(where, "gmail")] == [(True, "pending")]


@pytest.mark.parametrize("state", ["sending", "ambiguous"])
async def test_what_is_on_its_way_stays_owed_where_it_is(talk: Moving, state: str) -> None:
    where = await talk.start()
    await talk.bind(where, "gmail")
    await talk.say(where, "One", OTTO)
    await talk.settle(where, "gmail", state)  # type: ignore[arg-type]
    await talk.bind(where, "web")

    assert (await talk.rows(where, "gmail"))[1] == ("One", True, state)
    assert "One" not in [text for text, owed, _ in await talk.rows(where, "web") if owed]


# ---------------------------------------------------------------- following


async def test_speaking_on_the_web_brings_the_talk_back_and_the_words_go_to_the_mirror(talk: Moving) -> None:
    where = await talk.start()
    await talk.bind(where, "slack")
    await talk.say(where, "I am back")

    assert talk.said(where)[-2:] == ["bound web followed", "person: I am back"]
    assert await talk.modes(where) == {"web": "active", "slack": "mirror", "gmail": "standby"}
    assert (await talk.rows(where, "slack"))[-1] == ("I am back", False, "pending")


async def test_a_pinned_talk_stays_where_it_is(talk: Moving) -> None:
    where = await talk.start()
    assert await talk.choose(where, {"slack": "active"}, "pin") == {
        "web": "mirror",
        "slack": "active",
        "gmail": "standby",
    }
    await talk.say(where, "Still here")

    assert (await talk.modes(where))["slack"] == "active"
    assert "Still here" not in [text for text, _, _ in await talk.rows(where, "slack")]


async def test_a_member_who_speaks_moves_nothing(talk: Moving) -> None:
    where = await talk.start()
    await talk.bind(where, "slack")
    await talk.say(where, "A word from us", OTTO)

    assert (await talk.modes(where))["slack"] == "active"
    assert (await talk.rows(where, "slack"))[-1] == ("A word from us", True, "pending")
    assert (await talk.rows(where, "web"))[-1] == ("A word from us", False, "accepted")


# ---------------------------------------------------------------- choosing modes


async def test_off_on_the_active_one_moves_to_the_web_and_says_why(talk: Moving) -> None:
    where = await talk.start()
    await talk.bind(where, "slack")
    await talk.say(where, "One", OTTO)

    assert await talk.choose(where, {"slack": "off"}) == {"web": "active", "slack": "off", "gmail": "standby"}
    assert talk.stage.bodies(where, "bound")[-1].why == "off"
    assert [(text, state) for text, _, state in await talk.rows(where, "slack")][1] == ("One", "passed")
    assert "pending" not in [state for _, _, state in await talk.rows(where, "slack")]


async def test_what_waits_on_a_mirror_that_is_switched_off_does_not_leave(talk: Moving) -> None:
    where = await talk.start()
    await talk.say(where, "Hello")
    await talk.choose(where, {"slack": "off"})
    await talk.say(where, "Anybody?")

    assert await talk.rows(where, "slack") == [("Hello", False, "superseded")]


async def test_nobody_but_the_person_lifts_off(talk: Moving) -> None:
    where = await talk.start()
    await talk.choose(where, {"slack": "off"})

    assert await talk.choose(where, {"slack": "mirror"}, caller=OTTO) == STAYS_OFF
    assert await talk.bind(where, "slack", caller=OTTO) == STAYS_OFF
    assert await talk.bind(where, "slack") == STAYS_OFF
    assert (await talk.modes(where))["slack"] == "off"
    changed = await talk.choose(where, {"slack": "active"})
    assert isinstance(changed, dict)
    assert changed["slack"] == "active"


async def test_with_nowhere_else_to_go_the_active_one_stays(talk: Moving) -> None:
    where = await talk.start()
    before = await talk.modes(where)

    assert await talk.choose(where, {"web": "off", "slack": "off", "gmail": "off"}) == NO_FALLBACK
    assert await talk.choose(where, {"slack": "active", "gmail": "active"}) == TWO_ACTIVE
    assert await talk.move.choose(ADA, where, {"elsewhere": "mirror"}) == UNKNOWN_BINDING
    assert await talk.move.choose(ADA, where, {"no good": "mirror"}) == UNKNOWN_BINDING
    assert await talk.modes(where) == before
    assert talk.said(where) == ["bound web started"]


async def test_only_asking_to_pin_pins(talk: Moving) -> None:
    where = await talk.start()
    await talk.choose(where, {}, "pin")
    row = await talk.stage.store.read(lambda tx: tx.log.conversation(ADA.tenant, where))
    assert row is not None
    assert row.follow == "pin"

    await talk.choose(where, {"slack": "standby"})
    row = await talk.stage.store.read(lambda tx: tx.log.conversation(ADA.tenant, where))
    assert row is not None
    assert row.follow == "pin"
