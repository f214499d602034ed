"""A streamed chat completion as bytes: taken apart without a network, all complete lines of one read at once.

Only what we use is decoded, straight into structs; unknown fields cost nothing.
"""

from collections.abc import Iterable, Iterator

import msgspec
from msgspec import Raw, Struct

from throughline.conversation.answer import Broken
from throughline.conversation.events import Usage

#: Bytes of one line; longer ones are no chat completion.
MAX_LINE = 1_048_576


_NO_ERROR = Raw(b"null")


class _Delta(Struct, frozen=True):
    content: str | None = None


class _Choice(Struct, frozen=True):
    delta: _Delta = _Delta()
    finish_reason: str | None = None


class _Counted(Struct, frozen=True):
    prompt_tokens: int = 0
    completion_tokens: int = 0


class _Chunk(Struct, frozen=True):
    choices: list[_Choice] = []
    model: str | None = None
    usage: _Counted | None = None
    error: Raw = _NO_ERROR


NO_CHUNK = Broken("bad_answer", "The stream holds a line that is no completion chunk.", again=True)
_UNREADABLE = (msgspec.MsgspecError, UnicodeError, RecursionError)
_one = msgspec.json.Decoder(_Chunk)
_many = msgspec.json.Decoder(list[_Chunk])


class Reader:
    """One response's state. `feed` gives the text of each read; the rest is here when the stream is over."""

    def __init__(self) -> None:
        self._rest = b""
        self._model = ""
        self._usage: _Counted | None = None
        #: The provider said why it ended: stop, length, content_filter …
        self.reason: str | None = None
        #: `[DONE]` came: nothing follows.
        self.done = False
        #: What is wrong with this stream, once something is.
        self.broken: Broken | None = None

    @property
    def usage(self) -> Usage | None:
        """What the provider counted, if it did."""
        if self._usage is None:
            return None
        return Usage(self._model, self._usage.prompt_tokens, self._usage.completion_tokens)

    def feed(self, data: bytes) -> str:
        """The text in all lines that are complete now. Sets `broken` instead of raising."""
        data = self._rest + data if self._rest else data
        end = data.rfind(b"\n") + 1
        self._rest = data[end:]
        if len(self._rest) > MAX_LINE:
            self.broken = Broken("bad_answer", "A line of the stream is over 1 MiB.", again=False)
            return ""
        found = [line[5:].strip() for line in data[:end].split(b"\n") if line.startswith(b"data:")]
        if found and found[-1] == b"[DONE]":
            self.done = True
            found.pop()
        if len(found) == 1:
            try:
                return self._take(_one.decode(found[0]))
            except _UNREADABLE:
                self.broken = NO_CHUNK
                return ""
        if found:
            try:
                return self._all(_many.decode(b"[" + b",".join(found) + b"]"))
            except _UNREADABLE:
                # One of them is not what it should be: what stands before it still counts.
                pass
        return self._all(self._each(found))

    def _each(self, found: list[bytes]) -> Iterator[_Chunk]:
        for data in found:
            try:
                yield _one.decode(data)
            except _UNREADABLE:
                self.broken = NO_CHUNK
                return

    def _all(self, chunks: Iterable[_Chunk]) -> str:
        text = ""
        for chunk in chunks:
            text += self._take(chunk)
            if self.broken is not None:
                break
        return text

    def _take(self, chunk: _Chunk) -> str:
        if chunk.error is not _NO_ERROR and bytes(chunk.error) != b"null":
            self.broken = Broken("cut_off", f"The provider broke off: {said(bytes(chunk.error))}", again=True)
            return ""
        if chunk.usage is not None:
            self._usage = chunk.usage
        if chunk.model:
            self._model = chunk.model
        if not chunk.choices:
            return ""
        choice = chunk.choices[0]
        if choice.finish_reason is not None:
            self.reason = choice.finish_reason
        return choice.delta.content or ""


class _Error(Struct, frozen=True):
    message: str = ""
    code: str | int | None = None
    type: str | None = None


def said(error: bytes) -> str:
    """A provider's error object in few words, for members."""
    try:
        found = msgspec.json.decode(error, type=_Error | str)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return "no reason given"
    text = found if isinstance(found, str) else found.message or str(found.code or found.type or "no reason given")
    return text[:300]
