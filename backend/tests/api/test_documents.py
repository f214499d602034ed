"""The generated documents: valid, whole, and true to what the routes do."""

from pathlib import Path
from typing import Any, get_args

import jsonschema
import msgspec
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator
from referencing.jsonschema import EMPTY_REGISTRY

from throughline.api.documents import asyncapi, openapi
from throughline.api.door import described, operations
from throughline.channels.web import wire
from throughline.conversation import events

from .house import House

_SPECS = Path(__file__).parents[3] / "frontend/node_modules/@asyncapi/specs/schemas/3.1.0-without-$id.json"
OPENAPI: dict[str, Any] = described("0.1.0")
ASYNCAPI: dict[str, Any] = asyncapi("0.1.0")


def references(value: Any) -> set[str]:
    if isinstance(value, dict):
        mine = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
        return mine.union(*(references(v) for v in value.values())) if value else mine
    if isinstance(value, list):
        return set().union(*(references(v) for v in value)) if value else set()
    return set()


def resolve(document: Any, reference: str) -> Any:
    for step in reference.removeprefix("#/").split("/"):
        document = document[step]
    return document


def test_openapi_is_valid() -> None:
    OpenAPIV31SpecValidator(OPENAPI).validate()


def test_asyncapi_is_valid() -> None:
    schema = msgspec.json.decode(_SPECS.read_bytes())

    jsonschema.Draft7Validator(schema).validate(ASYNCAPI)


@pytest.mark.parametrize("document", [OPENAPI, ASYNCAPI], ids=["openapi", "asyncapi"])
def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    found = references(document)

    assert len(found) > 20
    for reference in found:
        assert resolve(document, reference)


def test_every_operation_is_described_once() -> None:
    described_ones = [o["operationId"] for path in OPENAPI["paths"].values() for o in path.values()]

    assert sorted(described_ones) == sorted(o.name for o in operations())
    assert len(set(described_ones)) == len(described_ones)


def test_every_frame_and_every_kind_of_event_is_in_both_documents() -> None:
    frames = {f.__name__ for f in (*get_args(wire.Incoming), *get_args(wire.Outgoing))}
    kinds = {f"{body.__name__}Event" for body in events.KINDS.values()}

    for document in (OPENAPI, ASYNCAPI):
        assert frames | kinds | {"ClientFrame", "ServerFrame", "EventFrame"} <= document["components"]["schemas"].keys()
    assert set(OPENAPI["components"]["schemas"]["EventFrame"]["discriminator"]["mapping"]) == set(events.KINDS)
    assert len(ASYNCAPI["components"]["messages"]) == len(frames) + len(kinds)


def checked(name: str, value: Any) -> None:
    schema = {"$ref": f"#/components/schemas/{name}", "components": OPENAPI["components"]}
    jsonschema.Draft202012Validator(schema, registry=EMPTY_REGISTRY).validate(value)


def test_a_real_event_frame_fits_its_schema_and_no_other_one() -> None:
    body = events.TurnEnded(turn="t", outcome="completed")  # type: ignore[arg-type]
    entry = events.entry("t", "c", 3, 0, body)  # type: ignore[arg-type]
    frame = msgspec.json.decode(events.event_frame(entry, "person"))

    checked("EventFrame", frame)
    checked("ServerFrame", frame)
    with pytest.raises(jsonschema.ValidationError):
        checked("EventFrame", frame | {"kind": "message"})
    with pytest.raises(jsonschema.ValidationError):
        checked("MessageEvent", frame)


def test_real_frames_of_the_socket_fit_their_unions() -> None:
    checked("ClientFrame", msgspec.to_builtins(wire.Say(c="c", id="i", text="x")))
    checked("ServerFrame", msgspec.json.decode(wire.write(wire.Nack(code="c", detail="d", of="watch"))))
    checked("ServerFrame", msgspec.json.decode(wire.write(wire.SeenFrame(c="c", seq=1))))
    with pytest.raises(jsonschema.ValidationError):
        checked("ClientFrame", {"t": "say", "c": "c", "id": "i"})


async def test_what_the_routes_answer_is_what_the_document_says(home: House) -> None:
    headers = await home.bearer("customer@demo.test")
    where = await home.talk(headers, "hello")
    checked("SignedIn", await home.login("customer@demo.test"))
    one = f"/api/v1/conversations/{where}"
    for path, schema in {
        "/api/v1/auth/me": "Me",
        "/api/v1/about": "About",
        "/version": "VersionShown",
        "/health": "HealthShown",
        "/api/v1/conversations": "ConversationPage",
        one: "ConversationShown",
        f"{one}/events": "EventPage",
        f"{one}/deliveries": "Deliveries",
        f"{one}/bindings": "Bindings",
        f"{one}/export": "Export",
        "/api/v1/conversations/none": "Problem",
    }.items():
        checked(schema, (await home.http.get(path, headers=headers)).json())


async def test_the_served_documents_are_these(home: House) -> None:
    assert (await home.http.get("/openapi.json")).json() == OPENAPI
    assert (await home.http.get("/asyncapi.json")).json() == ASYNCAPI


def test_building_them_twice_gives_the_same() -> None:
    assert msgspec.json.encode(openapi(operations(), "1")) == msgspec.json.encode(openapi(operations(), "1"))
