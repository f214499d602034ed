"""The demo model's eyes and ears: asked by the openai client, as the product asks."""

import base64
import struct
from collections.abc import Iterator

import openai
import pytest

from throughline.agent.hear import Transcriber
from throughline.agent.llm import Route

from .process import running


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    with running("--rate", "0") as (found, _):
        yield f"{found}/v1"


def wav(seconds: float, comment: bytes = b"") -> bytes:
    """Silence, with an INFO comment."""
    info = b"LIST" + struct.pack("<I", 12 + len(comment)) + b"INFOICMT" + struct.pack("<I", len(comment)) + comment
    data = bytes(int(8_000 * seconds))
    head = struct.pack("<4sI4s4sIHHIIHH", b"RIFF", 36 + len(data), b"WAVE", b"fmt ", 16, 1, 1, 8_000, 8_000, 1, 8)
    return head + b"data" + struct.pack("<I", len(data)) + data + (info if comment else b"")


def png(width: int, height: int) -> str:
    raw = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", width, height) + bytes(9)
    return f"data:image/png;base64,{base64.b64encode(raw).decode()}"


async def test_a_recording_is_written_down(base: str) -> None:
    transcriber = Transcriber(Route(base, "none", "whisper-1"))
    said = await transcriber.transcribe(wav(1, b"say=When does the ferry leave?"), "audio/x-wav")
    silent = await transcriber.transcribe(wav(3), "audio/x-wav")
    other = await transcriber.transcribe(b"%PDF-1.7", "application/pdf")
    await transcriber.close()

    assert (said, silent, other) == ("When does the ferry leave?", "This is a voice note of 3 seconds.", None)


async def test_nobody_there_writes_nothing_down() -> None:
    transcriber = Transcriber(Route("http://127.0.0.1:9/v1", "none", "whisper-1"))

    assert await transcriber.transcribe(wav(1), "audio/x-wav") is None
    await transcriber.close()


async def test_a_form_without_a_file_is_refused(base: str) -> None:
    async with openai.AsyncOpenAI(api_key="none", base_url=base, max_retries=0) as client:
        with pytest.raises(openai.BadRequestError):
            await client.audio.transcriptions.create(model="whisper-1", file=("a.wav", b""))


async def test_pictures_are_measured(base: str) -> None:
    async with openai.AsyncOpenAI(api_key="none", base_url=base, max_retries=0) as client:
        answer = await client.chat.completions.create(
            model="demo@0",
            messages=[
                {
                    "role": "user",
                    "content": [
                        {"type": "text", "text": "What is this?"},
                        {"type": "image_url", "image_url": {"url": png(640, 480)}},
                    ],
                }
            ],
        )

    assert (answer.choices[0].message.content or "").startswith("I see a picture: PNG, 640 × 480.")
