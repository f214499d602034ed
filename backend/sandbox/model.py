"""The demo model: an OpenAI-compatible chat server that answers from the product's own pages.

It is a stand-in and says so. Its answers, its pace and everything that can go wrong are asked for over the same HTTP
that a real provider speaks.
"""

import asyncio
import itertools
import re
from collections.abc import AsyncIterator

import msgspec
from msgspec import Struct
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from sandbox import chat, script, senses
from sandbox.answers import VERDICT, Turn, answer, wants_verdict
from sandbox.book import Book
from sandbox.chat import ChatRequest, Lines
from sandbox.library import Library
from sandbox.script import Fault, Faults, Script

MODEL = "throughline-demo"
_CREATED = 1_790_000_000
_ASKS_HEADER = re.compile(r"^@0\.\d\d$", re.M)
_OPENING = "without repeating any of it:\n\n"
_STATUS = {
    "400": ("The request is not one I can read.", "invalid_request_error", None),
    "401": ("Incorrect API key provided.", "invalid_request_error", "invalid_api_key"),
    "404": ("The model does not exist.", "invalid_request_error", "model_not_found"),
    "429": ("Rate limit reached for requests.", "requests", "rate_limit_exceeded"),
    "500": ("The server had an error while processing your request.", "server_error", None),
    "503": ("The engine is overloaded.", "server_error", None),
}


class _Broke(Exception):  # noqa: N818 - thrown on purpose, to make the server cut the connection
    """Ends a response without its end."""


class Plan(Struct, frozen=True):
    """What one request gets."""

    tokens: list[str]
    prompt: int
    rate: float
    reason: str
    script: Script
    fault: Fault | None

    @property
    def after(self) -> int:
        """Tokens that come before the fault."""
        return 5 if self.fault is None or self.fault.number is None else self.fault.number


class Model:
    """The server's state. `rate` is tokens a second where a request names none; 0 is as fast as it goes."""

    def __init__(self, library: Library, book: Book, rate: float = 30.0) -> None:
        self._library = library
        self._book = book
        self._rate = rate
        self._faults = Faults()
        self._numbers = itertools.count(1)
        self._seen = {"requests": 0, "open": 0, "finished": 0, "cut": 0}

    def app(self) -> Starlette:
        """The routes."""
        return Starlette(
            routes=[
                Route("/v1/chat/completions", self._chat, methods=["POST"]),
                Route("/v1/models", self._models),
                Route("/v1/audio/transcriptions", self._hear, methods=["POST"]),
                Route("/sandbox/faults", self._order, methods=["POST", "DELETE"]),
                Route("/sandbox/seen", self._state),
            ]
        )

    async def _chat(self, request: Request) -> Response:
        raw = await request.body()
        try:
            asked = msgspec.json.decode(raw, type=ChatRequest)
        except (msgspec.MsgspecError, UnicodeError):
            return JSONResponse(chat.error(*_STATUS["400"]), 400)
        self._seen["requests"] += 1
        self._book.note("chat", {"model": asked.model, "body": msgspec.Raw(raw) if len(raw) < 20_000 else None})
        plan = self._plan(asked, request)
        fault = plan.fault
        if fault is not None and fault.fault in _STATUS:
            wait = {"retry-after": str(1 if fault.number is None else fault.number)}
            headers = wait if fault.fault in {"429", "503"} else {}
            return JSONResponse(chat.error(*_STATUS[fault.fault]), int(fault.fault), headers)
        if fault is not None and fault.fault == "hang" and not fault.number:
            await _until_gone(request)
        name = f"chatcmpl-{next(self._numbers)}"
        if not asked.stream:
            return JSONResponse(self._whole(name, asked, plan))
        if fault is not None and fault.fault == "not_sse":
            return Response("<html>Welcome to nginx</html>", media_type="text/html")
        usage = asked.stream_options is not None and asked.stream_options.include_usage
        return StreamingResponse(self._stream(name, asked.model, plan, usage=usage), media_type="text/event-stream")

    async def _hear(self, request: Request) -> Response:
        body = await request.body()
        fault = self._faults.next()
        if fault is not None and fault.fault in _STATUS:
            return JSONResponse(chat.error(*_STATUS[fault.fault]), int(fault.fault))
        text = senses.heard(request.headers.get("content-type", ""), body) if len(body) <= senses.MOST else None
        self._book.note("transcription", {"bytes": len(body)})
        return JSONResponse({"text": text}) if text is not None else JSONResponse(chat.error(*_STATUS["400"]), 400)

    def _plan(self, asked: ChatRequest, request: Request) -> Plan:
        people = [m for m in asked.messages if m.role == "user"]
        told = script.read(people[-1].text if people else "")[0]
        system = "\n".join(m.text for m in asked.messages if m.role == "system")
        text, reason = self._text(asked, told, system), "stop"
        tokens = chat.pieces(text)
        if asked.limit is not None and len(tokens) > asked.limit:
            tokens, reason = tokens[: asked.limit], "length"
        return Plan(
            tokens=tokens,
            prompt=sum(len(m.text.split()) for m in asked.messages),
            rate=self._pace(asked.model, request, told),
            reason=reason,
            script=told
            if asked.tools and asked.messages[-1].role == "user"
            else msgspec.structs.replace(told, call=None),
            fault=told.fault or self._faults.next(),
        )

    def _text(self, asked: ChatRequest, told: Script, system: str) -> str:
        last = asked.messages[-1] if asked.messages else None
        sure = 0.9
        if told.say is not None:
            text = told.say
        elif told.tokens is not None:
            text = "".join(f"word{n:03d} " if n % 12 else f"word{n:03d}\n" for n in range(told.tokens)).rstrip()
        elif wants_verdict(system):
            text = VERDICT
        elif last is not None and last.role == "tool":
            text = f"The tool answered:\n\n```\n{last.text}\n```"
        else:
            turns = [Turn(m.role, script.read(m.text)[1]) for m in asked.messages if m.role in {"user", "assistant"}]  # type: ignore[arg-type]
            found = answer(self._library, turns)
            text, sure = "\n\n".join(part for part in (_looked(asked), found.text) if part), found.confidence
        opening = system.partition(_OPENING)[2]
        if opening:
            text = text[len(opening) :].lstrip() if text.startswith(opening) else text
            text = text or "That is all I can say about it."
        return f"@{sure:.2f}\n{text}" if _ASKS_HEADER.search(system) else text

    def _pace(self, model: str, request: Request, told: Script) -> float:
        for given in (request.headers.get("x-tokens-per-second", ""), model.rpartition("@")[2]):
            if given.isdecimal():
                return float(given)
        return self._rate if told.rate is None else told.rate

    def _whole(self, name: str, asked: ChatRequest, plan: Plan) -> dict[str, object]:
        counted = (plan.prompt, len(plan.tokens))
        if plan.script.call is None:
            message: dict[str, object] = {"content": "".join(plan.tokens)}
            return chat.completion(name, asked.model, _CREATED, message, plan.reason, counted)
        tool, arguments = plan.script.call
        call = {"id": f"call_{tool}", "type": "function", "function": {"name": tool, "arguments": arguments}}
        message = {"content": None, "tool_calls": [call]}
        return chat.completion(name, asked.model, _CREATED, message, "tool_calls", counted)

    async def _stream(self, name: str, model: str, plan: Plan, *, usage: bool) -> AsyncIterator[bytes]:
        lines = Lines(name, model, _CREATED)
        self._seen["open"] += 1
        ended = "cut"
        try:
            yield lines.start()
            if plan.script.call is not None:
                for line in lines.call(*plan.script.call):
                    yield line
                yield lines.finish("tool_calls")
            else:
                async for line in self._words(lines, plan):
                    yield line
            if usage:
                yield lines.usage(plan.prompt, len(plan.tokens))
            yield chat.DONE
            ended = "finished"
        finally:
            self._seen["open"] -= 1
            self._seen[ended] += 1

    async def _words(self, lines: Lines, plan: Plan) -> AsyncIterator[bytes]:
        fault = plan.fault.fault if plan.fault is not None else None
        tokens: itertools.chain[str] | list[str] = plan.tokens
        if fault == "endless":
            tokens = itertools.chain(plan.tokens, itertools.repeat(" and on"))
        elif fault in {"drop", "cut_json", "error_event", "hang", "length", "filter"}:
            tokens = plan.tokens[: plan.after]
        elif fault == "empty":
            tokens = []
        elif fault == "slow":
            await asyncio.sleep(3)
        async for token in _paced(tokens, 5.0 if fault == "slow" else plan.rate):
            yield lines.text(token)
        match fault:
            case "drop":
                # What was sent so far must be on its way before the connection goes.
                await asyncio.sleep(0.02)
                raise _Broke
            case "cut_json":
                yield lines.text("never read")[:-20] + b"\n\n"
            case "error_event":
                yield b"data: " + msgspec.json.encode(chat.error(*_STATUS["503"])) + b"\n\n"
            case "hang":
                await asyncio.Event().wait()
            case "length":
                yield lines.finish("length")
            case "filter":
                yield lines.finish("content_filter")
            case _:
                yield lines.finish(plan.reason)

    async def _models(self, _request: Request) -> Response:
        return JSONResponse(
            {
                "object": "list",
                "data": [{"id": MODEL, "object": "model", "created": _CREATED, "owned_by": "throughline"}],
            }
        )

    async def _order(self, request: Request) -> Response:
        if request.method == "DELETE":
            self._faults.clear()
            return Response(status_code=204)
        try:
            self._faults.order(msgspec.json.decode(await request.body(), type=Fault))
        except msgspec.MsgspecError as error:
            return JSONResponse(chat.error(str(error), "invalid_request_error"), 400)
        return Response(status_code=204)

    async def _state(self, _request: Request) -> Response:
        return JSONResponse(self._seen)


def _looked(asked: ChatRequest) -> str:
    """About the pictures of the last message."""
    return senses.seen(asked.messages[-1]) if asked.messages else ""


async def _paced(tokens: itertools.chain[str] | list[str], rate: float) -> AsyncIterator[str]:
    loop = asyncio.get_running_loop()
    start = loop.time()
    for n, token in enumerate(tokens):
        wait = start + n / rate - loop.time() if rate else 0.0
        if wait > 0:
            await asyncio.sleep(wait)
        elif n % 16 == 0:
            await asyncio.sleep(0)
        yield token


async def _until_gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
