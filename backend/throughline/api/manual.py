"""The manual: /docs and /redoc over openapi.json, /protocol written out from asyncapi.json; no foreign request.

The two pages' scripts come from the npm packages swagger-ui-dist and redoc, in the folder that `Door.manual` names.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

import msgspec

from throughline.api.answer import JSON, Answer, Header
from throughline.api.ask import Ask
from throughline.api.documents import asyncapi, openapi
from throughline.api.needs import Door
from throughline.api.pages import Folder, new_nonce, safe_page
from throughline.api.problems import NO_ROUTE
from throughline.api.protocol_page import protocol_page
from throughline.api.table import Operation, Verb
from throughline.conversation.faults import Fault

#: What the pages may ask for, and where it lies in the folder.
ASSETS: Mapping[str, str] = MappingProxyType(
    {
        "swagger-ui.css": "swagger-ui-dist/swagger-ui.css",
        "swagger-ui-bundle.js": "swagger-ui-dist/swagger-ui-bundle.js",
        "redoc.standalone.js": "redoc/bundles/redoc.standalone.js",
    }
)
#: What is changed in them on the way out. Redoc asks a foreign host for its logo, and knows our nonce too late for the
#: styles that it brings along itself.
CHANGED: Mapping[str, tuple[tuple[bytes, bytes], ...]] = MappingProxyType(
    {
        "redoc.standalone.js": (
            (b"https://cdn.redoc.ly/redoc/logo-mini.svg", b"data:,"),
            (b"r.nc=void 0", b"r.nc=document.currentScript.nonce"),
        )
    }
)
_OWN: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "docs.js": (
            "text/javascript",
            'SwaggerUIBundle({url: "/openapi.json", dom_id: "#page", deepLinking: true, validatorUrl: null,'
            ' defaultModelsExpandDepth: 0, presets: [SwaggerUIBundle.presets.apis], layout: "BaseLayout"});\n',
        ),
        "redoc.js": (
            "text/javascript",
            'Redoc.init("/openapi.json", {nonce: document.currentScript.nonce, disableSearch: true,'
            ' hideDownloadButtons: true, nativeScrollbars: true}, document.getElementById("page"));\n',
        ),
        "manual.css": ("text/css", "body{margin:0;background:#fff;color:#111;font-family:system-ui,sans-serif}\n"),
    }
)
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>{title}</title><link rel="icon" href="data:,">{styles}</head>
<body><div id="page"></div>{scripts}</body></html>
"""
MISSING = Fault(
    "manual_not_installed", 404, "The pages of the manual are not installed here.",
    "Run `npm ci` in frontend/, or read /openapi.json and /protocol.",
)  # fmt: skip


def operations(others: Sequence[Operation]) -> tuple[Operation, ...]:
    """The manual's own routes; its documents describe `others` and these."""
    mine: list[Operation] = []

    @lru_cache(maxsize=4)
    def http_side(version: str) -> bytes:
        return msgspec.json.encode(openapi([*others, *mine], version))

    def reference(name: str, path: str, verb: Verb, summary: str, media: str = "application/json") -> Operation:
        return Operation(
            name=name, method="GET", path=path, verb=verb, tag="manual", who="keyholder", media=media,
            refusals=(401, 403, 404), summary=summary,
        )  # fmt: skip

    page = "text/html"
    mine += [
        reference("openapi", "/openapi.json", _document(http_side), "The HTTP side, OpenAPI 3.1."),
        reference("asyncapi", "/asyncapi.json", _document(_socket_side), "The socket, AsyncAPI 3.1."),
        reference("docs", "/docs", docs, "This document as a page to try things on.", page),
        reference("redoc", "/redoc", redoc, "This document as a page to read.", page),
        reference("protocol", "/protocol", protocol, "The socket's frames as a page to read.", page),
        Operation(
            name="manual_file", method="GET", path="/manual/{file}", verb=file, tag="manual", who="anyone",
            media="application/octet-stream", refusals=(404,), summary="A script or style of the manual's pages.",
        ),
    ]  # fmt: skip
    return tuple(mine)


async def docs(door: Door, _ask: Ask) -> Answer | Fault:
    """Swagger UI."""
    nonce = new_nonce()
    styles = '<link rel="stylesheet" href="/manual/manual.css"><link rel="stylesheet" href="/manual/swagger-ui.css">'
    scripts = '<script src="/manual/swagger-ui-bundle.js"></script><script src="/manual/docs.js"></script>'
    return _page(door, "Throughline API", styles, scripts, nonce, "swagger-ui-bundle.js")


async def redoc(door: Door, _ask: Ask) -> Answer | Fault:
    """Redoc; its styles are made in the browser, under this answer's nonce."""
    nonce = new_nonce()
    styles = '<link rel="stylesheet" href="/manual/manual.css">'
    scripts = (
        f'<script nonce="{nonce}" src="/manual/redoc.standalone.js"></script>'
        f'<script nonce="{nonce}" src="/manual/redoc.js"></script>'
    )
    return _page(door, "Throughline API", styles, scripts, nonce, "redoc.standalone.js")


async def protocol(door: Door, _ask: Ask) -> Answer | Fault:
    """The socket's contract, written out."""
    nonce = new_nonce()
    body = protocol_page(asyncapi(door.about.version), nonce)
    return Answer(200, body.encode(), (_HTML, *safe_page(nonce)))


async def file(door: Door, ask: Ask) -> Answer | Fault:
    """One of the few files that the pages above need."""
    name = ask.path["file"]
    if name in _OWN:
        media, content = _OWN[name]
        return Answer(200, content.encode(), ((b"content-type", f"{media}; charset=utf-8".encode()), _CACHED))
    stored = ASSETS.get(name)
    folder = _folder(door.manual)
    if stored is None or stored not in folder:
        return NO_ROUTE if stored is None else MISSING
    answer = await folder.answer(stored, ask.headers, for_ever=False)
    body = answer.body
    for theirs, ours in CHANGED.get(name, ()):
        body = body.replace(theirs, ours)
    return Answer(answer.status, body, answer.headers)


_HTML: Header = (b"content-type", b"text/html; charset=utf-8")
_CACHED: Header = (b"cache-control", b"no-cache")


def _page(door: Door, title: str, styles: str, scripts: str, nonce: str, needs: str) -> Answer | Fault:
    if ASSETS[needs] not in _folder(door.manual):
        return MISSING
    body = _PAGE.format(title=title, styles=styles, scripts=scripts)
    return Answer(200, body.encode(), (_HTML, _CACHED, *safe_page(nonce)))


@lru_cache(maxsize=4)
def _folder(root: Path | None) -> Folder:
    return Folder(root, only=tuple(ASSETS.values()))


@lru_cache(maxsize=4)
def _socket_side(version: str) -> bytes:
    return msgspec.json.encode(asyncapi(version))


def _document(made: Callable[[str], bytes]) -> Verb:
    async def document(door: Door, _ask: Ask) -> Answer | Fault:
        return Answer(200, made(door.about.version), (JSON, _CACHED))

    return document
