"""What may be sent through the simulated Twilio; asked by Twilio's own REST client."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.base.exceptions import TwilioRestException
from twilio.rest.api.v2010.account.message import MessageInstance

from sandbox.phones import samples
from sandbox.phones.facts import End, EndKnown, Template, TemplateKnown
from sandbox.phones.provider import Refused
from sandbox.phones.state import State
from sandbox.twilio.codes import CODES
from sandbox.twilio.outgoing import looked_at

from .phones_stage import NOW
from .twilio_stage import ACCOUNT, ANA, PUBLIC, SMS, TOKEN, WHATSAPP, TwilioStage, stage

DAY = 86_400
HX = f"HX{'0' * 32}"


@pytest.fixture
async def twilio() -> AsyncIterator[TwilioStage]:
    async with stage() as found:
        await found.opened()
        yield found


async def test_twilio_s_own_client_sends_reads_and_lists(twilio: TwilioStage) -> None:
    sent = await twilio.real(
        lambda c: c.messages.create(
            to=f"whatsapp:{ANA}", from_=f"whatsapp:{WHATSAPP}", body="Hello", validity_period=120
        )
    )
    assert (sent.status, sent.direction, sent.num_segments, sent.error_code) == ("queued", "outbound-api", "1", None)
    assert sent.date_created == datetime.fromtimestamp(int(NOW), UTC)
    found = await twilio.real(lambda c: c.messages(sent.sid).fetch())
    assert (found.status, found.body, found.to) == ("delivered", "Hello", f"whatsapp:{ANA}")
    ours = await twilio.real(lambda c: c.messages.list(to=f"whatsapp:{ANA}", limit=20))
    assert [m.sid for m in ours] == [sent.sid]
    account = await twilio.real(lambda c: c.api.accounts(ACCOUNT).fetch())
    assert (account.sid, account.status) == (ACCOUNT, "active")


async def test_the_answer_has_the_published_shape(twilio: TwilioStage) -> None:
    response = await twilio.send(Body="Hello")
    body = response.json()

    assert response.status_code == 201
    assert set(body) == {
        "account_sid", "api_version", "body", "date_created", "date_sent", "date_updated", "direction", "error_code",
        "error_message", "from", "messaging_service_sid", "num_media", "num_segments", "price", "price_unit", "sid",
        "status", "subresource_uris", "to", "uri",
    }  # fmt: skip
    assert parsedate_to_datetime(body["date_created"]).timestamp() == int(NOW)
    assert (body["date_sent"], body["sid"][:2], len(body["sid"])) == (None, "SM", 34)


async def test_the_list_is_filtered_newest_first_and_in_pages(twilio: TwilioStage) -> None:
    for n in range(5):
        await twilio.sms(Body=str(n))
    pages = await twilio.real(lambda c: [m.body for m in c.messages.list(from_=SMS, page_size=2)])
    assert pages == ["4", "3", "2", "1", "0"]

    today = datetime.fromtimestamp(NOW, UTC)
    for since, count in ((today - timedelta(hours=1), 6), (today + timedelta(hours=1), 0)):
        found = await twilio.real(lambda c, since=since: c.messages.list(date_sent_after=since))  # type: ignore[misc]
        assert len(found) == count
    path = f"/api/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    assert len((await twilio.get(path, params={"DateSent": f"{today:%Y-%m-%d}"})).json()["messages"]) == 6
    assert (await twilio.get(path, params={"DateSent": "2001-01-01"})).json()["messages"] == []
    assert (await twilio.get(path, params={"DateSent": "soon"})).status_code == 400


async def test_outside_the_window_a_text_is_taken_and_fails_and_a_template_arrives(twilio: TwilioStage) -> None:
    await twilio.ctl("PUT", f"templates/{HX}", body="Your {{1}} is here.", buttons=[{"id": "go", "title": "Go on"}])
    await twilio.advance(DAY + 1)
    late = await twilio.send(Body="late", StatusCallback=PUBLIC)
    assert (late.status_code, late.json()["status"]) == (201, "queued")
    form = (await twilio.next()).form
    assert (form["MessageStatus"], form["ErrorCode"]) == ("failed", "63016")

    name = (await twilio.send(ContentSid=HX, ContentVariables='{"1":"answer"}')).json()["sid"]
    shown = (await twilio.state())["messages"][-1]
    assert (shown["text"], shown["status"]) == ("Your answer is here.", "delivered")
    await twilio.lab("press", end=WHATSAPP, person=ANA, message=name, button="go")
    form = (await twilio.next()).form
    assert (form["ButtonText"], form["ButtonPayload"], form["Body"]) == ("Go on", "go", "Go on")
    assert form["OriginalRepliedMessageSid"] == name
    assert (await twilio.send(Body="in time")).status_code == 201
    assert (await twilio.messages())[-1]["status"] == "delivered"


WRONG: list[tuple[str, dict[str, str | list[str]], int]] = [
    ("no recipient", {"To": ""}, 21604),
    ("a recipient that is none", {"To": "whatsapp:+12"}, 21211),
    ("a name", {"To": "Ana"}, 21211),
    ("no sender", {"From": ""}, 21603),
    ("another's number", {"From": "whatsapp:+19995550000"}, 63007),
    ("another's number for text", {"To": ANA, "From": "+19995550000"}, 21606),
    ("two channels", {"From": SMS}, 21910),
    ("nothing to say", {"Body": ""}, 21602),
    ("too much", {"Body": "x" * 1_601}, 21617),
    ("too many files", {"MediaUrl": ["https://x/a"] * 11}, 21623),
    ("a file's address that is none", {"MediaUrl": "x"}, 21620),
    ("a callback that is none", {"StatusCallback": "/cb"}, 21609),
    ("no time", {"ValidityPeriod": "0"}, 90007),
    ("too much time", {"ValidityPeriod": "36001"}, 90007),
    ("an unknown template", {"ContentSid": f"HX{'1' * 32}"}, 21655),
    ("an unknown service", {"From": "", "MessagingServiceSid": "MG0"}, 21701),
]


@pytest.mark.parametrize(("fields", "code"), [(f, c) for _, f, c in WRONG], ids=[n for n, _, _ in WRONG])
async def test_what_breaks_a_rule_is_refused_with_twilio_s_code(
    twilio: TwilioStage, fields: dict[str, str | list[str]], code: int
) -> None:
    response = await twilio.send(**{"Body": "x", **fields})
    body = response.json()

    assert response.status_code == 400
    assert (body["code"], body["status"]) == (code, 400)
    assert body["more_info"] == f"https://www.twilio.com/docs/errors/{code}"
    assert len(await twilio.messages()) == 1


async def test_the_longest_text_is_taken(twilio: TwilioStage) -> None:
    assert (await twilio.send(Body="x" * 1_600)).status_code == 201
    assert (await twilio.sms(Body="я" * 1_600)).json()["num_segments"] == "24"


async def test_the_real_client_raises_for_a_wrong_token_and_a_wrong_number(twilio: TwilioStage) -> None:
    for token, to, expected in (("no", ANA, (401, 20003)), (TOKEN, "+1", (400, 21211))):
        with pytest.raises(TwilioRestException) as raised:
            await twilio.real(lambda c, to=to: c.messages.create(to=to, from_=SMS, body="x"), token)  # type: ignore[misc]
        assert (raised.value.status, raised.value.code) == expected
    with pytest.raises(TwilioRestException) as raised:
        await twilio.real(lambda c: c.messages(f"SM{'0' * 32}").fetch())
    assert (raised.value.status, raised.value.code) == (404, 20404)


async def test_an_account_s_token_opens_no_other_account(twilio: TwilioStage) -> None:
    other = f"/api/2010-04-01/Accounts/AC{'b' * 32}/Messages.json"
    for auth in ((ACCOUNT, TOKEN), (f"AC{'b' * 32}", TOKEN), ("", "")):
        response = await twilio.http.get(other, auth=auth)
        assert (response.status_code, response.json()["code"]) == (401, 20003)
    assert (await twilio.http.get(other)).headers["www-authenticate"].startswith("Basic")


async def test_people_who_are_not_there_are_not_reached(twilio: TwilioStage) -> None:
    await twilio.send(To="whatsapp:+19995550000", Body="hi", StatusCallback=PUBLIC)
    assert (await twilio.next()).form["ErrorCode"] == "63016"
    await twilio.ctl("PUT", f"people/{ANA}", name="Ana", reachable=False)
    for sent, code in ((await twilio.send(Body="hi", StatusCallback=PUBLIC), "63024"),
                       (await twilio.sms(Body="hi", StatusCallback=PUBLIC), "30005")):  # fmt: skip
        form = (await twilio.next()).form
        assert (form["MessageSid"], form["ErrorCode"], form["MessageStatus"]) == (
            sent.json()["sid"],
            code,
            "undelivered",
        )
        found = await twilio.real(lambda c, sid=form["MessageSid"]: c.messages(sid).fetch())  # type: ignore[misc]
        assert (found.status, found.error_code) == ("undelivered", int(code))


async def test_a_messaging_service_chooses_the_number_and_tells_of_the_queue() -> None:
    async with stage(messaging_service_sid="MG1") as twilio:
        response = await twilio.sms(From="", MessagingServiceSid="MG1", Body="hi", StatusCallback=PUBLIC)
        assert (response.json()["status"], response.json()["from"]) == ("accepted", SMS)
        assert [(await twilio.next()).form["MessageStatus"] for _ in range(3)] == ["queued", "sent", "delivered"]


async def test_a_file_is_fetched_before_it_goes_out(twilio: TwilioStage) -> None:
    twilio.files["file/a.png"] = (samples.image(), "image/png")
    # As the outside calls it: behind the webhook's public origin.
    sent = await twilio.send(Body="here", MediaUrl="https://example.test/file/a.png?sig=1", StatusCallback=PUBLIC)
    assert sent.json()["num_media"] == "1"
    assert [(await twilio.next()).form["MessageStatus"] for _ in range(2)] == ["sent", "delivered"]
    [media] = (await twilio.state())["messages"][-1]["media"]
    assert (await twilio.ask("GET", f"/_lab/{media['url']}")).content == samples.image()

    await twilio.send(MediaUrl="https://elsewhere.test/a.png", StatusCallback=PUBLIC)
    assert (await twilio.next()).form["ErrorCode"] == "63019"


async def test_typing_needs_a_message_of_theirs_over_whatsapp_and_marks_it_read(twilio: TwilioStage) -> None:
    name = (await twilio.messages())[0]["id"]
    done = await twilio.real(lambda c: c.messaging.v2.typing_indicator.create(channel="whatsapp", message_id=name))
    assert done.success is True
    state = await twilio.state()
    assert [t["until"] - state["now"] for t in state["typing"]] == [25_000]
    assert state["messages"][0]["status"] == "read"

    text = await twilio.says("text", end=SMS)
    auth = (ACCOUNT, TOKEN)
    for channel, message, code in (("WHATSAPP", text, 20404), ("RCS", name, 20001)):
        body = {"channel": channel, "messageId": message}
        response = await twilio.http.post("/api/v3/Indicators/Typing.json", json=body, auth=auth)
        assert response.json()["code"] == code
    body = {"channel": "WHATSAPP", "messageId": name}
    assert (await twilio.http.post("/api/v3/Indicators/Typing.json", json=body, auth=auth)).json() == {"success": True}


async def test_too_many_requests_at_once_are_refused_without_effect(twilio: TwilioStage) -> None:
    await twilio.ctl("PUT", "rules", concurrency=2)
    await twilio.lab("switches", end=WHATSAPP, method="messages", delay_ms=5_000)
    loop = asyncio.get_running_loop()
    waiting = [loop.create_task(twilio.send(Body=str(n))) for n in range(2)]
    await twilio.until(lambda: twilio.phone.ledger.board.look(WHATSAPP, "messages").delay_ms > 0)
    while (response := await twilio.sms(Body="third")).status_code == 201:
        continue
    assert (response.status_code, response.json()["code"]) == (429, 20429)
    while not all(task.done() for task in waiting):
        await twilio.advance(5)
    assert [task.result().status_code for task in waiting] == [201, 201]


async def test_what_is_no_form_is_refused(twilio: TwilioStage) -> None:
    path = f"/api/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    form = "application/x-www-form-urlencoded"
    for raw, kind in ((b"{", "application/json"), (b"x", "text/plain"), (b"&" * 10, form), (b"a=1&" * 1_000, form)):
        response = await twilio.http.post(path, content=raw, headers={"content-type": kind}, auth=(ACCOUNT, TOKEN))
        assert response.status_code == 400
    response = await twilio.http.post("/api/2010-04-01/Nothing.json", auth=(ACCOUNT, TOKEN))
    assert (response.status_code, response.json()["code"]) == (404, 20404)


async def test_every_status_is_one_that_twilio_publishes(twilio: TwilioStage) -> None:
    published = {value for name, value in vars(MessageInstance.Status).items() if name.isupper()}
    assert {"queued", "undelivered", "read"} <= published
    await twilio.sms(To="+19995550000", Body="nobody")
    await twilio.send(Body="read")
    await twilio.lab("read", end=WHATSAPP, person=ANA)
    await twilio.advance(DAY + 1)
    await twilio.send(Body="late")
    path = f"/api/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    found = [m["status"] for m in (await twilio.get(path)).json()["messages"]]

    assert found == ["failed", "read", "undelivered", "received"]
    assert set(found) <= published


fields = st.sampled_from(
    ["To", "From", "Body", "MediaUrl", "StatusCallback", "ValidityPeriod", "ContentSid", "ContentVariables",
     "MessagingServiceSid"]
)  # fmt: skip
values = st.one_of(
    st.text(max_size=20),
    st.sampled_from([ANA, SMS, f"whatsapp:{ANA}", HX, "٣", "http://[", "{}", '{"1":{}}', "MG1", "[" * 9_000]),
)


@given(st.dictionaries(fields, st.lists(values, min_size=1, max_size=2)))
def test_no_form_at_all_breaks_the_stand_in(form: dict[str, list[str]]) -> None:
    state = State()
    more = {"channel": "sms", "account_sid": ACCOUNT, "messaging_service_sid": "MG1"}
    state.apply(EndKnown(End(SMS, "", more)))
    state.apply(TemplateKnown(Template(HX, body="{{1}}")))
    try:
        wanted = looked_at(form, state, ACCOUNT)
    except Refused as refused:
        code, words = int(refused.code), ""
    else:
        code, words = 0, wanted.text + "".join(wanted.links)

    assert code in CODES or words
