"""openapi.json and asyncapi.json, assembled from the routes' table and the msgspec types; never written by hand."""

import re
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

import msgspec

from throughline.api.ask import MAX_BODY
from throughline.api.frames import REF, Schema, frame_names, schemas
from throughline.api.shapes import Problem
from throughline.api.table import Operation
from throughline.channels.web.wire import MAX_FRAME, SUBPROTOCOL

_PARAM = re.compile(r"{(\w+)}")
_LICENSE = {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"}
_ABOUT = (
    "One conversation, every channel, live. Errors are problem documents (RFC 9457) with a stable `code`; lists page "
    "by `next`; an id of another tenant answers exactly like an unknown one. The socket's frames are described in "
    "/asyncapi.json and stand here as schemas, so that one file of types covers both."
)


def openapi(operations: Sequence[Operation], version: str) -> Schema:
    """The HTTP side, OpenAPI 3.1."""
    paths: dict[str, Schema] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation)
    shapes = [s for o in operations for s in (o.takes, o.gives) if s is not None]
    return {
        "openapi": "3.1.0",
        "info": {"title": "Throughline", "version": version, "description": _ABOUT, "license": _LICENSE},
        "servers": [{"url": "/"}],
        "security": [{"bearer": []}],
        "tags": [{"name": name} for name in dict.fromkeys(o.tag for o in operations)],
        "paths": paths,
        "components": {
            "schemas": schemas([*dict.fromkeys(shapes), Problem]),
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": "From login."}
            },
        },
    }


def asyncapi(version: str) -> Schema:
    """The socket, AsyncAPI 3.1."""
    incoming, outgoing, events = frame_names()
    said = {f"client.{tag}": name for tag, name in incoming.items()}
    heard = {f"server.{tag}": name for tag, name in outgoing.items()}
    heard |= {f"event.{kind}": name for kind, name in events.items()}
    messages = {key: _message(key, name) for key, name in (said | heard).items()}
    channel = "#/channels/socket"
    return {
        "asyncapi": "3.1.0",
        "info": {"title": "Throughline socket", "version": version, "description": _SOCKET, "license": _LICENSE},
        "defaultContentType": "application/json",
        "servers": {"here": {"host": "127.0.0.1:8000", "protocol": "ws", "description": "Where /docs is served from."}},
        "channels": {
            "socket": {
                "address": "/api/v1/socket",
                "title": SUBPROTOCOL,
                "messages": {key: {"$ref": f"#/components/messages/{key}"} for key in messages},
                "bindings": {"ws": {"method": "GET", "bindingVersion": "0.1.0"}},
            }
        },
        "operations": {
            "hear": {
                "action": "send",
                "channel": {"$ref": channel},
                "summary": "What the server says.",
                "messages": [{"$ref": f"{channel}/messages/{key}"} for key in heard],
            },
            "say": {
                "action": "receive",
                "channel": {"$ref": channel},
                "summary": "What a client may say.",
                "messages": [{"$ref": f"{channel}/messages/{key}"} for key in said],
            },
        },
        "components": {"messages": messages, "schemas": _undiscriminated(schemas([]))},
    }


_SOCKET = (
    f"Subprotocol `{SUBPROTOCOL}`: one JSON object per text frame of at most {MAX_FRAME} bytes; `t` is the type. The "
    "first frame is `hello` within 5 seconds, with a one-use ticket or an access token. Unknown fields are ignored, "
    "unknown types get a `nack`. Close codes 40xx: come back and resume; 45xx: sign in again."
)


def _message(key: str, schema: str) -> Schema:
    return {"name": key, "title": schema, "payload": {"$ref": REF.format(name=schema)}}


def _undiscriminated(known: dict[str, Schema]) -> dict[str, Schema]:
    """In AsyncAPI a discriminator is a plain name."""
    for schema in known.values():
        found = schema.get("discriminator")
        if isinstance(found, dict):
            schema["discriminator"] = found["propertyName"]
    return known


def _operation(operation: Operation) -> Schema:
    what: Schema = {
        "operationId": operation.name,
        "summary": operation.summary,
        "tags": [operation.tag],
        "responses": _responses(operation),
    }
    parameters = [*_in_path(operation), *_in_query(operation)]
    if operation.creates:
        parameters.append(_IDEMPOTENCY)
    if parameters:
        what["parameters"] = parameters
    if operation.takes is not None:
        reference = {"$ref": REF.format(name=operation.takes.__name__)}
        what["requestBody"] = {
            "required": not operation.may_be_empty,
            "description": f"At most {MAX_BODY} bytes.",
            "content": {"application/json": {"schema": reference}},
        }
    if operation.raw:
        body = {"description": f"At most {operation.raw} bytes, signed.", "content": {"*/*": {}}}
        what["requestBody"] = {"required": False, **body}
    if operation.who in {"anyone", "provider"}:
        what["security"] = []
    elif operation.who == "keyholder":
        what["security"] = [{}, {"bearer": []}]
    return what


_IDEMPOTENCY: Schema = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "The same key with the same request makes nothing new; with another request it is refused (422).",
    "schema": {"type": "string", "minLength": 1, "maxLength": 128, "pattern": "^[!-~]+$"},
}


def _responses(operation: Operation) -> Schema:
    good: Schema = {"description": operation.summary}
    if operation.gives is not None:
        good["content"] = {operation.media: {"schema": {"$ref": REF.format(name=operation.gives.__name__)}}}
        if operation.name == "export_conversation":
            good["content"]["text/markdown"] = {"schema": {"type": "string"}}
    elif operation.status == HTTPStatus.OK:
        kind = "object" if operation.media == "application/json" else "string"
        good["content"] = {operation.media: {"schema": {"type": kind}}}
    also = set(operation.refusals)
    if operation.who == "caller":
        also |= {401, 429, 503}
    if operation.who == "anyone" and operation.method == "POST":
        also |= {429, 503}
    if operation.takes is not None:
        also |= {400, 413, 415, 422}
    if operation.raw:
        also |= {400, 413, 503}
    if operation.query is not None:
        also.add(422)
    answers: Schema = {str(operation.status): good}
    if operation.ranged:
        answers["206"] = good | {"description": "The part that the Range header asks for."}
    for status in sorted(also):
        answers[str(status)] = _refusal(operation, status)
    return answers


def _refusal(operation: Operation, status: int) -> Schema:
    if operation.tag == "health" and status == HTTPStatus.SERVICE_UNAVAILABLE:
        schema = {"$ref": REF.format(name=operation.gives.__name__)} if operation.gives else {"type": "string"}
        return {"description": HTTPStatus(status).phrase, "content": {operation.media: {"schema": schema}}}
    problem = {"application/problem+json": {"schema": {"$ref": REF.format(name="Problem")}}}
    return {"description": HTTPStatus(status).phrase, "content": problem}


def _in_path(operation: Operation) -> list[Schema]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in _PARAM.findall(operation.path)
    ]


def _in_query(operation: Operation) -> list[Schema]:
    if operation.query is None:
        return []
    components: dict[str, Any] = msgspec.json.schema_components([operation.query], ref_template=REF)[1]
    fields: Schema = components[operation.query.__name__]["properties"]
    return [{"name": name, "in": "query", "required": False, "schema": schema} for name, schema in fields.items()]
