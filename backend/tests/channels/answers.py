"""Answers that a provider may give to a send: whole, wrong, cut at every kind of byte, or none; and what each comes to.

The contract suite gives every one of them to every channel; outcomes.py writes the same into docs/reference.
"""

import asyncio
import json
from collections.abc import Callable, Mapping

from msgspec import Struct

from throughline.conversation.channel import Accepted, Ambiguous, NotSent, Outcome, Refused

from .scripted import Answering, answer, cut, drop, garbage, nobody, reset, silence

#: Classes of outcomes, as the table calls them.
WORDS: Mapping[type, str] = {
    Accepted: "accepted", NotSent: "not sent", Refused: "refused", Ambiguous: "in doubt",
}  # fmt: skip


#: Nobody heard a word of it.
UNREACHABLE: Mapping[str, Callable[[str], str]] = {
    "nobody listens at that address": lambda _: nobody(),
    "a host name that nobody has": lambda _: "http://nobody.invalid/api/",
    "a server that does not speak TLS": lambda base: base.replace("http://", "https://"),
}


class Case(Struct, frozen=True):
    """One answer. `comes_to` is its class; `but` where a channel's provider means something else by it.

    `drips`: it has no end before a call's time is over.
    """

    name: str
    answering: Answering
    comes_to: type = Ambiguous
    but: Mapping[str, type] = {}
    drips: bool = False

    def of(self, folder: str) -> type:
        """What it comes to on a channel."""
        return self.but.get(folder, self.comes_to)


def word(outcome: Outcome) -> str:
    """An outcome's class in a word."""
    return WORDS[type(outcome)]


def broken_off(raw: bytes) -> Answering:
    """These bytes, and then the connection is gone."""

    def write(writer: asyncio.StreamWriter) -> None:
        writer.write(raw)
        writer.close()

    return write


def drip(writer: asyncio.StreamWriter) -> None:
    """A head at once, then nothing but a byte now and then: it looks alive, and never ends."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9000\r\n\r\n{")
    loop = asyncio.get_running_loop()

    def more() -> None:
        if not writer.is_closing():
            writer.write(b" ")
            loop.call_later(0.05, more)

    more()


_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
_JSON = json.dumps({"ok": True, "ts": "1732200001.000500", "id": "x", "sid": "SM" + "9" * 32}).encode()
#: Slack says with `ok: false` that it did nothing; Telegram's every answer is JSON, so anything else is somebody's
#: between us and it.
_SLACK, _TELEGRAM = {"slack": Refused}, {"telegram": Ambiguous}
_ELSEWHERE = [("Location", "/api/elsewhere")]

CASES: tuple[Case, ...] = (
    Case("429, `Retry-After: 7`", answer({"ok": False}, 429, headers=[("Retry-After", "7")]), NotSent),
    Case("429 without a word", answer("", 429), NotSent),
    Case("408", answer("", 408)),
    Case("500, JSON", answer({"ok": False}, 500)),
    Case("502, a page of HTML", answer("oops", 502)),
    Case("503, empty", answer("", 503)),
    Case("504, a page of HTML", answer("<html>Gateway Time-out</html>", 504)),
    Case("400, empty", answer("", 400), Refused, _TELEGRAM),
    Case("403, a page of HTML", answer("<html>Forbidden</html>", 403), Refused, _TELEGRAM),
    Case("404, a page of HTML", answer("<html>Not found</html>", 404), Refused, _TELEGRAM),
    Case("413, empty", answer("", 413), Refused, _TELEGRAM),
    Case("204, empty", answer("", 204)),
    Case("200, a page of HTML", answer("<html>hello</html>")),
    Case("200, empty", answer(b"", kind="application/json")),
    Case("200, `{}`", answer({})),
    Case("200, a list", answer(b"[1]", kind="application/json")),
    Case("200, `null`", answer(b"null", kind="application/json")),
    Case("200, half of a JSON object", answer(b"{", kind="application/json")),
    Case("200, bytes that are no UTF-8", answer(b"\xff\xfe", kind="application/json")),
    Case("200, 90,000 brackets deep", answer(b'{"ok":' + b"[" * 90_000, kind="application/json")),
    Case("200, 4 MB", answer({"ok": True, "ts": "x" * 2_000_000, "id": "x" * 2_000_000})),
    Case("200, numbers where names should be", answer({"ok": True, "ts": 1, "id": 2, "sid": 3, "result": 4})),
    Case("200, `ok: false` with a code nobody knows", answer({"ok": False, "error": "brand_new"}), but=_SLACK),
    Case("200, `ok: false` without a code", answer({"ok": False}), but=_SLACK),
    Case("200, a failure that is theirs: `internal_error`", answer({"ok": False, "error": "internal_error"})),
    Case("200, right words of a wrong type: `text/plain`", answer(b'{"ok": true}', kind="text/plain")),
    Case("301", answer({"ok": True}, 301, headers=_ELSEWHERE)),
    Case("302", answer({"ok": True}, 302, headers=_ELSEWHERE)),
    Case("307", answer({"ok": True}, 307, headers=_ELSEWHERE)),
    Case("308, to another host", answer({"ok": True}, 308, headers=[("Location", "http://127.0.0.1:1/")])),
    Case("not HTTP", garbage),
    Case("the request is read, then the connection closes", drop),
    Case("the request is read, then the connection is reset", reset),
    Case("cut within the status line", broken_off(b"HTTP/1.1 20")),
    Case("cut within a header", broken_off(_HEAD + b"Content-Le")),
    Case("cut between head and body", broken_off(_HEAD + b"Content-Length: 900\r\n\r\n")),
    Case("cut within the body", cut),
    Case("cut before the body's last byte",
         broken_off(_HEAD + f"Content-Length: {len(_JSON)}\r\n\r\n".encode() + _JSON[:-1])),
    Case("cut within a chunk", broken_off(_HEAD + b"Transfer-Encoding: chunked\r\n\r\n40\r\n" + _JSON[:20])),
    Case("cut before the last chunk", broken_off(
        _HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + f"{len(_JSON):x}\r\n".encode() + _JSON + b"\r\n")),
    Case("a length that lies: fewer bytes than there are", broken_off(_HEAD + b"Content-Length: 9\r\n\r\n" + _JSON)),
    Case("packed bytes that nobody asked for", answer(b"\x1f\x8b\x08\x00zip", headers=[("Content-Encoding", "gzip")])),
    Case("silence", silence, drips=True),
    Case("a byte now and then, without an end", drip, drips=True),
)  # fmt: skip
