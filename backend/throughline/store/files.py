"""Attachments: one row each; their bytes are store/blobs.py's."""

import msgspec
from sqlalchemy import bindparam, delete, insert, literal_column, null, select, update

from throughline.conversation.channel import Media
from throughline.conversation.files import File
from throughline.conversation.ids import ConversationId, FileId, MessageId, TenantId
from throughline.store.schema import files
from throughline.store.sql import Link, Row, truth

_f = files.c
#: In the order of File's fields.
_FIELDS = (
    _f.id, _f.tenant_id, _f.conversation_id, _f.kind, _f.media_type, _f.name, _f.size, _f.state, _f.created_at,
    _f.message_id, _f.account_id, _f.voice, _f.reason, _f.sha256, _f.transcript, _f.remote, _f.due, _f.attempts,
    _f.owner_id,
)  # fmt: skip
#: Written out, not bound: the partial index is found by its words.
_waiting = _f.state == literal_column("'waiting'")
_this = (_f.tenant_id == bindparam("tenant"), _f.id == bindparam("file"))

_ADD = insert(files).values({c.name: bindparam(c.name) for c in files.c})
_ONE = select(*_FIELDS).where(*_this)
_OF = (
    select(*_FIELDS)
    .where(
        _f.tenant_id == bindparam("tenant"),
        _f.conversation_id == bindparam("conversation"),
        _f.message_id == bindparam("message"),
    )
    .order_by(_f.id)
)
_CHANGING = (
    "kind", "media_type", "name", "size", "state", "message_id", "reason", "sha256", "transcript", "due", "attempts",
)  # fmt: skip
_CHANGE = update(files).where(*_this).values({name: bindparam(f"new_{name}") for name in _CHANGING})
_DROP = delete(files).where(*_this, _f.message_id.is_(null()))
_DUE = select(*_FIELDS).where(_waiting, _f.due <= bindparam("now")).order_by(_f.due, _f.id).limit(bindparam("most"))
_UNSENT = (
    select(*_FIELDS)
    .where(_f.message_id.is_(null()), _f.created_at < bindparam("before"))
    .order_by(_f.created_at)
    .limit(bindparam("most"))
)


class SqlFiles:
    """ports.Files over a link."""

    def __init__(self, link: Link) -> None:
        self._link = link

    def add(self, file: File) -> None:
        """ports.Files.add."""
        self._link.run(_ADD, **_row(file))

    def file(self, tenant: TenantId, file: FileId) -> File | None:
        """ports.Files.file."""
        row = self._link.row(_ONE, tenant=tenant, file=file)
        return None if row is None else _file(row)

    def of_message(self, tenant: TenantId, conversation: ConversationId, message: MessageId) -> list[File]:
        """ports.Files.of_message."""
        found = self._link.rows(_OF, tenant=tenant, conversation=conversation, message=message)
        return [_file(row) for row in found]

    def change(self, file: File) -> bool:
        """ports.Files.change."""
        row = _row(file)
        values = {f"new_{name}": row[name] for name in _CHANGING}
        return self._link.run(_CHANGE, tenant=file.tenant, file=file.id, **values) == 1

    def drop(self, tenant: TenantId, file: FileId) -> bool:
        """ports.Files.drop."""
        return self._link.run(_DROP, tenant=tenant, file=file) == 1

    def fetchable(self, now: int, limit: int) -> list[File]:
        """ports.Files.fetchable."""
        return [_file(row) for row in self._link.rows(_DUE, now=now, most=limit)]

    def unsent(self, before: int, limit: int) -> list[File]:
        """ports.Files.unsent."""
        return [_file(row) for row in self._link.rows(_UNSENT, before=before, most=limit)]


def _row(file: File) -> dict[str, object]:
    return {
        "tenant_id": file.tenant, "id": file.id, "conversation_id": file.conversation, "message_id": file.message,
        "account_id": file.account, "kind": file.kind, "media_type": file.media_type, "name": file.name,
        "size": file.size, "state": file.state, "created_at": file.created_at, "voice": file.voice,
        "reason": file.reason, "sha256": file.sha256, "transcript": file.transcript,
        "remote": None if file.remote is None else msgspec.json.encode(file.remote).decode(), "due": file.due,
        "attempts": file.attempts, "owner_id": file.owner,
    }  # fmt: skip


def _file(row: Row) -> File:
    remote = None if row[15] is None else msgspec.json.decode(row[15], type=Media)
    fields: Row = (*truth(row, 11)[:15], remote, *row[16:])
    return File(*fields)
