"""The header block of a mail as bytes: fields taken out, put on top, set, while the body stays as it is."""

import re

_FIELD = re.compile(rb"[^\s:]{1,200}[ \t]*:")


class Fields:
    """A mail split into its header's fields and its body. Lines end with CRLF afterwards."""

    def __init__(self, raw: bytes) -> None:
        if b"\r\n" not in raw[:100_000]:
            raw = raw.replace(b"\n", b"\r\n")
        # A mail may begin with its empty line: no header.
        head, gap, body = (b"", b"\r\n", raw[2:]) if raw.startswith(b"\r\n") else raw.partition(b"\r\n\r\n")
        self._fields: list[bytes] = []
        self._body = body if gap else b""
        for line in head.split(b"\r\n"):
            if line[:1] in {b" ", b"\t"} and self._fields:
                self._fields[-1] += b"\r\n" + line
            elif _FIELD.match(line):
                self._fields.append(line)

    def get(self, name: str) -> str | None:
        """The first field's value, unfolded; None: there is none."""
        for field in self._fields:
            if _named(field) == name.lower():
                value = field.partition(b":")[2].decode("utf-8", "replace")
                return re.sub(r"\r\n(?=[ \t])", "", value).strip()
        return None

    def drop(self, *names: str) -> None:
        """Take every field of these names out."""
        gone = {name.lower() for name in names}
        self._fields = [field for field in self._fields if _named(field) not in gone]

    def put(self, name: str, value: str) -> None:
        """Set it in its place; where it is missing, at the end."""
        new = f"{name}: {value}".encode()
        for n, field in enumerate(self._fields):
            if _named(field) == name.lower():
                self._fields[n] = new
                return
        self._fields.append(new)

    def on_top(self, *fields: tuple[str, str]) -> None:
        """Put these before everything else, in this order."""
        self._fields[:0] = [f"{name}: {value}".encode() for name, value in fields]

    def raw(self) -> bytes:
        """The whole mail again."""
        return b"\r\n".join(self._fields) + b"\r\n\r\n" + self._body


def _named(field: bytes) -> str:
    return field.partition(b":")[0].strip().decode("latin-1").lower()
