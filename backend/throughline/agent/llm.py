"""One model behind an OpenAI-compatible address: messages out, text in, as it comes.

The openai package builds and sends the request and types the errors; the body of the stream goes past its objects,
from bytes to text (docs/adr/0005-agent-network-path.md). Nothing is retried here, and nothing raises for what a
provider does wrong.
"""

import asyncio
import urllib.request
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress

import httpx2
import msgspec
import openai
from msgspec import Struct
from openai._constants import RAW_RESPONSE_HEADER
from openai._response import AsyncAPIResponse

from throughline.agent.prompts import Rendered
from throughline.agent.sse import Reader
from throughline.agent.trouble import TROUBLE, from_error
from throughline.agent.wire import Connection, Wire
from throughline.conversation.answer import Broken, Done
from throughline.ports import Clock


class Route(Struct, frozen=True):
    """Where a model is: any OpenAI-compatible server."""

    base_url: str
    key: str
    model: str


class Deadlines(Struct, frozen=True):
    """Seconds: to connect, until the first text, between two texts, and for the whole answer."""

    connect: float = 5.0
    first: float = 45.0
    idle: float = 20.0
    whole: float = 600.0


class Caps(Struct, frozen=True):
    """How long one answer may get: tokens are asked of the model, characters are ours to count."""

    tokens: int = 4_096
    characters: int = 48_000


DEADLINES = Deadlines()
#: Seconds that the end of a body may come after the end of the answer in it.
TAIL = 0.05
#: The last is the package's own way to ask for a response whose body nobody has read yet.
_HEADERS = {"accept-encoding": "identity", "content-type": "application/json", RAW_RESPONSE_HEADER: "stream"}
CAPS = Caps()


class Llm:
    """A model to be written with. Pools its connections until `close`."""

    def __init__(self, route: Route, clock: Clock, deadlines: Deadlines = DEADLINES, caps: Caps = CAPS) -> None:
        self._route = route
        self._clock = clock
        self._deadlines = deadlines
        self._caps = caps
        self._client = openai.AsyncOpenAI(
            api_key=route.key or "none",
            base_url=route.base_url or None,
            max_retries=0,
            timeout=httpx2.Timeout(deadlines.first, connect=deadlines.connect),
            http_client=_http(route.base_url or "https://api.openai.com/v1"),
        )

    async def write(self, messages: Sequence[Rendered]) -> AsyncGenerator[str | Done | Broken, None]:
        """Text as it comes, then exactly one Done or Broken. Closing it early closes the request."""
        reader, started, characters = Reader(), self._clock.monotonic(), 0
        try:
            async with self._ask(messages) as response:
                read = self._reading(response.http_response)
                while not reader.done and (data := await read()):
                    text = reader.feed(data)
                    if text:
                        if not characters:
                            self._hurry(response.http_response)
                        characters += len(text)
                        yield text
                    late = reader.broken or self._late(started, characters)
                    if late is not None:
                        yield late
                        return
                if reader.done:
                    await _rest(read)
        except TROUBLE as error:
            yield from_error(error, self._route.key)
        else:
            yield _ending(reader, characters)

    async def close(self) -> None:
        """Let the pooled connections go."""
        await self._client.close()

    @asynccontextmanager
    async def _ask(self, messages: Sequence[Rendered]) -> AsyncGenerator[AsyncAPIResponse[httpx2.Response], None]:
        """The package's plain POST: its typed way walks every message once more, for a third of a turn's cost."""
        asked = {
            "model": self._route.model,
            "messages": messages,
            "stream": True,
            "stream_options": {"include_usage": True},
            self._limit_name: self._caps.tokens,
        }
        response = await self._client.post(
            "/chat/completions",
            cast_to=AsyncAPIResponse[httpx2.Response],
            content=msgspec.json.encode(asked),
            options={"headers": _HEADERS},
        )
        try:
            yield response
        finally:
            await response.close()

    @property
    def _limit_name(self) -> str:
        # OpenAI's newer models refuse the old name; most compatible servers know the old one only.
        return "max_completion_tokens" if "api.openai.com" in str(self._client.base_url) else "max_tokens"

    def _reading(self, response: httpx2.Response) -> Callable[[], Awaitable[bytes]]:
        connection = response.extensions.get("connection")
        if isinstance(connection, Connection) and "content-encoding" not in response.headers:
            return connection.read
        chunks = response.aiter_bytes()
        return lambda: anext(chunks, b"")

    def _hurry(self, response: httpx2.Response) -> None:
        """The first text is there: from now on the shorter patience between two."""
        connection = response.extensions.get("connection")
        if isinstance(connection, Connection):
            connection.wait_at_most(self._deadlines.idle)

    def _late(self, started: float, characters: int) -> Broken | None:
        if characters > self._caps.characters:
            return Broken("too_long", f"The answer went over {self._caps.characters:,} characters.", again=False)
        taken = self._clock.monotonic() - started
        if taken > (self._deadlines.whole if characters else self._deadlines.first):
            return Broken("timeout", f"The answer was not there after {taken:.0f} s.", again=True)
        return None


def _http(base_url: str) -> httpx2.AsyncClient:
    """Our own wire; the package's where a proxy stands between, which ours does not speak with."""
    scheme, host = httpx2.URL(base_url).scheme, httpx2.URL(base_url).host
    if urllib.request.getproxies().get(scheme) and not urllib.request.proxy_bypass(host):
        return httpx2.AsyncClient()
    return httpx2.AsyncClient(transport=Wire())


async def _rest(read: Callable[[], Awaitable[bytes]]) -> None:
    """The end of the body often comes a moment after `[DONE]`; with it read, the connection can be used again."""
    with suppress(TimeoutError, httpx2.HTTPError):
        async with asyncio.timeout(TAIL):
            while await read():
                pass


def _ending(reader: Reader, characters: int) -> Done | Broken:
    match reader.reason:
        case "length":
            return Broken("too_long", "The model reached its limit of tokens.", again=False)
        case "content_filter":
            return Broken("refused", "The provider's content filter ended the answer.", again=False)
        case None if not reader.done:
            return Broken("cut_off", "The stream ended before the answer did.", again=True)
        case _ if not characters:
            return Broken("bad_answer", "The model answered nothing.", again=True)
        case _:
            return Done(reader.usage)
