"""Where a stand-in of phones is reached, and how large a request may be that brings a file."""

from starlette.requests import Request

#: Bytes of it.
MAX_FILE = 110_000_000


def base(request: Request) -> str:
    """The stand-in's own address, as whoever asks has it: up to `/<provider>`."""
    path: str = request.scope["root_path"]
    return f"{request.url.scheme}://{request.url.netloc}{path.removesuffix('/_lab').removesuffix('/_ctl')}"
