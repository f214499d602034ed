"""We write first: whom a message reaches, which conversation it is in, and who may not be written to."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from msgspec import UNSET
from msgspec.structs import replace

from throughline.conversation.channel import Consent
from throughline.conversation.events import Author, ChannelName, Message, Template
from throughline.conversation.faults import Fault
from throughline.conversation.ids import BindingId, ConversationId, IdentityId, PersonId, SessionId, UserId
from throughline.conversation.outreach import Wanted
from throughline.conversation.records import Binding, Caller, DeliveryRow, Identity, User
from throughline.flow.outreach import Outreach, Sent
from throughline.ports import Tx

from .ear import ADA, CHAT, DEMO, MAIL, OURS, RIVAL, SECOND, TEXTS, THEIRS, Ear, account, ear

OTTO = Caller(DEMO, UserId("u-otto"), None, "operator", "Otto", SessionId("s-otto"))
OLE = replace(OTTO, user=UserId("u-ole"))
RITA = Caller(RIVAL, UserId("u-rita"), None, "operator", "Rita", SessionId("s-rita"))
HER, MAILED = "+447700900123", "ana@example.com"
NOTE = Template("order_update", "en", ("4711", "tomorrow"))
KEY = ("key-1", b"the same request")


class Desk:
    """Where members write from, and the channels' ears beside it."""

    def __init__(self, ears: Ear) -> None:
        self.ears, self.delivers = ears, 0
        self.begun: list[ConversationId] = []
        self.outreach = Outreach(
            ears.store, ears.clock, ears.ids, "Guide", ears.channels, self._deliver,
            lambda row: self.begun.append(row.id),
        )  # fmt: skip

    def _deliver(self) -> None:
        self.delivers += 1

    async def ask(
        self, to: str = HER, text: str = "Hello", channel: ChannelName = "sms", by: Caller = OTTO,
        repeat: tuple[str, bytes] | None = None, **more: Any,
    ) -> Sent | Fault:  # fmt: skip
        return await self.outreach.send(by, Wanted(channel, to, text, **more), repeat)

    async def send(self, *given: Any, **more: Any) -> Sent:
        sent = await self.ask(*given, **more)
        assert isinstance(sent, Sent), sent
        return sent

    async def refused(self, *given: Any, **more: Any) -> str:
        before = len(self.ears.entries)
        fault = await self.ask(*given, **more)
        assert isinstance(fault, Fault), fault
        assert (len(self.ears.entries), self.delivers) == (before, 0)
        return fault.code

    async def who(self, sent: Sent) -> Identity:
        def read(tx: Tx) -> Identity | None:
            place = next(b for b in tx.bindings.bindings(DEMO, sent.conversation) if b.id == sent.binding)
            return tx.people.identity(DEMO, place.identity)

        found = await self.ears.store.read(read)
        assert found is not None
        return found

    async def rows(self, where: ConversationId) -> list[DeliveryRow]:
        return await self.ears.store.read(lambda tx: tx.bindings.deliveries(DEMO, where))

    def message(self, sent: Sent) -> Message:
        said: list[Message] = self.ears.bodies(sent.conversation, "message")
        return next(m for m in said if m.id == sent.message)


@pytest_asyncio.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    def staff(tx: Tx) -> None:
        for who in (OTTO, OLE, RITA):
            tx.users.add(User(who.user, who.tenant, f"{who.user}@x.test", who.name, who.role, None, "-"), 1)

    async with ear(tmp_path / "data") as inside:
        await inside.store.write(staff)
        yield Desk(inside)


async def change(desk: Desk, **options: str) -> None:
    await desk.ears.store.write(lambda tx: tx.accounts.change(replace(TEXTS, options=options)))


# --------------------------------------------------------------------------------------------- where it goes


async def test_a_number_nobody_knows_becomes_somebody_new_with_a_conversation_that_is_active_there(desk: Desk) -> None:
    sent = await desk.send(text="Your parcel is here.", name="Ana")

    who, said = await desk.who(sent), desk.message(sent)
    assert (who.address, who.account, who.talks_in, who.name) == (f"+1555/{HER}", TEXTS.id, sent.conversation, "Ana")
    assert (said.author, said.text, said.purpose, said.only) == (
        Author("member", "Otto"), "Your parcel is here.", "reply", UNSET,
    )  # fmt: skip
    assert [(r.message, r.binding, r.owed, r.state) for r in await desk.rows(sent.conversation)] == [
        (sent.message, sent.binding, True, "pending")
    ]
    assert await desk.ears.active(sent.conversation) == "sms"
    assert (await desk.ears.row(sent.conversation)).title == "Your parcel is here."
    assert (desk.begun, desk.delivers, desk.ears.woken) == ([sent.conversation], 1, 0)


async def test_what_they_answer_is_the_same_conversation_and_the_agent_takes_it_up(desk: Desk) -> None:
    sent = await desk.send()
    await desk.ears.say("Thank you", TEXTS, sender=f"+1555/{HER}", thread=None)

    assert desk.ears.texts(sent.conversation) == ["Hello", "Thank you"]
    assert (desk.ears.begun, desk.ears.woken) == ([], 1)


async def test_another_message_goes_on_where_they_talk_until_that_is_idle(desk: Desk) -> None:
    first, again = await desk.send(), await desk.send(text="And one more thing")
    desk.ears.clock.move(24 * 3600)
    later = await desk.send(text="The next day")

    assert first.conversation == again.conversation != later.conversation
    assert (await desk.who(first)).id == (await desk.who(later)).id
    assert (await desk.who(later)).talks_in == later.conversation


async def test_somebody_known_at_our_second_number_is_written_to_from_there(desk: Desk) -> None:
    await desk.ears.say("Hi", TEXTS, sender=f"+1556/{HER}", thread=None)

    sent = await desk.send()

    assert (await desk.who(sent)).address == f"+1556/{HER}"
    assert desk.ears.texts(sent.conversation)[0] == "Hi"


async def test_the_same_number_on_two_channels_is_two_people(desk: Desk) -> None:
    by_sms, by_chat = await desk.send(), await desk.send(channel="whatsapp", template=NOTE)

    assert by_sms.conversation != by_chat.conversation
    assert (await desk.who(by_sms)).person != (await desk.who(by_chat)).person


async def test_a_talk_that_is_elsewhere_stays_there_and_only_this_is_owed_on_the_channel(desk: Desk) -> None:
    where = await linked(desk)
    sent = await desk.send(to="i-ada-sms")

    assert sent.conversation == where
    assert desk.message(sent).only == sent.binding
    rows = [(r.channel, r.owed) for r in await desk.rows(where) if r.message == sent.message]
    assert rows == [("sms", True)]
    assert await desk.ears.active(where) == "web"
    assert desk.begun == []


async def linked(desk: Desk, mode: Any = "standby") -> ConversationId:
    """Ada talks on the web; her phone is linked, and the talk belongs there too."""
    where = await desk.ears.root("accepted")

    def link(tx: Tx) -> None:
        phone = Identity(
            IdentityId("i-ada-sms"), DEMO, ADA, TEXTS.id, "sms", f"+1555/{HER}", "verified", 3, talks_in=where
        )
        tx.people.add_identity(phone)
        tx.bindings.bind(Binding(BindingId("b-ada-sms"), DEMO, where, phone.id, "sms", mode, account=TEXTS.id))

    await desk.ears.store.write(link)
    desk.ears.entries.clear()
    return where


async def test_a_mail_with_a_subject_begins_a_talk_of_that_name_and_one_without_goes_on(desk: Desk) -> None:
    first = await desk.send(MAILED.upper(), channel="gmail", subject="Your order")
    goes_on = await desk.send(MAILED, "More", channel="gmail")
    other = await desk.send(MAILED, channel="gmail", subject="Your bill")

    assert first.conversation == goes_on.conversation != other.conversation
    assert (await desk.who(first)).address == MAILED
    titles = [(await desk.ears.row(s.conversation)).title for s in (first, other)]
    assert titles == ["Your order", "Your bill"]


async def test_the_author_of_a_group_who_is_written_to_becomes_a_contact(desk: Desk) -> None:
    await desk.ears.store.write(
        lambda tx: tx.people.add_identity(
            Identity(IdentityId("i-grace"), DEMO, None, TEXTS.id, "sms", f"+1555/{HER}", "verified", 3, "Grace")
        )
    )
    sent = await desk.send()

    person = (await desk.who(sent)).person
    assert person is not None
    assert await desk.ears.store.read(lambda tx: tx.people.person_name(DEMO, person)) == "Grace"


# --------------------------------------------------------------------------------------------------- templates


async def test_where_they_have_not_written_lately_only_a_template_goes(desk: Desk) -> None:
    assert await desk.refused(channel="whatsapp") == "window_closed"

    sent = await desk.send(channel="whatsapp", text="", template=NOTE)

    said = desk.message(sent)
    assert (said.purpose, said.template, said.text) == ("template", NOTE, "order_update: 4711, tomorrow")


async def test_within_the_window_words_go_and_after_it_no_more(desk: Desk) -> None:
    await desk.ears.say("Hi", CHAT, sender=f"+1555/{HER}", thread=None)
    await desk.send(channel="whatsapp")
    desk.ears.clock.move(24 * 3600)
    desk.delivers = 0

    assert await desk.refused(channel="whatsapp") == "window_closed"


@pytest.mark.parametrize(
    "template",
    [
        Template(""), Template("x" * 513), Template("a", "x" * 21), Template("a", "", ("x",) * 21),
        Template("a", "", ("x" * 1_001,)), Template("a", "", ("\0",)), Template("\ud800"),
    ],
)  # fmt: skip
async def test_a_template_that_no_provider_takes_is_refused(desk: Desk, template: Template) -> None:
    assert await desk.refused(channel="whatsapp", template=template) == "bad_template"


async def test_a_channel_without_templates_takes_none(desk: Desk) -> None:
    assert await desk.refused(template=NOTE) == "no_templates"


# ---------------------------------------------------------------------------------------------- who is left alone


@pytest.mark.parametrize("to", ["0123", "i-nobody", "ana@example.com", "\0", "x" * 300])
async def test_what_is_no_address_there_reaches_nobody(desk: Desk, to: str) -> None:
    assert await desk.refused(to) == "bad_address"


async def test_who_has_left_by_the_carriers_word_is_left_alone(desk: Desk) -> None:
    await desk.ears.say("Hi", TEXTS, sender=f"+1555/{HER}", thread=None)
    await desk.ears.take(Consent("stop-1", f"+1555/{HER}", off=True), account=TEXTS)

    assert await desk.refused() == "channel_off"


async def test_who_has_switched_the_channel_off_is_left_alone(desk: Desk) -> None:
    await linked(desk, "off")

    assert await desk.refused("i-ada-sms") == "channel_off"


async def test_who_is_not_on_the_accounts_list_is_left_alone(desk: Desk) -> None:
    await change(desk, allow="+447700900999")
    assert await desk.refused() == "not_allowed"

    await change(desk, allow="+44 7700 900123")
    await desk.send()


@pytest.mark.parametrize(("text", "code"), [(" ", "empty_message"), ("x" * 2_001, "too_long"), ("\0", "bad_text")])
async def test_words_that_cannot_be_kept_are_not_sent(desk: Desk, text: str, code: str) -> None:
    assert await desk.refused(text=text) == code


# -------------------------------------------------------------------------------------------------- which account


async def test_of_several_accounts_one_has_to_be_named(desk: Desk) -> None:
    second = replace(account("a-sms-2"), channel="sms", provider="sms")
    await desk.ears.store.write(lambda tx: tx.accounts.add(second))

    assert await desk.refused() == "which_account"
    assert (await desk.who(await desk.send(account=second.id))).account == second.id


async def test_an_account_of_somebody_else_is_not_there(desk: Desk) -> None:
    assert await desk.refused(channel="slack", account=THEIRS.id) == "unknown_account"
    assert await desk.refused(by=RITA, account=TEXTS.id) == "unknown_account"
    assert await desk.refused(account=CHAT.id) == "unknown_account"
    assert await desk.refused(account="../x") == "unknown_account"
    assert await desk.refused(by=RITA) == "no_account"


async def test_an_identity_of_somebody_else_is_nobody(desk: Desk) -> None:
    theirs = replace(TEXTS, id=account("a-sms-rival").id, tenant=RIVAL)

    def furnish(tx: Tx) -> None:
        tx.accounts.add(theirs)
        tx.people.name_person(RIVAL, PersonId("p-eve"), "Eve")
        tx.people.add_identity(
            Identity(IdentityId("i-eve"), RIVAL, PersonId("p-eve"), theirs.id, "sms", f"+1555/{HER}", "verified", 3)
        )

    await desk.ears.store.write(furnish)

    assert await desk.refused("i-eve") == "bad_address"
    # The same number at home is somebody of one's own.
    assert (await desk.who(await desk.send())).tenant == DEMO
    assert await desk.ears.store.read(lambda tx: tx.log.summaries(RIVAL, None, UserId(""), None, 5)) == []


async def test_an_identity_is_written_to_through_its_own_account(desk: Desk) -> None:
    sent = await desk.send("i-ada", channel="slack")

    assert (await desk.who(sent)).account == OURS.id
    desk.delivers = 0
    assert await desk.refused("i-ada", channel="slack", account=SECOND.id) == "unknown_account"


async def test_an_account_that_is_switched_off_sends_nothing(desk: Desk) -> None:
    await desk.ears.store.write(lambda tx: tx.accounts.change(replace(MAIL, enabled=False)))

    assert await desk.refused(MAILED, channel="gmail", account=MAIL.id) == "channel_disabled"
    assert await desk.refused(MAILED, channel="gmail") == "no_account"


async def test_a_channel_that_nobody_can_begin_waits_for_the_person(desk: Desk) -> None:
    desk.ears.sms.capabilities = replace(desk.ears.sms.capabilities, start=False)

    assert await desk.refused() == "not_linked"


# ----------------------------------------------------------------------------------------------------------- once


async def test_under_the_same_key_it_is_sent_once(desk: Desk) -> None:
    first = await desk.send(repeat=KEY)

    def deliver(tx: Tx) -> None:
        (row,) = tx.bindings.deliveries(DEMO, first.conversation)
        tx.bindings.settle(replace(row, state="accepted"))

    await desk.ears.store.write(deliver)
    again = await desk.send(repeat=KEY)

    assert again == replace(first, state="accepted")
    assert desk.ears.texts(first.conversation) == ["Hello"]
    assert desk.delivers == 1


async def test_a_key_is_for_one_request_of_one_caller(desk: Desk) -> None:
    first = await desk.send(repeat=KEY)
    fault = await desk.ask(repeat=(KEY[0], b"another"))
    assert isinstance(fault, Fault)
    assert fault.code == "idempotency_key_reused"

    other = await desk.send(by=OLE, repeat=KEY)
    assert other.message != first.message


async def test_what_was_refused_may_be_asked_for_again_under_its_key(desk: Desk) -> None:
    assert await desk.refused(channel="whatsapp", repeat=KEY) == "window_closed"
    await desk.ears.say("Hi", CHAT, sender=f"+1555/{HER}", thread=None)

    await desk.send(channel="whatsapp", repeat=KEY)


async def test_while_the_store_is_down_nothing_is_promised(desk: Desk) -> None:
    desk.ears.store.down = True
    assert await desk.refused() == "busy"
