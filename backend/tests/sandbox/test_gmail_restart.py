"""The journal: what was received and done survives a restart and a kill."""

from pathlib import Path
from typing import Any

import httpx2
import msgspec

from sandbox.gmail.facts import Mail
from sandbox.gmail.office import MAX_MAILS, Box, Office

from .gmail_stage import ANA, BOX, CLIENT, REFRESH, SECRET, Stage, raw, stage, watched
from .process import running


def seen(gmail: Stage) -> Any:
    return msgspec.to_builtins(list(gmail.gmail.ledger.state.changes()))


async def test_a_restart_finds_the_same_state(tmp_path: Path) -> None:
    async with stage(tmp_path) as gmail:
        sent = await gmail.sent(Message_ID="<ours@x>")
        await gmail.write("Hi", thread=sent["threadId"])
        draft = await gmail.call("drafts.create", body={"message": {"raw": raw("later")}})
        label = (await gmail.call("labels.create", body={"name": "Ours"}))["id"]
        await gmail.call("messages.modify", id=sent["id"], body={"addLabelIds": [label]})
        await gmail.refused("messages.get", id="0")
        await gmail.advance(5)
        certs = await gmail.get("/oauth/certs")
        before, token = seen(gmail), gmail.token
        history = (await gmail.call("getProfile"))["historyId"]

    async with stage(tmp_path, known=False) as gmail:
        assert seen(gmail)[:-2] == before[:-1]
        assert gmail.gmail.clock.offset == 5
        assert await gmail.get("/oauth/certs") == certs
        gmail.token = token
        assert (await gmail.call("getProfile"))["historyId"] == history
        assert (await gmail.call("drafts.send", body={"id": draft["id"]}))["labelIds"] == ["SENT"]
        assert [asked["number"] for asked in await gmail.requests()] == [1, 2, 3, 4, 5, 6, 7, 8, 9]


async def test_a_state_written_anew_is_the_same(tmp_path: Path) -> None:
    async with stage(tmp_path) as gmail:
        await gmail.write()
        await gmail.sent()
        await gmail.call("messages.list")
        again = Office()
        for change in gmail.gmail.ledger.state.changes():
            again.apply(change)

        assert msgspec.to_builtins(list(again.changes())) == seen(gmail)


async def test_a_push_that_is_owed_goes_out_after_a_restart(tmp_path: Path) -> None:
    async with watched(tmp_path) as gmail:
        await gmail.advance(1)
        await gmail.switch(end=BOX, method="push", delay_ms=60_000)
        await gmail.write()
        [owed] = gmail.gmail.ledger.state.owed
    async with watched(tmp_path, owing=True) as gmail:
        # Its own address is another one now: the push goes to where the mailbox's pushes go.
        await gmail.advance(60)
        assert (await gmail.receiver.next())[1]["message"]["messageId"] == owed


def test_only_the_newest_mails_are_kept() -> None:
    box = Box()
    for n in range(MAX_MAILS + 10):
        box.stand(Mail(str(n), str(n), BOX, ("INBOX",), 0, 1, b"x" * 10))

    assert (len(box.mails), next(iter(box.mails))) == (MAX_MAILS, "10")
    assert box.bytes == sum(len(mail.raw) for mail in box.mails.values())
    for name in list(box.mails):
        box.drop(name)
    assert box.bytes == 0


def test_a_killed_stand_in_has_what_it_answered(tmp_path: Path) -> None:
    end = {"client_id": CLIENT, "client_secret": SECRET, "refresh_token": REFRESH}
    with running("--keep", tmp_path) as (base, process):
        assert httpx2.put(f"{base}/gmail/_ctl/ends/{BOX}", json=end).status_code == 200
        assert httpx2.put(f"{base}/gmail/_ctl/people/{ANA}", json={"name": "Ana"}).status_code == 200
        given = {"mailbox": BOX, "person": ANA, "text": "Hi"}
        written = httpx2.post(f"{base}/gmail/_lab/write", json=given).json()
        process.kill()
    with running("--keep", tmp_path) as (base, _):
        [thread] = httpx2.get(f"{base}/gmail/_lab/state").json()["threads"]
        assert [(mail["id"], mail["mine"]) for mail in thread["mails"]] == [(written["id"], True)]
