"""Linking: a code made on the web, sent from a channel, confirmed on the web; then the address is the person's."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest_asyncio

from throughline.conversation.channel import Inbound
from throughline.conversation.faults import FORBIDDEN, Fault
from throughline.conversation.ids import PersonId, SessionId, UserId
from throughline.conversation.linking import (
    ENOUGH,
    LAST_ONE,
    LASTS,
    NO_CHANNEL,
    NO_CODE,
    NOT_SENT,
    SENT,
    TOO_MANY,
    TRIES,
    WRONG,
    YOURS,
    LinkRow,
)
from throughline.conversation.quiet import Quiet
from throughline.conversation.records import Caller, Identity, User
from throughline.flow.hear import Hear
from throughline.flow.link import Linking, Made
from throughline.flow.receive import Receive
from throughline.flow.steps.claim import UNPROVED
from throughline.identity.codes import Codes
from throughline.ports import Tx

from .ear import ADA, CHAT, DEMO, MAIL, OURS, TEXTS, Ear, ear

HER, HIS = "+1555/+4477", "+1555/+4488"
ME = Caller(DEMO, UserId("u-ada"), ADA, "customer", "Ada", SessionId("s"))
SOMEBODY = Caller(DEMO, UserId("u-ben"), PersonId("p-ben"), "customer", "Ben", SessionId("s-2"))
MEMBER = Caller(DEMO, UserId("u-op"), None, "operator", "Olga", SessionId("s-3"))


class Desk:
    """Ada at her browser, and her phone."""

    def __init__(self, ears: Ear) -> None:
        self.ears = ears
        self.told: list[LinkRow] = []
        self.linking = Linking(
            ears.store, ears.clock, ears.ids, Codes(b"a secret of 32 bytes, for codes"), ears.can,
            told=self.told.append,
        )  # fmt: skip
        ears.hear = Hear(
            ears.store, ears.clock, ears.ids, "Guide", ears.lines, ears.channels, lambda: None,
            claim=self.linking.claim, claimed=self.linking.claimed,
        )  # fmt: skip
        self.receive = Receive(ears.store, ears.clock, ears.ids, "Guide", lambda: None, capabilities_of=ears.can)

    async def code(self, channel: Any = "whatsapp", caller: Caller = ME) -> Made:
        made = await self.linking.make(caller, channel)
        assert isinstance(made, Made)
        return made

    async def send(self, text: str, sender: str = HER, account: Any = CHAT, **more: Any) -> str | None:
        """What the sender hears: aside, or as a notice where they are known."""
        before = len(self.ears.all_texts)
        channel = self.ears.sms if account is TEXTS else self.ears.chat
        channel.spoke.clear()
        await self.ears.say(text, account, sender=sender, thread=more.pop("thread", None), **more)
        if len(self.ears.all_texts) > before:
            return self.ears.all_texts[-1]
        await asyncio.wait_for(channel.spoke.wait(), 10)
        return channel.sent[-1][1]

    async def who(self, sender: str = HER, account: Any = CHAT) -> Identity | None:
        return await self.ears.identity(sender, account)


def people(tx: Tx) -> None:
    tx.users.add(User(ME.user, DEMO, "ada@x.test", "Ada", "customer", ADA, ""), 1)


@pytest_asyncio.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with ear(tmp_path / "data") as inside:
        await inside.store.write(people)
        yield Desk(inside)


async def test_a_stranger_with_a_code_begins_no_talk_and_is_told_to_confirm(desk: Desk) -> None:
    made = await desk.code()
    heard = await desk.send(f"link {made.code}")

    assert heard == SENT
    assert desk.ears.begun == []
    assert [(row.state, row.channel) for row in desk.told] == [("claimed", "whatsapp")]
    known = await desk.who()
    assert known is not None
    assert known.person is None


async def test_confirmed_the_address_is_theirs_and_its_next_message_begins_a_talk_of_theirs(desk: Desk) -> None:
    talk = await desk.receive.start(ME)
    assert not isinstance(talk, Fault)
    made = await desk.code()
    await desk.send(f"link {made.code}")

    assert await desk.linking.confirm(ME, made.link.id) is None
    known = await desk.who()
    assert known is not None
    assert (known.person, known.status) == (ADA, "verified")
    assert "This WhatsApp is linked with Ada now." in desk.ears.texts(talk.id)
    await desk.ears.say("Hello again", CHAT, sender=HER, thread=None)
    after = await desk.who()
    assert after is not None
    assert after.talks_in not in (None, talk.id)
    assert (await desk.ears.row(after.talks_in)).person == ADA


async def test_nothing_is_linked_before_it_is_confirmed(desk: Desk) -> None:
    made = await desk.code()

    assert await desk.linking.confirm(ME, made.link.id) == NOT_SENT
    await desk.send(f"link {made.code}")
    assert await desk.linking.confirm(SOMEBODY, made.link.id) == NO_CODE
    known = await desk.who()
    assert known is not None
    assert known.person is None


async def test_who_was_somebody_before_becomes_the_other_and_their_talks_stay(desk: Desk) -> None:
    await desk.ears.say("Who am I", CHAT, sender=HER, thread=None)
    stranger = await desk.who()
    assert stranger is not None
    old = stranger.talks_in
    assert old is not None
    made = await desk.code()
    assert await desk.send(f"link {made.code}") == SENT

    assert await desk.linking.confirm(ME, made.link.id) is None
    assert (await desk.ears.row(old)).person == stranger.person != ADA
    assert (await desk.ears.bindings(old))["whatsapp"].mode == "off"
    known = await desk.who()
    assert known is not None
    assert known.talks_in != old
    await desk.ears.say("And now", CHAT, sender=HER, thread=None)
    assert desk.ears.texts(old).count("And now") == 0


async def test_a_code_counts_once_for_its_channel_and_its_time(desk: Desk) -> None:
    first, second = await desk.code(), await desk.code()
    assert await desk.send(f"link {first.code}") == SENT
    assert await desk.send(f"link {first.code}", HIS) == WRONG
    assert await desk.send(f"!link {second.code}", HIS, TEXTS) is not None
    desk.ears.clock.move(LASTS / 1000)

    assert await desk.send(f"link {second.code}", HIS) == WRONG
    assert [row.state for row in desk.told] == ["claimed"]


async def test_few_wrong_codes_are_listened_to(desk: Desk) -> None:
    made = await desk.code()
    for _ in range(TRIES):
        assert await desk.send("link BBBB-2222") == WRONG

    assert await desk.send(f"link {made.code}") == ENOUGH
    assert await desk.send(f"link {made.code}", HIS) == SENT
    desk.ears.clock.move(LASTS / 1000 + 1)
    assert await desk.send("link BBBB-2222") == WRONG


async def test_an_own_address_is_linked_already(desk: Desk) -> None:
    made = await desk.code("slack")
    await desk.ears.say("Hello", OURS, sender="T1/UADA", thread="D9:1")
    heard = await desk.send(f"link {made.code}", "T1/UADA", OURS, thread="D9:1")

    assert heard == YOURS


async def test_a_sender_nobody_vouches_for_links_nothing(desk: Desk) -> None:
    made = await desk.code("gmail")
    await desk.ears.say("Hello", MAIL, sender="ada@x.test", thread="t-1", trust="unverified")
    heard = await desk.send(f"link {made.code}", "ada@x.test", MAIL, thread="t-1", trust="unverified")

    assert heard == UNPROVED
    assert desk.told == []


async def test_the_persons_other_channels_hear_of_a_link_and_of_its_end(desk: Desk) -> None:
    await desk.ears.say("Hello", OURS, sender="T1/UADA", thread="D9:1")
    on_slack = await desk.ears.where("D9:1")
    made = await desk.code()
    await desk.send(f"link {made.code}")
    await desk.linking.confirm(ME, made.link.id)
    known = await desk.who()
    assert known is not None
    assert any("…4477 was linked with you" in text for text in desk.ears.texts(on_slack))

    assert await desk.linking.unlink(ME, known.id) is None
    assert any("…4477 is not linked with you any more" in text for text in desk.ears.texts(on_slack))
    assert await desk.who() is None
    assert desk.ears.bodies(on_slack, "message")[-1].only is not None


async def test_unlinked_it_comes_again_as_somebody_new(desk: Desk) -> None:
    made = await desk.code()
    await desk.send(f"link {made.code}")
    await desk.linking.confirm(ME, made.link.id)
    known = await desk.who()
    assert known is not None
    await desk.linking.unlink(ME, known.id)
    await desk.ears.say("Hello", CHAT, sender=HER, thread=None)
    after = await desk.who()

    assert after is not None
    assert after.id != known.id
    assert after.person not in {None, ADA}


async def test_only_ones_own_can_be_unlinked_and_never_the_web(desk: Desk) -> None:
    assert await desk.linking.unlink(ME, "i-ada-web") == LAST_ONE
    assert await desk.linking.unlink(SOMEBODY, "i-ada") == NO_CODE
    assert await desk.linking.unlink(ME, "none") == NO_CODE


async def test_refused_it_links_nothing_any_more(desk: Desk) -> None:
    made = await desk.code()
    await desk.send(f"link {made.code}")

    assert await desk.linking.refuse(ME, made.link.id) is None
    assert await desk.linking.confirm(ME, made.link.id) == NO_CODE
    assert [row.state for row in desk.told] == ["claimed", "refused"]


async def test_a_person_makes_codes_not_too_many_and_only_where_there_is_a_channel(desk: Desk) -> None:
    assert await desk.linking.make(MEMBER, "whatsapp") == FORBIDDEN
    assert await desk.linking.make(ME, "telegram") == NO_CHANNEL
    while isinstance(made := await desk.linking.make(ME, "whatsapp"), Made):
        continue
    assert made == TOO_MANY


async def test_the_order_is_kept_for_own_addresses_only(desk: Desk) -> None:
    assert await desk.linking.prefer(ME, ["i-ada", "i-ada-web", "i-ada"]) is None
    assert await desk.ears.store.read(lambda tx: tx.links.fallback(DEMO, ADA)) == ("i-ada", "i-ada-web")
    assert await desk.linking.prefer(ME, ["i-ben"]) == NO_CODE
    assert await desk.linking.prefer(MEMBER, []) == FORBIDDEN


async def test_quiet_hours_and_the_order_are_set_each_for_itself(desk: Desk) -> None:
    night = Quiet(22 * 60, 7 * 60, "Europe/Berlin")
    assert await desk.linking.prefer(ME, ["i-ada"]) is None
    assert await desk.linking.prefer(ME, None, night) is None
    assert await desk.linking.prefer(ME, ["i-ben"], None) == NO_CODE
    assert await desk.linking.prefer(MEMBER, None, night) == FORBIDDEN
    assert await desk.ears.store.read(lambda tx: tx.links.quiet(DEMO, ADA)) == night
    assert await desk.linking.prefer(ME, ["i-ada-web"], None) is None
    assert await desk.ears.store.read(lambda tx: tx.links.quiet(DEMO, ADA)) is None
    assert await desk.ears.store.read(lambda tx: tx.links.fallback(DEMO, ADA)) == ("i-ada-web",)


async def test_a_code_that_comes_twice_is_heard_once(desk: Desk) -> None:
    made = await desk.code()
    sent = desk.ears.inbound(f"link {made.code}", sender=HER, thread=None)
    assert isinstance(sent, Inbound)
    for _ in range(5):
        await desk.ears.take(sent, account=CHAT)

    assert [row.state for row in desk.told] == ["claimed"]


async def test_nobody_refuses_a_code_of_somebody_else(desk: Desk) -> None:
    made = await desk.code()

    assert await desk.linking.refuse(SOMEBODY, made.link.id) == NO_CODE
    assert await desk.send(f"link {made.code}") == SENT
