"""The simulated Cloud API beside what Meta publishes of the real one: what it takes, Meta takes."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from sandbox.meta.outgoing import looked_at
from sandbox.phones.provider import Refused
from sandbox.phones.state import State

from .meta_stage import ANA, NUMBER, MetaStage, stage
from .test_meta_sending import WRONG, buttons, rows

_FACTS = json.loads((Path(__file__).parent / "published" / "whatsapp_cloud_api.json").read_text(encoding="utf-8"))


def published(name: str) -> Draft202012Validator:
    return Draft202012Validator({"$ref": f"#/$defs/{name}", "$defs": _FACTS["$defs"]})


MESSAGE = published("message")
words = st.one_of(st.text(max_size=30), st.sampled_from([20, 24, 60, 72, 256, 1_024, 4_096]).flatmap(
    lambda most: st.sampled_from(["x" * most, "x" * (most + 1)])
))  # fmt: skip
odd: st.SearchStrategy[Any] = st.one_of(st.none(), st.integers(), st.just([]), st.just({}), words)
reply = st.fixed_dictionaries({}, optional={"id": odd, "title": odd})
button = st.fixed_dictionaries({"type": st.sampled_from(["reply", "url"])}, optional={"reply": st.one_of(reply, odd)})
row = st.fixed_dictionaries({}, optional={"id": odd, "title": odd, "description": odd})
section = st.fixed_dictionaries({"rows": st.lists(row, max_size=11)}, optional={"title": odd})
action = st.one_of(
    st.fixed_dictionaries({"buttons": st.lists(button, max_size=4)}),
    st.fixed_dictionaries({"button": words, "sections": st.lists(section, max_size=2)}),
    odd,
)
held = st.one_of(st.fixed_dictionaries({"text": words}), odd)
interactive = st.fixed_dictionaries(
    {"type": st.sampled_from(["button", "list", "flow"]), "action": action}, optional={"body": held, "footer": held}
)
text = st.fixed_dictionaries({}, optional={"body": odd, "preview_url": st.booleans(), "stray": words})
media = st.fixed_dictionaries({}, optional={"id": odd, "link": st.just("https://x/a"), "caption": odd})
part = st.one_of(
    st.fixed_dictionaries({"type": st.just("text"), "text": st.one_of(text, odd)}),
    st.fixed_dictionaries({"type": st.just("interactive"), "interactive": interactive}),
    st.fixed_dictionaries({"type": st.just("image"), "image": st.one_of(media, odd)}),
    st.fixed_dictionaries({"type": odd, "text": text}),
)


@pytest.fixture
async def meta() -> AsyncIterator[MetaStage]:
    async with stage() as found:
        await found.opened()
        yield found


@given(part)
def test_what_the_stand_in_takes_is_what_meta_publishes(body: dict[str, Any]) -> None:
    whole = {"messaging_product": "whatsapp", "to": ANA, **body}
    try:
        looked_at(whole, State(), NUMBER)
    except Refused as refused:
        code = refused.code
    else:
        code = ""

    if code:
        assert code in {"100", "131008", "131009", "131051", "132000", "132001"}
    else:
        assert MESSAGE.is_valid(whole)


@pytest.mark.parametrize(
    "body", [buttons("a", "b", "c", body="x" * 1_024), rows(10), {"type": "text", "text": {"body": "x" * 4_096}}]
)
def test_what_meta_publishes_is_what_the_stand_in_takes(body: dict[str, Any]) -> None:
    whole = {"messaging_product": "whatsapp", "to": ANA, **body}

    assert MESSAGE.is_valid(whole)
    assert looked_at(whole, State(), NUMBER).kind == body["type"]


async def test_its_answers_have_the_published_shapes(meta: MetaStage) -> None:
    accepted, marked, refused = published("accepted"), published("marked"), published("refused")
    accepted.validate((await meta.send(type="text", text={"body": "x"})).json())
    read = {"messaging_product": "whatsapp", "status": "read", "message_id": (await meta.messages())[0]["id"]}
    marked.validate((await meta.post(f"{NUMBER}/messages", read)).json())
    for _, body, _ in WRONG:
        refused.validate(
            (await meta.send(**body)).json() if "to" not in body else (await meta.send("", type="x")).json()
        )
    refused.validate((await meta.post(f"{NUMBER}/messages", {}, "no")).json())
