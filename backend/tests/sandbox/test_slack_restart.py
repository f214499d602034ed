"""The journal: what was received and what was done survives a restart, a crash and a long life."""

import asyncio
from pathlib import Path
from typing import Any

import httpx2
import msgspec
import pytest
from starlette.responses import Response

from sandbox.journal import Journal
from sandbox.slack.facts import App, AppKnown, Change, Message, Posted, Team
from sandbox.slack.workspace import MAX_MESSAGES, Workspace

from .process import running
from .slack_stage import ADA, GENERAL, TEAM, Stage, stage

MARK = {"event_type": "throughline", "event_payload": {"id": "m1"}}


def seen(slack: Stage) -> Any:
    return msgspec.to_builtins(list(slack.slack.ledger.state.changes()))


async def test_a_restart_finds_the_same_state(tmp_path: Path) -> None:
    async with stage(tmp_path) as slack:
        await slack.put("/_ctl/tiers", scale=0)
        root = await slack.say("question")
        begun = await slack.client.chat_startStream(channel=slack.dm, thread_ts=root, markdown_text="The ")
        await slack.client.chat_appendStream(channel=slack.dm, ts=begun["ts"], markdown_text="answer")
        await slack.client.chat_stopStream(channel=slack.dm, ts=begun["ts"], metadata=MARK)
        gone = await slack.client.chat_postMessage(channel=GENERAL, text="gone")
        await slack.client.chat_delete(channel=GENERAL, ts=gone["ts"])
        await slack.call("chat.postMessage", channel="C0")
        await slack.advance(5)
        await slack.settled()
        before, texts = seen(slack), await slack.texts()

    async with stage(tmp_path, known=False) as slack:
        assert seen(slack) == before
        assert await slack.texts() == texts == ["question", "The answer"]
        assert slack.slack.clock.offset == 5
        assert [a["number"] for a in await slack.requests()] == [1, 2, 3, 4, 5, 6]


async def test_an_owed_event_is_tried_again_after_a_restart(tmp_path: Path) -> None:
    async with stage(tmp_path) as slack:
        slack.receiver.answers = [Response(status_code=500)] * 2
        await slack.say("Hi")
        first = (await slack.receiver.next())[1]["event_id"]
        await slack.until(lambda: slack.owed == [2])

    async with stage(tmp_path, known=False) as slack:
        await slack.app()
        await slack.advance(60)
        headers, body = await slack.receiver.next()
        assert (body["event_id"], headers["x-slack-retry-num"]) == (first, "2")


async def test_an_app_made_known_again_keeps_what_is_there(tmp_path: Path) -> None:
    async with stage(tmp_path) as slack:
        await slack.say("Hi")
    async with stage(tmp_path) as slack:
        assert await slack.texts() == ["Hi"]
        assert (await slack.put(f"/_ctl/people/{ADA}", name="Ada", team=TEAM))["changed"] is False


def test_a_line_that_a_crash_cut_short_is_cut_off(tmp_path: Path) -> None:
    team = Team("T", "Team")
    apps: list[Change] = [AppKnown(App(name, team, "U", "B", "t", "s")) for name in ("A", "B")]

    async def keep(change: Change) -> None:
        journal: Journal[Change] = Journal(tmp_path, Change)
        list(journal.read())
        await journal.keep([change], list)
        await journal.close()

    asyncio.run(keep(apps[0]))
    with (tmp_path / "journal.jsonl").open("ab") as file:
        file.write(b'[{"t')
    asyncio.run(keep(apps[1]))

    assert list(Journal(tmp_path, Change).read()) == apps


def test_a_journal_that_cannot_be_read_is_put_aside(tmp_path: Path) -> None:
    (tmp_path / "journal.jsonl").write_bytes(b'[{"t":"of another time"}]\n')

    assert list(Journal(tmp_path, Change).read()) == []
    assert (tmp_path / "journal.unread").exists()


async def test_a_long_journal_is_written_anew_with_what_counts(tmp_path: Path) -> None:
    journal: Journal[Change] = Journal(tmp_path, Change, max_file=20_000)
    state = Workspace("E")
    list(journal.read())
    for n in range(200):
        change = Posted(Message("C", "1.000001", "U", f"{n} " + "x" * 500))
        state.apply(change)
        await journal.keep([change], state.changes)
    await journal.close()
    again = Workspace("other")
    written: Journal[Change] = Journal(tmp_path, Change)
    for read in written.read():
        again.apply(read)

    assert (tmp_path / "journal.jsonl").stat().st_size < 25_000
    assert msgspec.to_builtins(list(again.changes())) == msgspec.to_builtins(list(state.changes()))


def test_only_the_newest_messages_are_kept() -> None:
    state = Workspace("E")
    for n in range(MAX_MESSAGES + 10):
        state.apply(Posted(Message("C", f"1.{n:06d}", "U", str(n))))

    assert len(state.messages) == MAX_MESSAGES
    assert next(iter(state.messages.values())).text == "10"


async def test_writes_that_come_together_share_one(tmp_path: Path) -> None:
    journal: Journal[Change] = Journal(tmp_path, Change)
    list(journal.read())
    changes = [Posted(Message("C", f"1.{n:06d}", "U", "x")) for n in range(50)]
    first, *others = [asyncio.ensure_future(journal.keep([change], list)) for change in changes]
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.gather(*others)
    await journal.close()

    assert list(Journal(tmp_path, Change).read()) == changes
    with pytest.raises(asyncio.CancelledError):
        await first


def test_a_killed_stand_in_has_what_it_answered(tmp_path: Path) -> None:
    app = {
        "team": {"id": "T1", "name": "T"}, "bot_user": "UB", "bot_id": "B", "bot_token": "xoxb",
        "signing_secret": "s", "app_token": "xapp",
    }  # fmt: skip
    with running("--keep", tmp_path) as (base, process):
        assert httpx2.put(f"{base}/slack/_ctl/apps/A1", json=app).status_code == 200
        assert httpx2.put(f"{base}/slack/_ctl/people/U1", json={"name": "Ada", "team": "T1"}).status_code == 200
        said = httpx2.post(f"{base}/slack/_lab/say", json={"user": "U1", "text": "Hi"}).json()
        process.kill()
    with running("--keep", tmp_path) as (base, _):
        [message] = httpx2.get(f"{base}/slack/_lab/state").json()["messages"]
        assert (message["ts"], message["text"], message["name"]) == (said["ts"], "Hi", "Ada")
        assert httpx2.get(f"{base}/v1/models").status_code == 200
