"""Which whole messages are commands, and which are talk."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from throughline.conversation.commands import (
    Command,
    Continue,
    Help,
    Link,
    Listing,
    New,
    Start,
    Stop,
    Switch,
    Unknown,
    channel_named,
    parse,
)


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("help", Help()),
        ("/help", Help()),
        ("!HELP", Help()),
        ("  Stop \n", Stop()),
        ("continue on slack", Continue("slack", "slack")),
        ("/Continue  on\tSlack", Continue("slack", "slack")),
        ("continue on email", Continue("gmail", "email")),
        ("!continue on the moon", Continue(None, "the moon")),
        ("/new", New()),
        ("New", New()),
        ("list", Listing()),
        ("/switch 2", Switch(2)),
        ("switch 12", Switch(12)),
        ("!switch", Switch(None)),
        ("!link abcd", Link("ABCD")),
        ("link ab12-cd34", Link("AB12-CD34")),
        ("/link", Link("")),
        ("/start", Start()),
        ("/start abc", Start()),
        ("/human", Unknown("human")),
        ("!nonsense", Unknown("nonsense")),
    ],
)
def test_a_command_is_known_in_any_dress(text: str, command: Command) -> None:
    assert parse(text) == command


@pytest.mark.parametrize(
    "text",
    [
        "", "   ", "/", "!", "//help", "/ help me", "help me", "please stop", "stop.", "continue on monday", "start",
        "switch", "switch me", "switch 0", "link me", "link",
        "human", "/etc/passwd", "/tmp is full", "continue on", "continue",
        "stop\u200b", "help" + " " * 400, "sto\u0440",
        "continue on slack now", "h" * 10_000, "/continue on " + "x" * 100,
    ],
)  # fmt: skip
def test_anything_else_is_talk(text: str) -> None:
    assert parse(text) is None


@given(st.text(max_size=300))
def test_no_text_breaks_it_and_what_it_echoes_is_short(text: str) -> None:
    command = parse(text)

    if isinstance(command, Continue | Unknown):
        assert len(command.asked) <= 60
        assert command.asked.isprintable()


@pytest.mark.parametrize(("word", "channel"), [("web", "web"), ("E-Mail", None), (" Email ", "gmail"), ("", None)])
def test_channels_are_called_as_people_call_them(word: str, channel: str | None) -> None:
    assert channel_named(word) == channel


@pytest.mark.parametrize("text", ["stop", "help", "new", "continue on slack", "switch 2", "link ab12"])
def test_where_plain_words_are_the_carriers_only_marked_ones_are_ours(text: str) -> None:
    assert parse(text, marked_only=True) is None
    assert parse(f"!{text}", marked_only=True) == parse(text)
