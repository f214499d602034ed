"""A whole talk with a talkative log: nobody's words, address or secret is in a line of it, nor on a page of numbers."""

import asyncio
import json
import signal
import socket
from pathlib import Path

import httpx2
import websockets

from tests.command.program import SECRET, Program
from tests.sandbox.process import running

PASSWORD = "canary-password-9c1d"
WORDS = "zebra-canary-51be"
EMAIL = "canary-address@acme.test"


async def talk(program: Program, token: str, where: str) -> None:
    """Words of every kind: kept, refused, broken, stopped half way."""
    address = program.url.replace("http", "ws", 1) + "/api/v1/socket"
    async with websockets.connect(address, subprotocols=["throughline.v1"], compression=None, proxy=None) as link:  # type: ignore[list-item]
        for frame in (
            {"t": "hello", "token": token}, {"t": "watch", "c": where, "after": 0}, {"t": WORDS},
            {"t": "say", "c": WORDS, "id": WORDS, "text": WORDS}, {"t": "say", "c": where, "id": "m-0", "text": 1},
            {"t": "say", "c": where, "id": "m-1", "text": f"{WORDS} [[say:The {WORDS} it is.]]"},
            {"t": "say", "c": where, "id": "m-1", "text": f"{WORDS} other"},
        ):  # fmt: skip
            await link.send(json.dumps(frame))
        await link.send(f'{{"t":"say","text":"{WORDS}')
        ended, said = 0, [f"[[fault:{fault}]] {WORDS}" for fault in ("500", "drop:3", "cut_json:3", "not_sse")]
        async for raw in link:
            frame = json.loads(raw)
            if frame["t"] == "event" and frame["kind"] == "turn_ended":
                ended += 1
                if not said:
                    break
                await link.send(json.dumps({"t": "say", "c": where, "id": f"f-{ended}", "text": said.pop()}))
        await link.send(WORDS.encode())
        await link.wait_closed()


def test_a_whole_talk_leaves_no_words_in_the_log(tmp_path: Path) -> None:
    with running("--rate", "800") as (model, _):
        program = Program(
            tmp_path, THROUGHLINE_LOG="json", OPENAI_BASE_URL=f"{model}/v1", OPENAI_MODEL="demo", OPENAI_API_KEY=WORDS
        )  # fmt: skip
        program.run("migrate")
        program.run("tenant", "create", "acme")
        program.run("user", "create", EMAIL, "--tenant", "acme", "--name", "Canary Name", given=f"{PASSWORD}\n")
        with program.running() as process:
            headers = program.sign_in(EMAIL, PASSWORD)
            where = program.ask("POST", "/conversations", json={}, headers=headers)["id"]
            asyncio.run(talk(program, headers["Authorization"].removeprefix("Bearer "), where))
            with httpx2.Client(base_url=program.url, trust_env=False, headers=headers) as http:
                wrong = {"email": EMAIL, "password": WORDS}
                assert http.post("/api/v1/auth/login", json=wrong).status_code == 401
                http.post(f"/api/v1/conversations/{where}/messages", content=f'{{"text":"{WORDS}'.encode())
                http.get(
                    f"/{WORDS}?q={WORDS}", headers={"cookie": WORDS, "x-request-id": WORDS + "\u00e9".encode().hex()}
                )
                log = http.get(f"/api/v1/conversations/{where}/events?after=0").text
                numbers = http.get("/metrics").text
                with socket.create_connection(("127.0.0.1", program.port)) as bare:
                    bare.sendall(f"{WORDS} / {WORDS}\r\n\r\n".encode())
                    assert bare.recv(100).startswith(b"HTTP/1.1 400")
            process.send_signal(signal.SIGTERM)
            assert process.wait(20) == 0

    assert f"The {WORDS} it is." in log
    assert log.count('"turn_ended"') == 5
    assert log.count('"outcome":"failed"') >= 2
    for hidden in (
        WORDS, EMAIL, "canary-address", PASSWORD, "Canary Name", SECRET, headers["Authorization"].split(".")[2]
    ):  # fmt: skip
        assert hidden not in program.printed(), hidden
        assert hidden not in numbers, hidden
    lines = [json.loads(line) for line in program.printed().splitlines() if line.startswith("{")]
    assert all({"ts", "level", "event"} <= line.keys() for line in lines)
    assert lines
