"""What comes in from a channel: who said it, where it belongs, once in the log, and only then a reply."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from msgspec.structs import replace

from throughline.conversation.channel import Halt, Reading, Reply
from throughline.conversation.events import ConversationEnded
from throughline.conversation.faults import BUSY, Fault
from throughline.ports import Conflict

from .ear import ADA, DEMO, OURS, RIVAL, SECOND, THEIRS, Ear, account, ear

CHALLENGE = Reply(body=b"challenge")


@pytest_asyncio.fixture
async def slack(tmp_path: Path) -> AsyncIterator[Ear]:
    async with ear(tmp_path / "data") as inside:
        yield inside


async def test_first_contact_makes_a_person_a_verified_identity_and_a_conversation(slack: Ear) -> None:
    await slack.say("Hello there", name="Grace")

    where = await slack.where()
    row, identity = await slack.row(where), await slack.identity()
    assert slack.kinds(where) == ["conversation_started", "bound", "message"]
    assert identity is not None
    assert (identity.status, identity.name, row.person) == ("verified", "Grace", identity.person)
    assert [(b.author.kind, b.author.name, b.channel) for b in slack.bodies(where, "message")] == [
        ("person", "Grace", "slack")
    ]
    assert (row.agent, row.title, await slack.active(where)) == ("Guide", "Hello there", "slack")
    assert list(await slack.bindings(where)) == ["slack"]


async def test_a_message_makes_a_turn_due_and_everyone_is_told_after_the_commit(slack: Ear) -> None:
    await slack.say()

    where = await slack.where()
    turn = await slack.store.read(lambda tx: tx.turns.current(DEMO, where))
    assert turn is not None
    assert (turn.status, slack.woken, slack.begun) == ("due", 1, [where])


async def test_nobody_answers_where_there_is_no_agent(tmp_path: Path) -> None:
    async with ear(tmp_path / "data", agent="") as silent:
        await silent.say()

        where = await silent.where()
        assert await silent.store.read(lambda tx: tx.turns.current(DEMO, where)) is None
        assert (silent.woken, silent.texts(where)) == (0, ["Hello"])


async def test_who_has_no_name_is_called_by_the_channel(slack: Ear) -> None:
    await slack.say(name=" \u202e\u0007\n")

    where, identity = await slack.where(), await slack.identity()
    assert identity is not None
    assert slack.bodies(where, "message")[0].author.name == f"Slack {identity.id[-4:]}"


async def test_a_thread_goes_on_and_another_one_begins_a_conversation_of_the_same_person(slack: Ear) -> None:
    await slack.say("one", thread="D1:1")
    await slack.say("two", thread="D1:1", answers=True)
    await slack.say("three", thread="D1:2")

    first, second = await slack.where("D1:1"), await slack.where("D1:2")
    assert (slack.texts(first), slack.texts(second)) == (["one", "two"], ["three"])
    assert (await slack.row(first)).person == (await slack.row(second)).person


async def test_a_reply_in_a_thread_nobody_knows_is_a_new_conversation(slack: Ear) -> None:
    await slack.say("from before our time", answers=True)

    assert slack.texts(await slack.where()) == ["from before our time"]


async def test_who_has_the_web_finds_the_talk_there_too(slack: Ear) -> None:
    await slack.say("from slack", sender="T1/UADA")

    where = await slack.where()
    modes = {channel: binding.mode for channel, binding in (await slack.bindings(where)).items()}
    assert modes == {"slack": "active", "web": "mirror"}
    assert (await slack.row(where)).person == ADA
    assert slack.bodies(where, "message")[0].author.name == "Ada"


async def test_the_active_channel_follows_the_person(slack: Ear) -> None:
    where = await slack.root("accepted")
    await slack.rooted(where, "D1:7")
    await slack.say("now here", sender="T1/UADA", thread="D1:7", answers=True)

    assert await slack.active(where) == "slack"
    assert slack.kinds(where)[-2:] == ["bound", "message"]
    assert slack.bodies(where, "bound")[-1].why == "followed"


async def test_a_pinned_talk_stays_where_they_chose(slack: Ear) -> None:
    where = await slack.root("accepted")
    await slack.rooted(where, "D1:7")
    await slack.store.write(lambda tx: tx.bindings.follow(DEMO, where, "pin"))
    await slack.say("only passing by", sender="T1/UADA", thread="D1:7", answers=True)

    assert await slack.active(where) == "web"
    assert slack.texts(where)[-1] == "only passing by"


async def test_a_hundred_deliveries_of_one_message_are_one_message(slack: Ear) -> None:
    once = slack.inbound("once")
    answers = await asyncio.gather(*(slack.take(once) for _ in range(100)))

    assert all(isinstance(a, Reply) for a in answers)
    assert slack.all_texts == ["once"]
    assert (slack.woken, len(slack.begun)) == (1, 1)


async def test_one_reading_with_the_same_message_twice_is_one_message(slack: Ear) -> None:
    once = slack.inbound("once")
    await slack.take(once, once)

    assert slack.all_texts == ["once"]


async def test_accounts_know_nothing_of_each_others_keys_threads_and_people(slack: Ear) -> None:
    same = slack.inbound("the same everywhere")
    for each in (OURS, SECOND, THEIRS):
        await slack.take(same, account=each)

    found = {await slack.where(account=each) for each in (OURS, SECOND, THEIRS)}
    assert len(found) == 3
    assert (await slack.row(await slack.where(account=THEIRS), RIVAL)).tenant == RIVAL
    people = {identity.person for each in (OURS, SECOND, THEIRS) if (identity := await slack.identity(account=each))}
    assert len(people) == 3


async def test_a_group_is_a_talk_without_a_person(slack: Ear) -> None:
    await slack.say("@bot hello", thread="C1:1", group=True)
    await slack.say("@bot me too", thread="C1:1", group=True, answers=True, sender="T1/UADA", name="ada")

    where = await slack.where("C1:1")
    assert (await slack.row(where)).person is None
    assert [(b.author.kind, b.author.name) for b in slack.bodies(where, "message")] == [
        ("person", "Grace"), ("person", "ada"),
    ]  # fmt: skip
    assert list(await slack.bindings(where)) == ["slack"]
    identity = await slack.identity()
    assert identity is not None
    assert identity.person is None


async def test_a_groups_author_who_writes_in_private_becomes_a_contact(slack: Ear) -> None:
    await slack.say("@bot hello", thread="C1:1", group=True)
    before = await slack.identity()
    await slack.say("and now between us")

    after = await slack.identity()
    assert before is not None
    assert after is not None
    assert after.id == before.id
    assert (await slack.row(await slack.where("D1:1"))).person == after.person is not None
    assert (await slack.row(await slack.where("C1:1"))).person is None


async def test_what_is_overheard_belongs_to_its_thread_and_begins_nothing(slack: Ear) -> None:
    await slack.say("two people talk", thread="C1:1", group=True, overheard=True, answers=True)
    assert slack.all_texts == []

    await slack.say("@bot hello", thread="C1:1", group=True)
    await slack.say("to each other", thread="C1:1", group=True, overheard=True, answers=True)

    assert slack.texts(await slack.where("C1:1")) == ["@bot hello", "to each other"]
    assert slack.woken == 1


async def test_a_stranger_in_a_private_thread_is_not_heard(slack: Ear) -> None:
    await slack.say("private")
    await slack.take(slack.inbound("let me in", sender="T1/UEVIL", answers=True), raw=b"the request")

    assert slack.all_texts == ["private"]
    assert slack.quarantined() == [("stranger", b"the request")]
    assert await slack.identity("T1/UEVIL") is None


async def test_speaking_again_reopens_a_talk_that_was_over(slack: Ear) -> None:
    await slack.say("one")
    where = await slack.where()
    await slack.store.write(lambda tx: tx.log.append(DEMO, where, 5, ConversationEnded("closed")))
    await slack.say("two", answers=True)

    assert slack.kinds(where)[-3:] == ["conversation_ended", "conversation_reopened", "message"]
    assert (await slack.row(where)).status == "active"


async def test_text_is_kept_without_what_no_database_keeps(slack: Ear) -> None:
    await slack.say("a\x00b\ud800c\udfff\U0001f642")

    assert slack.all_texts == ["abc\U0001f642"]


@pytest.mark.parametrize("text", ["", " \n\t", "\x00\x00", "\ud800"])
async def test_text_without_a_word_is_nothing(slack: Ear, text: str) -> None:
    await slack.say(text)

    assert (slack.all_texts, slack.begun, await slack.identity()) == ([], [], None)


async def test_a_text_of_forty_thousand_characters_is_logged_whole_and_not_more(slack: Ear) -> None:
    await slack.say("x" * 40_000)
    await slack.say("y" * 90_000, answers=True)

    assert [len(text) for text in slack.all_texts] == [40_000, 40_000]


@pytest.mark.parametrize(
    ("what", "name"),
    [
        ("sender", ""),
        ("sender", "x" * 257),
        ("sender", "a\x00"),
        ("thread", ""),
        ("thread", "\ud800"),
        ("thread", None),
        ("key", "k\x00"),
    ],
)
async def test_names_that_are_no_names_are_put_aside(slack: Ear, what: str, name: str | None) -> None:
    names: dict[str, Any] = {what: name}
    await slack.take(slack.inbound(**names))

    assert slack.all_texts == []
    assert slack.quarantined() == [("bad_names", b"raw")]


async def test_what_was_signed_and_not_understood_is_kept_up_to_64_kib(slack: Ear) -> None:
    reply = await slack.take(quarantine="unknown_event", raw=b"z" * 70_000)

    assert reply == Reply()
    assert slack.quarantined() == [("unknown_event", b"z" * 65_536)]


async def test_the_reply_is_the_readings_own(slack: Ear) -> None:
    assert await slack.hear.take(OURS, Reading(reply=CHALLENGE)) == CHALLENGE


async def test_a_store_that_is_down_is_never_answered_well(slack: Ear) -> None:
    said = slack.inbound("hold on")
    slack.store.down = True
    assert await slack.take(said) == BUSY
    slack.store.down = False
    assert await slack.take(said) == Reply()

    assert slack.all_texts == ["hold on"]


@pytest.mark.parametrize("gone", ["unknown", "disabled"])
async def test_an_account_that_went_away_meanwhile_hears_nothing(slack: Ear, gone: str) -> None:
    which = account("a-nowhere")
    if gone == "disabled":
        which = OURS
        await slack.store.write(lambda tx: tx.accounts.change(replace(OURS, enabled=False, status="disabled")))

    fault = await slack.take(slack.inbound(), account=which)

    assert isinstance(fault, Fault)
    assert (fault.status, slack.all_texts) == (404, [])


async def test_what_the_data_forbids_is_put_aside_instead_of_coming_for_ever(
    slack: Ear, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(*_: object) -> None:
        raise Conflict

    monkeypatch.setattr("throughline.flow.steps.hearing.join", forbidden)
    assert await slack.take(slack.inbound(), raw=b"the request") == Reply()

    assert slack.quarantined() == [("conflict", b"the request")]


async def test_the_providers_own_stop_button_stops_the_turn_once(slack: Ear) -> None:
    await slack.say()
    where = await slack.where()
    await slack.take(Halt("event:E1", "D1:1"))
    await slack.take(Halt("event:E1", "D1:1"))
    await slack.take(Halt("event:E2", "D1:nobody"), Halt("event:E3", "\x00"))

    turn = await slack.store.read(lambda tx: tx.turns.current(DEMO, where))
    assert turn is not None
    assert turn.stop_asked
    assert slack.stopped == [turn.id]


async def test_a_credential_that_the_provider_ended_is_down_before_the_reply(slack: Ear) -> None:
    await slack.lines.account(OURS.id)
    assert await slack.take(ended="app_uninstalled") == Reply()

    known = await slack.lines.account(OURS.id)
    assert known is not None
    assert (known.status, known.reason) == ("down", "app_uninstalled")
    assert [(a.status, a.reason) for a in slack.changed] == [("down", "app_uninstalled")]
