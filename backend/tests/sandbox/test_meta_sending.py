"""What a business may send through the simulated Cloud API, and what becomes of it."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from sandbox.meta import outgoing

from .meta_stage import ANA, BO, BO_ID, NUMBER, MetaStage, stage

DAY = 86_400


@pytest.fixture
async def meta() -> AsyncIterator[MetaStage]:
    async with stage() as found:
        await found.opened()
        yield found


def buttons(*titles: str, body: str = "Was that good?") -> dict[str, Any]:
    replies = [{"type": "reply", "reply": {"id": f"b{n}", "title": title}} for n, title in enumerate(titles)]
    return {
        "type": "interactive",
        "interactive": {"type": "button", "body": {"text": body}, "action": {"buttons": replies}},
    }


def rows(count: int, **row: str) -> dict[str, Any]:
    made = [{"id": f"r{n}", "title": f"Row {n}", **row} for n in range(count)]
    action = {"button": "Choose", "sections": [{"title": "One", "rows": made}]}
    return {"type": "interactive", "interactive": {"type": "list", "body": {"text": "Which?"}, "action": action}}


def template(name: str, *texts: str, language: str = "en_US") -> dict[str, Any]:
    parameters = [{"type": "text", "text": text} for text in texts]
    components = [{"type": "body", "parameters": parameters}]
    return {"type": "template", "template": {"name": name, "language": {"code": language}, "components": components}}


async def test_a_text_is_accepted_sent_and_delivered_with_our_mark_in_each_status(meta: MetaStage) -> None:
    response = await meta.send(type="text", text={"body": "Hello"}, biz_opaque_callback_data="c1:m1:0")
    body = response.json()

    assert response.status_code == 200
    assert body["contacts"] == [{"input": ANA, "wa_id": ANA, "user_id": body["contacts"][0]["user_id"]}]
    [message] = body["messages"]
    for name in ("sent", "delivered"):
        status = await meta.status()
        assert (status["id"], status["status"], status["recipient_id"]) == (message["id"], name, ANA)
        assert status["biz_opaque_callback_data"] == "c1:m1:0"
    [_, ours] = (await meta.state())["messages"]
    assert (ours["from"], ours["text"], ours["status"]) == ("us", "Hello", "delivered")


async def test_read_comes_when_the_person_reads_and_never_from_who_turned_receipts_off(meta: MetaStage) -> None:
    await meta.text("Hello")
    assert [(await meta.status())["status"] for _ in range(2)] == ["sent", "delivered"]
    assert (await meta.lab("read", end=NUMBER, person=ANA))["read"] == 1
    assert (await meta.status())["status"] == "read"
    assert (await meta.lab("read", end=NUMBER, person=ANA))["read"] == 0

    await meta.ctl("PUT", f"people/{ANA}", name="Ana", receipts=False)
    await meta.text("Again")
    await meta.lab("read", end=NUMBER, person=ANA)
    await meta.settled()
    assert [(await meta.status())["status"] for _ in range(2)] == ["sent", "delivered"]
    assert meta.silent


async def test_outside_the_window_a_text_is_accepted_and_fails_and_a_template_arrives(meta: MetaStage) -> None:
    await meta.advance(DAY)
    await meta.text("in time")
    await meta.advance(1)
    await meta.text("too late", biz_opaque_callback_data="m2")
    await meta.send(**template("hello_world"))
    statuses = [await meta.status() for _ in range(5)]

    by_name = sorted((s["status"], s.get("errors", [{}])[0].get("code")) for s in statuses)
    assert by_name == sorted(
        [("sent", None), ("delivered", None), ("failed", 131047), ("sent", None), ("delivered", None)],
        key=str,
    )
    failed = next(s for s in statuses if s["status"] == "failed")
    assert (failed["biz_opaque_callback_data"], failed["errors"][0]["title"]) == ("m2", "Re-engagement message")
    assert [m["error"] for m in await meta.messages()] == [None, None, "131047", None]


async def test_the_window_can_be_kept_at_once(meta: MetaStage) -> None:
    await meta.ctl("PUT", "rules", sync_window=True)
    await meta.advance(DAY + 1)

    assert await meta.refused(type="text", text={"body": "late"}) == 131047
    assert (await meta.requests())[-1]["error"] == "131047"


async def test_a_person_s_next_message_opens_the_window_again(meta: MetaStage) -> None:
    await meta.advance(10 * DAY)
    await meta.opened()
    await meta.text("in time")

    assert (await meta.status())["status"] == "sent"


async def test_nobody_is_reached_who_is_not_on_whatsapp(meta: MetaStage) -> None:
    await meta.text("hello?", to="+1 999 555 0000")
    status = await meta.status()
    assert (status["status"], status["errors"][0]["code"], status["recipient_id"]) == ("failed", 131026, "19995550000")

    await meta.ctl("PUT", f"people/{ANA}", name="Ana", reachable=False)
    await meta.text("hello?")
    assert (await meta.status())["errors"][0]["code"] == 131026


async def test_somebody_without_a_number_is_reached_by_their_user_id(meta: MetaStage) -> None:
    await meta.says(person=BO)
    await meta.next()
    response = await meta.send("", recipient=BO_ID, type="text", text={"body": "hi"})

    assert response.json()["contacts"] == [{"input": BO_ID, "user_id": BO_ID}]
    status = await meta.status()
    assert (status["status"], status["recipient_user_id"]) == ("sent", BO_ID)
    assert "recipient_id" not in status
    assert (await meta.messages())[-1]["person"] == BO


async def test_a_pressed_button_comes_back_with_what_it_was_on(meta: MetaStage) -> None:
    name = (await meta.send(**buttons("Yes", "No"))).json()["messages"][0]["id"]
    [_, shown] = (await meta.state())["messages"]
    assert shown["buttons"] == [{"id": "b0", "title": "Yes"}, {"id": "b1", "title": "No"}]
    await meta.settled()
    [await meta.next(), await meta.next()]
    await meta.lab("press", end=NUMBER, person=ANA, message=name, button="b1")
    [message] = (await meta.value())["messages"]

    assert message["interactive"] == {"type": "button_reply", "button_reply": {"id": "b1", "title": "No"}}
    assert message["context"]["id"] == name


async def test_rows_and_quick_replies_come_back_in_their_own_shapes(meta: MetaStage) -> None:
    listed = (await meta.send(**rows(3))).json()["messages"][0]["id"]
    await meta.ctl("PUT", "templates/back", body="We are back.", buttons=[{"id": "go", "title": "Go on"}])
    quick = (await meta.send(**template("back"))).json()["messages"][0]["id"]
    for name, button in ((listed, "r2"), (quick, "go")):
        await meta.lab("press", end=NUMBER, person=ANA, message=name, button=button)
    values = [await meta.value() for _ in range(6)]
    [row, reply] = [m for value in values for m in value.get("messages", [])]

    assert row["interactive"] == {"type": "list_reply", "list_reply": {"id": "r2", "title": "Row 2"}}
    assert (reply["type"], reply["button"]) == ("button", {"payload": "go", "text": "Go on"})


TEXT = {"body": "x"}
WRONG: list[tuple[str, dict[str, Any], int]] = [
    ("no recipient", {"to": "", "type": "text", "text": TEXT}, 131008),
    ("no part", {"type": "text"}, 131008),
    ("no body", {"type": "text", "text": {}}, 131008),
    ("an empty body", {"type": "text", "text": {"body": " "}}, 100),
    ("a long body", {"type": "text", "text": {"body": "x" * (outgoing.MAX_TEXT + 1)}}, 100),
    ("a body that is no text", {"type": "text", "text": {"body": 1}}, 100),
    ("a part that is no object", {"type": "text", "text": "x"}, 100),
    ("a type that is not", {"type": "carousel", "carousel": {}}, 131051),
    ("a type that is no text", {"type": ["text"], "text": TEXT}, 131051),
    ("a long mark", {"type": "text", "text": TEXT, "biz_opaque_callback_data": "x" * 513}, 100),
    ("four buttons", buttons("a", "b", "c", "d"), 131009),
    ("no buttons", buttons(), 131009),
    ("a long title", buttons("x" * 21), 131009),
    ("the same title twice", buttons("a", "a"), 131009),
    ("a long interactive body", buttons("a", body="x" * 1_025), 131009),
    ("eleven rows", rows(11), 131009),
    ("a long row", rows(1, title="x" * 25), 131009),
    ("a long description", rows(1, description="x" * 73), 131009),
    ("an unknown template", template("nothing"), 132001),
    ("an unknown language", template("hello_world", language="de"), 132001),
    ("too many parameters", template("hello_world", "x"), 132000),
    ("media without anything", {"type": "image", "image": {}}, 131008),
    ("media of nobody", {"type": "image", "image": {"id": "1"}}, 100),
    ("media by both", {"type": "image", "image": {"id": "1", "link": "http://x"}}, 131009),
    ("a link that is none", {"type": "image", "image": {"link": "ftp://x"}}, 100),
    ("a long caption", {"type": "image", "image": {"link": "http://x", "caption": "x" * 1_025}}, 100),
    ("a caption of a sound", {"type": "audio", "audio": {"link": "http://x", "caption": "x"}}, 100),
    ("our own number", {"to": "15550783881", "type": "text", "text": TEXT}, 131021),
]


@pytest.mark.parametrize(("body", "code"), [(b, c) for _, b, c in WRONG], ids=[n for n, _, _ in WRONG])
async def test_what_breaks_a_rule_is_refused_with_meta_s_code(meta: MetaStage, body: dict[str, Any], code: int) -> None:
    given = {"messaging_product": "whatsapp", "to": ANA, **body}
    response = await meta.post(f"{NUMBER}/messages", given)
    error = response.json()["error"]

    assert response.status_code == (404 if code == 132001 else 400)
    assert (error["code"], error["type"]) == (code, "OAuthException")
    assert error["fbtrace_id"]
    if code != 100:
        assert error["message"].startswith(f"(#{code}) ")
        assert error["error_data"]["messaging_product"] == "whatsapp"
    assert len(await meta.messages()) == 1


@pytest.mark.parametrize(
    "body",
    [
        {"type": "text", "text": {"body": "x" * outgoing.MAX_TEXT}},
        buttons("x" * 20, "b", "c", body="x" * 1_024),
        rows(10, title="x" * 24, description="x" * 72),
        {"text": {"body": "no type is text"}},
    ],
    ids=["text", "buttons", "rows", "type"],
)
async def test_what_is_as_long_as_it_may_be_is_taken(meta: MetaStage, body: dict[str, Any]) -> None:
    for n, row in enumerate(body.get("interactive", {}).get("action", {}).get("sections", [{"rows": []}])[0]["rows"]):
        row["title"] = f"{n}{row['title'][1:]}"
    assert (await meta.send(**body)).status_code == 200


async def test_a_body_without_its_product_or_that_is_no_json_is_refused(meta: MetaStage) -> None:
    headers = {"authorization": "Bearer EAAG1"}
    for raw in (b'{"to":"1"}', b"[]", b"{", b"\xff", b"[" * 100_000):
        response = await meta.ask("POST", f"/api/{NUMBER}/messages", content=raw, headers=headers)
        assert (response.status_code, response.json()["error"]["code"]) == (400, 100)


async def test_a_template_s_text_is_filled_in(meta: MetaStage) -> None:
    await meta.ctl("PUT", "templates/nudge", body="Hello {{1}}, your {{2}} is here.", language="en_GB")
    assert (await meta.send(**template("nudge", "Ana", "answer", language="en_GB"))).status_code == 200
    assert await meta.refused(**template("nudge", "Ana", language="en_GB")) == 132000
    assert await meta.refused(**template("nudge", "A\nna", "x", language="en_GB")) == 132012

    assert (await meta.messages())[-1]["text"] == "Hello Ana, your answer is here."


async def test_a_token_that_is_wrong_opens_nothing(meta: MetaStage) -> None:
    for token in ("", "nobody"):
        response = await meta.post(f"{NUMBER}/messages", {"messaging_product": "whatsapp"}, token)
        assert (response.status_code, response.json()["error"]["code"]) == (401, 190)
    response = await meta.post("1/messages", {"messaging_product": "whatsapp"})
    assert (response.status_code, response.json()["error"]["code"]) == (400, 100)


async def test_one_person_gets_45_messages_at_once_and_then_one_each_six_seconds(meta: MetaStage) -> None:
    for n in range(45):
        await meta.text(str(n))
    response = await meta.send(type="text", text=TEXT)
    assert (response.status_code, response.json()["error"]["code"]) == (429, 131056)

    await meta.advance(6)
    await meta.text("one")
    assert await meta.refused(type="text", text=TEXT) == 131056
    await meta.says(person=BO)
    await meta.text("another pair", to=BO)
    await meta.ctl("PUT", "rules", limits=False)
    await meta.text("without limits")


async def test_a_number_sends_eighty_messages_a_second(meta: MetaStage) -> None:
    for n in range(80):
        response = await meta.send(f"1999555{n:04}", type="text", text=TEXT)
        assert response.status_code == 200
    assert await meta.refused("19995559999", type="text", text=TEXT) == 130429
    await meta.advance(1)
    await meta.text("again")


async def test_typing_needs_a_message_of_theirs_marks_it_read_and_ends_with_an_answer(meta: MetaStage) -> None:
    name = (await meta.messages())[0]["id"]
    read = {"messaging_product": "whatsapp", "status": "read", "message_id": name}
    response = await meta.post(f"{NUMBER}/messages", {**read, "typing_indicator": {"type": "text"}})
    assert response.json() == {"success": True}
    state = await meta.state()
    assert [(t["end"], t["person"], t["until"] - state["now"]) for t in state["typing"]] == [(NUMBER, ANA, 25_000)]
    assert state["messages"][0]["status"] == "read"

    await meta.text("answer")
    assert (await meta.state())["typing"] == []
    await meta.post(f"{NUMBER}/messages", {**read, "typing_indicator": {"type": "text"}})
    await meta.advance(25)
    assert (await meta.state())["typing"] == []
    for wrong in ({"message_id": "wamid.x"}, {"status": "gone"}, {"typing_indicator": {"type": "voice"}}):
        response = await meta.post(f"{NUMBER}/messages", {**read, **wrong})
        assert response.json()["error"]["code"] == 131009
    assert [r["method"] for r in await meta.requests()] == ["typing", "messages", "typing", "read", "read", "typing"]


async def test_a_number_s_own_page_says_what_it_is(meta: MetaStage) -> None:
    page = (await meta.get(NUMBER)).json()
    assert (page["id"], page["verified_name"], page["quality_rating"]) == (NUMBER, "Lucky Shrub", "GREEN")
    fields = (await meta.get(f"{NUMBER}?fields=display_phone_number")).json()
    assert fields == {"display_phone_number": "+1 555-078-3881", "id": NUMBER}
    assert (await meta.get("999")).json()["error"]["code"] == 100
    assert (await meta.get(NUMBER, "")).status_code == 401
