"""The pane of a phone-like channel: what it is shown, to whom, and what a person cannot do."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from .meta_stage import ANA, BO, NUMBER, SECRET, TOKEN, VERIFY, WABA, MetaStage, stage

OTHER = "200000000000000"


@pytest.fixture
async def meta() -> AsyncIterator[MetaStage]:
    async with stage() as found:
        yield found


async def another(meta: MetaStage) -> None:
    """Somebody else's number, and a person whom only they know."""
    given = {"app_secret": "x", "access_token": "other", "webhook_url": f"{meta.hears}/other", "waba_id": "1"}
    await meta.ctl("PUT", f"ends/{OTHER}", display_phone_number="+1 555 0000", label="Other", **given)
    await meta.ctl("PUT", "people/16500000001", name="Cy", ends=[OTHER])


class Frames:
    """A pane that follows the stream."""

    def __init__(self, lines: AsyncIterator[str]) -> None:
        self._lines = lines

    async def next(self) -> tuple[str, Any]:
        """The next frame: its name and what it says."""
        name = ""
        async for line in self._lines:
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("data: "):
                return name, json.loads(line.removeprefix("data: "))
        raise AssertionError("the stream has ended")

    async def until(self, name: str) -> Any:
        while (found := await self.next())[0] != name:
            continue
        return found[1]


async def test_the_state_says_all_that_a_pane_needs_and_no_secret(meta: MetaStage) -> None:
    name = await meta.says("hi")
    await meta.settled()
    response = await meta.ask("GET", "/_lab/state")

    state = response.json()
    assert state["ends"] == [
        {"id": NUMBER, "label": "Lucky Shrub", "channel": "whatsapp", "number": "+1 555-078-3881", "waba_id": WABA}
    ]
    assert [(p["id"], p["name"], p["username_only"]) for p in state["people"]] == [
        (ANA, "Ana", False),
        (BO, "Bo", True),
    ]
    assert state["messages"] == [
        {
            "id": name, "end": NUMBER, "person": ANA, "from": "person", "text": "hi", "at": state["messages"][0]["at"],
            "status": None, "error": None, "buttons": [], "media": [], "edited": False, "reply_to": None,
        }
    ]  # fmt: skip
    assert [(d["end"], d["number"], d["status"]) for d in state["deliveries"]] == [(NUMBER, 1, "ok")]
    for secret in (TOKEN, f'"{SECRET}"', f'"{VERIFY}"'):
        assert secret not in response.text


async def test_the_stream_begins_with_the_state_and_goes_on_with_what_happens(meta: MetaStage) -> None:
    async with meta.http.stream("GET", "/_lab/stream") as response:
        frames = Frames(response.aiter_lines())
        assert response.headers["content-type"].startswith("text/event-stream")
        assert (await frames.next())[0] == "state"
        name = await meta.says("hi")
        assert (await frames.until("message"))["id"] == name
        assert (await frames.until("delivery"))["status"] == "ok"
        read = {
            "messaging_product": "whatsapp",
            "status": "read",
            "message_id": name,
            "typing_indicator": {"type": "text"},
        }
        await meta.post(f"{NUMBER}/messages", read)
        assert (await frames.until("typing"))["person"] == ANA
        await meta.text("there")
        assert (await frames.until("message"))["status"] == "delivered"
        await meta.lab("switches", end=NUMBER, lose_answer=True)
        assert (await frames.until("switches"))[0]["lose_answer"] is True
        await meta.lab("reset")
        assert (await frames.until("state"))["messages"] == []


async def test_a_pane_sees_and_does_only_what_its_ends_allow(meta: MetaStage) -> None:
    await another(meta)
    await meta.says("for us")
    await meta.lab("say", end=OTHER, person="16500000001", text="for them")

    for ends, words, people in (
        (NUMBER, ["for us"], {"Ana", "Bo"}), (OTHER, ["for them"], {"Ana", "Bo", "Cy"}), ("", [], {"Ana", "Bo"}),
    ):  # fmt: skip
        state = await meta.state(ends)
        assert [m["text"] for m in state["messages"]] == words
        assert {p["name"] for p in state["people"]} - ({"Ana", "Bo"} if not ends else set()) <= people
    assert [e["id"] for e in (await meta.state(NUMBER))["ends"]] == [NUMBER]
    headers = {"x-lab-ends": NUMBER}
    for what, body, error in (
        ("say", {"end": OTHER, "person": ANA, "text": "x"}, "end_not_found"),
        ("say", {"end": NUMBER, "person": "16500000001", "text": "x"}, "person_not_found"),
        ("read", {"end": OTHER, "person": ANA}, "end_not_found"),
        ("press", {"end": OTHER, "person": ANA, "message": "x", "button": "y"}, "end_not_found"),
        ("switches", {"end": OTHER, "html": True}, "end_not_found"),
    ):
        response = await meta.http.post(f"/_lab/{what}", json=body, headers=headers)
        assert (response.status_code, response.json()["error"]) == (400, error)


async def test_everything_of_one_pane_touches_nobody_else_s(meta: MetaStage) -> None:
    await another(meta)
    await meta.says("for us")
    await meta.lab("say", end=OTHER, person="16500000001", text="for them")
    # All, said by somebody who sees only some, means these.
    await meta.lab("switches", ends=NUMBER, html=True)
    assert [one["end"] for one in (await meta.state())["switches"]] == [NUMBER]
    assert (await meta.state(OTHER))["switches"] == []
    await meta.lab("switches", end=OTHER, html=True)
    await meta.lab("reset", ends=NUMBER)

    assert [m["text"] for m in await meta.messages()] == ["for them"]
    assert [one["end"] for one in (await meta.state())["switches"]] == [OTHER]


async def test_a_scoped_stream_tells_nothing_of_others(meta: MetaStage) -> None:
    await another(meta)
    async with meta.http.stream("GET", "/_lab/stream", headers={"x-lab-ends": NUMBER}) as response:
        frames = Frames(response.aiter_lines())
        await frames.next()
        await meta.lab("say", end=OTHER, person="16500000001", text="for them")
        await meta.lab("switches", end=OTHER, html=True)
        name = await meta.says("for us")
        found = [await frames.next()]
        while found[-1][0] != "message":
            found.append(await frames.next())

        assert found[-1][1]["id"] == name
        assert [data for kind, data in found if kind == "switches"] in ([], [[]])
        assert {kind for kind, _ in found} <= {"switches", "message"}


WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("say", {"end": "1", "person": ANA, "text": "x"}, "end_not_found"),
    ("say", {"end": NUMBER, "person": "1", "text": "x"}, "person_not_found"),
    ("say", {"end": NUMBER, "person": ANA}, "no_text"),
    ("say", {"end": NUMBER, "person": ANA, "text": 1}, "Expected"),
    ("say", {"end": NUMBER, "person": ANA, "media": [{"sample": "film"}]}, "Invalid"),
    ("press", {"end": NUMBER, "person": ANA, "message": "x", "button": "y"}, "message_not_found"),
    ("read", {"end": NUMBER}, "Object missing"),
    ("switches", {"end": NUMBER, "nonsense": True}, "Object contains unknown field"),
    ("switches", {"end": NUMBER, "hang_s": "long"}, "Expected"),
]


@pytest.mark.parametrize(("what", "body", "error"), WRONG, ids=[f"{w}-{e}" for w, _, e in WRONG])
async def test_what_makes_no_sense_is_said_to(meta: MetaStage, what: str, body: dict[str, Any], error: str) -> None:
    response = await meta.http.post(f"/_lab/{what}", json=body)

    assert response.status_code == 400
    assert response.json()["error"].startswith(error)


async def test_a_button_that_is_not_there_cannot_be_pressed(meta: MetaStage) -> None:
    await meta.opened()
    name = await meta.text("no buttons")
    body = {"end": NUMBER, "person": ANA, "message": name, "button": "b"}
    assert (await meta.http.post("/_lab/press", json=body)).json()["error"] == "button_not_found"
    body["person"] = BO
    assert (await meta.http.post("/_lab/press", json=body)).json()["error"] == "message_not_found"


async def test_only_this_machine_s_names_and_only_json_are_let_in(meta: MetaStage) -> None:
    response = await meta.ask("GET", "/_lab/state", headers={"host": "evil.example"})
    assert response.status_code == 400
    response = await meta.http.post("/_lab/say", content=b"{}", headers={"content-type": "text/plain"})
    assert response.status_code == 415


async def test_a_file_s_page_runs_nothing(meta: MetaStage) -> None:
    media = [{"media_type": "text/html", "name": "x.html", "data": "PHNjcmlwdD4="}]
    await meta.says("", media=media)
    [file] = meta.phone.ledger.state.files
    response = await meta.ask("GET", f"/_lab/media/{file}")

    assert response.headers["content-security-policy"].startswith("sandbox")
    assert response.headers["x-content-type-options"] == "nosniff"
    told = (await meta.ask("GET", f"/_lab/media/{file}.json")).json()
    assert told == {"media_type": "text/html", "name": "x.html", "data": "PHNjcmlwdD4="}
    for path, ends in ((f"{file}.json", "other"), ("1.json", NUMBER)):
        response = await meta.ask("GET", f"/_lab/media/{path}", headers={"x-lab-ends": ends})
        assert response.status_code == 404


async def test_people_who_read_at_once_do(meta: MetaStage) -> None:
    await meta.opened()
    await meta.ctl("PUT", "rules", reads=True)
    await meta.text("Hello")

    assert [(await meta.status())["status"] for _ in range(3)] == ["sent", "delivered", "read"]


async def test_who_is_known_at_one_end_and_then_at_another_is_known_at_both(meta: MetaStage) -> None:
    await another(meta)
    await meta.ctl("PUT", "people/16500000001", name="Cy", ends=[NUMBER])
    for ends in (NUMBER, OTHER):
        assert "Cy" in {person["name"] for person in (await meta.state(ends))["people"]}
    assert "Cy" not in {person["name"] for person in (await meta.state("1"))["people"]}
