"""The web client's files, and every page's safety headers.

A folder is listed once and asked by exact name, so a path cannot lead out of it. Files under `assets/` carry a hash in
their names and are kept for ever; everything else is asked for again by its ETag. `index.html` answers every path that
the client routes itself; each answer has a nonce of its own in place of `__CSP_NONCE__`.
"""

import hashlib
import mimetypes
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec import Struct
from starlette.concurrency import run_in_threadpool
from starlette.types import Receive, Scope, Send

from throughline.api.answer import Answer, Header
from throughline.api.problems import NO_ROUTE, problem
from throughline.conversation.faults import Fault

NONCE = b"__CSP_NONCE__"
#: First path segments that are never the client's own.
_NOT_PAGES = frozenset({"api", "v1", "oauth", "mcp", "agui", "assets", ".well-known", "manual"})
_FOREVER: Header = (b"cache-control", b"public, max-age=31536000, immutable")
_ASK_AGAIN: Header = (b"cache-control", b"no-cache")
_PACKED: tuple[tuple[str, bytes], ...] = ((".br", b"br"), (".gz", b"gzip"))
NOT_BUILT = Fault(
    "web_client_not_built",
    404,
    "The web client is not built here.",
    "Run `npx -y rust-just up`, or use the API: /docs.",
)
_TYPES = {".js": "text/javascript", ".css": "text/css", ".html": "text/html", ".svg": "image/svg+xml",
          ".woff2": "font/woff2", ".json": "application/json", ".webmanifest": "application/manifest+json"}  # fmt: skip
_TEXTUAL = ("text/", "application/json", "application/manifest+json")


def safe_page(nonce: str, *, script: str = "'self'") -> tuple[Header, ...]:
    """The headers of a page: nothing foreign, nothing inline but what carries this answer's nonce."""
    policy = (
        f"default-src 'self'; script-src {script}; style-src 'self' 'nonce-{nonce}'; img-src 'self' data: blob:; "
        "media-src 'self' blob:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; "
        "object-src 'none'"
    )
    return (
        (b"content-security-policy", policy.encode()),
        (b"cross-origin-opener-policy", b"same-origin"),
        (b"permissions-policy", b"camera=(), geolocation=(), microphone=(self), payment=(), usb=()"),
        (b"x-frame-options", b"DENY"),
    )


def new_nonce() -> str:
    """Unguessable, for one answer."""
    return secrets.token_urlsafe(16)


class _Kept(Struct, frozen=True):
    body: bytes
    etag: bytes


class Folder:
    """The files below one folder (or `only` these) as they were at the start. Read on first use, then kept."""

    def __init__(self, root: Path | None, only: Sequence[str] | None = None) -> None:
        self._files: Mapping[str, Path] = {}
        if root is not None and root.is_dir():
            found = sorted(root.rglob("*")) if only is None else [root / name for name in only]
            self._files = {p.relative_to(root).as_posix(): p for p in found if p.is_file() and not p.is_symlink()}
        self._kept: dict[str, _Kept] = {}

    def load(self) -> "Folder":
        """Keep everything now: what is built anew beside a running server is for its next start."""
        for name, path in self._files.items():
            self._kept[name] = _kept(path.read_bytes())
        return self

    def __contains__(self, name: str) -> bool:
        return name in self._files

    async def read(self, name: str) -> bytes:
        """A file that is in the list."""
        return (await self._keep(name)).body

    async def answer(self, name: str, headers: Mapping[bytes, bytes], *, for_ever: bool) -> Answer:
        """A listed file: packed where the client takes it, 304 where it has it already."""
        kind = media_type(name)
        accepts = {part.partition(b";")[0].strip() for part in headers.get(b"accept-encoding", b"").split(b",")}
        picked, packing = name, b""
        for suffix, encoding in _PACKED:
            if encoding in accepts and name + suffix in self._files:
                picked, packing = name + suffix, encoding
                break
        file = await self._keep(picked)
        told: list[Header] = [
            (b"content-type", kind.encode()),
            (b"etag", file.etag),
            _FOREVER if for_ever else _ASK_AGAIN,
            (b"vary", b"accept-encoding"),
            (b"cross-origin-resource-policy", b"same-origin"),
        ]
        if file.etag in headers.get(b"if-none-match", b""):
            return Answer(304, b"", tuple(told))
        if packing:
            told.append((b"content-encoding", packing))
        return Answer(200, file.body, tuple(told))

    async def _keep(self, name: str) -> _Kept:
        kept = self._kept.get(name)
        if kept is None:
            kept = self._kept[name] = _kept(await run_in_threadpool(self._files[name].read_bytes))
        return kept


def _kept(body: bytes) -> _Kept:
    return _Kept(body, b'"' + hashlib.blake2b(body, digest_size=12).hexdigest().encode() + b'"')


class Pages:
    """Everything that no route has: files of the client, its pages, and a 404 for the rest. An ASGI app."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1000, "reason": ""})
            return
        await (await self._find(scope)).send(send)

    async def _find(self, scope: Scope) -> Answer:
        request_id: str = scope["throughline.request"]
        name = scope["path"].lstrip("/")
        first, _, _ = name.partition("/")
        if scope["method"] not in {"GET", "HEAD"}:
            return problem(NO_ROUTE, request_id)
        if name in self._folder and name != "index.html":
            scope["throughline.route"] = "file"
            return await self._folder.answer(name, dict(scope["headers"]), for_ever=first == "assets")
        if first in _NOT_PAGES or ("." in name.rpartition("/")[2] and name != "index.html"):
            return problem(NO_ROUTE, request_id)
        scope["throughline.route"] = "page"
        if "index.html" not in self._folder:
            return problem(NOT_BUILT, request_id)
        nonce = new_nonce()
        body = (await self._folder.read("index.html")).replace(NONCE, nonce.encode())
        return Answer(200, body, ((b"content-type", b"text/html; charset=utf-8"), (b"cache-control", b"no-store"),
                                  *safe_page(nonce)))  # fmt: skip


def media_type(name: str) -> str:
    """By its ending, independent of the machine's own tables for what the client is made of."""
    kind = _TYPES.get(Path(name).suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    return f"{kind}; charset=utf-8" if kind.startswith(_TEXTUAL) else kind
