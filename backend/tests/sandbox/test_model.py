"""The demo model over real HTTP: sensible, honest, compatible, and as broken as it is told to be."""

import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import openai
import pytest

from .process import running

ASKS: Any = {"role": "system", "content": "Begin like this:\n@0.82\nThen answer."}


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("kept")


@pytest.fixture(scope="module")
def address(kept: Path) -> Iterator[str]:
    with running("--rate", "0", "--keep", kept) as (found, _):
        yield found


@pytest.fixture
def client(address: str) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{address}/v1", api_key="none", max_retries=0, timeout=10) as opened:
        yield opened


def ask(client: openai.OpenAI, *turns: str, header: bool = False) -> str:
    said: list[Any] = [{"role": ("user", "assistant")[n % 2], "content": text} for n, text in enumerate(turns)]
    found = client.chat.completions.create(model="demo", messages=[ASKS, *said] if header else said)
    return found.choices[0].message.content or ""


@pytest.mark.parametrize(
    ("question", "about"),
    [
        ("What is Throughline?", "one conversation, every channel"),
        ("How does a conversation move to another channel?", "active"),
        ("what happens if the server crashes", "Nothing that was acknowledged is lost"),
        ("which channels do you support?", "| web |"),
        ("How can I use a real model?", "OPENAI_API_KEY"),
        ("how do i stop an answer", "Esc"),
        ("What are the message limits?", "30 messages a minute"),
        ("Why is the text still streaming after I reload?", "snapshot"),
        ("is my data private?", "SQLite"),
        ("What does confidence mean?", "@0.82"),
    ],
)
def test_questions_about_the_product_are_answered_from_its_pages(
    client: openai.OpenAI, question: str, about: str
) -> None:
    text = ask(client, question)

    assert about in text
    assert 40 <= len(text.split()) <= 260


@pytest.mark.parametrize("question", ["What is the capital of France?", "Write me a poem on cats", "asdf qwer"])
def test_what_it_does_not_know_it_says(client: openai.OpenAI, question: str) -> None:
    text = ask(client, question, header=True)

    assert "built-in demo model" in text
    assert float(text[1:5]) < 0.5


@pytest.mark.parametrize("question", ["Hi!", "who are you?", "Are you a real person?", "which model is this", "help"])
def test_it_says_what_it_is(client: openai.OpenAI, question: str) -> None:
    assert "built-in demo model" in ask(client, question)


def test_thanks_are_answered_kindly(client: openai.OpenAI) -> None:
    assert "welcome" in ask(client, "Thank you!")


@pytest.mark.parametrize("question", ["write a long answer about streaming", "Please write a long answer"])
def test_long_answers_are_long(client: openai.OpenAI, question: str) -> None:
    found = client.chat.completions.create(model="demo", messages=[{"role": "user", "content": question}])

    assert found.usage is not None
    assert found.usage.completion_tokens >= 300


def test_follow_up_question_is_read_with_the_one_before(client: openai.OpenAI) -> None:
    text = ask(client, "How do I stop an answer?", "Press Stop.", "Who else may do so? operators?")

    assert "operators can stop" in text


def test_header_comes_only_where_it_is_asked_for(client: openai.OpenAI) -> None:
    assert re.match(r"@0\.\d\d\nHello!", ask(client, "Hi", header=True))
    assert ask(client, "Hi").startswith("Hello!")


def test_stream_is_the_same_text_in_many_pieces_with_usage_at_the_end(client: openai.OpenAI) -> None:
    asked: dict[str, Any] = {"model": "demo", "messages": [{"role": "user", "content": "What is Throughline?"}]}
    chunks = list(client.chat.completions.create(**asked, stream=True, stream_options={"include_usage": True}))
    texts = [c.choices[0].delta.content for c in chunks if c.choices and c.choices[0].delta.content]

    assert "".join(texts) == ask(client, "What is Throughline?")
    assert len(texts) > 60
    assert chunks[-1].usage.completion_tokens == len(texts)
    assert [c.choices[0].finish_reason for c in chunks if c.choices][-1] == "stop"


def test_pace_can_be_asked_for_in_three_ways(client: openai.OpenAI) -> None:
    def seconds(model: str, text: str, **headers: str) -> float:
        began = time.monotonic()
        asked: list[Any] = [{"role": "user", "content": text}]
        list(client.chat.completions.create(model=model, messages=asked, stream=True, extra_headers=headers))
        return time.monotonic() - began

    slow = [
        seconds("demo@50", "[[tokens:20]]"),
        seconds("demo", "[[rate:50]] [[tokens:20]]"),
        seconds("demo", "[[tokens:20]]", **{"x-tokens-per-second": "50"}),
    ]
    assert all(0.36 <= taken < 3 for taken in slow)


def test_tool_call_and_its_result(client: openai.OpenAI) -> None:
    tools: list[Any] = [{"type": "function", "function": {"name": "look_up", "parameters": {"type": "object"}}}]
    asked: list[Any] = [{"role": "user", "content": 'Look. [[call:look_up {"order": 17}]]'}]
    name, arguments, reason = "", "", None
    for chunk in client.chat.completions.create(model="demo", messages=asked, tools=tools, stream=True):
        for call in chunk.choices[0].delta.tool_calls or []:
            assert call.function is not None
            name += call.function.name or ""
            arguments += call.function.arguments or ""
        reason = chunk.choices[0].finish_reason
    assert (name, json.loads(arguments), reason) == ("look_up", {"order": 17}, "tool_calls")

    function = {"name": name, "arguments": arguments}
    called: Any = {"role": "assistant", "tool_calls": [{"id": "c", "type": "function", "function": function}]}
    result: Any = {"role": "tool", "tool_call_id": "c", "content": "shipped"}
    found = client.chat.completions.create(model="demo", messages=[*asked, called, result], tools=tools)
    assert "shipped" in (found.choices[0].message.content or "")


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("400", openai.BadRequestError),
        ("401", openai.AuthenticationError),
        ("404", openai.NotFoundError),
        ("429", openai.RateLimitError),
        ("500", openai.InternalServerError),
        ("503", openai.InternalServerError),
    ],
)
def test_ordered_refusals_are_the_real_ones(client: openai.OpenAI, fault: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        ask(client, f"[[fault:{fault}]]")


def test_rate_limit_says_how_long(client: openai.OpenAI) -> None:
    with pytest.raises(openai.RateLimitError) as caught:
        ask(client, "[[fault:429:7]]")
    assert caught.value.response.headers["retry-after"] == "7"


def test_fault_ordered_from_outside_is_used_up(client: openai.OpenAI, address: str) -> None:
    assert httpx2.post(f"{address}/sandbox/faults", json={"fault": "500", "times": 2}).status_code == 204
    for _ in range(2):
        with pytest.raises(openai.InternalServerError):
            ask(client, "Hi")
    assert ask(client, "Hi").startswith("Hello!")
    assert httpx2.post(f"{address}/sandbox/faults", json={"fault": "nonsense"}).status_code == 400


def test_models_and_bad_requests(client: openai.OpenAI, address: str) -> None:
    assert [m.id for m in client.models.list()] == ["throughline-demo"]
    for body in (b"", b"{", b"[]", b'{"messages": 3}', b'{"messages": [{"role": 1}]}', b"[" * 5000):
        assert httpx2.post(f"{address}/v1/chat/completions", content=body).status_code == 400
    assert httpx2.post(f"{address}/v1/chat/completions", json={"messages": []}).status_code == 200


def test_what_was_received_is_kept_line_by_line(client: openai.OpenAI, kept: Path) -> None:
    ask(client, "keep this one")

    assert "keep this one" in (kept / "chat.jsonl").read_text("utf-8").splitlines()[-1]


def test_it_ends_when_its_parents_pipe_closes() -> None:
    with running() as (_, process):
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(10) == 0


def test_it_ends_when_its_parent_is_killed() -> None:
    code = (
        "import subprocess, sys, time\n"
        "p = subprocess.Popen([sys.executable, '-m', 'sandbox'], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)\n"
        "print(p.stdout.readline().decode().strip(), flush=True)\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        port = json.loads(parent.stdout.readline())["port"]
        assert httpx2.get(f"http://127.0.0.1:{port}/v1/models").status_code == 200
        parent.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            httpx2.get(f"http://127.0.0.1:{port}/v1/models")
        except httpx2.ConnectError:
            break
        except httpx2.HTTPError:
            continue
    else:
        pytest.fail("It outlived its parent.")
