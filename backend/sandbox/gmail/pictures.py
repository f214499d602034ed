"""Mails as the API shows them, in its four formats."""

from typing import Any

from sandbox.gmail import mime
from sandbox.gmail.call import Call, Refused, encoded
from sandbox.gmail.facts import Mail
from sandbox.gmail.mime import Part

FORMATS = ("minimal", "full", "raw", "metadata")
_METADATA = "https://www.googleapis.com/auth/gmail.metadata"


def brief(mail: Mail) -> dict[str, Any]:
    """What lists and answers to a send show."""
    return {"id": mail.id, "threadId": mail.thread}


def sent(mail: Mail) -> dict[str, Any]:
    """A mail with its labels."""
    return {**brief(mail), "labelIds": list(mail.labels)}


def asked(call: Call, mail: Mail, formats: tuple[str, ...] = FORMATS) -> dict[str, Any]:
    """A mail in the format that the call asks for."""
    return whole(mail, format_of(call, formats), [name.lower() for name in call.all("metadataHeaders")])


def format_of(call: Call, formats: tuple[str, ...] = FORMATS) -> str:
    """The format; who may see metadata only must not ask for more."""
    shape = call.one_of("format", "full", formats)
    if call.scopes == (_METADATA,) and shape in {"full", "raw"}:
        raise Refused(403, "forbidden", f"Metadata scope doesn't allow format {shape.upper()}")
    return shape


def whole(mail: Mail, shape: str, names: list[str]) -> dict[str, Any]:
    """A mail in one format. `names`: of `metadata`, only these headers (none: all)."""
    letter = mime.letter(mail.raw)
    found: dict[str, Any] = {
        **sent(mail), "snippet": letter.snippet, "historyId": str(mail.history), "internalDate": str(mail.at),
        "sizeEstimate": len(mail.raw),
    }  # fmt: skip
    if shape == "raw":
        found["raw"] = encoded(mail.raw)
    elif shape == "full":
        found["payload"] = _part(mail, letter.root)
    elif shape == "metadata":
        headers = [(k, v) for k, v in letter.root.headers if not names or k.lower() in names]
        found["payload"] = {"mimeType": letter.root.mime, "headers": _headers(headers)}
    return found


def attachment_id(mail: Mail, part: Part) -> str:
    """What an attachment is asked for by."""
    return "ANGjdJ" + encoded(f"{mail.id}/{part.id}".encode()).rstrip("=")


def attached(part: Part) -> bool:
    """Whether its bytes come apart from the mail: files, and whatever is no text."""
    return bool(part.filename) or not part.mime.startswith("text/")


def _part(mail: Mail, part: Part) -> dict[str, Any]:
    body: dict[str, Any] = {"size": len(part.data)}
    if not part.parts and part.data:
        body |= {"attachmentId": attachment_id(mail, part)} if attached(part) else {"data": encoded(part.data)}
    found: dict[str, Any] = {
        "partId": part.id, "mimeType": part.mime, "filename": part.filename, "headers": _headers(part.headers),
        "body": body,
    }  # fmt: skip
    if part.parts:
        found["parts"] = [_part(mail, child) for child in part.parts]
    return found


def _headers(headers: Any) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in headers]
