"""The pane's side: the whole state first, then every change as it happens, each tenant its own."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from .gmail_stage import ANA, BOX, CLIENT, REFRESH, SECRET, Stage, raw, stage, watched

OTHER = "sales@example.com"


@pytest.fixture
async def gmail() -> AsyncIterator[Stage]:
    async with stage() as found:
        yield found


class Reader:
    """The frames of one stream."""

    def __init__(self, lines: AsyncIterator[str]) -> None:
        self._lines = lines

    async def next(self, wanted: str) -> Any:
        """The next frame of a kind; others are passed over."""
        async with asyncio.timeout(10):
            kind = ""
            async for line in self._lines:
                if line.startswith("event: "):
                    kind = line[7:]
                elif line.startswith("data: ") and kind == wanted:
                    return json.loads(line[6:])
        raise AssertionError(wanted)


@asynccontextmanager
async def reading(gmail: Stage, **headers: str) -> AsyncIterator[Reader]:
    async with gmail.http.stream("GET", "/_lab/stream", headers=headers) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        yield Reader(response.aiter_lines())


async def test_a_stream_begins_with_the_whole_state(gmail: Stage) -> None:
    sent = await gmail.sent()
    await gmail.write("An answer", thread=sent["threadId"])
    await gmail.call("drafts.create", body={"message": {"raw": raw("not yet")}})
    async with reading(gmail) as reader:
        state = await reader.next("state")

    assert set(state) == {"ends", "people", "threads", "switches", "deliveries"}
    assert state["ends"] == [{"id": BOX, "label": "Support"}]
    assert state["people"] == [{"id": ANA, "name": "Ana Example", "style": "gmail"}]
    [thread] = state["threads"]
    assert (thread["id"], thread["mailbox"], thread["subject"], thread["person"]) == (
        sent["threadId"], BOX, "Your question", ANA,
    )  # fmt: skip
    ours, theirs = thread["mails"]
    assert (ours["mine"], ours["from"], ours["to"], ours["text"].strip()) == (
        False, f"Support <{BOX}>", ANA, "Hello Ana",
    )  # fmt: skip
    assert (theirs["mine"], theirs["subject"]) == (True, "Re: Your question")
    assert "gmail_quote" in theirs["html"]


async def test_mails_come_as_they_happen(gmail: Stage) -> None:
    async with reading(gmail) as reader:
        await reader.next("state")
        sent = await gmail.sent()
        ours = await reader.next("message")
        file = {"name": "a.png", "media_type": "image/png", "data": "AAEC"}
        written = await gmail.write("Hi", thread=sent["threadId"], files=[file])
        theirs = await reader.next("message")
        await gmail.call("messages.modify", id=written["id"], body={"removeLabelIds": ["UNREAD"]})
        read = await reader.next("message")
        await gmail.switch(end=BOX, fail="backendError")
        switches = await reader.next("switches")

    assert (ours["id"], ours["thread"], ours["mailbox"], ours["mine"]) == (sent["id"], sent["threadId"], BOX, False)
    assert (theirs["id"], theirs["thread"], theirs["mine"]) == (written["id"], sent["threadId"], True)
    assert [(m["media_type"], m["name"], m["size"]) for m in theirs["media"]] == [("image/png", "a.png", 3)]
    assert (read["id"], "UNREAD" in read["labels"]) == (written["id"], False)
    assert [(one["app"], one["fail"]) for one in switches] == [(BOX, "backendError")]


async def test_pushes_are_shown() -> None:
    async with watched() as gmail, reading(gmail) as reader:
        await gmail.advance(1)
        await gmail.write()
        delivery = await reader.next("delivery")

    assert (delivery["end"], delivery["number"], delivery["status"], delivery["again_at"]) == (BOX, 1, "ok", None)


async def test_a_pane_is_shown_its_own_mailboxes_only(gmail: Stage) -> None:
    await gmail.put(f"/_ctl/ends/{OTHER}", client_id="c", client_secret="s", refresh_token="r")
    await gmail.write("ours")
    await gmail.switch(end=BOX, delay_ms=1)
    theirs, ours = {"x-lab-ends": OTHER}, {"x-lab-ends": f"x@example.com,{BOX}"}
    narrow = (await gmail.http.get("/_lab/state", headers=theirs)).json()
    full = (await gmail.http.get("/_lab/state", headers=ours)).json()
    given = {"mailbox": BOX, "person": ANA, "text": "x"}
    refused = await gmail.http.post("/_lab/write", headers=theirs, json=given)
    switched = await gmail.http.post("/_lab/switches", headers=theirs, json={"end": BOX, "delay_ms": 1})
    async with reading(gmail, **theirs) as reader:
        assert (await reader.next("state"))["threads"] == []
        await gmail.write("ours again")
        await gmail.post("/_lab/write", mailbox=OTHER, person=ANA, text="theirs")
        seen = await reader.next("message")

    assert (narrow["threads"], narrow["switches"], [end["id"] for end in narrow["ends"]]) == ([], [], [OTHER])
    assert (len(full["threads"]), len(full["switches"]), [end["id"] for end in full["ends"]]) == (1, 1, [BOX])
    assert [(r.status_code, r.json()["error"]) for r in (refused, switched)] == [(400, "mailbox_not_found")] * 2
    assert (seen["mailbox"], seen["text"].strip()) == (OTHER, "theirs")


async def test_a_reset_leaves_mailboxes_people_and_tokens(gmail: Stage) -> None:
    await gmail.write()
    await gmail.switch(end=BOX, method="messages.send", fail="backendError")
    async with reading(gmail) as reader:
        await reader.next("state")
        await gmail.post("/_lab/reset")
        assert await reader.next("switches") == []
        state = await reader.next("state")

    assert (state["threads"], len(state["ends"]), len(state["people"])) == ([], 1, 1)
    assert (await gmail.call("getProfile"))["messagesTotal"] == 0


async def test_a_reset_or_a_switch_of_a_tenant_is_for_its_own_mailboxes(gmail: Stage) -> None:
    await gmail.put(f"/_ctl/ends/{OTHER}", client_id="c", client_secret="s", refresh_token="r")
    await gmail.put("/_ctl/people/eve@example.org", name="Eve", ends=[OTHER])
    await gmail.write()
    await gmail.switch(end=BOX, delay_ms=1)
    theirs = {"x-lab-ends": OTHER}
    everywhere = await gmail.http.post("/_lab/switches", headers=theirs, json={"method": "push", "duplicate": True})
    assert [one["app"] for one in everywhere.json()["switches"]] == [OTHER]
    await gmail.http.post("/_lab/reset", headers=theirs, json={})
    state = (await gmail.http.get("/_lab/state", headers={"x-lab-ends": BOX})).json()

    assert (len(state["threads"]), [one["app"] for one in (await gmail.get("/_lab/state"))["switches"]]) == (1, [BOX])
    assert [person["id"] for person in state["people"]] == [ANA]
    given = {"mailbox": BOX, "person": "eve@example.org", "text": "x"}
    assert (await gmail.http.post("/_lab/write", json=given)).json()["error"] == "person_not_found"


async def test_no_secret_is_shown(gmail: Stage) -> None:
    await gmail.write()
    shown = json.dumps([await gmail.get("/_lab/state"), await gmail.requests(), await gmail.mails()])

    assert not [secret for secret in (CLIENT, SECRET, REFRESH, gmail.token) if secret in shown and secret != CLIENT]


async def test_a_reader_that_is_open_does_not_hold_up_the_end() -> None:
    async with asyncio.timeout(20), stage() as gmail, reading(gmail) as reader:
        await reader.next("state")
        gmail.gmail.end()
        with pytest.raises(AssertionError):
            await reader.next("message")


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("ends/nobody", {"client_id": "c", "client_secret": "s"}, "no_address"),
        ("ends/a+b@example.com", {"client_id": "c", "client_secret": "s"}, "no_address"),
        ("people/nobody", {"name": "x"}, "no_address"),
        ("people/x@example.org", {"name": "x", "style": "carrier pigeon"}, "unknown_style"),
    ],
)
async def test_what_cannot_be_made_known(gmail: Stage, path: str, body: dict[str, str], code: str) -> None:
    response = await gmail.http.put(f"/_ctl/{path}", json=body)
    assert (response.status_code, response.json()["error"]) == (400, code)


async def test_a_page_elsewhere_cannot_drive_it(gmail: Stage) -> None:
    plain = await gmail.http.post("/_lab/write", content=b"{}", headers={"content-type": "text/plain"})
    named = await gmail.http.get("/_lab/state", headers={"host": "evil.example.com"})

    assert (plain.status_code, named.status_code) == (415, 400)
