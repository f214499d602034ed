"""Recordings, written down by whoever serves OpenAI's `POST /audio/transcriptions`."""

import httpx2
import openai

from throughline.agent.llm import Route
from throughline.conversation.unseen import visible
from throughline.observe import failure, logger

#: Seconds for one recording, and characters of what is made out.
WITHIN = 30.0
MOST = 8_000
#: What the endpoint takes, by the ending of the file's name: it does not look at anything else.
_ENDINGS = {
    "audio/ogg": "ogg", "audio/mpeg": "mp3", "audio/mp4": "m4a", "audio/x-m4a": "m4a", "audio/m4a": "m4a",
    "audio/x-wav": "wav", "audio/wav": "wav", "audio/webm": "webm", "audio/aac": "m4a", "video/mp4": "mp4",
}  # fmt: skip

_log = logger("agent.hear")


class Transcriber:
    """ports.Hears over an OpenAI-compatible address."""

    def __init__(self, route: Route) -> None:
        self._model = route.model
        self._client = openai.AsyncOpenAI(
            api_key=route.key or "none", base_url=route.base_url or None, max_retries=1,
            timeout=httpx2.Timeout(WITHIN, connect=5.0),
        )  # fmt: skip

    async def transcribe(self, recording: bytes, media_type: str) -> str | None:
        """ports.Hears.transcribe."""
        ending = _ENDINGS.get(media_type)
        if ending is None:
            return None
        try:
            heard = await self._client.audio.transcriptions.create(
                model=self._model, file=(f"recording.{ending}", recording, media_type), response_format="json"
            )
        except openai.OpenAIError as error:
            _log.warning("recording_not_heard", media_type=media_type, **failure(error))
            return None
        words = " ".join(visible(heard.text).split())[:MOST].strip()
        return words or None

    async def close(self) -> None:
        """Let the connections go."""
        await self._client.close()
