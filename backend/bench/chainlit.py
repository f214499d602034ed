"""Chainlit under the same tokens: its server, and readers that speak socket.io over picows."""

import asyncio
import importlib.util
import re
import sys
import time
import uuid
from collections.abc import Sequence

import msgspec
import picows
from msgspec import Struct

from bench.process import LOAD_CORE, Missing, python, scratch, started
from bench.sameness import source
from rig.machine import BACKEND, free_port

READERS = 2
_STAMP = re.compile(r" (\d{14})")


class Cost(Struct, frozen=True):
    """CPU in microseconds per token and reader; lateness in seconds; how long all answers took."""

    turns: int
    cpu: float
    first: list[float]
    later: list[float]
    took: float
    server_busy: float
    generator_busy: float


class Reader(picows.WSListener):
    """One socket.io client: opens, joins its pair, counts tokens and how late they came."""

    def __init__(self, pair: str) -> None:
        self.pair = pair
        self.session = str(uuid.uuid4())
        self.late: list[float] = []
        self.joined: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._transport: picows.WSTransport

    def on_ws_connected(self, transport: picows.WSTransport) -> None:
        self._transport = transport

    def on_ws_frame(self, transport: picows.WSTransport, frame: picows.WSFrame) -> None:
        at = time.perf_counter()
        if frame.msg_type != picows.WSMsgType.TEXT:
            return
        text = frame.get_payload_as_utf8_text()
        if text.startswith("42"):
            self._event(text, at)
        elif text.startswith("0"):
            asked = {"sessionId": self.session, "clientType": "webapp", "chatProfile": self.pair}
            self._send("40", asked)
        elif text.startswith("40"):
            self._send("42", ["connection_successful"])
            self.joined.set_result(None)
        elif text == "2":
            self._transport.send(picows.WSMsgType.TEXT, b"3")

    def ask(self) -> None:
        """Begin a turn."""
        message = {
            "id": str(uuid.uuid4()), "threadId": "", "name": "user", "type": "user_message", "output": "Count.",
            "createdAt": "2026-01-01T00:00:00.000000Z",
        }  # fmt: skip
        self._send("42", ["client_message", {"message": message, "fileReferences": []}])

    def drop(self) -> None:
        """Cut the connection."""
        self._transport.disconnect(graceful=False)

    def _event(self, text: str, at: float) -> None:
        if text.startswith(('42["stream_token"', '42["stream_start"')):
            self.late += [at - int(stamp) / 1e6 for stamp in _STAMP.findall(text)]

    def _send(self, packet: str, data: object) -> None:
        self._transport.send(picows.WSMsgType.TEXT, packet.encode() + msgspec.json.encode(data))


async def many(turns: int, seconds: int, rate: int) -> Cost:
    """`turns` answers at once to READERS readers each. Raises Missing when Chainlit is not installed."""
    installed()
    model_port, port = free_port(), free_port()
    with scratch("chainlit") as folder:
        env = {
            "OPENAI_BASE_URL": f"http://127.0.0.1:{model_port}/v1", "OPENAI_API_KEY": "none",
            "OPENAI_MODEL": f"bench-{seconds * rate}-{rate}", "CHAINLIT_APP_ROOT": str(folder),
            "PYTHONPATH": str(BACKEND),
            "TRACELOOP_TELEMETRY": "false",
        }  # fmt: skip
        command = [
            sys.executable, "-m", "chainlit", "run", str(BACKEND / "bench" / "peers" / "chainlit_app.py"), "--headless",
            "--host", "127.0.0.1", "--port", str(port),
        ]  # fmt: skip
        with (
            started(
                "model", python("-m", "bench.peers.model", str(model_port), server=False), model_port, core=LOAD_CORE
            ),
            started("chainlit", command, port, env, cwd=folder) as server,
        ):
            readers = await _join(port, turns)
            await asyncio.sleep(1)
            before, own, begun = server.cpu(), time.process_time(), time.perf_counter()
            for reader in readers[::READERS]:
                reader.ask()
                await asyncio.sleep(1.0 / turns)
            tokens = turns * READERS * seconds * rate
            while time.perf_counter() < begun + seconds * 6:
                await asyncio.sleep(0.1)
                if sum(len(reader.late) for reader in readers) >= tokens:
                    break
            took = time.perf_counter() - begun
            cpu, own = server.cpu() - before, time.process_time() - own
            for reader in readers:
                reader.drop()
            return _cost(turns, readers, cpu, own, took)


def installed() -> None:
    """Raises Missing when Chainlit is not there."""
    if importlib.util.find_spec("chainlit") is None:
        raise Missing("uv pip sync --require-hashes --python .venv-bench/bin/python backend/requirements-bench.lock")


async def _join(port: int, turns: int) -> list[Reader]:
    readers: list[Reader] = []
    for n in range(turns * READERS):
        _, reader = await picows.ws_connect(
            lambda n=n: Reader(f"pair-{n // READERS}"), f"ws://127.0.0.1:{port}/ws/socket.io/?EIO=4&transport=websocket",
            websocket_handshake_timeout=30, local_addr=(source(n), 0), use_aiofastnet=False,
        )  # fmt: skip
        assert isinstance(reader, Reader)
        await asyncio.wait_for(reader.joined, 30)
        readers.append(reader)
    return readers


def _cost(turns: int, readers: Sequence[Reader], cpu: float, own: float, took: float) -> Cost:
    tokens = sum(len(reader.late) for reader in readers)
    return Cost(
        turns=turns,
        cpu=cpu / max(tokens, 1) * 1e6,
        first=sorted(reader.late[0] for reader in readers if reader.late),
        later=sorted(value for reader in readers for value in reader.late[1:]),
        took=took,
        server_busy=cpu / took,
        generator_busy=own / took,
    )
