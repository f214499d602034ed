"""After a run through the API, nobody's words, address or secret is in any line of the log."""

import io
import logging
from collections.abc import Iterator

import msgspec
import pytest
import structlog

from throughline import observe

from .house import PASSWORD, House

CANARY = "zebra-canary-7f3a"


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """All that is logged, in JSON, at the most talkative level; as it was before afterwards."""
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    out = io.StringIO()
    observe.configure_logs("json", "DEBUG", out)
    yield out
    root.handlers[:] = before
    root.setLevel(level)
    structlog.reset_defaults()


async def test_nothing_of_what_people_write_is_logged(
    home: House, lines: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed = await home.login("customer@demo.test")
    headers = {"authorization": f"Bearer {signed['access_token']}"}
    where = await home.talk(headers, f"my secret is {CANARY}")
    await home.http.get(f"/api/v1/conversations/{where}/export?format=md", headers=headers)
    await home.http.post("/api/v1/auth/login", json={"email": f"{CANARY}@demo.test", "password": CANARY})
    await home.http.post(f"/api/v1/conversations/{where}/messages", content=b"{" + CANARY.encode(), headers=headers)
    await home.http.get(f"/api/v1/{CANARY}?q={CANARY}", headers={"cookie": f"throughline={CANARY}"})

    async def breaks(_fn: object) -> None:
        raise RuntimeError(f"cannot keep {CANARY}") from ValueError(CANARY)

    monkeypatch.setattr(type(home.store), "write", lambda _self, fn: breaks(fn))
    message = {"id": "m", "text": CANARY}
    answer = await home.http.post(f"/api/v1/conversations/{where}/messages", headers=headers, json=message)

    written = lines.getvalue()
    for hidden in (CANARY, PASSWORD, signed["access_token"], signed["refresh_token"], "customer@demo.test"):
        assert hidden not in written
    failed = [e for e in map(msgspec.json.decode, written.splitlines()) if e["event"] == "request_failed"]
    assert [e["request"] for e in failed] == [answer.json()["request_id"]]
    assert (failed[0]["error"], failed[0]["caused_by"]) == ("RuntimeError", ["ValueError"])
    assert any("breaks" in frame for frame in failed[0]["frames"])


def test_a_traceback_of_the_standard_library_loses_its_message(lines: io.StringIO) -> None:
    try:
        raise RuntimeError(CANARY)
    except RuntimeError:
        logging.getLogger("uvicorn.error").exception("it broke")

    line = msgspec.json.decode(lines.getvalue())
    assert (line["event"], line["error"], line["logger"]) == ("it broke", "RuntimeError", "uvicorn.error")
    assert CANARY not in lines.getvalue()


def test_fields_that_carry_content_are_left_out_by_name(lines: io.StringIO) -> None:
    observe.logger("test").info("said", text=CANARY, password=CANARY, conversation="c-1")

    line = msgspec.json.decode(lines.getvalue())
    assert (line["text"], line["password"], line["conversation"]) == ("[left out]", "[left out]", "c-1")
    assert {"ts", "level", "event", "logger"} <= line.keys()
