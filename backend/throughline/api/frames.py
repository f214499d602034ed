"""The socket's frames as JSON Schemas.

`openapi.json` and `asyncapi.json` share them, so that one file of types covers HTTP and WebSocket alike.
"""

from collections.abc import Iterable, Mapping
from typing import Any, get_args

import msgspec

from throughline.channels.web.wire import Incoming, Outgoing
from throughline.conversation.events import KINDS

REF = "#/components/schemas/{name}"
Schema = dict[str, Any]


def schemas(shapes: Iterable[Any]) -> dict[str, Schema]:
    """Every schema by name: `shapes`, the frames, the events' bodies, and the unions over them."""
    incoming, outgoing = get_args(Incoming), get_args(Outgoing)
    found = msgspec.json.schema_components(
        [*shapes, *incoming, *outgoing, *KINDS.values()], ref_template=REF
    )[1]  # fmt: skip
    known: dict[str, Schema] = {name: _tidy(schema) for name, schema in found.items()}
    events = {kind: f"{body.__name__}Event" for kind, body in KINDS.items()}
    for kind, name in events.items():
        known[name] = _event(kind, KINDS[kind].__name__)
    known["EventFrame"] = _union("A log entry, told apart by `kind`.", "kind", events)
    known["ClientFrame"] = _union("What a client may say.", "t", {_tag(f): f.__name__ for f in incoming})
    said = {_tag(f): f.__name__ for f in outgoing}
    known["ServerFrame"] = {
        "title": "ServerFrame",
        "description": "What the server may say.",
        "oneOf": [
            *({"$ref": REF.format(name=name)} for name in said.values()),
            {"$ref": REF.format(name="EventFrame")},
        ],
    }
    for holder in ("EventPage", "Export"):
        if holder in known:
            known[holder]["properties"]["items"]["items"] = {"$ref": REF.format(name="EventFrame")}
    plain: dict[str, Schema] = msgspec.json.decode(msgspec.json.encode(dict(sorted(known.items()))))
    return plain


def frame_names() -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    """Schema names of the client's frames by tag, of the server's by tag, and of events by kind."""
    return (
        {_tag(f): f.__name__ for f in get_args(Incoming)},
        {_tag(f): f.__name__ for f in get_args(Outgoing)},
        {kind: f"{body.__name__}Event" for kind, body in KINDS.items()},
    )


def _tag(frame: type[msgspec.Struct]) -> str:
    return str(frame.__struct_config__.tag)


def _event(kind: str, body: str) -> Schema:
    return {
        "title": f"{body}Event",
        "description": f"A log entry of kind `{kind}`.",
        "type": "object",
        "properties": {
            "t": {"const": "event", "type": "string"},
            "c": {"type": "string", "description": "The conversation."},
            "seq": {"type": "integer", "minimum": 1},
            "at": {"type": "string", "format": "date-time"},
            "kind": {"const": kind, "type": "string"},
            "body": {"$ref": REF.format(name=body)},
        },
        "required": ["t", "c", "seq", "at", "kind", "body"],
    }


def _union(description: str, field: str, names: Mapping[str, str]) -> Schema:
    refs = {tag: REF.format(name=name) for tag, name in names.items()}
    return {
        "description": description,
        "oneOf": [{"$ref": ref} for ref in refs.values()],
        "discriminator": {"propertyName": field, "mapping": refs},
    }


def _tidy(schema: Schema) -> Schema:
    """Docstrings keep their indentation in msgspec's schemas; a tag of one value is a constant."""
    if "description" in schema:
        schema["description"] = "\n".join(line.strip() for line in schema["description"].splitlines())
    tag = schema.get("properties", {}).get("t")
    if isinstance(tag, dict) and len(tag.get("enum", ())) == 1:
        schema["properties"]["t"] = {"const": tag["enum"][0], "type": "string"}
    return schema
