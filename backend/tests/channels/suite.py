"""The contract of ports/channel.py, as tests that every channel has to pass.

A channel brings a `Subject`: how to make it, where to send, and what its provider says when it takes or refuses. The
provider is a real TCP server; what is under test is the whole way down to the socket.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given as over
from hypothesis import strategies as st
from msgspec import Struct

from throughline.conversation.channel import (
    Accepted,
    Ambiguous,
    Capabilities,
    NotSent,
    Outcome,
    Piece,
    Place,
    Post,
    RawRequest,
    Reading,
    Refused,
    Unverified,
)
from throughline.conversation.events import AuthorKind
from throughline.conversation.ids import ConversationId, MessageId
from throughline.ports import Channel, Edits, Line, Listens, Shows, Streams

from .answers import CASES, UNREACHABLE, Case
from .scripted import Answering, answer, cut, drop, scripted

CALLS = ("<!channel>", "<@U0ANA>", "<!subteam^S1>", "@everyone")


class Subject(Struct, frozen=True):
    """A channel under test. `name` is the channel; its folder is called the same, or as `folder` says."""

    name: str
    #: Makes it; seconds a whole call may take.
    make: Callable[[float], Channel]
    line: Callable[[str], Line]
    #: A thread that is there already: one send is one request.
    place: Place
    accepted: Answering
    refused: Answering
    #: A refusal of the credential itself.
    shut: Answering
    #: Bodies as the provider sent them once, and such a body signed.
    recorded: Sequence[Path]
    signed: Callable[[bytes], RawRequest]
    now: int
    #: What must not stand in any piece, so that nobody is called by it.
    calls: Sequence[str] = CALLS
    #: The provider signs the very body; else it proves itself by a header alone.
    signs_body: bool = True
    #: Messages come with the webhook; else it says at most that there are some.
    hears_by_webhook: bool = True
    folder: str = ""


def sane(capabilities: Capabilities) -> None:
    """Capabilities that rules can work with."""
    assert capabilities.label.strip() == capabilities.label != ""
    assert capabilities.text >= 100
    assert capabilities.pace > 0 or not capabilities.edit
    assert capabilities.echo_wait >= 0
    assert capabilities.stream_life == 0 or capabilities.stream
    assert all(calls > 0 and seconds > 0 for calls, seconds in capabilities.rates.values())
    assert set(capabilities.rates) <= {
        "start",
        "append",
        "stop",
        "update",
        "status",
        "prepare",
        "post",
        "seek",
        "history",
    }


class Contract:
    """Inherit, and give a `subject`. Hypothesis inside takes the class's own subject, so it is no fixture."""

    subject: Subject

    def post(self, text: str, author: AuthorKind = "agent", origin: str | None = None) -> Post:
        return Post(ConversationId("c-1"), MessageId("m-1"), author, "Maya", "reply", text, origin)

    def piece(self) -> Piece:
        return self.channel().render(self.post("Hello."))[0]

    def channel(self, within: float = 30.0) -> Channel:
        return self.subject.make(within)

    async def sent(self, answering: Answering, within: float = 30.0) -> tuple[Outcome, int]:
        """What became of one send, and how many requests arrived for it."""
        channel = self.channel(within)
        async with scripted() as provider:
            provider.otherwise = answering
            try:
                outcome = await channel.send(self.subject.line(provider.base), self.subject.place, self.piece())
            finally:
                await channel.close()
            return outcome, len(provider.asked)

    # ------------------------------------------------------------------------------------------------ what it is

    def test_its_capabilities_are_sane(self) -> None:
        channel = self.channel()

        sane(channel.capabilities)
        assert channel.capabilities.channel == self.subject.name

    def test_what_it_can_do_it_has_methods_for(self) -> None:
        channel = self.channel()

        for port, can in ((Streams, channel.capabilities.stream), (Shows, channel.capabilities.typing)):
            methods = [name for name in vars(port) if not name.startswith("_")]
            assert all(hasattr(channel, name) for name in methods) or not can
        assert all(hasattr(channel, n) for n in ("edit", "remove")) == channel.capabilities.edit

    def test_names_of_secrets_and_options_are_words(self) -> None:
        channel = self.channel()

        assert channel.secrets
        assert not set(channel.secrets) & set(channel.options)
        assert all(name.isidentifier() for name in (*channel.secrets, *channel.options))

    # -------------------------------------------------------------------------------------------------- rendering

    @pytest.mark.parametrize("origin", [None, "web"])
    @pytest.mark.parametrize(
        "text", ["word " * 12_000, "x" * 60_000, "```\n" + "code\n" * 9_000 + "```", "a\n\n" * 6_000]
    )
    def test_pieces_are_within_the_limit_in_order_and_marked(self, text: str, origin: str | None) -> None:
        channel = self.channel()
        pieces = channel.render(self.post(text, "person" if origin else "agent", origin))

        assert len(pieces) > 1 or len(text) <= channel.capabilities.text
        assert all(0 < len(piece.text) <= channel.capabilities.text for piece in pieces)
        assert [piece.mark for piece in pieces] == [("c-1", "m-1", number) for number in range(len(pieces))]

    def test_pieces_hold_all_words_in_order(self) -> None:
        words = [f"w{number}." for number in range(9_000)]
        pieces = self.channel().render(self.post(" ".join(words)))

        assert " ".join(piece.text for piece in pieces).split() == words

    def test_nothing_to_say_is_no_piece(self) -> None:
        assert self.channel().render(self.post(" \n ")) == ()

    @pytest.mark.parametrize("origin", [None, "web"])
    def test_words_that_would_call_people_call_nobody(self, origin: str | None) -> None:
        for call in self.subject.calls:
            if origin is None and not call.startswith("<"):
                continue
            for piece in self.channel().render(self.post(f"Hear {call}!", "person" if origin else "agent", origin)):
                assert call not in piece.text

    def test_a_stream_cut_anywhere_shows_the_same(self) -> None:
        channel = self.channel()
        if not channel.capabilities.stream:
            return
        shown: Callable[[str], str] = channel.shown  # type: ignore[attr-defined]

        @over(st.text(max_size=80), st.integers(0, 80))
        def cut_anywhere(text: str, at: int) -> None:
            assert shown(text[:at]) + shown(text[at:]) == shown(text)

        cut_anywhere()

    # ---------------------------------------------------------------------------------------------------- reading

    def test_a_stranger_is_unverified_whatever_they_send(self) -> None:
        channel, line = self.channel(), self.subject.line("http://127.0.0.1:9/")

        @over(st.binary(max_size=200), st.dictionaries(st.text(max_size=20), st.text(max_size=60), max_size=3))
        def read(body: bytes, headers: dict[str, str]) -> None:
            request = RawRequest("POST", "/", "", headers, body)
            assert isinstance(channel.read(request, line, self.subject.now), Unverified)

        read()

    def test_signed_garbage_is_set_aside(self) -> None:
        channel, line = self.channel(), self.subject.line("http://127.0.0.1:9/")

        @over(st.binary(max_size=200))
        def read(body: bytes) -> None:
            reading = channel.read(self.subject.signed(body), line, self.subject.now)
            assert isinstance(reading, Reading)
            assert reading.quarantine
            assert reading.reply.status == 200

        read()

    def test_recorded_payloads_are_read_the_same_twice(self) -> None:
        channel, line = self.channel(), self.subject.line("http://127.0.0.1:9/")
        assert self.subject.recorded
        keys: set[str] = set()
        for path in self.subject.recorded:
            request = self.subject.signed(path.read_bytes())
            first = channel.read(request, line, self.subject.now)
            assert isinstance(first, Reading), path.stem
            assert channel.read(request, line, self.subject.now) == first
            keys |= {inbound.key for inbound in first.inbound}
        assert bool(keys) == self.subject.hears_by_webhook

    def test_a_recorded_payload_that_was_changed_is_refused(self) -> None:
        channel, line = self.channel(), self.subject.line("http://127.0.0.1:9/")
        for path in self.subject.recorded if self.subject.signs_body else ():
            request = self.subject.signed(path.read_bytes())
            changed = RawRequest(request.method, request.path, "", request.headers, request.body + b" ")
            assert isinstance(channel.read(changed, line, self.subject.now), Unverified), path.stem

    # ---------------------------------------------------------------------------------------------------- sending

    async def test_what_is_taken_is_accepted_with_its_id(self) -> None:
        outcome, asked = await self.sent(self.subject.accepted)

        assert isinstance(outcome, Accepted)
        assert outcome.remote
        assert asked == 1

    async def test_a_refusal_is_final(self) -> None:
        outcome, asked = await self.sent(self.subject.refused)

        assert isinstance(outcome, Refused)
        assert not outcome.auth
        assert asked == 1

    async def test_a_bad_credential_is_told_apart(self) -> None:
        outcome, asked = await self.sent(self.subject.shut)

        assert isinstance(outcome, Refused)
        assert outcome.auth
        assert asked == 1

    @pytest.mark.parametrize(
        ("header", "after"),
        [
            ("7", 7.0),
            ("0", 0.0),
            ("1.5", 1.5),
            ("", None),
            ("soon", None),
            ("-3", 0.0),
            ("nan", None),
            ("1e9", 3_600.0),
        ],
    )
    async def test_too_many_is_not_sent_and_says_when(self, header: str, after: float | None) -> None:
        limited = answer({"ok": False, "error": "ratelimited"}, 429, headers=[("Retry-After", header)])
        outcome, asked = await self.sent(limited)

        assert isinstance(outcome, NotSent)
        assert outcome.after == after
        assert asked == 1

    @pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
    async def test_an_answer_comes_to_its_class_and_is_asked_for_once(self, case: Case) -> None:
        """The very table of docs/reference/outcomes.md. What may have been done is never asked for again."""
        outcome, asked = await self.sent(case.answering, within=1.0 if case.drips else 30.0)

        assert isinstance(outcome, case.of(self.subject.folder or self.subject.name)), outcome
        assert asked == 1

    async def test_a_connection_that_broke_while_it_was_kept_is_not_asked_twice(self) -> None:
        """The second send goes out on the first one's connection, and is dropped after it was read."""
        channel = self.channel()
        async with scripted() as provider:
            line = self.subject.line(provider.base)
            provider.otherwise = self.subject.accepted
            first = await channel.send(line, self.subject.place, self.piece())
            provider.otherwise = drop
            second = await channel.send(line, self.subject.place, self.piece())
            await channel.close()

            assert isinstance(first, Accepted)
            assert isinstance(second, Ambiguous)
            assert (len(provider.asked), provider.connections) == (2, 1)

    @pytest.mark.parametrize("where", UNREACHABLE)
    async def test_what_nobody_heard_a_word_of_is_not_sent(self, where: str) -> None:
        channel = self.channel()
        async with scripted() as provider:
            line = self.subject.line(UNREACHABLE[where](provider.base))
            outcome = await channel.send(line, self.subject.place, self.piece())
            await channel.close()

            assert isinstance(outcome, NotSent)
            assert provider.asked == []

    async def test_no_secret_stands_in_an_outcome(self) -> None:
        line = self.subject.line("http://127.0.0.1:9/")
        for answering in (self.subject.refused, self.subject.shut, cut, answer("oops", 502)):
            outcome, _ = await self.sent(answering)
            assert not any(secret in repr(outcome) for secret in line.secrets.values())

    async def test_a_closed_channel_can_be_used_again(self) -> None:
        channel = self.channel()
        await channel.close()
        async with scripted() as provider:
            provider.otherwise = self.subject.accepted
            outcome = await channel.send(self.subject.line(provider.base), self.subject.place, self.piece())
            await channel.close()

        assert isinstance(outcome, Accepted)


#: The optional abilities, for whoever adds a channel: each is a protocol of its own.
ABILITIES = (Streams, Edits, Shows, Listens)
