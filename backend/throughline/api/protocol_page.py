"""The socket's contract as a page: asyncapi.json rendered on the server, readable without a script."""

from html import escape
from typing import Any

from throughline.api.frames import Schema

_STYLE = """
:root{color-scheme:light dark;--line:#8884}
body{font:16px/1.55 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1.25rem}
h1{font-size:1.7rem}h2{margin-top:2.5rem}h3{margin:2rem 0 .25rem;font-size:1.05rem}
code{font:0.9em/1.4 ui-monospace,monospace}
table{border-collapse:collapse;width:100%;margin:.5rem 0}
td,th{border-bottom:1px solid var(--line);padding:.3rem .6rem .3rem 0;text-align:left;vertical-align:top}
p{margin:.4rem 0}nav{columns:3}nav a{display:block}
"""


def protocol_page(document: Schema, nonce: str) -> str:
    """HTML from an AsyncAPI document; `nonce` is the one of the answer's Content-Security-Policy."""
    schemas: dict[str, Schema] = document["components"]["schemas"]
    messages: dict[str, Schema] = document["components"]["messages"]
    info = document["info"]
    address = document["channels"]["socket"]["address"]
    groups = (
        ("client.", "Client to server", "What a client may say."),
        ("server.", "Server to client", "What the server says."),
        ("event.", "Events", "The frame `event`, told apart by `kind`: entries of the log."),
    )
    nav, parts, bodies = [], [], set()
    for prefix, title, about in groups:
        parts.append(f"<h2>{escape(title)}</h2><p>{_words(about)}</p>")
        for key, message in messages.items():
            if not key.startswith(prefix):
                continue
            name = message["title"]
            nav.append(f'<a href="#{escape(key)}"><code>{escape(key)}</code></a>')
            parts.append(_frame(key, schemas[name], schemas))
            bodies |= _mentioned(schemas[name])
            body = schemas[name]["properties"].get("body")
            if body is not None:
                bodies |= _mentioned(schemas[_named(body)])
    parts.append("<h2>Parts</h2>")
    parts += [
        f'<h3 id="{escape(name)}"><code>{escape(name)}</code></h3>{_table(schemas[name])}'
        for name in sorted(bodies)
        if "properties" in schemas[name]
    ]
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f'<title>{escape(info["title"])}</title><link rel="icon" href="data:,">'
        f'<style nonce="{escape(nonce)}">{_STYLE}</style></head><body>'
        f"<h1>{escape(info['title'])} {escape(info['version'])}</h1>"
        f"<p><code>GET {escape(address)}</code></p><p>{_words(info['description'])}</p>"
        '<p>The same as a document: <a href="/asyncapi.json">asyncapi.json</a>. '
        'HTTP: <a href="/docs">docs</a>.</p>'
        f"<nav>{''.join(nav)}</nav>{''.join(parts)}</body></html>"
    )


def _frame(key: str, schema: Schema, schemas: dict[str, Schema]) -> str:
    about, shape = schema.get("description", ""), schema
    if key.startswith("event."):
        shape = schemas[_named(schema["properties"]["body"])]
        about = shape.get("description", about)
    return f'<h3 id="{escape(key)}"><code>{escape(key)}</code></h3><p>{_words(about)}</p>{_table(shape)}'


def _table(schema: Schema) -> str:
    required = set(schema.get("required", ()))
    rows = [
        f"<tr><td><code>{escape(name)}</code></td><td>{_kind(field)}</td>"
        f"<td>{'' if name in required else 'optional'}</td></tr>"
        for name, field in schema.get("properties", {}).items()
    ]
    return f"<table><tr><th>field</th><th>type</th><th></th></tr>{''.join(rows)}</table>" if rows else ""


def _kind(field: Any) -> str:
    match field:
        case {"$ref": str()}:
            name = _named(field)
            return f'<a href="#{escape(name)}"><code>{escape(name)}</code></a>'
        case {"const": value}:
            return f"<code>{escape(repr(value))}</code>"
        case {"enum": [*values]}:
            return " · ".join(f"<code>{escape(str(v))}</code>" for v in values)
        case {"anyOf": [*options]}:
            return " or ".join(_kind(option) for option in options)
        case {"type": "array", "items": items}:
            return f"list of {_kind(items)}"
        case {"type": str(kind)}:
            return escape(kind)
        case _:
            return "anything"


def _mentioned(schema: Schema) -> set[str]:
    """Names that a schema's fields refer to."""
    found: set[str] = set()
    waiting: list[Any] = list(schema.get("properties", {}).values())
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            if "$ref" in value:
                found.add(_named(value))
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
    return found


def _named(reference: Schema) -> str:
    return str(reference["$ref"]).rpartition("/")[2]


def _words(text: str) -> str:
    """Plain text with `code` in it."""
    pieces = escape(text).split("`")
    return "".join(f"<code>{p}</code>" if i % 2 else p for i, p in enumerate(pieces)).replace("\n", "<br>")
