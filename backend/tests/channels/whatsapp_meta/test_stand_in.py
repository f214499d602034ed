"""The adapter and the stand-in meet: written apart, from the same published facts, they understand each other."""

from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import msgspec
import pytest

from sandbox.phones import samples
from tests.sandbox.meta_stage import ANA, BO, BO_ID, NUMBER, SECRET, SHOWN, TOKEN, VERIFY, MetaStage, stage
from throughline.channels.once import Once
from throughline.channels.whatsapp_meta.channel import WhatsApp
from throughline.channels.whatsapp_meta.client import Client
from throughline.channels.whatsapp_meta.render import ask
from throughline.conversation.channel import (
    Accepted,
    Ambiguous,
    NotSent,
    Outcome,
    Piece,
    Place,
    RawRequest,
    Reading,
    Receipt,
    Refused,
    Renamed,
)

from .given import MARK, NOW, OpenLine, line, piece, post

SECRETS = {"access_token": TOKEN, "app_secret": SECRET, "verify_token": VERIFY}
TO = Place(f"{NUMBER}/{ANA}")


@pytest.fixture
async def whatsapp() -> AsyncIterator[WhatsApp]:
    channel = WhatsApp(Client(Once(total=30, connect=15)))
    yield channel
    await channel.close()


@pytest.fixture
async def meta() -> AsyncIterator[MetaStage]:
    async with stage() as found:
        yield found


def at(meta: MetaStage) -> OpenLine:
    return msgspec.structs.replace(line(f"{meta.base}/api/", numbers=NUMBER), secrets=SECRETS)


def taken(outcome: Outcome) -> Accepted:
    assert isinstance(outcome, Accepted), outcome
    return outcome


async def heard(whatsapp: WhatsApp, meta: MetaStage) -> Reading:
    """The next webhook."""
    got = await meta.next()
    request = RawRequest(got.method, "/", urlsplit(got.url).query, got.headers, got.body)
    reading = whatsapp.read(request, at(meta), NOW)
    assert isinstance(reading, Reading), reading
    assert reading.quarantine is None, (reading, got.body)
    return reading


async def test_a_message_comes_in_and_what_became_of_its_answer_is_told_by_our_mark(
    whatsapp: WhatsApp, meta: MetaStage
) -> None:
    name = await meta.says("Grüße 🙂 1/2")
    (inbound,) = (await heard(whatsapp, meta)).inbound

    assert (inbound.key, inbound.ref, inbound.text, inbound.sender.name) == (name, name, "Grüße 🙂 1/2", "Ana")
    assert inbound.sender.address == TO.address
    assert len(inbound.sender.aliases) == 1
    (answer,) = whatsapp.render(post("Yes: **1 < 2**."))
    sent = taken(await whatsapp.send(at(meta), Place(inbound.sender.address, ref=inbound.ref), answer))
    await meta.lab("read", end=NUMBER, person=ANA)
    told = [await heard(whatsapp, meta) for _ in range(3)]

    assert {one.receipts for one in told} == {
        (Receipt(state, MARK[0], MARK[1], sent.remote),) for state in ("accepted", "delivered", "read")
    }
    assert (await meta.messages())[-1]["text"] == "Yes: *1 < 2*."


async def test_who_hides_their_number_is_heard_and_answered(whatsapp: WhatsApp, meta: MetaStage) -> None:
    await meta.says("hi", person=BO)
    (inbound,) = (await heard(whatsapp, meta)).inbound

    assert inbound.sender.address == f"{NUMBER}/{BO_ID}"
    taken(await whatsapp.send(at(meta), Place(inbound.sender.address), piece("Hello Bo")))
    assert (await heard(whatsapp, meta)).receipts[0].message == MARK[1]
    shown = (await meta.messages())[-1]
    assert (shown["person"], shown["text"]) == (BO, "Hello Bo")


async def test_a_lost_answer_is_ambiguous_until_a_status_brings_our_mark(whatsapp: WhatsApp, meta: MetaStage) -> None:
    await meta.opened()
    await meta.lab("switches", end=NUMBER, method="messages", lose_answer=True)

    assert await whatsapp.send(at(meta), TO, piece("Once")) == Ambiguous("reset")
    (receipt,) = (await heard(whatsapp, meta)).receipts
    assert (receipt.conversation, receipt.message) == MARK[:2]
    assert receipt.remote == (await meta.messages())[-1]["id"]
    assert [m["text"] for m in await meta.messages()].count("Once") == 1


async def test_the_dots_show_and_the_question_is_read(whatsapp: WhatsApp, meta: MetaStage) -> None:
    name = await meta.says()
    await heard(whatsapp, meta)
    taken(await whatsapp.status(at(meta), Place(TO.address, ref=name), "working"))

    assert (await meta.messages())[0]["status"] == "read"
    assert [one["method"] for one in await meta.requests()] == ["typing"]
    assert await whatsapp.status(at(meta), Place(TO.address, ref="wamid.x"), "working") == Refused("bug_131009")


async def test_a_pressed_button_comes_back_with_its_id(whatsapp: WhatsApp, meta: MetaStage) -> None:
    await meta.opened()
    (asking,) = ask(post("Shall we?"), [("yes:f-1", "Yes"), ("no:f-1", "No")])
    sent = taken(await whatsapp.send(at(meta), TO, asking))
    [await heard(whatsapp, meta) for _ in range(2)]
    await meta.lab("press", end=NUMBER, person=ANA, message=sent.remote, button="no:f-1")
    (inbound,) = (await heard(whatsapp, meta)).inbound

    assert (inbound.text, inbound.pressed) == ("No", "no:f-1")


@pytest.mark.parametrize(("at_once", "outcome"), [(True, Refused("window_closed")), (False, None)])
async def test_after_a_day_only_a_template_arrives(
    whatsapp: WhatsApp, meta: MetaStage, at_once: bool, outcome: Refused | None
) -> None:
    await meta.opened()
    await meta.advance(86_401)
    if at_once:
        await meta.ctl("PUT", "rules", sync_window=True)
    found = await whatsapp.send(at(meta), TO, piece("late"))
    if outcome is None:
        (receipt,) = (await heard(whatsapp, meta)).receipts
        assert (receipt.state, receipt.reason, receipt.remote) == ("refused", "window_closed", taken(found).remote)
    else:
        assert found == outcome
    await meta.ctl("PUT", "templates/resume", body="About {{1}}", language="en")
    template = Piece("your  parcel", "template", MARK, {"name": "resume"})
    taken(await whatsapp.send(at(meta), TO, template))
    assert (await meta.messages())[-1]["text"] == "About your parcel"


async def test_too_many_to_one_person_wait_longer_each_time(whatsapp: WhatsApp, meta: MetaStage) -> None:
    await meta.opened()
    for number in range(45):
        taken(await whatsapp.send(at(meta), TO, piece(str(number))))

    assert [await whatsapp.send(at(meta), TO, piece("46")) for _ in range(2)] == [
        NotSent("pair_rate", 1.0),
        NotSent("pair_rate", 4.0),
    ]
    await meta.advance(6)
    taken(await whatsapp.send(at(meta), TO, piece("46")))


async def test_what_a_person_attached_is_read(whatsapp: WhatsApp, meta: MetaStage) -> None:
    await meta.says("look", media=[{"sample": "image"}])
    (inbound,) = (await heard(whatsapp, meta)).inbound
    (photo,) = inbound.media

    async with whatsapp.fetch(at(meta), photo) as found:
        assert not isinstance(found, Accepted | NotSent | Refused | Ambiguous), found
        had = b"".join([chunk async for chunk in found.chunks()])
        assert (found.media_type, had) == ("image/png", samples.image())
    gone = msgspec.structs.replace(photo, remote="1")
    async with whatsapp.fetch(at(meta), gone) as found:
        assert found == Refused("bug_100")


async def test_a_new_number_and_a_new_user_id_are_told(whatsapp: WhatsApp, meta: MetaStage) -> None:
    await meta.opened()
    was = meta.phone.ledger.state.people[ANA].more["bsuid"]
    await meta.ctl("POST", f"people/{ANA}/move", to="+1 650 555 0001", bsuid="US.2")
    assert (await heard(whatsapp, meta)).renamed == (
        Renamed(f"{NUMBER}/{ANA}", f"{NUMBER}/16505550001"),
        Renamed(f"{NUMBER}/{was}", f"{NUMBER}/US.2"),
    )
    await meta.says(person=BO)
    await heard(whatsapp, meta)
    await meta.ctl("POST", f"people/{BO}/move", to="16505550002", bsuid="US.3")
    assert (await heard(whatsapp, meta)).renamed == (Renamed(f"{NUMBER}/{BO_ID}", f"{NUMBER}/US.3"),)


async def test_the_number_is_found_and_a_strange_token_is_not_let_in(whatsapp: WhatsApp, meta: MetaStage) -> None:
    probe = await whatsapp.probe(at(meta))
    assert (probe.health, probe.options) == ("up", {"number": "+15550783881", "verified_name": "Lucky Shrub"})
    assert SHOWN.startswith("+")

    strange = msgspec.structs.replace(at(meta), secrets=SECRETS | {"access_token": "EAAother"})
    assert (await whatsapp.probe(strange)).health == "needs_reauth"
    assert await whatsapp.send(strange, TO, piece()) == Refused("token_expired", auth=True)


async def test_a_rate_that_is_over_says_when(whatsapp: WhatsApp, meta: MetaStage) -> None:
    await meta.opened()
    await meta.lab("switches", end=NUMBER, method="messages", rate_limit=9)

    assert await whatsapp.send(at(meta), TO, piece()) == NotSent("ratelimited", 9.0)
