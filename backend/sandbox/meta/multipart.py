"""A form with a file in it, as RFC 7578 has it."""

from email.parser import BytesHeaderParser
from email.policy import HTTP
from typing import NamedTuple


class Part(NamedTuple):
    """One field: its bytes, the file's name and the type where it has them."""

    data: bytes
    filename: str
    media_type: str


def parts(raw: bytes, content_type: str) -> dict[str, Part]:
    """The fields by name; none where it is no such form."""
    head = BytesHeaderParser(policy=HTTP).parsebytes(f"content-type: {content_type}\r\n\r\n".encode())
    boundary = head.get_boundary()
    if not boundary or head.get_content_type() != "multipart/form-data":
        return {}
    found: dict[str, Part] = {}
    for piece in (b"\r\n" + raw).split(b"\r\n--" + boundary.encode())[1:]:
        if piece.startswith(b"--"):
            break
        lines, _, data = piece.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        about = BytesHeaderParser(policy=HTTP).parsebytes(lines + b"\r\n\r\n")
        name = about.get_param("name", header="content-disposition")
        if isinstance(name, str):
            kind = about.get_content_type() if "content-type" in about else ""
            found[name] = Part(data, about.get_filename() or "", kind)
    return found
